/*
 * packet.h - the GDB Remote Serial Protocol on the wire: units out of bytes, packets into bytes.
 *
 * Layer   rsp. Pure and bounded: a reader keeps at most RSP_BODY_MAX bytes of one unit.
 * Source  GDB manual, appendix E.1 (Overview), E.6 (Notification packets).
 * Form    $ body # two hex digits; the sum of the body as sent, modulo 256. } and a byte XOR 0x20
 *         stand for $ # } and *; X*c repeats X another c - 29 times. + takes a packet, - asks for
 *         it again, 0x03 interrupts. %body#cc is a notification, never acknowledged.
 * Owns    rsp_reader_fini ends a reader; what it shows is valid during the callback only.
 */
#ifndef RSP_PACKET_H
#define RSP_PACKET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

enum { RSP_BODY_MAX = 256 << 10 };

enum rsp_kind {
	RSP_PACKET,
	RSP_NOTIFICATION,
	RSP_ACK,
	RSP_NAK,
	RSP_INTERRUPT,
	RSP_STRAY,                      /* bytes that belong to nothing; body has them */
};

struct rsp_unit {
	enum rsp_kind kind;
	const char *body;               /* as sent: escapes and runs are still there */
	size_t   n;
	uint64_t at;                    /* offset of its first byte in the stream */
	uint8_t  sum, said;             /* what the body adds up to, and what was said of it */
	bool     no_dollar;             /* the $ in front was missing, the sum fits */
	bool     cut;                   /* longer than RSP_BODY_MAX: the rest was dropped */
};

typedef void (*rsp_unit_fn)(void *arg, const struct rsp_unit *u);

struct rsp_reader {
	struct buf body;
	uint64_t offset, start;
	enum { RSP_AT_REST, RSP_IN_BODY, RSP_IN_STRAY, RSP_SUM_1, RSP_SUM_2 } state;
	char     open;                  /* '$' or '%', 0: none was seen */
	uint8_t  sum, said;
	bool     cut;
};

void rsp_reader_init(struct rsp_reader *r);
void rsp_reader_fini(struct rsp_reader *r);
void rsp_reader_feed(struct rsp_reader *r, const void *p, size_t n, rsp_unit_fn fn, void *arg);
/* Nothing came for a while, or nothing will: what is half there is told as RSP_STRAY. */
void rsp_reader_flush(struct rsp_reader *r, rsp_unit_fn fn, void *arg);
bool rsp_reader_is_stray(const struct rsp_reader *r);   /* bytes without a $ wait for their end */

bool rsp_is_sound(const struct rsp_unit *u);            /* a packet whose sum fits, whole */

/* The body as meant: escapes and runs undone. ERR_FORMAT when it ends in the middle of one,
 * ERR_LIMIT when it does not fit out. */
enum err rsp_expand(const char *body, size_t n, struct buf *out);
/* Adds $body#cc, escaping what must be. */
enum err rsp_frame(const char *body, size_t n, struct buf *out);

/* Pairs of hex digits; false when they are none. */
bool rsp_from_hex(const char *p, size_t n, struct buf *out);
void rsp_to_hex(const void *p, size_t n, struct buf *out);
int  rsp_digit(char c);                                 /* -1: none */

#endif
