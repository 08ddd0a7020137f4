/* chip.c - an AHB-AP, a debug block and a flash controller in front of QEMU. */
#define _GNU_SOURCE
#include "chip.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct chip_options opt;

static void
die(const char *why)
{
	fprintf(stderr, "chip: %s\n", why);
	exit(1);
}

static int
dial(const char *dir, const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s/%s", dir, name);
	for (int i = 0; i < 250; i++) {
		if (connect(fd, (const struct sockaddr *)&a, sizeof a) == 0)
			return fd;
		usleep(20000);
	}
	die("no board there");
	return -1;
}

static void
put(int fd, const void *p, size_t n)
{
	for (const char *c = p; n != 0;) {
		const ssize_t k = write(fd, c, n);

		if (k <= 0)
			die("a socket closed");
		c += k;
		n -= (size_t)k;
	}
}

/* ---- the gdb stub */

static struct { int fd; bool halted, lockup; char in[20000], reply[9000]; size_t n; } gdb = {
	.halted = true,
};
static uint32_t dfsr, dhcsr, demcr, dcrdr, was_reset = 1;

static int
hex(int c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static void
gdb_send(const char *s)
{
	char b[9000];
	unsigned char sum = 0;

	for (const char *p = s; *p != '\0'; p++)
		sum = (unsigned char)(sum + *p);
	put(gdb.fd, b, (size_t)snprintf(b, sizeof b, "$%s#%02x", s, sum));
}

/* One packet's body into gdb.reply; false: none within ms. */
static bool
gdb_packet(int ms)
{
	for (;;) {
		char *start = memchr(gdb.in, '$', gdb.n);
		char *end = start != NULL ? memchr(start, '#', gdb.n - (size_t)(start - gdb.in)) : NULL;
		struct pollfd p = { .fd = gdb.fd, .events = POLLIN };
		ssize_t k;

		if (end != NULL && gdb.in + gdb.n >= end + 3) {
			size_t len = (size_t)(end - start) - 1;

			len = len < sizeof gdb.reply ? len : sizeof gdb.reply - 1;
			memcpy(gdb.reply, start + 1, len);
			gdb.reply[len] = '\0';
			gdb.n -= (size_t)(end + 3 - gdb.in);
			memmove(gdb.in, end + 3, gdb.n);
			put(gdb.fd, "+", 1);
			return true;
		}
		if (poll(&p, 1, ms) <= 0)
			return false;
		k = read(gdb.fd, gdb.in + gdb.n, sizeof gdb.in - gdb.n);
		if (k <= 0)
			exit(0);        /* the board is gone */
		gdb.n += (size_t)k;
	}
}

static bool
is_stop(void)
{
	return gdb.reply[0] == 'T' || gdb.reply[0] == 'S';
}

/* QEMU tells who comes that it has stopped: that is no answer. */
static const char *
gdb_ask(const char *s)
{
	gdb_send(s);
	do
		if (!gdb_packet(30000))
			die("the gdb stub is silent");
	while (is_stop());
	return gdb.reply;
}

static uint32_t
reg_get(int n)
{
	char c[16];
	const char *r;
	uint32_t v = 0;

	snprintf(c, sizeof c, "p%x", (unsigned)n);
	r = gdb_ask(c);
	if (strlen(r) < 8 || r[0] == 'E')
		return 0;
	for (int i = 3; i >= 0; i--)
		v = v << 8 | (uint32_t)(hex(r[2 * i]) << 4 | hex(r[2 * i + 1]));
	return v;
}

static void
reg_set(int n, uint32_t v)
{
	char c[32];

	snprintf(c, sizeof c, "P%x=%02x%02x%02x%02x", (unsigned)n, v & 255, v >> 8 & 255, v >> 16 & 255,
	    v >> 24);
	(void)gdb_ask(c);
}

static void
gdb_write(uint32_t a, const uint8_t *p, size_t n)       /* reaches ROM regions too */
{
	char c[4300];

	for (size_t k; n != 0; a += (uint32_t)k, p += k, n -= k) {
		size_t m;

		k = n > 1024 ? 1024 : n;
		m = (size_t)snprintf(c, sizeof c, "M%x,%zx:", a, k);
		for (size_t i = 0; i < k; i++)
			m += (size_t)snprintf(c + m, sizeof c - m, "%02x", p[i]);
		(void)gdb_ask(c);
	}
}

/* ---- memory and reset */

static FILE *mem_out, *mem_in, *qmp_out, *qmp_in;

static uint64_t
mem_ask(const char *line)
{
	char l[256];

	fprintf(mem_out, "%s\n", line);
	fflush(mem_out);
	do
		if (fgets(l, sizeof l, mem_in) == NULL)
			exit(0);
	while (strncmp(l, "OK", 2) != 0 && strncmp(l, "FAIL", 4) != 0 && strncmp(l, "ERR", 3) != 0);
	return l[0] == 'O' && l[2] == ' ' ? strtoull(l + 3, NULL, 0) : 0;
}

static uint32_t
mem_read(uint32_t a, int size)
{
	char l[64];

	snprintf(l, sizeof l, "read%c 0x%x", "bwl"[size], a);
	return (uint32_t)mem_ask(l);
}

static void
mem_write(uint32_t a, int size, uint32_t v)
{
	char l[64];

	snprintf(l, sizeof l, "write%c 0x%x 0x%x", "bwl"[size], a, v);
	(void)mem_ask(l);
}

static void
qmp(const char *command, const char *until)
{
	char l[4096];

	fprintf(qmp_out, "{\"execute\":\"%s\"}\n", command);
	fflush(qmp_out);
	do
		if (fgets(l, sizeof l, qmp_in) == NULL)
			exit(0);
	while (strstr(l, until) == NULL);
}

/* ---- running. A blank chip would lock up, and QEMU would end: it only looks as if it ran. */

static bool
is_blank(void)
{
	const uint32_t reset = mem_read(opt.kind == CHIP_M0 ? 4u : 0x08000004u, 2), pc = reg_get(15);

	return pc >> 28 > 2 || ((reset == 0 || reset == UINT32_MAX) && pc >> 28 != 2);
}

static void
take_stops(void)
{
	while (!gdb.halted && !gdb.lockup && gdb_packet(0))
		if (is_stop()) {
			gdb.halted = true;
			dfsr |= strstr(gdb.reply, "watch:") != NULL ? 4 : 2;
		}
}

static void
halt(void)
{
	take_stops();
	if (gdb.halted)
		return;
	if (!gdb.lockup) {
		put(gdb.fd, "\x03", 1);
		do
			if (!gdb_packet(30000))
				die("it does not stop");
		while (!is_stop());
	}
	gdb.lockup = false;
	gdb.halted = true;
	dfsr |= 1;
}

static void
run(void)
{
	gdb.halted = false;
	gdb.lockup = is_blank();
	if (!gdb.lockup)
		gdb_send("c");
}

static void
step(bool masked)
{
	(void)gdb_ask(masked ? "Qqemu.sstep=7" : "Qqemu.sstep=1");
	gdb_send("s");
	do
		if (!gdb_packet(30000))
			die("a step has no end");
	while (!is_stop());
	dfsr |= 1;
}

static void
reset(bool catch)
{
	halt();
	qmp("system_reset", "\"RESET\"");
	was_reset = 1;
	if (catch)
		dfsr |= 8;
	else
		run();
}

void
chip_reset_line(void)
{
	reset((demcr & 1) != 0);
}

/* ---- breakpoints: FPB, DWT, and BKPT instructions that a debugger writes into RAM */

static struct { uint32_t ctrl, comp[8]; } fpb;
static struct { uint32_t comp[4], mask[4], function[4]; } dwt;
static struct { uint32_t at[256]; size_t n; } bkpt;

static void
point(bool set, int type, uint32_t a, uint32_t len)
{
	const bool ran = !gdb.halted;
	char c[48];

	if (ran)
		halt();
	snprintf(c, sizeof c, "%c%d,%x,%x", set ? 'Z' : 'z', type, a, len);
	(void)gdb_ask(c);
	if (ran)
		run();
}

static void
note_bkpt(uint32_t a, uint32_t half)
{
	size_t i = 0;

	while (i < bkpt.n && bkpt.at[i] != a)
		i++;
	if (half >> 8 == 0xbe && i == bkpt.n && bkpt.n < 256) {
		bkpt.at[bkpt.n++] = a;
		point(true, 1, a, 2);
	} else if (half >> 8 != 0xbe && i < bkpt.n) {
		point(false, 1, a, 2);
		bkpt.at[i] = bkpt.at[--bkpt.n];
	}
}

static uint32_t
fpb_addr(uint32_t comp)
{
	return (comp & 0x1ffffffc) + (comp >> 30 == 2 ? 2 : 0);
}

static void
fpb_write(size_t i, uint32_t v)
{
	if ((fpb.comp[i] & 1) != 0)
		point(false, 1, fpb_addr(fpb.comp[i]), 2);
	if ((v & 1) != 0)
		point(true, 1, fpb_addr(v), 2);
	fpb.comp[i] = v;
}

static void
dwt_write(size_t i, uint32_t reg, uint32_t v)
{
	static const int kinds[8] = { [5] = 3, [6] = 2, [7] = 4 };

	if (reg == 0)
		dwt.comp[i] = v;
	else if (reg == 4)
		dwt.mask[i] = v;
	if (reg != 8)
		return;
	if (kinds[dwt.function[i] & 7] != 0)
		point(false, kinds[dwt.function[i] & 7], dwt.comp[i], 1u << (dwt.mask[i] & 31));
	if (kinds[v & 7] != 0)
		point(true, kinds[v & 7], dwt.comp[i], 1u << (dwt.mask[i] & 31));
	dwt.function[i] = v;
}

/* ---- when the probe is pulled: at so many accesses after the flash is opened, or closed again */

static struct { bool opened, closed; unsigned since; } flash;

static void
flash_seen(bool open)
{
	flash.closed = flash.opened && !open;
	flash.opened = flash.opened || open;
	flash.since = 0;
}

bool
chip_unplug_now(void)
{
	if (opt.unplug == NULL)
		return false;
	if (strcmp(opt.unplug, "program") == 0)
		return flash.opened && flash.since > 20;
	return strcmp(opt.unplug, "verify") == 0 && flash.closed && flash.since > 60;
}

/* ---- registers of our own */

/* Component ids at the end of a block; of the blocks that an STM32F405 has, the TPIU and the ETM are
 * left out: an audit is to find that. */
static bool
read_id(uint32_t a, uint32_t *v)
{
	static const uint32_t blocks[] = { 0xe0000ff0, 0xe0001ff0, 0xe0002ff0, 0xe000eff0 };
	static const uint32_t id[] = { 0x0d, 0xe0, 0x05, 0xb1 };

	for (size_t i = opt.kind == CHIP_M0 ? 1 : 0; i < 4; i++)
		if (a - blocks[i] < 16) {
			*v = id[(a & 15) / 4];
			return true;
		}
	return false;
}

static uint32_t itm_ter;

static bool
read_debug(uint32_t a, uint32_t *v)
{
	switch (a) {
	case 0xe000edf0:
		take_stops();
		if (gdb.halted)
			dhcsr |= 2;
		*v = (dhcsr & 15) | 1u << 16 | (uint32_t)gdb.halted << 17 | (uint32_t)gdb.lockup << 19 |
		    1u << 24 | was_reset << 25;
		was_reset = 0;
		return true;
	case 0xe000edf8: *v = dcrdr; return true;
	case 0xe000edfc: *v = demcr; return true;
	case 0xe000ed30: *v = dfsr; return true;
	case 0xe0002000: *v = (opt.kind == CHIP_M0 ? 0x40 : 0x260) | (fpb.ctrl & 1); return true;
	case 0xe0001000: *v = opt.kind == CHIP_M0 ? 0x20000000 : 0x40000000; return true;
	case 0xe0000e00: *v = itm_ter; return true;
	default: break;
	}
	if (a - 0xe0002008 < 0x20) {
		*v = fpb.comp[(a - 0xe0002008) / 4];
		return true;
	}
	if (a - 0xe0001020 < 0x40) {
		const uint32_t i = (a - 0xe0001020) / 16, reg = a & 15;

		*v = reg == 0 ? dwt.comp[i] : reg == 4 ? dwt.mask[i] : dwt.function[i];
		return true;
	}
	return false;
}

static uint32_t stm_cr = 0x80, stm_sr, stm_ar;
static unsigned stm_keys;
static const uint32_t STM_FLASH = 0x08000000u, STM_SIZE = 0x20000u, STM_PAGE = 1024;

static bool
read_maker(uint32_t a, uint32_t *v)
{
	static const struct { enum chip_kind kind; uint32_t at, value; } fixed[] = {
		{ CHIP_M4, 0xe0042000, 0x10076413 }, { CHIP_M4, 0x1fff7a20, 1024u << 16 },
		{ CHIP_M3, 0xe0042000, 0x10016420 }, { CHIP_M3, 0x1ffff7e0, 128 },
		{ CHIP_M3, 0x4002201c, 0x03fffffc }, { CHIP_M3, 0x40022020, UINT32_MAX },
		/* QEMU's FICR is shifted by some words: what OpenOCD's nrf5.c reads of it */
		{ CHIP_M0, 0x10000028, UINT32_MAX }, { CHIP_M0, 0x1000002c, UINT32_MAX },
		{ CHIP_M0, 0x10000034, 2 }, { CHIP_M0, 0x10000038, 0x2000 },
		{ CHIP_M0, 0x1000003c, 0x2000 }, { CHIP_M0, 0x1000005c, 0xffff001d },
	};

	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		if (fixed[i].kind == opt.kind && fixed[i].at == a) {
			*v = fixed[i].value;
			return true;
		}
	if (opt.kind != CHIP_M3 || (a != 0x4002200c && a != 0x40022010))
		return false;
	*v = a == 0x4002200c ? stm_sr : stm_cr;
	return true;
}

static bool
is_private(uint32_t a)
{
	return a >> 20 == 0xe00 && (a & 0xfffff000) != 0xe000e000;
}

/* ---- the flash controller of an STM32F1 (ST PM0063), which QEMU has not: for accesses of the debugger
 * alone */

static void
stm_erase(uint32_t at, uint32_t len)
{
	uint8_t ff[1024];

	memset(ff, 255, sizeof ff);
	for (; len != 0; len -= 1024, at += 1024)
		gdb_write(at, ff, 1024);
}

static void
stm_write(uint32_t reg, uint32_t v)
{
	static const uint32_t keys[2] = { 0x45670123, 0xcdef89ab };

	if (reg == 4) {
		stm_keys = v == keys[stm_keys & 1] ? stm_keys + 1 : 0;
		if (stm_keys == 2)
			stm_cr &= ~0x80u;
		stm_keys &= 1;
	} else if (reg == 12) {
		stm_sr &= ~v;
	} else if (reg == 20) {
		stm_ar = v;
	} else if (reg == 16 && ((stm_cr & 0x80) == 0 || v == 0x80)) {
		stm_cr = v & ~0x40u;
		if ((v & 0x42) == 0x42)
			stm_erase(stm_ar & ~(STM_PAGE - 1), STM_PAGE);
		else if ((v & 0x44) == 0x44)
			stm_erase(STM_FLASH, STM_SIZE);
		stm_sr |= (v & 0x40) != 0 ? 0x20 : 0;
	}
}

/* ---- what is written */

static void
write_dhcsr(uint32_t v)
{
	if (v >> 16 != 0xa05f)
		return;
	dhcsr = v & 15;
	take_stops();
	if ((v & 1) == 0)
		return;
	if ((v & 2) != 0)
		halt();
	else if (gdb.halted && (v & 4) != 0)
		step((v & 8) != 0);
	else if (gdb.halted)
		run();
}

static void
write_dcrsr(uint32_t v)
{
	const int r = (int)(v & 0x7f), n = r <= 15 ? r : r == 16 ? 25 : r == 17 ? 13 : -1;
	const bool to_core = (v >> 16 & 1) != 0;

	if (!gdb.halted)
		return;
	if (n < 0)
		dcrdr = to_core ? dcrdr : 0;
	else if (!to_core)
		dcrdr = reg_get(n);
	else if (r != 17)
		reg_set(n, dcrdr);
}

static bool
write_debug(uint32_t a, uint32_t v)
{
	switch (a) {
	case 0xe000edf0: write_dhcsr(v); return true;
	case 0xe000edf4: write_dcrsr(v); return true;
	case 0xe000edf8: dcrdr = v; return true;
	case 0xe000edfc: demcr = v; return true;
	case 0xe000ed30: dfsr &= ~v; return true;
	case 0xe0000e00: itm_ter = v & 15; return true;
	case 0xe000ed0c:
		if (v >> 16 == 0x05fa && (v & 5) != 0)
			reset((demcr & 1) != 0 && (dhcsr & 1) != 0);
		return true;
	case 0xe0002000:
		if ((v & 2) != 0)
			fpb.ctrl = v & 1;
		return true;
	default: break;
	}
	if (a - 0xe0002008 < 0x20)
		fpb_write((a - 0xe0002008) / 4, v);
	else if (a - 0xe0001020 < 0x40)
		dwt_write((a - 0xe0001020) / 16, a & 15, v);
	else if (opt.kind == CHIP_M3 && a - 0x40022000 < 0x100)
		stm_write(a & 0xff, v);
	else
		return is_private(a);
	return true;
}

/* ---- the bus: lane is the word as it stands on it */

static uint32_t
bus_read(uint32_t a, int size)
{
	const uint32_t at = a & ~3u;
	uint32_t v = 0;

	flash.since++;
	if (read_debug(at, &v) || read_id(at, &v) || read_maker(at, &v) || is_private(at))
		return v;
	return mem_read(a, size) << (size == 2 ? 0 : 8 * (a & 3));
}

static void
bus_write(uint32_t a, int size, uint32_t lane)
{
	const uint32_t v = size == 2 ? lane : lane >> 8 * (a & 3) & (size == 1 ? 0xffff : 0xff);
	const uint8_t bytes[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	flash.since++;
	if (a == 0x4001e504)
		flash_seen((v & 1) != 0);
	if (size == 2 && write_debug(a & ~3u, v))
		return;
	if (opt.kind == CHIP_M3 && a - STM_FLASH < STM_SIZE) {
		const bool open = (stm_cr & 0x81) == 1;

		if (open)
			gdb_write(a, bytes, 1u << size);
		stm_sr |= open ? 0x20 : 4;
		return;
	}
	mem_write(a, size, v);
	if (a >> 28 != 2 || size == 0)
		return;
	note_bkpt(a & ~1u, v & 0xffff);
	if (size == 2)
		note_bkpt((a & ~3u) + 2, v >> 16);
}

/* ---- the ports */

static struct { uint32_t ctrl, select, csw, tar, last; } port = { .csw = 0x23000052 };

static uint32_t
transfer(bool write, uint32_t a, uint32_t v)
{
	const int size = (port.csw & 7) > 2 ? 2 : (int)(port.csw & 7);

	if (!write)
		return bus_read(a, size);
	bus_write(a, size, v);
	return 0;
}

static uint32_t
transfer_on(bool write, uint32_t v)
{
	/* the address counts on within a page: OpenOCD takes 4 KiB for an M3 or M4, 1 KiB for an M0 */
	const uint32_t page = opt.kind == CHIP_M0 ? 0x3ff : 0xfff, got = transfer(write, port.tar, v);

	if ((port.csw >> 4 & 1) != 0)
		port.tar = (port.tar & ~page) | ((port.tar + (1u << (port.csw & 3))) & page);
	return got;
}

uint32_t
chip_ap(bool write, uint32_t reg, uint32_t v)
{
	if (port.select >> 24 != 0)
		return 0;
	switch (reg) {
	case 0x00:
		if (write)
			port.csw = (v & ~0x20u) | 0x40;
		return port.csw;
	case 0x04:
		if (write)
			port.tar = v;
		return port.tar;
	case 0x0c:
		return transfer_on(write, v);
	case 0x10: case 0x14: case 0x18: case 0x1c:
		return transfer(write, (port.tar & ~15u) | (reg & 15), v);
	case 0xf8:
		return 0xe00ff003;
	case 0xfc:
		return opt.kind == CHIP_M0 ? 0x04770021 : 0x24770011;
	default:
		return 0;
	}
}

uint32_t
chip_dp(bool write, uint32_t reg, uint32_t v)
{
	switch (reg) {
	case 0:
		return opt.kind == CHIP_M0 ? 0x0bb11477 : 0x2ba01477;
	case 4:
		if (write)              /* what is powered up says so */
			port.ctrl = (v & 0x50000f4d) | (port.ctrl & 0xb2 & ~v) | (v & 0x50000000) << 1;
		return port.ctrl;
	case 8:
		if (write)
			port.select = v;
		return port.select;
	default:
		return port.last;
	}
}

uint32_t
chip_select(void)
{
	return port.select;
}

uint32_t
chip_last(void)
{
	return port.last;
}

void
chip_keep(uint32_t v)
{
	port.last = v;
}

bool
chip_fault(void)
{
	return (port.ctrl & 0x20) != 0;
}

void
chip_clear(uint32_t bits)
{
	port.ctrl &= ~bits;
}

bool
chip_kind(const char *word, enum chip_kind *kind)
{
	static const char *const words[] = { "m0", "m3", "m4" };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(word, words[i]) == 0) {
			*kind = (enum chip_kind)i;
			return true;
		}
	return false;
}

void
chip_open(const char *dir, const struct chip_options *o)
{
	int fd;
	bool runs;
	char l[4096];

	opt = *o;
	fd = dial(dir, "qmp.sock");
	qmp_out = fdopen(fd, "w");
	qmp_in = fdopen(dup(fd), "r");
	qmp("qmp_capabilities", "\"return\"");
	fputs("{\"execute\":\"query-status\"}\n", qmp_out);
	fflush(qmp_out);
	do
		if (fgets(l, sizeof l, qmp_in) == NULL)
			die("no answer of QMP");
	while (strstr(l, "\"status\"") == NULL);
	runs = strstr(l, "\"running\": true") != NULL;
	fd = dial(dir, "qt.sock");
	mem_out = fdopen(fd, "w");
	mem_in = fdopen(dup(fd), "r");
	gdb.fd = dial(dir, "gdb.sock");
	/* fetching the description switches QEMU to the registers of an M profile */
	(void)gdb_ask("qSupported:xmlRegisters=i386;qXfer:features:read+");
	(void)gdb_ask("qXfer:features:read:target.xml:0,ffb");
	if (runs)
		run();
}
