/* ocd_words.c - what the registers of a Cortex-M say. */
#include "bench/ocd_words.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/decoders.h"
#include "bench/symbols.h"
#include "openocd/cortexm.h"
#include "openocd/tcl.h"

static void
put_hex(json_t *o, const char *key, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof text, "0x%08llx", (unsigned long long)v);
	json_put_str(o, key, text);
}

static void
add_words(void *arg, const char *text)
{
	(void)json_array_append_new(arg, json_text(text, strlen(text)));
}

static json_t *
words_of(uint32_t addr, uint32_t value, uint32_t cfsr)
{
	json_t *list = json_array();

	cortexm_words(addr, value, cfsr, add_words, list);
	return list;
}

/* ---- values by address, as a script gives them: {ADDR FAILED VALUE} ... */

struct got { uint32_t addr, value; bool good; };
struct values { struct got got[160]; size_t n; };

static void
take_values(struct slice rows, struct values *v)
{
	struct buf row;

	v->n = 0;
	buf_init(&row, 4096);
	while (v->n < sizeof v->got / sizeof v->got[0] && tcl_next(&rows, &row)) {
		struct slice rest = slice_make(buf_str(&row), row.len);
		uint64_t addr, failed, value = 0;

		if (!tcl_next_u64(&rest, &addr) || !tcl_next_u64(&rest, &failed))
			break;
		v->got[v->n].good = failed == 0 && tcl_next_u64(&rest, &value);
		v->got[v->n].addr = (uint32_t)addr;
		v->got[v->n++].value = (uint32_t)value;
	}
	buf_fini(&row);
}

static const struct got *
got_at(const struct values *v, uint32_t addr)
{
	static const struct got none = { .good = false };

	for (size_t i = 0; i < v->n; i++)
		if (v->got[i].addr == addr)
			return &v->got[i];
	return &none;
}

static void
add_reads(struct buf *script, bool faults)
{
	(void)buf_add_str(script, "foreach a {");
	for (size_t i = 0; i < cortexm_registers_n; i++)
		if (!faults || cortexm_registers[i].fault)
			(void)buf_add_fmt(script, " 0x%x", cortexm_registers[i].addr);
	(void)buf_add_fmt(script, " 0x%x} "
	    "{ lappend r [list $a [catch {read_memory $a 32 1} v] $v] }; ", CORTEXM_CPUID);
}

/* ---- faults */

struct frame { uint64_t sp; uint32_t word[8]; };

/* r0-r3, r12, lr, pc, xpsr: the T bit is set, pc is even and neither nothing nor a device, lr is
 * odd (a Thumb return, or an EXC_RETURN). */
static bool
is_frame(const uint32_t *w)
{
	const bool code = w[6] != 0 && (w[6] & 1) == 0 && w[6] < 0x40000000;

	return code && (w[7] & 1u << 24) != 0 && (w[7] & 0x00ff0000) == 0 && (w[5] & 1) != 0;
}

static bool
find_frame(uint64_t sp, struct slice memory, struct frame *f)
{
	uint32_t w[OCD_STACK_WORDS];
	size_t n = 0;
	uint64_t v;

	while (n < OCD_STACK_WORDS && tcl_next_u64(&memory, &v))
		w[n++] = (uint32_t)v;
	for (size_t i = 0; i + 8 <= n; i += 2)          /* a frame begins at a multiple of 8 */
		if (is_frame(w + i)) {
			f->sp = sp + 4 * i;
			memcpy(f->word, w + i, sizeof f->word);
			return true;
		}
	return false;
}

static json_t *
frame_json(const struct frame *f)
{
	static const char *const names[] = { "r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr" };
	json_t *o = json_object();

	put_hex(o, "at", f->sp);
	for (size_t i = 0; i < 8; i++)
		put_hex(o, names[i], f->word[i]);
	return o;
}

struct naming { struct command_call *call; json_t *answer; };

static void
on_places(void *arg, const json_t *result, const struct err_msg *why)
{
	struct naming *n = arg;
	json_t *frame = json_object_get(n->answer, "frame");
	const json_t *frames = json_object_get(result, "frames");
	static const char *const keys[] = { "place", "from" };

	for (size_t i = 0; why == NULL && i < 2; i++) {
		const json_t *f = json_array_get(json_array_get(frames, i), 0);

		if (f != NULL)
			json_put(frame, keys[i], json_copy((json_t *)(uintptr_t)f));
	}
	command_done(n->call, n->answer);
	mem_free(n);
}

/* The frame's pc and lr with their places. Steals answer. */
static void
answer_named(struct command_call *c, json_t *answer)
{
	const json_t *frame = json_object_get(answer, "frame");
	const char *elf = decoders_elf(c->ctx);
	struct naming *n;

	if (elf == NULL || frame == NULL) {
		command_done(c, answer);
		return;
	}
	n = mem_zero(1, sizeof *n);
	*n = (struct naming){ c, answer };
	symbols_ask(c->ctx, "elf.lines", json_pack("{s:s,s:[O,O],s:[b,b]}", "path", elf, "addrs",
	    json_object_get(frame, "pc"), json_object_get(frame, "lr"), "calls", false, true),
	    on_places, n);
}

static json_t *
fault_rows(const struct values *v)
{
	const uint32_t cfsr = got_at(v, CORTEXM_CFSR)->value;
	const bool v6 = cortexm_is_v6(got_at(v, CORTEXM_CPUID)->value);
	json_t *list = json_array();

	for (size_t i = 0; i < cortexm_registers_n; i++) {
		const struct cortexm_register *r = &cortexm_registers[i];
		const struct got *g = got_at(v, r->addr);
		json_t *o;

		if (!r->fault || !g->good || (v6 && r->not_v6))
			continue;
		o = json_object();
		json_put_str(o, "name", r->name);
		put_hex(o, "addr", r->addr);
		put_hex(o, "value", g->value);
		json_put(o, "words", words_of(r->addr, g->value, cfsr));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static void
put_core(json_t *o, const struct values *v)
{
	char core[64];

	cortexm_core(got_at(v, CORTEXM_CPUID)->value, core, sizeof core);
	json_put_str(o, "core", core);
}

/* {state} {values} {msp psp} {words at msp} {words at psp} */
static void
faults_done(struct ocd_ask *a, const char *text, size_t n)
{
	struct slice rest = slice_make(text, n), sps;
	struct values *v = mem_zero(1, sizeof *v);
	json_t *o = json_object();
	struct buf word, stack;
	struct frame f;
	uint64_t sp[2];

	buf_init(&word, RPC_REPLY_MAX);
	buf_init(&stack, RPC_REPLY_MAX);
	if (tcl_next(&rest, &word))
		json_put_str(o, "state", buf_str(&word));
	if (tcl_next(&rest, &word))
		take_values(slice_make(buf_str(&word), word.len), v);
	put_core(o, v);
	json_put(o, "registers", fault_rows(v));
	if (tcl_next(&rest, &word)) {
		sps = slice_make(buf_str(&word), word.len);
		for (size_t i = 0; i < 2 && tcl_next_u64(&sps, &sp[i]) &&
		    tcl_next(&rest, &stack); i++)
			if (json_object_get(o, "frame") == NULL && find_frame(sp[i],
			    slice_make(buf_str(&stack), stack.len), &f))
				json_put(o, "frame", frame_json(&f));
	}
	buf_fini(&word);
	buf_fini(&stack);
	mem_free(v);
	answer_named(a->call, o);
}

static void
cmd_faults(struct command_call *c)
{
	struct ocd *o = ocd_of(c);
	struct buf script;

	if (o == NULL || !ocd_is_cortexm(o, c))
		return;
	buf_init(&script, RPC_SCRIPT_MAX);
	(void)buf_add_str(&script, "capture poll; set s [[target current] curstate]; set r {}; ");
	add_reads(&script, true);
	(void)buf_add_fmt(&script, "set p {}; set m {}; if {$s eq {halted} && "
	    "([read_memory 0xe000ed04 32 1] & 0x1ff)} { "
	    "foreach {n x} [get_reg {msp psp}] { lappend p $x; "
	    "if {[catch {read_memory $x 32 %d} w]} { set w {} }; lappend m $w } }; "
	    "concat [list $s $r $p] $m", OCD_STACK_WORDS);
	(void)ocd_ask(c, buf_str(&script), false, faults_done);
	buf_fini(&script);
}

/* ---- audit */

struct audit {
	const struct values *v;
	struct slice trials;            /* {ADDR BITS-THAT-STICK} ... */
	bool v6, halted, passes;        /* core registers pass through DCRSR */
};

static bool
has_id(const struct values *v, uint32_t id)
{
	static const uint32_t want[] = { 0x0d, 0x00, 0x05, 0xb1 },
			      mask[] = { 0xff, 0x0f, 0xff, 0xff };

	for (uint32_t i = 0; i < 4; i++) {
		const struct got *g = got_at(v, id + 4 * i);

		if (!g->good || (g->value & mask[i]) != want[i])
			return false;
	}
	return true;
}

static bool
trial_of(const struct audit *t, uint32_t addr, uint32_t *stick)
{
	struct slice rest = t->trials;
	uint64_t at, bits;

	while (tcl_next_u64(&rest, &at) && tcl_next_u64(&rest, &bits))
		if (at == addr) {
			*stick = (uint32_t)bits;
			return true;
		}
	return false;
}

static const char *
verdict(const struct audit *t, const struct cortexm_register *r, const struct got *g, char *why,
    size_t size)
{
	const bool id = r->id != 0 && has_id(t->v, r->id);
	uint32_t stick;

	why[0] = '\0';
	if (t->v6 && r->not_v6) {
		snprintf(why, size, "an Armv6-M core has none");
		return "none";
	}
	if (!g->good) {
		snprintf(why, size, "it cannot be read");
		return "unread";
	}
	if (trial_of(t, r->addr, &stick)) {
		if (stick == r->trial)
			return "present";
		snprintf(why, size, stick == 0 ? "nothing that is written stays" :
		    "of bits 0x%x only 0x%x stay", r->trial, stick);
		return stick != 0 ? "partly" : g->value != 0 ? "present" : "missing";
	}
	if (g->value != 0 || r->id == 0)
		return "present";
	if (id) {
		snprintf(why, size, "its block has a component id");
		return "present";
	}
	snprintf(why, size, "it reads as zero, and its block has no component id");
	return "missing";
}

static json_t *
audit_row(const struct audit *t, const struct cortexm_register *r)
{
	const struct got *g = got_at(t->v, r->addr);
	json_t *o = json_object();
	char why[120];
	const char *found = verdict(t, r, g, why, sizeof why);

	json_put_str(o, "name", r->name);
	json_put_str(o, "block", r->block);
	json_put_str(o, "what", r->what);
	put_hex(o, "addr", r->addr);
	json_put_str(o, "verdict", found);
	json_put_str(o, "why", why);
	if (g->good)
		put_hex(o, "value", g->value);
	json_put(o, "words", strcmp(found, "present") == 0 || strcmp(found, "partly") == 0 ?
	    words_of(r->addr, g->value, got_at(t->v, CORTEXM_CFSR)->value) : json_array());
	return o;
}

/* DCRSR is written only: it works when core registers come through it. */
static json_t *
dcrsr_row(const struct audit *t)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:[]}", "name", "DCRSR", "block", "debug",
	    "what", "chooses a core register", "addr", "0xe000edf4", "verdict",
	    !t->halted ? "unread" : t->passes ? "present" : "missing", "why",
	    !t->halted ? "it can be tried when the core is halted" :
	    t->passes ? "core registers come through it" : "no core register came through it",
	    "words");
}

static json_t *
comparators(const struct values *v)
{
	const uint32_t ctrl = got_at(v, 0xe0002000)->value;
	json_t *list = json_array();
	char text[CORTEXM_TEXT];

	for (uint32_t i = 0; i < 8; i++)
		if (cortexm_fpb(ctrl, got_at(v, 0xe0002008 + 4 * i)->value, text, sizeof text))
			add_words(list, text);
	for (uint32_t i = 0; i < 4; i++) {
		const uint32_t at = 0xe0001020 + 16 * i;

		if (cortexm_dwt(got_at(v, at)->value, got_at(v, at + 4)->value,
		    got_at(v, at + 8)->value, text, sizeof text))
			add_words(list, text);
	}
	return list;
}

/* {state} {values} {trials} {r0} */
static void
audit_done(struct ocd_ask *a, const char *text, size_t n)
{
	struct slice rest = slice_make(text, n);
	struct values *v = mem_zero(1, sizeof *v);
	struct audit t = { .v = v };
	json_t *o = json_object(), *list = json_array();
	struct buf word, trials;

	buf_init(&word, RPC_REPLY_MAX);
	buf_init(&trials, RPC_REPLY_MAX);
	if (tcl_next(&rest, &word)) {
		t.halted = strcmp(buf_str(&word), "halted") == 0;
		json_put_str(o, "state", buf_str(&word));
	}
	if (tcl_next(&rest, &word))
		take_values(slice_make(buf_str(&word), word.len), v);
	if (tcl_next(&rest, &trials))
		t.trials = slice_make(buf_str(&trials), trials.len);
	t.passes = tcl_next(&rest, &word) && word.len != 0;
	t.v6 = cortexm_is_v6(got_at(v, CORTEXM_CPUID)->value);
	put_core(o, v);
	for (size_t i = 0; i < cortexm_registers_n; i++) {
		(void)json_array_append_new(list, audit_row(&t, &cortexm_registers[i]));
		if (cortexm_registers[i].addr == CORTEXM_DHCSR)
			(void)json_array_append_new(list, dcrsr_row(&t));
	}
	json_put(o, "registers", list);
	json_put(o, "comparators", comparators(v));
	buf_fini(&word);
	buf_fini(&trials);
	mem_free(v);
	command_done(a->call, o);
}

/* What is in use is not tried: an enabled breakpoint, a DWT comparator with a function. */
static void
add_trials(struct buf *script)
{
	(void)buf_add_fmt(script, "set demcr [read_memory 0x%x 32 1]; "
	    "write_memory 0x%x 32 [expr {$demcr | 0x1000000}]; foreach {a b} {", CORTEXM_DEMCR,
	    CORTEXM_DEMCR);
	for (size_t i = 0; i < cortexm_registers_n; i++)
		if (cortexm_registers[i].trial != 0)
			(void)buf_add_fmt(script, " 0x%x 0x%x", cortexm_registers[i].addr,
			    cortexm_registers[i].trial);
	(void)buf_add_fmt(script, "} { catch { set old [read_memory $a 32 1]; "
	    "if {$a == 0xe0002008 && ($old & 1)} continue; "
	    "if {$a == 0xe0001020 && ([read_memory 0xe0001028 32 1] & 15)} continue; "
	    "write_memory $a 32 [expr {$old | $b}]; set new [read_memory $a 32 1]; "
	    "write_memory $a 32 0x0; set low [read_memory $a 32 1]; write_memory $a 32 $old; "
	    "lappend q $a [expr {$new & ~$low & $b}] } }; write_memory 0x%x 32 $demcr; ",
	    CORTEXM_DEMCR);
}

static void
cmd_audit(struct command_call *c)
{
	struct ocd *o = ocd_of(c);
	struct buf script;

	if (o == NULL || !ocd_is_cortexm(o, c))
		return;
	buf_init(&script, RPC_SCRIPT_MAX);
	(void)buf_add_str(&script, "capture poll; set s [[target current] curstate]; set r {}; ");
	add_reads(&script, false);
	(void)buf_add_str(&script, "foreach a {");
	for (uint32_t i = 0; i < 8; i++)
		(void)buf_add_fmt(&script, " 0x%x", 0xe0002008 + 4 * i);
	for (uint32_t i = 0; i < 12; i++)
		(void)buf_add_fmt(&script, " 0x%x", 0xe0001020 + 16 * (i / 3) + 4 * (i % 3));
	for (uint32_t i = 0; i < 20; i++)
		(void)buf_add_fmt(&script, " 0x%x", (i < 12 ? 0xe0000ff0 + 0x1000 * (i / 4) :
		    i < 16 ? 0xe0040ff0 : 0xe0041ff0) + 4 * (i % 4));
	(void)buf_add_str(&script, "} { lappend r [list $a [catch {read_memory $a 32 1} v] $v] }; "
	    "set q {}; ");
	if (json_get_bool(c->args, "write", false))
		add_trials(&script);
	(void)buf_add_str(&script, "set g {}; if {$s eq {halted}} { catch {set g [get_reg r0]} }; "
	    "list $s $r $q $g");
	(void)ocd_ask(c, buf_str(&script), false, audit_done);
	buf_fini(&script);
}

/* ---- the vector table */

static void
on_handlers(void *arg, const json_t *result, const struct err_msg *why)
{
	struct naming *n = arg;
	const json_t *frames = json_object_get(result, "frames");
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(n->answer, "vectors"), i, row) {
		const json_t *f = why == NULL ? json_array_get(json_array_get(frames, i), 0) : NULL;

		if (f != NULL && i != 0)
			json_put_str(row, "func", json_get_str(f, "func", "?"));
	}
	command_done(n->call, n->answer);
	mem_free(n);
}

static json_t *
vector_row(unsigned i, uint32_t value)
{
	json_t *o = json_object();
	char name[24];

	cortexm_exception(i, name, sizeof name);
	json_put_int(o, "number", i);
	json_put_str(o, "name", name);
	put_hex(o, "value", value);
	if (i == 0 && (value & 3) != 0)
		json_put_str(o, "why", "a stack pointer is a multiple of 4");
	else if (i != 0 && value != 0 && (value & 1) == 0)
		json_put_str(o, "why", "no Thumb bit: taking it is a fault");
	else if ((i == 1 || i == 3) && (value == 0 || value == UINT32_MAX))
		json_put_str(o, "why", "there is no handler: no program is there");
	return o;
}

/* {table} {words} */
static void
vectors_done(struct ocd_ask *a, const char *text, size_t n)
{
	struct slice rest = slice_make(text, n), words;
	json_t *o = json_object(), *list = json_array(), *addrs = json_array();
	const char *elf = decoders_elf(a->call->ctx);
	struct naming *naming;
	struct buf word;
	uint64_t v = 0;

	(void)tcl_next_u64(&rest, &v);
	put_hex(o, "table", v);
	buf_init(&word, RPC_REPLY_MAX);
	(void)tcl_next(&rest, &word);
	words = slice_make(buf_str(&word), word.len);
	for (unsigned i = 0; i < CORTEXM_VECTORS_MAX && tcl_next_u64(&words, &v); i++) {
		(void)json_array_append_new(list, vector_row(i, (uint32_t)v));
		(void)json_array_append_new(addrs, json_integer((json_int_t)(v & ~1ull)));
	}
	buf_fini(&word);
	json_put(o, "vectors", list);
	if (elf == NULL) {
		json_decref(addrs);
		command_done(a->call, o);
		return;
	}
	naming = mem_zero(1, sizeof *naming);
	*naming = (struct naming){ a->call, o };
	symbols_ask(a->call->ctx, "elf.lines", json_pack("{s:s,s:o}", "path", elf, "addrs", addrs),
	    on_handlers, naming);
}

static void
cmd_vectors(struct command_call *c)
{
	struct ocd *o = ocd_of(c);
	const int64_t count = json_get_int(c->args, "count", 0);
	char script[400];
	struct err_msg why;

	if (o == NULL || !ocd_is_cortexm(o, c))
		return;
	if (count < 0 || count > CORTEXM_VECTORS_MAX) {
		(void)err_set(&why, ERR_USAGE, "count", NULL, "a core has at most %d vectors",
		    CORTEXM_VECTORS_MAX);
		command_fail(c, &why);
		return;
	}
	snprintf(script, sizeof script, "set v [expr {[read_memory 0x%x 32 1] & ~0x7f}]; set n %d; "
	    "if {!$n} { set n [expr {16 + 32 * (([read_memory 0x%x 32 1] & 15) + 1)}] }; "
	    "if {$n > %d} { set n %d }; list $v [read_memory $v 32 $n]", CORTEXM_VTOR, (int)count,
	    CORTEXM_ICTR, CORTEXM_VECTORS_MAX, CORTEXM_VECTORS_MAX);
	(void)ocd_ask(c, script, false, vectors_done);
}

static const struct command_arg audit_args[] = {
	{ "write", ARG_BOOL, 0, "off", "try which bits stay, and put them back" },
	{ .name = NULL },
};
static const struct command_arg vectors_args[] = {
	{ "count", ARG_INT, 0, NULL, "so many; as the core says if absent" }, { .name = NULL },
};

const struct command bench_ocd_words_commands[] = {
	{ "ocd.faults", "why a Cortex-M stopped or faulted", NULL, 0, cmd_faults },
	{ "ocd.audit", "which debug registers a Cortex-M has", audit_args, 0, cmd_audit },
	{ "ocd.vectors", "the vector table of a Cortex-M", vectors_args, 0, cmd_vectors },
	{ .name = NULL },
};
