/*
 * target.h - what a gdb server says of its target: architecture and registers.
 *
 * Layer   rsp. Reads target.xml and what it includes (GDB manual, appendix G), by its tags alone:
 *         no entity is expanded, sizes and depth are bounded.
 */
#ifndef RSP_TARGET_H
#define RSP_TARGET_H
#include "rsp/client.h"
#include "rsp/successor.h"

enum { RSP_FEATURES_MAX = 16 };

struct rsp_target {
	char     architecture[40];      /* as the server writes it; empty: it does not say */
	char     feature[RSP_FEATURES_MAX][64];
	size_t   features;
	size_t   registers;
	int      pc, psr;               /* register numbers; psr (xpsr) -1: none */
	unsigned pc_bytes;
	enum rsp_isa isa;
};

/* An isa that is not UNKNOWN in *t stays as it is. ERR_UNSUPPORTED: no description; *t then has
 * what the isa alone says. */
enum err rsp_target_read(struct rsp_client *c, struct rsp_target *t, struct err_msg *why);
/* "thumb", "a64", "riscv"; false: another word. */
bool     rsp_isa_parse(const char *word, enum rsp_isa *isa);
const char *rsp_isa_word(enum rsp_isa isa);
/* The program counter now. ERR_UNSUPPORTED where the server does not give single registers (p). */
enum err rsp_target_pc(struct rsp_client *c, const struct rsp_target *t, uint64_t *pc,
    struct err_msg *why);
enum err rsp_target_register(struct rsp_client *c, int number, uint64_t *value,
    struct err_msg *why);
/* Memory; fewer bytes than asked where the rest cannot be read. */
enum err rsp_target_memory(struct rsp_client *c, uint64_t addr, size_t n, struct buf *out,
    struct err_msg *why);

#endif
