/* decode_regs.c - collecting the registers of a fault, and saying what they mean. */
#include "text/decode_regs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text/decode_cause.h"

enum { STRANGE_MAX = 3, NAME_MAX_BYTES = 12 };
enum { TRACED, PHRASE };                        /* count[]: backtrace rows; a phrase opened it */

/* ---- registers on a line */

/* Spellings and what they are here. */
static const struct alias { const char *name, *is; bool decimal; } aliases[] = {
	{ "pc", "pc", false }, { "r15", "pc", false }, { "r15/pc", "pc", false },
	{ "lr", "lr", false }, { "r14", "lr", false }, { "r14/lr", "lr", false },
	{ "sp", "sp", false }, { "r13", "sp", false }, { "psr", "psr", false },
	{ "xpsr", "psr", false }, { "cfsr", "cfsr", false }, { "hfsr", "hfsr", false },
	{ "mmfar", "mmfar", false }, { "mmar", "mmfar", false }, { "bfar", "bfar", false },
	{ "mepc", "mepc", false }, { "sepc", "mepc", false }, { "mcause", "mcause", true },
	{ "scause", "mcause", true }, { "mtval", "mtval", false }, { "stval", "mtval", false },
	{ "mbadaddr", "mtval", false }, { "mstatus", "mstatus", false }, { "ra", "ra", false },
	{ "exccause", "exccause", true }, { "excvaddr", "excvaddr", false },
	{ "epc1", "epc1", false }, { "a0", "a0", false }, { "ufsr", "ufsr", false },
	{ "bfsr", "bfsr", false }, { "mmfsr", "mmfsr", false }, { "icsr", "icsr", false },
};

static const struct alias *
alias_of(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strlen(aliases[i].name) == n && strncasecmp(aliases[i].name, p, n) == 0)
			return &aliases[i];
	return NULL;
}

static const struct decode_reg *
find(const struct decode_record *r, const char *name)
{
	for (size_t i = 0; i < r->regs; i++)
		if (strcmp(r->reg[i].name, name) == 0)
			return &r->reg[i];
	return NULL;
}

static bool
value(const struct decode_record *r, const char *name, uint64_t *out)
{
	const struct decode_reg *g = find(r, name);

	if (g != NULL)
		*out = g->value;
	return g != NULL;
}

static void
keep(struct decode_record *r, const char *name, uint64_t v)
{
	if (find(r, name) != NULL || r->regs == DECODE_REGS)
		return;                         /* the first is the one of the fault */
	snprintf(r->reg[r->regs].name, DECODE_ROLE, "%s", name);
	r->reg[r->regs++].value = v;
}

/* What stands between a name and its value: ` : `, `)=`, ` Address: `. */
static size_t
between(const char *p)
{
	size_t i = strspn(p, " \t:=()[]>");

	if (strncasecmp(p + i, "address", 7) == 0)
		i += 7 + strspn(p + i + 7, " \t:=()");
	return i <= 16 ? i : 0;
}

/* The number behind a name; registers are hexadecimal, a cause of two digits is not. */
static size_t
number(const char *p, size_t n, bool decimal, uint64_t *out)
{
	const size_t used = decode_hex(p, n, out);
	const bool marked = n > 2 && p[1] == 'x';

	if (used == 0 || (used < n && (isalnum((unsigned char)p[used]) || p[used] == '_')))
		return 0;
	if (marked)
		return used;
	if (decimal && used <= 2)
		*out = strtoull(p, NULL, 10);
	return decimal || used == 8 || used == 16 ? used : 0;
}

/* Keeps all registers of the line; how many there were. */
static unsigned
scan(struct decode_record *r, const char *p, size_t n)
{
	unsigned found = 0;

	for (size_t i = 0; i < n;) {
		const size_t from = i;
		const struct alias *a;
		uint64_t v;
		size_t gap, used;

		while (i < n && (isalnum((unsigned char)p[i]) || p[i] == '_' || p[i] == '/'))
			i++;
		if (i == from) {
			i++;
			continue;
		}
		a = i - from <= NAME_MAX_BYTES ? alias_of(p + from, i - from) : NULL;
		gap = a != NULL ? between(p + i) : 0;
		if (gap == 0 || i + gap >= n)
			continue;
		used = number(p + i + gap, n - i - gap, a->decimal, &v);
		if (used == 0)
			continue;
		keep(r, a->is, v);
		found++;
		i += gap + used;
	}
	return found;
}

/* ---- backtraces: "0x400d1234:0x3ffb1f80 0x400d12f5:0x3ffb1fa0 |<-CORRUPTED" */

static unsigned
backtrace(struct decode_record *r, const char *p)
{
	unsigned n = 0;

	while ((p = strstr(p, "0x")) != NULL && r->rows < DECODE_ROWS - 6) {
		char role[DECODE_ROLE];
		uint64_t pc, sp;
		const size_t used = decode_hex(p, strlen(p), &pc);

		if (used == 0)
			return n;
		p += used;
		if (*p == ':')
			p += 1 + decode_hex(p + 1, strlen(p + 1), &sp);
		snprintf(role, sizeof role, "#%u", n++);
		(void)decode_row_addr(r, role, pc, false);
	}
	return n;
}

/* ---- the record */

static const char *const literals[] = {
	"HardFault", "Hard fault", "hard fault", "Hard Fault", "HARD FAULT", "hardfault",
	"BUS FAULT", "USAGE FAULT", "MPU FAULT", "MbedOS Fault", "ZEPHYR FATAL",
	"Guru Meditation", "abort() was called", "register dump:", "*** Exception:",
	"Exception (", "Kernel panic", "mcause", "MCAUSE", "mepc", "MEPC", "CFSR", "EXCVADDR",
	"excvaddr", NULL,
};

/* From here on a register must be there, the word alone says nothing. */
static bool
is_register(const char *p)
{
	static const char *const words[] = { "mcause", "MCAUSE", "mepc", "MEPC", "CFSR",
		"EXCVADDR", "excvaddr", "*** Exc", "registe" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* "Exception (28):" of an ESP8266; other things are called an exception too. */
static bool
esp8266(struct decode_record *r, const char *p)
{
	const size_t digits = strspn(p + 11, "0123456789");

	if (digits == 0 || digits > 2 || p[11 + digits] != ')')
		return false;
	keep(r, "exccause", strtoull(p + 11, NULL, 10));
	return true;
}

/* The title: without the ornaments around it. */
static void
phrase(struct decode_record *r, const char *p, size_t n)
{
	const char *bracket = memchr(p, ']', n < 24 ? n : 24);

	if (bracket != NULL)
		n = (size_t)(bracket - p);
	while (n != 0 && strchr(" *!+-:\t", p[n - 1]) != NULL)
		n--;
	decode_text(r->title, sizeof r->title, p, n);
}

static enum decode_verdict
begin_regs(struct decode_record *r, const struct decode_line *l, const struct decode_values *v)
{
	const char *p = l->p + l->at;
	unsigned found;

	(void)v;
	r->level = DECODE_CRASH;
	r->decoder = "fault";
	if (strncmp(p, "Exception (", 11) == 0 && !esp8266(r, p))
		return DECODE_NO;
	found = scan(r, l->p, l->n);
	if (is_register(p)) {
		if (found == 0 && strncmp(p, "register dump:", 14) != 0)
			return DECODE_NO;
		return DECODE_MORE;             /* its name comes with the registers */
	}
	r->count[PHRASE] = 1;
	for (r->indent = l->at; r->indent != 0 && strchr(" *+-[", l->p[r->indent - 1]) != NULL;)
		r->indent--;
	phrase(r, p, l->n - l->at);
	if (strncmp(p, "Kernel panic", 12) != 0)
		return DECODE_MORE;
	r->decoder = "linux";
	return DECODE_LAST;
}

static bool
has_any(const char *p, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strstr(p, *words) != NULL)
			return true;
	return false;
}

/* "3fc93ea0: 0x00000000 ...": memory of the stack. */
static bool
is_memory(const char *p)
{
	uint64_t v;
	size_t n;

	p += strspn(p, " \t");
	n = decode_hex(p, strlen(p), &v);
	return n >= 8 && (p[n] == ':' || p[n] == ' ');
}

/* Zephyr says on the second line which fault it is. */
static void
second_line(struct decode_record *r, const struct decode_line *l)
{
	const size_t length = strlen(r->title);
	const char *p = l->n > r->indent ? l->p + r->indent : l->p;

	p += strspn(p, " \t");
	if (*p != '\0' && strpbrk(p, ":=") == NULL && length < 40)
		snprintf(r->title + length, sizeof r->title - length, ": %.80s", p);
}

static enum decode_verdict
more_regs(struct decode_record *r, const struct decode_line *l)
{
	static const char *const last[] = { "Rebooting", "Halting", "<<<stack<<<",
		"-- MbedOS Fault", NULL };
	static const char *const known[] = { "ault", "FAULT", "ERROR", "Context", "hread", "***",
		"Core ", "register dump", "ELF file", "Exception", "ddress", "Stack", "stack",
		">>>", "call trace", "Memory dump", "Debug exception", "CORRUPT", "r0", "R0", "a1",
		"R1", NULL };
	const char *trace = strstr(l->p, "Backtrace:");
	const size_t had = r->regs;

	if (trace != NULL) {
		r->count[TRACED] += backtrace(r, trace);
		return DECODE_MORE;
	}
	if (has_any(l->p, last))
		return DECODE_LAST;
	if (r->lines == 1 && r->regs == 0 && r->count[PHRASE] != 0)
		second_line(r, l);
	if (r->title[0] == '\0' && strstr(l->p, "Guru Meditation") != NULL)
		decode_text(r->title, sizeof r->title, l->p, l->n);
	if (scan(r, l->p, l->n) != 0 || r->regs != had || is_memory(l->p) || has_any(l->p, known)) {
		r->strange = 0;
		return DECODE_MORE;
	}
	return ++r->strange > STRANGE_MAX ? DECODE_NO : DECODE_MORE;
}

/* ---- what it means */

static void
address_row(struct decode_record *r, const char *name, uint64_t a)
{
	(void)decode_row(r, "%s 0x%08llx%s", name, (unsigned long long)a,
	    a < 0x1000 ? ": a nil pointer, or a field of one" : "");
}

static void
places(struct decode_record *r)
{
	uint64_t a;

	if (r->count[TRACED] != 0)
		return;                         /* the backtrace begins with them */
	if (value(r, "mepc", &a) || value(r, "epc1", &a) || value(r, "pc", &a))
		(void)decode_row_addr(r, "pc", a, false);
	if (value(r, "lr", &a)) {
		const char *from = decode_cause_exc_return(a);

		if (from != NULL)
			(void)decode_row(r, "lr 0x%08llx: the fault came %s", (unsigned long long)a,
			    from);
		else
			(void)decode_row_addr(r, "lr", a, true);
	}
	if (value(r, "ra", &a))
		(void)decode_row_addr(r, "ra", a, true);
	else if (value(r, "a0", &a) && find(r, "excvaddr") != NULL && a != 0)
		/* windowed calls keep their size in the top two bits */
		(void)decode_row_addr(r, "a0", (a & 0x3fffffff) | 0x40000000, true);
}

static void
cortex(struct decode_record *r)
{
	uint64_t cfsr = 0, v;
	bool known = value(r, "cfsr", &cfsr);
	static const struct { const char *name; unsigned shift; } parts[] = {
		{ "mmfsr", 0 }, { "bfsr", 8 }, { "ufsr", 16 },
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0] && find(r, "cfsr") == NULL; i++)
		if (value(r, parts[i].name, &v)) {
			cfsr |= v << parts[i].shift;
			known = true;
		}

	decode_cause_cfsr(r, cfsr);
	if (value(r, "hfsr", &v))
		decode_cause_hfsr(r, v);
	if (value(r, "bfar", &v) && (!known || (cfsr & 1u << 15) != 0))
		address_row(r, "bus fault address", v);
	if (value(r, "mmfar", &v) && (!known || (cfsr & 1u << 7) != 0))
		address_row(r, "memory fault address", v);
}

static void
riscv(struct decode_record *r)
{
	uint64_t v, cause = 0;

	if (value(r, "mcause", &cause))
		(void)decode_row(r, "mcause %s", decode_cause_riscv(cause));
	/* mtval is an address for misaligned, access and page faults */
	if (value(r, "mtval", &v) && cause != 2 && cause != 8 && cause != 9 && cause != 11)
		address_row(r, "address", v);
}

static void
xtensa(struct decode_record *r)
{
	uint64_t v, cause = 0;

	if (value(r, "exccause", &cause))
		(void)decode_row(r, "EXCCAUSE %s", decode_cause_xtensa(cause));
	if (value(r, "excvaddr", &v) && cause != 0)
		address_row(r, "address", v);
}

static void
end_regs(struct decode_record *r)
{
	static const struct family {
		const char *marks[4], *name, *title;
		void (*say)(struct decode_record *r);
	} families[] = {
		{ { "mepc", "mcause", "mtval", NULL }, "risc-v", "RISC-V exception", riscv },
		{ { "excvaddr", "exccause", "epc1", NULL }, "esp", "Xtensa exception", xtensa },
		{ { "cfsr", "hfsr", "bfar", NULL }, "cortex-m", "Cortex-M fault", cortex },
		{ { "psr", "lr", "bfsr", NULL }, "cortex-m", "fault", cortex },
		{ { "pc", "pc", "pc", NULL }, "fault", "fault", cortex },
	};

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		const struct family *f = &families[i];

		if (find(r, f->marks[0]) == NULL && find(r, f->marks[1]) == NULL &&
		    find(r, f->marks[2]) == NULL)
			continue;
		r->decoder = r->count[TRACED] != 0 || strncmp(r->title, "abort()", 7) == 0 ?
		    "esp" : f->name;
		if (r->title[0] == '\0')
			snprintf(r->title, sizeof r->title, "%s", f->title);
		places(r);
		f->say(r);
		return;
	}
	/* a phrase and nothing else: it may be a report of something else */
	if (r->rows == 0 && strncmp(r->title, "Kernel panic", 12) != 0)
		r->level = DECODE_WARN;
}

const struct decoder_ops decode_regs_ops = {
	.name = "fault",
	.help = "register dumps of Cortex-M, RISC-V and ESP chips, with their causes in words",
	.literals = literals,
	.begin = begin_regs,
	.more = more_regs,
	.end = end_regs,
};

static enum decode_verdict
begin_backtrace(struct decode_record *r, const struct decode_line *l, const struct decode_values *v)
{
	unsigned n;

	(void)v;
	r->level = DECODE_WARN;
	r->decoder = "esp";
	n = backtrace(r, l->p + l->at);
	snprintf(r->title, sizeof r->title, "backtrace of %u", n);
	return n != 0 ? DECODE_LAST : DECODE_NO;
}

static const char *const backtrace_literals[] = { "Backtrace:", "backtrace:", NULL };

const struct decoder_ops decode_backtrace_ops = {
	.name = "backtrace",
	.help = "a line of addresses behind `Backtrace:`",
	.literals = backtrace_literals,
	.begin = begin_backtrace,
};
