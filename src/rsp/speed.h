/*
 * speed.h - how fast memory is read and written through a gdb server, by block size.
 *
 * Layer   rsp. Reading changes nothing. Writing puts back what it read before, and reads it again.
 * Figures bytes of memory per second; round trips; what share of the bytes on the link was payload
 *         (hex doubles it). The efficiency of a wire needs the wire's clock: RSP_SWD_BITS a word of
 *         four bytes (8 request, 1 turn, 3 ack, 32 data, 1 parity, 1 turn; ADIv5.2 B4.1), reads
 *         posted, address incremented by itself, no idle.
 */
#ifndef RSP_SPEED_H
#define RSP_SPEED_H
#include "rsp/client.h"

enum { RSP_SWD_BITS = 46 };

struct rsp_speed_row {
	uint64_t block;                 /* bytes a request */
	bool     write;
	uint64_t bytes, requests, ns;
	double   payload;               /* per cent of what passed the link in both directions */
	bool     wrong;                 /* written, and read back as something else */
};

/* Moves `total` bytes from addr on in blocks, or as many as fit in max_ns; at least one block.
 * ERR_LIMIT: the server does not take such a block in one packet. */
enum err rsp_speed_read(struct rsp_client *c, uint64_t addr, uint64_t block, uint64_t total,
    uint64_t max_ns, struct rsp_speed_row *out, struct err_msg *why);
enum err rsp_speed_write(struct rsp_client *c, uint64_t addr, uint64_t block, uint64_t total,
    uint64_t max_ns, struct rsp_speed_row *out, struct err_msg *why);
/* The largest block of one packet. */
uint64_t rsp_speed_block_max(const struct rsp_client *c, bool write);
/* Bytes a second that a wire of so many kHz can carry. */
double   rsp_speed_swd_limit(double khz);

#endif
