/* decode_cause.c - tables of fault bits and exception numbers. */
#include "text/decode_cause.h"

#include <stdio.h>

struct bit { unsigned bit; const char *name, *text; };

static const struct bit cfsr_bits[] = {
	{ 0, "IACCVIOL", "an instruction was fetched where none may run" },
	{ 1, "DACCVIOL", "data access that the memory protection forbids" },
	{ 3, "MUNSTKERR", "memory protection fault while leaving an exception" },
	{ 4, "MSTKERR", "memory protection fault while entering an exception: stack overflow?" },
	{ 5, "MLSPERR", "memory protection fault while saving floating point registers" },
	{ 8, "IBUSERR", "bus error on an instruction: a wild jump?" },
	{ 9, "PRECISERR", "bus error on data, at exactly this pc" },
	{ 10, "IMPRECISERR", "bus error on data, some instructions before this pc" },
	{ 11, "UNSTKERR", "bus error while leaving an exception" },
	{ 12, "STKERR", "bus error while entering an exception: stack overflow?" },
	{ 13, "LSPERR", "bus error while saving floating point registers" },
	{ 16, "UNDEFINSTR", "undefined instruction" },
	{ 17, "INVSTATE", "no Thumb bit: a call through a bad function pointer?" },
	{ 18, "INVPC", "bad exception return" },
	{ 19, "NOCP", "coprocessor is off: the floating point unit is not enabled" },
	{ 20, "STKOF", "stack overflow" },
	{ 24, "UNALIGNED", "unaligned access" },
	{ 25, "DIVBYZERO", "division by zero" },
};

static const struct bit hfsr_bits[] = {
	{ 1, "VECTTBL", "the vector table could not be read" },
	{ 30, "FORCED", "a fault that its own handler could not take: see CFSR" },
	{ 31, "DEBUGEVT", "a breakpoint without a debugger" },
};

static void
rows(struct decode_record *r, const char *name, const struct bit *b, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		if ((v >> b[i].bit & 1) != 0)
			(void)decode_row(r, "%s %s: %s", name, b[i].name, b[i].text);
}

void
decode_cause_cfsr(struct decode_record *r, uint64_t cfsr)
{
	rows(r, "CFSR", cfsr_bits, sizeof cfsr_bits / sizeof cfsr_bits[0], cfsr);
}

void
decode_cause_hfsr(struct decode_record *r, uint64_t hfsr)
{
	rows(r, "HFSR", hfsr_bits, sizeof hfsr_bits / sizeof hfsr_bits[0], hfsr);
}

static const char *
named(const char *const *names, size_t n, uint64_t i)
{
	return i < n && names[i] != NULL ? names[i] : "unknown";
}

const char *
decode_cause_riscv(uint64_t mcause)
{
	static const char *const faults[] = {
		"0: instruction address misaligned", "1: instruction access fault",
		"2: illegal instruction", "3: breakpoint", "4: load address misaligned",
		"5: load access fault", "6: store address misaligned", "7: store access fault",
		"8: environment call from U", "9: environment call from S", NULL,
		"11: environment call from M", "12: instruction page fault", "13: load page fault",
		NULL, "15: store page fault",
	};
	static const char *const interrupts[] = {
		NULL, "interrupt 1: supervisor software", NULL, "interrupt 3: machine software",
		NULL, "interrupt 5: supervisor timer", NULL, "interrupt 7: machine timer",
		NULL, "interrupt 9: supervisor external", NULL, "interrupt 11: machine external",
	};

	if ((mcause >> 63 & 1) != 0 || (mcause >> 31 & 1) != 0)
		return named(interrupts, sizeof interrupts / sizeof interrupts[0],
		    mcause & 0x7fffffff);
	return named(faults, sizeof faults / sizeof faults[0], mcause);
}

const char *
decode_cause_xtensa(uint64_t exccause)
{
	static const char *const names[] = {
		"0: illegal instruction", "1: syscall", "2: instruction fetch error",
		"3: load or store error", "4: level 1 interrupt", "5: stack extension (alloca)",
		"6: integer division by zero", NULL, "8: privileged instruction",
		"9: load or store alignment", NULL, NULL, "12: instruction fetch, data error",
		"13: load or store, data error", "14: instruction fetch, address error",
		"15: load or store, address error", "16: instruction TLB miss",
		"17: instruction TLB multiple hit", "18: instruction fetch privilege", NULL,
		"20: instruction fetch prohibited", NULL, NULL, NULL, "24: load or store TLB miss",
		"25: load or store TLB multiple hit", "26: load or store privilege", NULL,
		"28: load prohibited: a nil or wild pointer was read",
		"29: store prohibited: a nil or wild pointer was written",
	};

	return named(names, sizeof names / sizeof names[0], exccause);
}

const char *
decode_cause_exc_return(uint64_t lr)
{
	static const struct { uint32_t value; const char *text; } words[] = {
		{ 0xfffffff1, "from another exception, main stack" },
		{ 0xfffffff9, "from a thread, main stack" },
		{ 0xfffffffd, "from a thread, process stack" },
		{ 0xffffffe1, "from another exception, main stack, floating point" },
		{ 0xffffffe9, "from a thread, main stack, floating point" },
		{ 0xffffffed, "from a thread, process stack, floating point" },
		{ 0xffffffbc, "from a thread, process stack (secure)" },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].value == lr)
			return words[i].text;
	return lr >> 8 == 0xffffff ? "an exception return" : NULL;
}
