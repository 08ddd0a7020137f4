/*
 * fuzz_svd.c - random bytes as a chip's SVD file, walked to its last field and word.
 *
 * Input   bytes of a file.
 * Oracle  it opens or is refused with words; bits of a field are bits of its register; an address that is told
 *         is a multiple of the size; every walk ends.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "svd/registers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct svd *svd;
static const struct svd_register *current;

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "oracle: %s\n", what);
	abort();
}

static bool
on_value(void *arg, const struct svd_value *v)
{
	size_t *left = arg;

	must(v->otherwise || (v->value & ~v->mask) == 0, "a value beyond its mask");
	return (*left)-- != 0;
}

static bool
on_field(void *arg, const struct svd_field *f)
{
	struct err_msg why;

	must(f->bad != NULL || (f->width != 0 && f->lsb + f->width <= current->bits),
	    "bits beyond the register");
	(void)svd_values(svd, f, on_value, arg, &why);
	return *(size_t *)arg != 0;
}

static bool
on_register(void *arg, const struct svd_register *r)
{
	struct err_msg why;

	current = r;
	must(r->bad != NULL || r->addr % (r->bits / 8) == 0, "an address between two registers");
	(void)svd_fields(svd, r, on_field, arg, &why);
	return *(size_t *)arg != 0 && (*(size_t *)arg)-- != 0;
}

static bool
on_peripheral(void *arg, const struct svd_peripheral *p)
{
	const struct svd_peripheral own = *p;
	struct err_msg why;

	(void)svd_registers(svd, &own, on_register, arg, &why);
	return *(size_t *)arg != 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err_msg why = { .code = ERR_OK };
	size_t left = 20000;

	if (svd_open((const char *)data, size, "fuzz", &svd, &why) != ERR_OK) {
		must(why.why[0] != '\0', "refused without a word");
		return 0;
	}
	(void)svd_peripherals(svd, on_peripheral, &left, &why);
	svd_close(svd);
	return 0;
}
