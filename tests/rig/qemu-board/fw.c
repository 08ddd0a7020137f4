/*
 * fw.c - bare-metal AT device: the firmware of the QEMU board.
 *
 * No libc, no vendor headers.  Behaves like a small product with an AT console (ITU-T V.250
 * framing): boot log, a greeting in the language that was set, [READY], echo, result codes, a
 * bootloader mode.  FW_OLD builds a version without AT+LANG, FW_MUTE one that never prints.
 */
#include "board.h"

#define NV_MAGIC 0x56495345u
#define BOOT_VERSION "1.4"
#define ENTER "\r\n"

enum { MODE_APP, MODE_BOOT };

/* Survives a system reset: neither .data nor .bss, no file bytes that a loader could put back. */
struct nv {
	uint32_t magic;
	uint32_t image;		/* sum of the version text: another image starts as application */
	uint32_t mode;
	uint32_t lang;		/* index into langs */
	uint32_t boots;
};

struct lang {
	const char *code;
	const char *greeting;
};

/* The control block of SEGGER RTT (its layout is public): one ring each way. */
struct rtt_ring {
	const char *name;
	char *buf;
	uint32_t size, wr, rd, flags;
};

struct rtt_block {
	char id[16];
	int32_t nup, ndown;
	struct rtt_ring up[1], down[1];
};

extern uint32_t _sidata, _sdata, _edata, _sbss, _ebss, _estack;

void reset_handler(void);
void fault_report(const uint32_t *frame);
int main(void);
uint32_t step_me(uint32_t n);
void crash_here(void);

/* Read by tests/rig/qemu-board/board: which machine this image is for. */
__attribute__((used)) static const char rig_machine[] = "rig-machine:" BOARD_NAME;

__attribute__((section(".noinit"))) static struct nv nv;

volatile uint32_t ticks;		/* ms since reset; watch variable of the live-watch tests */
volatile uint32_t loops = 7;		/* in .data: proves that the copy loop ran */
volatile uint32_t step_counter;
struct rtt_block _SEGGER_RTT;

static char rtt_up_buf[256], rtt_down_buf[16];
static int echo = 1;
static uint32_t urc_left, urc_next, urc_last;

static const struct lang langs[] = {
	{ "en_US", "Welcome" },
	{ "zh_CN", "\xe6\xac\xa2\xe8\xbf\x8e\xe4\xbd\xbf\xe7\x94\xa8" },
	{ "ja_JP", "\xe3\x82\x88\xe3\x81\x86\xe3\x81\x93\xe3\x81\x9d" },
	{ "ko_KR", "\xed\x99\x98\xec\x98\x81\xed\x95\xa9\xeb\x8b\x88\xeb\x8b\xa4" },
};
#define NLANG (sizeof(langs) / sizeof(langs[0]))

static void
rtt_init(void)
{
	static const char id[] = "TTR REGGES";	/* reversed: flash never holds the magic */
	int i;

	_SEGGER_RTT.nup = 1;
	_SEGGER_RTT.ndown = 1;
	_SEGGER_RTT.up[0] =
		(struct rtt_ring){ "Terminal", rtt_up_buf, sizeof(rtt_up_buf), 0, 0, 0 };
	_SEGGER_RTT.down[0] =
		(struct rtt_ring){ "Terminal", rtt_down_buf, sizeof(rtt_down_buf), 0, 0, 0 };
	for (i = 0; i < 10; i++)
		_SEGGER_RTT.id[i] = id[9 - i];
}

static void
rtt_puts(const char *s)
{
	struct rtt_ring *r = &_SEGGER_RTT.up[0];
	uint32_t w = r->wr;

	for (; *s; s++) {
		uint32_t next = (w + 1) % r->size;

		if (next == r->rd)
			break;			/* mode 0: drop when full */
		r->buf[w] = *s;
		w = next;
	}
	__asm__ volatile("dmb" ::: "memory");
	r->wr = w;
}

/* A line that comes down goes up again, named. */
static void
rtt_serve(void)
{
	struct rtt_ring *r = &_SEGGER_RTT.down[0];
	static char line[64];
	static uint32_t n;

	while (r->rd != *(volatile uint32_t *)&r->wr) {
		const char c = r->buf[r->rd];

		r->rd = (r->rd + 1) % r->size;
		if (c != '\r' && c != '\n') {
			line[n] = c;
			n += n < sizeof(line) - 1;
			continue;
		}
		line[n] = 0;
		if (n)
			rtt_puts("rtt: got "), rtt_puts(line), rtt_puts("\n");
		n = 0;
	}
}

static void
out_char(char c)
{
#ifdef FW_MUTE
	(void)c;
#else
	uart_put((uint8_t)c);
#endif
}

static void
out(const char *s)
{
	while (*s)
		out_char(*s++);
}

static void
out_dec(uint32_t v)
{
	char b[11];
	int i = 10;

	b[i] = 0;
	do {
		b[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	out(b + i);
}

static void
out_hex(uint32_t v)
{
	int i;

	for (i = 28; i >= 0; i -= 4)
		out_char("0123456789abcdef"[(v >> i) & 15]);
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static int
equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* The rest of s after prefix (any letter case), or 0. */
static const char *
after(const char *s, const char *prefix)
{
	for (; *prefix; s++, prefix++)
		if (upper(*s) != *prefix)
			return 0;
	return s;
}

static uint32_t
number(const char *s)
{
	uint32_t v = 0;

	while (*s >= '0' && *s <= '9' && v < 100000000u)
		v = v * 10 + (uint32_t)(*s++ - '0');
	return v;
}

static void
delay_ms(uint32_t ms)
{
	uint32_t t = ticks;

	while (ticks - t < ms)
		;
}

static void
system_reset(void)
{
	delay_ms(20);
	__asm__ volatile("dsb");
	R32(0xe000ed0c) = 0x05fa0004;		/* AIRCR: SYSRESETREQ */
	for (;;)
		;
}

static void
urc_emit(void)
{
	if (!urc_left)
		return;
	urc_left--;
	urc_last = ticks;
	out(ENTER "+EVT: ");
	out_dec(urc_next++);
	out(ENTER);
}

/* A result code.  A pending event comes between the answer's text and its result, as modems do. */
static void
result(const char *code)
{
	urc_emit();
	out(ENTER);
	out(code);
	out(ENTER);
}

static void
info(const char *name, const char *value)
{
	out(ENTER);
	out(name);
	out(value);
	out(ENTER);
}

static void
at_ok(const char *arg)
{
	(void)arg;
	result("OK");
}

static void
at_echo_off(const char *arg)
{
	(void)arg;
	echo = 0;
	result("OK");
}

static void
at_echo_on(const char *arg)
{
	(void)arg;
	echo = 1;
	result("OK");
}

static void
at_info(const char *arg)
{
	(void)arg;
	info("", BOARD_NAME " " FW_VERSION);
	result("OK");
}

static void
at_gmr(const char *arg)
{
	(void)arg;
	info("+GMR:", FW_VERSION);
	result("OK");
}

#ifndef FW_OLD
static void
at_lang_get(const char *arg)
{
	(void)arg;
	info("+LANG:", langs[nv.lang].code);
	result("OK");
}

static void
at_lang_list(const char *arg)
{
	uint32_t i;

	(void)arg;
	out(ENTER "+LANG: (");
	for (i = 0; i < NLANG; i++) {
		out(i ? "," : "");
		out(langs[i].code);
	}
	out(")" ENTER);
	result("OK");
}

static void
at_lang_set(const char *arg)
{
	uint32_t i;

	for (i = 0; i < NLANG; i++) {
		if (!equal(arg, langs[i].code))
			continue;
		nv.lang = i;
		result("OK");
		system_reset();
	}
	result("ERROR");
}
#endif

static void
at_boot(const char *arg)
{
	(void)arg;
	nv.mode = MODE_BOOT;
	result("OK");
	system_reset();
}

static void
at_reset(const char *arg)
{
	(void)arg;
	result("OK");
	system_reset();
}

static void
at_tick(const char *arg)
{
	(void)arg;
	out(ENTER "+TICK:");
	out_dec(ticks);
	out(",boots=");
	out_dec(nv.boots);
	out(ENTER);
	result("OK");
}

static void
at_urc(const char *arg)
{
	result("OK");
	urc_left = number(arg);
	urc_next = 1;
	urc_last = ticks;
}

/* n numbered lines as fast as the line takes them, then the result. */
static void
at_flood(const char *arg)
{
	uint32_t i, n = number(arg);

	for (i = 1; i <= n; i++) {
		out(ENTER "+FLOOD: ");
		out_dec(i);
	}
	out(ENTER);
	result("OK");
}

__attribute__((noinline)) void
crash_here(void)
{
	__asm__ volatile("udf #0");
}

static void
at_fault(const char *arg)
{
	(void)arg;
	crash_here();
}

/* The line TinyGo's runtime prints, with an address of this image, and then the halt. */
static void
at_panic(const char *arg)
{
	(void)arg;
	out(ENTER "panic: runtime error at 0x");
	out_hex((uint32_t)(uintptr_t)&crash_here & ~1u);
	out(": nil pointer dereference" ENTER);
	for (;;)
		;
}

/* A name is the whole command, unless takes_arg: then what follows it is the argument. */
static const struct command {
	const char *name;
	void (*run)(const char *arg);
	int takes_arg;
} commands[] = {
	{ "", at_ok, 0 },
	{ "E0", at_echo_off, 0 },
	{ "E", at_echo_off, 0 },
	{ "E1", at_echo_on, 0 },
	{ "I", at_info, 0 },
	{ "+GMR", at_gmr, 0 },
#ifndef FW_OLD
	{ "+LANG?", at_lang_get, 0 },
	{ "+LANG=?", at_lang_list, 0 },
	{ "+LANG=", at_lang_set, 1 },
#endif
	{ "+BOOT", at_boot, 0 },
	{ "+RST", at_reset, 0 },
	{ "+TICK", at_tick, 0 },
	{ "+URC=", at_urc, 1 },
	{ "+FLOOD=", at_flood, 1 },
	{ "+FAULT", at_fault, 0 },
	{ "+PANIC", at_panic, 0 },
};

static void
handle_app(const char *line)
{
	const char *body, *arg;
	uint32_t i;

	if (!*line)
		return;
	body = after(line, "AT");
	if (!body)
		return;				/* V.250: a line without AT is not a command */
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		arg = after(body, commands[i].name);
		if (arg && (commands[i].takes_arg || !*arg)) {
			commands[i].run(arg);
			return;
		}
	}
	result("ERROR");
}

static void
handle_boot(const char *line)
{
	const char *arg = after(line, "AT+BOOT");

	if (!arg)
		return;
	if (!*arg) {
		info("+BOOT:", BOOT_VERSION);
		result("OK");
	} else if (equal(arg, "=0")) {
		nv.mode = MODE_APP;
		result("OK");
		system_reset();
	}
}

static uint32_t
image_sum(void)
{
	const char *s = FW_VERSION BOARD_NAME;
	uint32_t h = 2166136261u;

	while (*s)
		h = (h ^ (uint8_t)*s++) * 16777619u;
	return h;
}

static void
nv_init(void)
{
	if (nv.magic != NV_MAGIC || nv.lang >= NLANG) {
		nv.magic = NV_MAGIC;
		nv.mode = MODE_APP;
		nv.lang = 0;
		nv.boots = 0;
		nv.image = image_sum();
	}
	if (nv.image != image_sum()) {
		nv.image = image_sum();
		nv.mode = MODE_APP;
	}
	nv.boots++;
}

static void
boot_log(void)
{
	out(ENTER "boot: " BOARD_NAME " firmware " FW_VERSION ENTER);
	out("boot: cpu ");
	out_dec(CPU_HZ / 1000000u);
	out(" MHz, console 115200 8N1" ENTER);
	out("boot: start ");
	out_dec(nv.boots);
	out(ENTER "boot: language ");
	out(langs[nv.lang].code);
	out(ENTER);
	delay_ms(50);				/* what a product's drivers take */
	out(langs[nv.lang].greeting);
	out(ENTER "[READY]" ENTER);
	rtt_puts("rtt: ready\n");
}

/* A straight line and a loop: for step tests. */
__attribute__((noinline)) uint32_t
step_me(uint32_t n)
{
	uint32_t a = 1, b = 1, c;

	while (n--) {
		c = a + b;
		a = b;
		b = c;
		step_counter++;
	}
	return a;
}

static void
serve(void)
{
	char line[128];
	uint32_t n = 0, last = 0;
	char c;

	for (;;) {
		if (ticks - last >= 1000) {
			last = ticks;
			rtt_puts("rtt: tick\n");
			step_me(8);
		}
		rtt_serve();
		if (!n && ticks - urc_last >= 10)
			urc_emit();
		if (!uart_ready())
			continue;
		c = (char)uart_get();
		if (echo && nv.mode == MODE_APP)
			out_char(c);
		if (c == '\r') {
			line[n] = 0;
			n = 0;
			(nv.mode == MODE_BOOT ? handle_boot : handle_app)(line);
		} else if ((c == '\b' || c == 127) && n) {
			n--;
		} else if ((uint8_t)c >= ' ' && n < sizeof(line) - 1) {
			line[n++] = c;
		}
	}
}

int
main(void)
{
	nv_init();
	uart_init();
	rtt_init();
	R32(0xe000e014) = CPU_HZ / 1000u - 1u;	/* SysTick: 1 ms */
	R32(0xe000e018) = 0;
	R32(0xe000e010) = 7;
	if (nv.mode == MODE_BOOT)
		out(ENTER "[BOOT] " BOOT_VERSION ENTER);
	else
		boot_log();
	serve();
	return 0;
}

void
reset_handler(void)
{
	uint32_t *s = &_sidata, *d = &_sdata;

	while (d < &_edata)
		*d++ = *s++;
	for (d = &_sbss; d < &_ebss;)
		*d++ = 0;
	main();
	for (;;)
		;
}

static void
systick_handler(void)
{
	ticks++;
}

static void
default_handler(void)
{
	for (;;)
		;
}

/* frame: r0-r3, r12, lr, pc, xpsr, as the core stacked them.  No bkpt: QEMU would abort. */
__attribute__((used)) void
fault_report(const uint32_t *frame)
{
	out(ENTER "HardFault pc=0x");
	out_hex(frame[6]);
	out(" lr=0x");
	out_hex(frame[5]);
	out(ENTER);
	for (;;)
		;
}

__attribute__((naked)) static void
hardfault_handler(void)
{
	__asm__ volatile("mov r0, sp\n"		/* all code here runs on the main stack */
			 "ldr r1, =fault_report\n"
			 "bx r1\n"
			 ".ltorg\n");
}

__attribute__((section(".isr_vector"), used)) static void (*const vectors[16])(void) = {
	(void (*)(void)) & _estack, reset_handler,   default_handler, hardfault_handler,
	default_handler,	    default_handler, default_handler, 0, 0, 0, 0,
	default_handler,	    default_handler, 0, default_handler, systick_handler,
};
