/* ocd_core.c - halt, resume, step, reset; core registers; memory. */
#include "bench/ocd_core.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/decoders.h"
#include "bench/ocd_names.h"
#include "bench/ocd_svd.h"
#include "bench/symbols.h"
#include "openocd/tcl.h"

/* ---- run */

static void
bad_number(struct command_call *c, const char *word)
{
	struct err_msg why;

	(void)err_set(&why, ERR_USAGE, word, NULL, "a number is needed, decimal or 0x");
	command_fail(c, &why);
}

/* {target, state, pc?, log} */
static void
moved(struct ocd_ask *a, const char *text, size_t n)
{
	struct slice rest = slice_make(text, n), pc;
	json_t *o = json_object();
	struct buf word;
	uint64_t v;

	buf_init(&word, RPC_REPLY_MAX);
	if (tcl_next(&rest, &word))
		json_put_strn(o, "log", buf_str(&word), word.len);
	if (tcl_next(&rest, &word))
		json_put_str(o, "target", buf_str(&word));
	if (tcl_next(&rest, &word)) {
		json_put_str(o, "state", buf_str(&word));
		snprintf(a->ocd->state, sizeof a->ocd->state, "%s", buf_str(&word));
	}
	if (tcl_next(&rest, &word)) {
		pc = slice_make(buf_str(&word), word.len);
		(void)slice_word(&pc);
		if (tcl_next_u64(&pc, &v))
			json_put_int(o, "pc", (int64_t)v);
	}
	buf_fini(&word);
	ocd_tell(a->ocd);
	command_done(a->call, o);
}

/* `poll` first: straight after a reset its state is old, and halt would wait for it (flashdebug.md
 * 1b). */
static void
move(struct command_call *c, const char *act)
{
	char script[400];

	if (ocd_of(c) == NULL)
		return;
	snprintf(script, sizeof script, "capture poll; set l [capture {%s}]; capture poll; "
	    "set t [target current]; set s [$t curstate]; "
	    "list $l $t $s [expr {$s eq \"halted\" ? [get_reg {pc}] : \"\"}]", act);
	(void)ocd_ask(c, script, false, moved);
}

static void
cmd_halt(struct command_call *c)
{
	move(c, "halt");
}

static void
cmd_resume(struct command_call *c)
{
	const char *addr = json_get_str(c->args, "addr", NULL);
	char act[48] = "resume";
	uint64_t v;

	if (addr != NULL && !ocd_number(addr, &v)) {
		bad_number(c, addr);
		return;
	}
	if (addr != NULL)
		snprintf(act, sizeof act, "resume 0x%llx", (unsigned long long)v);
	move(c, act);
}

static void
cmd_step(struct command_call *c)
{
	const int64_t n = json_get_int(c->args, "count", 1);
	char act[64];
	struct err_msg why;

	if (n < 1 || n > OCD_STEPS_MAX) {
		(void)err_set(&why, ERR_USAGE, "count", NULL, "1 to %d steps", OCD_STEPS_MAX);
		command_fail(c, &why);
		return;
	}
	snprintf(act, sizeof act, "for {set i 0} {$i < %d} {incr i} { step }", (int)n);
	move(c, act);
}

static void
cmd_reset(struct command_call *c)
{
	const char *mode = json_get_str(c->args, "mode", "run");
	char act[32];
	struct err_msg why;

	if (strcmp(mode, "run") != 0 && strcmp(mode, "halt") != 0 && strcmp(mode, "init") != 0) {
		(void)err_set(&why, ERR_USAGE, mode, NULL, "a reset is run, halt or init");
		command_fail(c, &why);
		return;
	}
	snprintf(act, sizeof act, "reset %s", mode);
	move(c, act);
}

/* ---- registers */

static json_t *
register_rows(const char *text, size_t n)
{
	struct slice rest = slice_make(text, n);
	json_t *list = json_array();
	struct buf word;
	uint64_t v;

	buf_init(&word, 256);
	while (tcl_next(&rest, &word) && tcl_next_u64(&rest, &v) && json_array_size(list) < 1000) {
		json_t *o = json_object();
		char hex[24];

		snprintf(hex, sizeof hex, "0x%08llx", (unsigned long long)v);
		json_put_str(o, "name", buf_str(&word));
		json_put_str(o, "value", hex);
		(void)json_array_append_new(list, o);
	}
	buf_fini(&word);
	return list;
}

struct places { struct command_call *call; json_t *rows; };

static bool
is_place(const char *name)
{
	return strcmp(name, "pc") == 0 || strcmp(name, "lr") == 0 || strcmp(name, "ra") == 0;
}

static void
on_places(void *arg, const json_t *result, const struct err_msg *why)
{
	struct places *p = arg;
	const json_t *frames = json_object_get(result, "frames");
	size_t i, k = 0;
	json_t *row;

	json_array_foreach(p->rows, i, row) {
		const json_t *f;

		if (why != NULL || !is_place(json_get_str(row, "name", "")))
			continue;
		f = json_array_get(json_array_get(frames, k++), 0);
		if (f != NULL)
			json_put(row, "place", json_copy((json_t *)(uintptr_t)f));
	}
	command_done(p->call, p->rows);
	mem_free(p);
}

/* Rows whose pc and lr are to be named. Steals rows. */
static void
answer_places(struct command_call *c, json_t *rows)
{
	const char *elf = decoders_elf(c->ctx);
	json_t *addrs, *calls, *row;
	struct places *p;
	size_t i;

	if (elf == NULL) {
		command_done(c, rows);
		return;
	}
	addrs = json_array();
	calls = json_array();
	json_array_foreach(rows, i, row) {
		const char *name = json_get_str(row, "name", "");

		if (!is_place(name))
			continue;
		(void)json_array_append(addrs, json_object_get(row, "value"));
		(void)json_array_append_new(calls, json_boolean(strcmp(name, "pc") != 0));
	}
	p = mem_zero(1, sizeof *p);
	*p = (struct places){ c, rows };
	symbols_ask(c->ctx, "elf.lines", json_pack("{s:s,s:o,s:o}", "path", elf, "addrs", addrs,
	    "calls", calls), on_places, p);
}

static void
registers_done(struct ocd_ask *a, const char *text, size_t n)
{
	answer_places(a->call, register_rows(text, n));
}

/* OpenOCD gives old values of a core that runs, without a word (flashdebug.md 1b). */
#define ONLY_HALTED "set t [target current]; capture poll; if {[$t curstate] ne {halted}} " \
	"{ error \"$t is [$t curstate]: its registers can be read when it is halted\" }; "

static void
core_regs(struct command_call *c)
{
	const json_t *names = json_object_get(c->args, "names"), *v;
	struct buf script;
	size_t i;

	if (ocd_of(c) == NULL)
		return;
	buf_init(&script, RPC_SCRIPT_MAX);
	(void)buf_add_str(&script, ONLY_HALTED);
	if (json_array_size(names) == 0) {
		(void)buf_add_fmt(&script, "set r {}; foreach {x n} [regexp -all -inline "
		    "{\\(\\d+\\) (\\S+) \\(/} [capture reg]] { %slappend r $n }; get_reg $r",
		    json_get_bool(c->args, "all", false) ? "" :
		    "if {[regexp {^[ds][0-9]+$} $n]} continue; ");
	} else {
		(void)buf_add_str(&script, "get_reg [list");
		json_array_foreach(names, i, v) {
			(void)buf_add_byte(&script, ' ');
			(void)tcl_word(json_string_value(v), json_string_length(v), &script);
		}
		(void)buf_add_byte(&script, ']');
	}
	(void)ocd_ask(c, buf_str(&script), false, registers_done);
	buf_fini(&script);
}

/* Names that the chip's SVD file knows are peripherals. */
static void
cmd_regs(struct command_call *c)
{
	const json_t *names = json_object_get(c->args, "names");

	if (ocd_of(c) == NULL)
		return;
	if (json_array_size(names) != 0)
		ocd_svd_read(c, names, false, core_regs);
	else
		core_regs(c);
}

static void
done(struct ocd_ask *a, const char *text, size_t n)
{
	(void)text;
	(void)n;
	command_done(a->call, NULL);
}

static void
cmd_set(struct command_call *c)
{
	const char *name = json_get_str(c->args, "name", ""),
		   *value = json_get_str(c->args, "value", "");
	struct buf script;
	uint64_t v;

	if (ocd_of(c) == NULL)
		return;
	if (!ocd_number(value, &v)) {
		bad_number(c, value);
		return;
	}
	buf_init(&script, 4096);
	(void)buf_add_str(&script, ONLY_HALTED "set_reg [list ");
	(void)tcl_word(name, strlen(name), &script);
	(void)buf_add_fmt(&script, " 0x%llx]", (unsigned long long)v);
	(void)ocd_ask(c, buf_str(&script), true, done);
	buf_fini(&script);
}

/* ---- memory */

static bool
width_good(struct command_call *c, int64_t width)
{
	struct err_msg why;

	if (width == 8 || width == 16 || width == 32)
		return true;
	(void)err_set(&why, ERR_USAGE, "width", NULL, "an access is 8, 16 or 32 bits wide");
	command_fail(c, &why);
	return false;
}

static void
read_done(struct ocd_ask *a, const char *text, size_t n)
{
	struct slice rest = slice_make(text, n);
	json_t *o = json_object(), *list = json_array();
	uint64_t v;

	while (tcl_next_u64(&rest, &v) && json_array_size(list) < OCD_READ_MAX)
		(void)json_array_append_new(list, json_integer((json_int_t)v));
	json_put_int(o, "addr", (int64_t)a->num[0]);
	json_put_int(o, "width", (int64_t)a->num[1]);
	json_put(o, "values", list);
	command_done(a->call, o);
}

static void
read_at(struct command_call *c, uint64_t addr, uint64_t size)
{
	const int64_t width = json_get_int(c->args, "width", size == 1 ? 8 : size == 2 ? 16 : 32);
	const int64_t given = json_get_int(c->args, "count", 0),
		      count = given != 0 ? given : size > 4 ? (int64_t)(size + 3) / 4 : 1;
	char script[100];
	struct ocd_ask *a;
	struct err_msg why;

	if (ocd_of(c) == NULL || !width_good(c, width))
		return;
	if (count < 1 || count > OCD_READ_MAX || addr > UINT32_MAX) {
		(void)err_set(&why, ERR_USAGE, "count", NULL, "1 to %d values below 4 GiB",
		    OCD_READ_MAX);
		command_fail(c, &why);
		return;
	}
	snprintf(script, sizeof script, "read_memory 0x%llx %d %d", (unsigned long long)addr,
	    (int)width, (int)count);
	a = ocd_ask(c, script, false, read_done);
	a->num[0] = addr;
	a->num[1] = (uint64_t)width;
}

static void
read_named(struct command_call *c)
{
	ocd_name(c, json_get_str(c->args, "addr", ""), read_at);
}

static void
cmd_read(struct command_call *c)
{
	json_t *names;

	if (ocd_of(c) == NULL)
		return;
	names = json_pack("[s]", json_get_str(c->args, "addr", ""));
	ocd_svd_read(c, names, true, read_named);
	json_decref(names);
}

static void
write_at(struct command_call *c, uint64_t addr, uint64_t size)
{
	const int64_t width = json_get_int(c->args, "width", size == 1 ? 8 : size == 2 ? 16 : 32);
	const json_t *values = json_object_get(c->args, "values"), *v;
	struct buf script;
	size_t i;

	if (ocd_of(c) == NULL || !width_good(c, width))
		return;
	buf_init(&script, RPC_SCRIPT_MAX);
	(void)buf_add_fmt(&script, "write_memory 0x%llx %d {", (unsigned long long)addr,
	    (int)width);
	json_array_foreach(values, i, v) {
		uint64_t n;

		if (!ocd_number(json_string_value(v), &n) || n >> width != 0) {
			buf_fini(&script);
			bad_number(c, json_string_value(v));
			return;
		}
		(void)buf_add_fmt(&script, " 0x%llx", (unsigned long long)n);
	}
	(void)buf_add_byte(&script, '}');
	(void)ocd_ask(c, buf_str(&script), true, done);
	buf_fini(&script);
}

static void
write_named(struct command_call *c)
{
	ocd_name(c, json_get_str(c->args, "addr", ""), write_at);
}

static void
cmd_write(struct command_call *c)
{
	if (ocd_of(c) != NULL)
		ocd_svd_write(c, json_get_str(c->args, "addr", ""),
		    json_object_get(c->args, "values"), write_named);
}

static const struct command_arg resume_args[] = {
	{ "addr", ARG_WORD, 0, NULL, "from there" }, { .name = NULL },
};
static const struct command_arg step_args[] = {
	{ "count", ARG_INT, 0, "1", "so many instructions" }, { .name = NULL },
};
static const struct command_arg reset_args[] = {
	{ "mode", ARG_WORD, 0, "run", "run, halt, or init (halt, and the chip's own set-up)" },
	{ .name = NULL },
};
static const struct command_arg regs_args[] = {
	{ "all", ARG_BOOL, 0, "off", "those of the floating point unit too" },
	{ "effects", ARG_BOOL, 0, "off", "also where reading a peripheral changes something" },
	{ "names", ARG_REST, 0, NULL,
	    "which, of the core, or of peripherals (ocd.svd); all of the core if absent" },
	{ .name = NULL },
};
static const struct command_arg set_args[] = {
	{ "name", ARG_WORD, ARG_MUST, NULL, "the register" },
	{ "value", ARG_WORD, ARG_MUST, NULL, "decimal or 0x" },
	{ .name = NULL },
};
static const struct command_arg read_args[] = {
	{ "addr", ARG_WORD, ARG_MUST, NULL,
	    "address, a variable of the ELF file, or a register of the SVD file" },
	{ "count", ARG_INT, 0, NULL, "so many values; 1, or the whole variable" },
	{ "width", ARG_INT, 0, NULL, "8, 16 or 32 bits; 32, or as the variable is" },
	{ "effects", ARG_BOOL, 0, "off", "also where reading a register changes something" },
	{ .name = NULL },
};
static const struct command_arg write_args[] = {
	{ "addr", ARG_WORD, ARG_MUST, NULL,
	    "address, a variable of the ELF file, or a register of the SVD file" },
	{ "width", ARG_INT, 0, NULL, "8, 16 or 32 bits; 32, or as the variable is" },
	{ "values", ARG_REST, ARG_MUST, NULL, "what is written" },
	{ .name = NULL },
};

const struct command bench_ocd_core_commands[] = {
	{ "ocd.halt", "stop the core", NULL, COMMAND_ASKS, cmd_halt },
	{ "ocd.resume", "let the core run on", resume_args, 0, cmd_resume },
	{ "ocd.step", "execute single instructions", step_args, 0, cmd_step },
	{ "ocd.reset", "reset the core", reset_args, COMMAND_ASKS, cmd_reset },
	{ "ocd.regs", "core registers of a halted core, or peripherals", regs_args, 0, cmd_regs },
	{ "ocd.set", "write a core register", set_args, COMMAND_ASKS, cmd_set },
	{ "ocd.read", "read memory, also of a core that runs", read_args, 0, cmd_read },
	{ "ocd.write", "write memory", write_args, COMMAND_ASKS, cmd_write },
	{ .name = NULL },
};
