/*
 * registers.h - the registers of a peripheral, their fields, the words for a field's values.
 *
 * Layer   svd. Rows as svd.h says; what a row's texts live and last for too.
 */
#ifndef SVD_REGISTERS_H
#define SVD_REGISTERS_H
#include "svd/svd.h"

/* What is handed down. Kept texts, or NULL where the file says nothing. */
struct svd_rules { const char *access, *protection, *reset; uint64_t bits; };

struct svd_register {
	char name[SVD_NAME];                    /* "GPIOA.MODER", "DMA.CH[2].CTRL" */
	const char *what;                       /* kept, or NULL */
	const char *access;                     /* "read-only" "write-only" "read-write" ... */
	const char *effect;                     /* what reading does: "clear" ..., or NULL */
	const char *protection;                 /* "s" "n" "p", or NULL */
	uint64_t addr, reset;
	unsigned bits;                          /* 8, 16, 32 or 64 */
	bool has_reset;
	const char *bad;                        /* why it cannot be reached, or NULL */
	struct svd_rules rules;
	uint32_t node;
};

struct svd_field {
	char name[SVD_NAME];
	const char *what, *access, *effect;
	unsigned lsb, width;
	const char *bad;                        /* its bits make no sense: lsb and width are 0 */
	uint32_t node;
};

/* A value v of a field is meant where (v & mask) == value. */
struct svd_value { const char *name, *what; uint64_t value, mask; bool otherwise; };

enum err svd_registers(struct svd *s, const struct svd_peripheral *p,
    bool (*cb)(void *arg, const struct svd_register *r), void *arg, struct err_msg *why);
enum err svd_fields(struct svd *s, const struct svd_register *r,
    bool (*cb)(void *arg, const struct svd_field *f), void *arg, struct err_msg *why);
enum err svd_values(struct svd *s, const struct svd_field *f,
    bool (*cb)(void *arg, const struct svd_value *v), void *arg, struct err_msg *why);

#endif
