/*
 * fuzz_openocd.c - random bytes as OpenOCD's answers, and as words of a script.
 *
 * Input   bytes: a list, an answer, a word, a register's value.
 * Oracle  every element takes at least a byte of the list; a word comes back as it was; words of a register
 *         have no control byte.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "openocd/cortexm.h"
#include "openocd/tcl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "oracle: %s\n", what);
	abort();
}

static void
on_row(void *arg, const char *text)
{
	(void)arg;
	for (; *text != '\0'; text++)
		must((unsigned char)*text >= ' ', "a control byte in the words");
}

static void
lists(const char *p, size_t n)
{
	struct slice rest = slice_make(p, n);
	struct buf word;
	uint64_t v;

	buf_init(&word, n + 1);
	for (size_t left = rest.n + 1; tcl_next(&rest, &word); left = rest.n) {
		must(rest.n < left, "an element of nothing");
		must(word.len <= n, "an element grew");
	}
	rest = slice_make(p, n);
	for (size_t left = rest.n + 1; rest.n < left; (void)tcl_next_u64(&rest, &v))
		left = rest.n;
	(void)tcl_unwrap(p, n, &word);
	buf_fini(&word);
}

static void
words(const char *p, size_t n)
{
	struct buf out, back;
	struct slice rest;

	buf_init(&out, 4 * n + 16);
	buf_init(&back, 4 * n + 16);
	if (tcl_word(p, n, &out) == ERR_OK) {
		rest = slice_make(buf_str(&out), out.len);
		must(tcl_next(&rest, &back) && rest.n == 0, "a word is no word");
		must(back.len == n && (n == 0 || memcmp(back.data, p, n) == 0), "not the same again");
	}
	buf_fini(&out);
	buf_fini(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	uint32_t v[4] = { 0 };
	char text[CORTEXM_TEXT];

	if (size > 1 << 16)
		return 0;
	memcpy(v, data, size < sizeof v ? size : sizeof v);
	for (size_t i = 0; i < cortexm_registers_n; i++)
		cortexm_words(cortexm_registers[i].addr, v[0], v[1], on_row, NULL);
	(void)cortexm_fpb(v[0], v[1], text, sizeof text);
	(void)cortexm_dwt(v[0], v[1], v[2], text, sizeof text);
	lists(p, size);
	words(p, size);
	return 0;
}
