/* cortexm.c - tables of the core's registers, fields and exceptions. */
#include "openocd/cortexm.h"

#include <stdio.h>

#include "base/alloc.h"
#include "text/decode_cause.h"

const struct cortexm_register cortexm_registers[] = {
	{ CORTEXM_CPUID, "CPUID", "core", "which core it is", 0, 0, false, false },
	{ 0xe000ed04, "ICSR", "core", "the exception that is active, and what waits", 0, 0, true,
	    false },
	{ CORTEXM_VTOR, "VTOR", "core", "where the vector table is", 0, 0, false, false },
	{ 0xe000ed0c, "AIRCR", "core", "byte order, priority groups", 0, 0, false, false },
	{ 0xe000ed10, "SCR", "core", "how it sleeps", 0, 0, false, false },
	{ 0xe000ed14, "CCR", "core", "what traps, stack alignment", 0, 0, true, false },
	{ 0xe000ed24, "SHCSR", "core", "which fault handlers are on, which are active", 0, 0, true,
	    false },
	{ CORTEXM_CFSR, "CFSR", "core", "memory, bus and usage faults", 0, 0, true, true },
	{ CORTEXM_HFSR, "HFSR", "core", "hard faults", 0, 0, true, true },
	{ CORTEXM_DFSR, "DFSR", "debug", "why it stopped", 0, 0, true, false },
	{ CORTEXM_MMFAR, "MMFAR", "core", "address of a memory fault", 0, 0, true, true },
	{ CORTEXM_BFAR, "BFAR", "core", "address of a bus fault", 0, 0, true, true },
	{ 0xe000ed3c, "AFSR", "core", "faults of this maker's chip", 0, 0, true, true },
	{ 0xe000ed88, "CPACR", "core", "is the floating point unit on", 0, 0, false, true },
	{ 0xe000ef34, "FPCCR", "core", "how floating point state is stacked", 0, 0, false, true },
	{ CORTEXM_DHCSR, "DHCSR", "debug", "halt, step, lockup, sleep", 0, 0, true, false },
	{ 0xe000edf8, "DCRDR", "debug", "passes core registers", 0, UINT32_MAX, false, false },
	{ CORTEXM_DEMCR, "DEMCR", "debug", "which exceptions stop it, is trace on", 0, 0, true,
	    false },
	{ 0xe0002000, "FP_CTRL", "FPB", "breakpoint comparators", 0xe0002ff0, 0, false, false },
	{ 0xe0002008, "FP_COMP0", "FPB", "the first of them", 0xe0002ff0, 0x1ffffffc, false,
	    false },
	{ 0xe0001000, "DWT_CTRL", "DWT", "watchpoints and counters", 0xe0001ff0, 0, false, false },
	{ 0xe0001004, "DWT_CYCCNT", "DWT", "cycle counter", 0xe0001ff0, 0, false, true },
	{ 0xe0001020, "DWT_COMP0", "DWT", "the first comparator", 0xe0001ff0, UINT32_MAX, false,
	    false },
	{ 0xe0000e00, "ITM_TER", "ITM", "which stimulus ports are on", 0xe0000ff0, UINT32_MAX,
	    false, true },
	{ 0xe0000e80, "ITM_TCR", "ITM", "instrumentation trace", 0xe0000ff0, 0, false, true },
	{ 0xe00400f0, "TPIU_SPPR", "TPIU", "how trace leaves the chip", 0xe0040ff0, 3, false,
	    true },
	{ 0xe0041000, "ETM_CR", "ETM", "instruction trace", 0xe0041ff0, 0, false, true },
};
const size_t cortexm_registers_n = sizeof cortexm_registers / sizeof cortexm_registers[0];

const struct cortexm_register *
cortexm_register(uint32_t addr)
{
	for (size_t i = 0; i < cortexm_registers_n; i++)
		if (cortexm_registers[i].addr == addr)
			return &cortexm_registers[i];
	return NULL;
}

/* ---- which core */

static const struct { unsigned part; const char *name; bool v6; } cores[] = {
	{ 0xc20, "Cortex-M0", true }, { 0xc60, "Cortex-M0+", true }, { 0xc21, "Cortex-M1", true },
	{ 0xc23, "Cortex-M3", false }, { 0xc24, "Cortex-M4", false }, { 0xc27, "Cortex-M7", false },
	{ 0xd20, "Cortex-M23", false }, { 0xd21, "Cortex-M33", false },
	{ 0xd31, "Cortex-M35P", false }, { 0xd22, "Cortex-M55", false },
	{ 0xd23, "Cortex-M85", false },
};

void
cortexm_core(uint32_t cpuid, char *text, size_t size)
{
	const unsigned part = cpuid >> 4 & 0xfff;

	for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++)
		if (cores[i].part == part && cpuid >> 24 == 0x41) {
			snprintf(text, size, "%s r%up%u", cores[i].name, cpuid >> 20 & 15,
			    cpuid & 15);
			return;
		}
	snprintf(text, size, "unknown core 0x%08x", cpuid);
}

bool
cortexm_is_v6(uint32_t cpuid)
{
	for (size_t i = 0; i < sizeof cores / sizeof cores[0]; i++)
		if (cores[i].part == (cpuid >> 4 & 0xfff))
			return cores[i].v6;
	return false;
}

void
cortexm_exception(unsigned number, char *text, size_t size)
{
	static const char *const names[CORTEXM_SYSTEM] = {
		"stack pointer", "Reset", "NMI", "HardFault", "MemManage", "BusFault", "UsageFault",
		"SecureFault", NULL, NULL, NULL, "SVCall", "DebugMonitor", NULL, "PendSV",
		"SysTick",
	};

	if (number >= CORTEXM_SYSTEM)
		snprintf(text, size, "IRQ %u", number - CORTEXM_SYSTEM);
	else
		snprintf(text, size, "%s", names[number] != NULL ? names[number] : "reserved");
}

/* ---- bits */

struct bit { uint32_t addr; unsigned bit; const char *name, *text; };

static const struct bit bits[] = {
	{ CORTEXM_DHCSR, 0, "C_DEBUGEN", "debugging is on" },
	{ CORTEXM_DHCSR, 1, "C_HALT", "it is asked to halt" },
	{ CORTEXM_DHCSR, 2, "C_STEP", "it is asked to step" },
	{ CORTEXM_DHCSR, 3, "C_MASKINTS", "interrupts are masked while it steps" },
	{ CORTEXM_DHCSR, 5, "C_SNAPSTALL", "a stalled access may be broken off" },
	{ CORTEXM_DHCSR, 17, "S_HALT", "the core is halted" },
	{ CORTEXM_DHCSR, 18, "S_SLEEP", "the core sleeps" },
	{ CORTEXM_DHCSR, 19, "S_LOCKUP", "the core is locked up: a fault in the fault handler" },
	{ CORTEXM_DHCSR, 24, "S_RETIRE_ST", "instructions were executed since the last look" },
	{ CORTEXM_DHCSR, 25, "S_RESET_ST", "it was reset since the last look" },
	{ CORTEXM_DFSR, 0, "HALTED", "a debugger asked it to stop, or it stepped" },
	{ CORTEXM_DFSR, 1, "BKPT", "a breakpoint" },
	{ CORTEXM_DFSR, 2, "DWTTRAP", "a watchpoint of the DWT" },
	{ CORTEXM_DFSR, 3, "VCATCH", "an exception that DEMCR catches" },
	{ CORTEXM_DFSR, 4, "EXTERNAL", "a signal from outside the core" },
	{ CORTEXM_DEMCR, 0, "VC_CORERESET", "a reset stops it" },
	{ CORTEXM_DEMCR, 4, "VC_MMERR", "a memory fault stops it" },
	{ CORTEXM_DEMCR, 5, "VC_NOCPERR", "a missing coprocessor stops it" },
	{ CORTEXM_DEMCR, 6, "VC_CHKERR", "a checked usage fault stops it" },
	{ CORTEXM_DEMCR, 7, "VC_STATERR", "a state fault stops it" },
	{ CORTEXM_DEMCR, 8, "VC_BUSERR", "a bus fault stops it" },
	{ CORTEXM_DEMCR, 9, "VC_INTERR", "a fault while stacking stops it" },
	{ CORTEXM_DEMCR, 10, "VC_HARDERR", "a hard fault stops it" },
	{ CORTEXM_DEMCR, 16, "MON_EN", "the debug monitor is on" },
	{ CORTEXM_DEMCR, 24, "TRCENA", "DWT and ITM are on" },
	{ 0xe000ed14, 3, "UNALIGN_TRP", "unaligned access is a fault" },
	{ 0xe000ed14, 4, "DIV_0_TRP", "division by zero is a fault" },
	{ 0xe000ed14, 9, "STKALIGN", "the stack is aligned to 8 bytes at exceptions" },
	{ 0xe000ed24, 0, "MEMFAULTACT", "the memory fault handler is active" },
	{ 0xe000ed24, 1, "BUSFAULTACT", "the bus fault handler is active" },
	{ 0xe000ed24, 3, "USGFAULTACT", "the usage fault handler is active" },
	{ 0xe000ed24, 7, "SVCALLACT", "the SVCall handler is active" },
	{ 0xe000ed24, 10, "PENDSVACT", "the PendSV handler is active" },
	{ 0xe000ed24, 11, "SYSTICKACT", "the SysTick handler is active" },
	{ 0xe000ed24, 16, "MEMFAULTENA", "memory faults have their own handler" },
	{ 0xe000ed24, 17, "BUSFAULTENA", "bus faults have their own handler" },
	{ 0xe000ed24, 18, "USGFAULTENA", "usage faults have their own handler" },
	{ 0xe000ed10, 1, "SLEEPONEXIT", "it sleeps when the last handler ends" },
	{ 0xe000ed10, 2, "SLEEPDEEP", "it sleeps deeply" },
	{ 0xe000ed04, 26, "PENDSTSET", "SysTick waits" },
	{ 0xe000ed04, 28, "PENDSVSET", "PendSV waits" },
	{ 0xe000ed04, 31, "NMIPENDSET", "an NMI waits" },
	{ 0xe000ef34, 0, "LSPACT", "floating point registers are still to be stacked" },
	{ 0xe000ef34, 30, "LSPEN", "floating point registers are stacked lazily" },
	{ 0xe000ef34, 31, "ASPEN", "floating point registers are stacked" },
	{ 0xe0002000, 0, "ENABLE", "breakpoints are on" },
	{ 0xe0001000, 0, "CYCCNTENA", "the cycle counter runs" },
	{ 0xe0001000, 25, "NOCYCCNT", "there is no cycle counter" },
	{ 0xe0000e80, 0, "ITMENA", "the ITM is on" },
};

/* ---- values that are more than bits */

struct say { char text[CORTEXM_TEXT]; uint32_t value, cfsr; cortexm_row row; void *arg; };

static void
core_words(struct say *s)
{
	cortexm_core(s->value, s->text, sizeof s->text);
	s->row(s->arg, s->text);
}

static void
icsr_words(struct say *s)
{
	const unsigned active = s->value & 0x1ff, pending = s->value >> 12 & 0x1ff;
	char name[24];

	if (active == 0) {
		s->row(s->arg, "no exception is active: thread mode");
	} else {
		cortexm_exception(active, name, sizeof name);
		snprintf(s->text, sizeof s->text, "VECTACTIVE %u: %s is active", active, name);
		s->row(s->arg, s->text);
	}
	if (pending != 0) {
		cortexm_exception(pending, name, sizeof name);
		snprintf(s->text, sizeof s->text, "VECTPENDING %u: %s waits", pending, name);
		s->row(s->arg, s->text);
	}
}

static void
vtor_words(struct say *s)
{
	snprintf(s->text, sizeof s->text, "the vector table is at 0x%08x", s->value & ~0x7fu);
	s->row(s->arg, s->text);
}

static void
airc_words(struct say *s)
{
	snprintf(s->text, sizeof s->text, "%s-endian, priority group %u",
	    (s->value >> 15 & 1) != 0 ? "big" : "little", s->value >> 8 & 7);
	s->row(s->arg, s->text);
}

static void
cause_rows(struct say *s, void (*cause)(struct decode_record *, uint64_t))
{
	struct decode_record *r = mem_zero(1, sizeof *r);

	cause(r, s->value);
	for (size_t i = 0; i < r->rows; i++) {
		const char *text = r->row[i].text;

		/* "CFSR DIVBYZERO: ...": which register is known */
		s->row(s->arg, text[4] == ' ' ? text + 5 : text);
	}
	if (s->value == 0)
		s->row(s->arg, "no fault");
	mem_free(r);
}

static void
cfsr_words(struct say *s)
{
	cause_rows(s, decode_cause_cfsr);
}

static void
hfsr_words(struct say *s)
{
	cause_rows(s, decode_cause_hfsr);
}

static void
fault_address(struct say *s, unsigned valid, const char *name)
{
	if ((s->cfsr >> valid & 1) == 0)
		snprintf(s->text, sizeof s->text, "means nothing now: CFSR.%s is not set", name);
	else
		snprintf(s->text, sizeof s->text, "the access was at 0x%08x%s", s->value,
		    s->value < 0x1000 ? ": a nil pointer, or a field of one" : "");
	s->row(s->arg, s->text);
}

static void
mmfar_words(struct say *s)
{
	fault_address(s, 7, "MMARVALID");
}

static void
bfar_words(struct say *s)
{
	fault_address(s, 15, "BFARVALID");
}

static void
cpacr_words(struct say *s)
{
	static const char *const words[] = {
		"the floating point unit is off",
		"the floating point unit is on, for privileged code",
		"a value that CP10 must not have", "the floating point unit is on",
	};

	s->row(s->arg, words[s->value >> 20 & 3]);
}

static void
fp_ctrl_words(struct say *s)
{
	snprintf(s->text, sizeof s->text, "%u code and %u literal comparators, revision %u",
	    (s->value >> 8 & 0x70) | (s->value >> 4 & 15), s->value >> 8 & 15, s->value >> 28);
	s->row(s->arg, s->text);
}

static void
dwt_ctrl_words(struct say *s)
{
	snprintf(s->text, sizeof s->text, "%u comparators", s->value >> 28);
	s->row(s->arg, s->text);
}

static void
ter_words(struct say *s)
{
	snprintf(s->text, sizeof s->text, "%d of 32 stimulus ports are on",
	    __builtin_popcount(s->value));
	s->row(s->arg, s->text);
}

static void
sppr_words(struct say *s)
{
	static const char *const words[] = { "parallel trace port", "SWO, Manchester code",
		"SWO, NRZ (as a UART)", "reserved" };

	s->row(s->arg, words[s->value & 3]);
}

static const struct { uint32_t addr; void (*say)(struct say *s); } more[] = {
	{ CORTEXM_CPUID, core_words }, { 0xe000ed04, icsr_words }, { CORTEXM_VTOR, vtor_words },
	{ 0xe000ed0c, airc_words }, { CORTEXM_CFSR, cfsr_words }, { CORTEXM_HFSR, hfsr_words },
	{ CORTEXM_MMFAR, mmfar_words }, { CORTEXM_BFAR, bfar_words }, { 0xe000ed88, cpacr_words },
	{ 0xe0002000, fp_ctrl_words }, { 0xe0001000, dwt_ctrl_words }, { 0xe0000e00, ter_words },
	{ 0xe00400f0, sppr_words },
};

void
cortexm_words(uint32_t addr, uint32_t value, uint32_t cfsr, cortexm_row row, void *arg)
{
	struct say s = { .value = value, .cfsr = cfsr, .row = row, .arg = arg };

	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (more[i].addr == addr)
			more[i].say(&s);
	for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
		if (bits[i].addr == addr && (value >> bits[i].bit & 1) != 0) {
			snprintf(s.text, sizeof s.text, "%s: %s", bits[i].name, bits[i].text);
			row(arg, s.text);
		}
}

/* ---- comparators */

bool
cortexm_fpb(uint32_t ctrl, uint32_t comp, char *text, size_t size)
{
	const unsigned where = comp >> 30;

	if ((comp & 1) == 0)
		return false;
	if (ctrl >> 28 != 0)            /* version 2: any address, no halves */
		snprintf(text, size, "breakpoint at 0x%08x", comp & ~1u);
	else
		snprintf(text, size, "%s at 0x%08x", where == 0 ? "remap" : "breakpoint",
		    (comp & 0x1ffffffc) + (where == 2 ? 2 : 0));
	return true;
}

bool
cortexm_dwt(uint32_t comp, uint32_t mask, uint32_t function, char *text, size_t size)
{
	static const char *const kinds[16] = {
		NULL, "traces the pc of", "traces data of", "traces data and pc of",
		"stops when it executes", "stops at a read of", "stops at a write to",
		"stops at an access to", "triggers trace at", "triggers trace at a read of",
		"triggers trace at a write to", "triggers trace at an access to",
		"traces writes to", "traces accesses to", "traces writes to", "traces accesses to",
	};
	const char *kind = kinds[function & 15];

	if (kind == NULL)
		return false;
	if (mask != 0)
		snprintf(text, size, "%s 0x%08x, %llu bytes", kind, comp, 1ull << (mask & 31));
	else
		snprintf(text, size, "%s 0x%08x", kind, comp);
	return true;
}
