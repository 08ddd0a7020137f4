/* at.c - the simulated board's console. */
#include "sim/at.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

#define FIRMWARE "3.2.1"
#define LOADER "1.4"

static const uint64_t RESET_TAKES = 300 * NS_PER_MS;

static const struct {
	const char *code, *greeting;
} lang[] = {
	{ "en_US", "Welcome" },
	{ "zh_CN", "\xe6\xac\xa2\xe8\xbf\x8e\xe4\xbd\xbf\xe7\x94\xa8" },
	{ "ja_JP", "\xe3\x82\x88\xe3\x81\x86\xe3\x81\x93\xe3\x81\x9d" },
	{ "ko_KR", "\xed\x99\x98\xec\x98\x81\xed\x95\xa9\xeb\x8b\x88\xeb\x8b\xa4" },
};
enum { LANGS = sizeof lang / sizeof lang[0] };

/* Milliseconds after the reset, and the line. */
static const struct {
	unsigned ms;
	const char *text;
} boot[] = {
	{ 0,    "boot: simulated imx8-rev3, nothing here is real hardware" },
	{ 60,   "boot: loader " LOADER ", DRAM 512 MiB, slot A" },
	{ 210,  "kernel: Linux 6.6.52 aarch64, 4 CPUs" },
	{ 480,  "kernel: thermal: soc-thermal passive 70 C, critical 95 C" },
	{ 810,  "boardd: boot ok, heap 3.1 MiB, goroutines 14" },
	{ 830,  "net: dhcp lease 10.0.4.17/24" },
	{ 1180, "app: firmware " FIRMWARE ", pid 812" },
	{ 1190, "app: sensor bus ready (4 devices)" },
};
enum { BOOT_LINES = sizeof boot / sizeof boot[0] };
static const uint64_t READY_AT = 1300 * NS_PER_MS;

static void
text(struct at_dev *d, const char *s)
{
	d->out(d->arg, s, strlen(s));
}

static void
stamped(struct at_dev *d, const char *s)
{
	const uint64_t ms = (d->now - d->born) / NS_PER_MS;
	char line[320];

	snprintf(line, sizeof line, "[%5llu.%03llu] %s\r\n", (unsigned long long)(ms / 1000),
	    (unsigned long long)(ms % 1000), s);
	text(d, line);
}

void
at_say(struct at_dev *d, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	if (d->mode != AT_RUNNING)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	stamped(d, line);
}

static void
come_up(struct at_dev *d)
{
	d->born = d->now;
	d->step = d->samples = 0;
	d->len = 0;
	d->overlong = d->after_cr = false;
	d->echo = true;
	d->mode = d->to_loader ? AT_LOADER : AT_BOOTING;
	d->next = d->now;
	if (d->mode == AT_LOADER) {
		text(d, "\r\n[BOOT] " LOADER "\r\n");
		d->next = UINT64_MAX;
	}
}

void
at_init(struct at_dev *d, uint64_t now, at_out out, void *arg)
{
	*d = (struct at_dev){ .out = out, .arg = arg, .now = now };
	come_up(d);
}

static void
reset(struct at_dev *d)
{
	d->mode = AT_DOWN;
	d->next = d->now + RESET_TAKES;
}

/* ---- what it says by itself ---- */

static const struct {
	unsigned every, at;
	const char *text;
} event[] = {
	{ 7, 2,   "app: W i2c-1 0x48 retry 1/3" },
	{ 13, 9,  "app: E upload timeout after 400 ms, queue 17" },
	{ 23, 14, "net: W link eth0 down" },
	{ 23, 15, "net: link eth0 up 100M/full" },
	{ 31, 20, "app: W queue 24 of 32, slowing down" },
};

static void
sample_line(struct at_dev *d)
{
	const unsigned n = ++d->samples;

	at_say(d, "app: sample %u t=%.1f h=%.1f", n, 41.2 + 2.5 * sin(n / 40.0),
	    38.0 - 1.5 * sin(n / 55.0));
	for (size_t i = 0; i < sizeof event / sizeof event[0]; i++)
		if (n % event[i].every == event[i].at)
			stamped(d, event[i].text);
	if (n % 17 == 11)
		text(d, "\r\n+CREG: 1,5\r\n");
}

static void
one_step(struct at_dev *d)
{
	d->now = d->next;
	if (d->mode == AT_DOWN) {
		come_up(d);
	} else if (d->mode == AT_BOOTING && d->step < BOOT_LINES) {
		stamped(d, boot[d->step++].text);
		d->next = d->step < BOOT_LINES ? d->born + boot[d->step].ms * NS_PER_MS
					       : d->born + READY_AT;
	} else if (d->mode == AT_BOOTING) {
		text(d, lang[d->lang].greeting);
		text(d, "\r\n[READY]\r\n");
		d->mode = AT_RUNNING;
		d->next = d->now + NS_PER_S;
	} else {
		sample_line(d);
		d->next += NS_PER_S;
	}
}

uint64_t
at_tick(struct at_dev *d, uint64_t now)
{
	while (d->next <= now)
		one_step(d);
	d->now = now;
	return d->next;
}

/* ---- AT ---- */

static void
result(struct at_dev *d, const char *code)
{
	text(d, "\r\n");
	text(d, code);
	text(d, "\r\n");
}

static void
info(struct at_dev *d, const char *name, const char *value)
{
	text(d, "\r\n");
	text(d, name);
	text(d, value);
	text(d, "\r\n");
}

static void
do_ok(struct at_dev *d, const char *arg)
{
	(void)arg;
	result(d, "OK");
}

static void
do_echo_off(struct at_dev *d, const char *arg)
{
	(void)arg;
	d->echo = false;
	result(d, "OK");
}

static void
do_echo_on(struct at_dev *d, const char *arg)
{
	(void)arg;
	d->echo = true;
	result(d, "OK");
}

static void
do_info(struct at_dev *d, const char *arg)
{
	(void)arg;
	info(d, "", "simulated imx8-rev3 " FIRMWARE);
	result(d, "OK");
}

static void
do_gmr(struct at_dev *d, const char *arg)
{
	(void)arg;
	info(d, "+GMR:", FIRMWARE);
	result(d, "OK");
}

static void
do_csq(struct at_dev *d, const char *arg)
{
	char value[16];

	(void)arg;
	snprintf(value, sizeof value, "%u,99", 18 + d->samples % 5);
	info(d, "+CSQ: ", value);
	result(d, "OK");
}

static void
do_lang_get(struct at_dev *d, const char *arg)
{
	(void)arg;
	info(d, "+LANG:", lang[d->lang].code);
	result(d, "OK");
}

static void
do_lang_list(struct at_dev *d, const char *arg)
{
	(void)arg;
	text(d, "\r\n+LANG: (");
	for (unsigned i = 0; i < LANGS; i++) {
		text(d, i != 0 ? "," : "");
		text(d, lang[i].code);
	}
	text(d, ")\r\n");
	result(d, "OK");
}

static void
do_lang_set(struct at_dev *d, const char *arg)
{
	for (unsigned i = 0; i < LANGS; i++)
		if (strcmp(arg, lang[i].code) == 0) {
			d->lang = i;
			result(d, "OK");
			reset(d);
			return;
		}
	result(d, "ERROR");
}

static void
do_reset(struct at_dev *d, const char *arg)
{
	(void)arg;
	result(d, "OK");
	reset(d);
}

static void
do_boot(struct at_dev *d, const char *arg)
{
	d->to_loader = true;
	do_reset(d, arg);
}

/* A name is the whole command, unless it ends in '=' : then what follows is the argument. */
static const struct {
	const char *name;
	void (*run)(struct at_dev *d, const char *arg);
} command[] = {
	{ "", do_ok },
	{ "E", do_echo_off },
	{ "E0", do_echo_off },
	{ "E1", do_echo_on },
	{ "I", do_info },
	{ "+GMR", do_gmr },
	{ "+CSQ", do_csq },
	{ "+LANG?", do_lang_get },
	{ "+LANG=?", do_lang_list },
	{ "+LANG=", do_lang_set },
	{ "+BOOT", do_boot },
	{ "+RST", do_reset },
};

static void
in_app(struct at_dev *d, const char *line)
{
	if (strcmp(line, "help") == 0 || strcmp(line, "?") == 0) {
		text(d,
		    "\r\nAT ATE0 ATE1 ATI AT+GMR AT+CSQ AT+LANG? AT+LANG=zh_CN AT+RST AT+BOOT\r\n");
		return;
	}
	if (strncasecmp(line, "AT", 2) != 0)
		return;                 /* V.250: a line without AT is not a command */
	for (size_t i = 0; i < sizeof command / sizeof command[0]; i++) {
		const size_t n = strlen(command[i].name);

		if (strncasecmp(line + 2, command[i].name, n) == 0 &&
		    (line[2 + n] == '\0' || (n != 0 && command[i].name[n - 1] == '='))) {
			command[i].run(d, line + 2 + n);
			return;
		}
	}
	result(d, "ERROR");
}

static void
in_loader(struct at_dev *d, const char *line)
{
	if (strcasecmp(line, "AT+BOOT") == 0) {
		info(d, "+BOOT:", LOADER);
		result(d, "OK");
	} else if (strcasecmp(line, "AT+BOOT=0") == 0) {
		d->to_loader = false;
		do_reset(d, "");
	}
}

static void
line_done(struct at_dev *d)
{
	if (d->echo)
		text(d, "\r\n");
	d->line[d->len] = '\0';
	if (d->overlong)
		result(d, "ERROR");
	else if (d->mode == AT_RUNNING)
		in_app(d, d->line);
	else if (d->mode == AT_LOADER)
		in_loader(d, d->line);
	d->len = 0;
	d->overlong = false;
}

static void
one_byte(struct at_dev *d, char c)
{
	const bool second = c == '\n' && d->after_cr;

	d->after_cr = c == '\r';
	if (second)
		return;
	if (c == '\r' || c == '\n') {
		line_done(d);
	} else if (c == 0x08 || c == 0x7f) {
		if (d->len == 0)
			return;
		d->len--;
		if (d->echo)
			text(d, "\b \b");
	} else if (c == 0x03 || c == 0x15) {
		d->len = 0;
		if (d->echo)
			text(d, "\r\n");
	} else if (d->len + 1 >= sizeof d->line) {
		d->overlong = true;
	} else if ((unsigned char)c >= 0x20) {
		d->line[d->len++] = c;
		if (d->echo)
			d->out(d->arg, &c, 1);
	}
}

void
at_input(struct at_dev *d, uint64_t now, const char *p, size_t n)
{
	(void)at_tick(d, now);
	/* While it starts there is nobody to hear. */
	for (size_t i = 0; i < n && (d->mode == AT_RUNNING || d->mode == AT_LOADER); i++)
		one_byte(d, p[i]);
}
