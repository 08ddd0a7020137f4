/* ocd_names.c - a word that is an address, or a variable's name. */
#include "bench/ocd_names.h"

#include <ctype.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "bench/decoders.h"
#include "bench/symbols.h"

struct naming {
	struct command_call *call;
	void (*then)(struct command_call *c, uint64_t addr, uint64_t size);
};

static void
on_vars(void *arg, const json_t *result, const struct err_msg *why)
{
	struct naming *n = arg;
	const json_t *row = json_array_get(json_object_get(result, "vars"), 0);
	struct err_msg missing;

	if (why != NULL) {
		command_fail(n->call, why);
	} else if (json_object_get(row, "addr") == NULL) {
		(void)err_set(&missing, ERR_NOENT, json_get_str(row, "name", "?"), NULL, "%s",
		    json_get_str(row, "why", "no such variable"));
		command_fail(n->call, &missing);
	} else {
		n->then(n->call, (uint64_t)json_get_int(row, "addr", 0),
		    (uint64_t)json_get_int(row, "size", 0));
	}
	mem_free(n);
}

void
ocd_name(struct command_call *c, const char *word,
    void (*then)(struct command_call *c, uint64_t addr, uint64_t size))
{
	const struct slice s = slice_of(word);
	const char *elf = decoders_elf(c->ctx);
	struct naming *n;
	struct err_msg why;
	uint64_t addr;

	if (slice_starts(s, "0x") ? slice_hex(slice_skip(s, 2), &addr) :
	    slice_u64(s, UINT64_MAX, &addr)) {
		then(c, addr, 0);
		return;
	}
	if (elf == NULL || isdigit((unsigned char)word[0])) {
		(void)err_set(&why, ERR_USAGE, word, "decode.elf FILE names the program",
		    "no address, and no ELF file to look it up in");
		command_fail(c, &why);
		return;
	}
	n = mem_zero(1, sizeof *n);
	*n = (struct naming){ c, then };
	symbols_ask(c->ctx, "elf.vars", json_pack("{s:s,s:[s]}", "path", elf, "names", word),
	    on_vars, n);
}
