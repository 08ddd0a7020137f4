/*
 * at.h - the simulated board's console: a boot log, a sample line each second, and an AT device
 * (V.250).
 *
 * Layer   sim. Pure: bytes and board time in, bytes out through a callback. No clock, no
 *         descriptor.
 * Speaks  AT, ATE0, ATE1, ATI, AT+GMR, AT+CSQ, AT+LANG?, AT+LANG=?, AT+LANG=xx_YY (stored, then a
 *         reboot), AT+RST, AT+BOOT (into a bootloader that answers AT+BOOT and AT+BOOT=0 only),
 *         help. The wording is that of the QEMU board under tests/rig, so the same scripts drive
 *         both.
 */
#ifndef SIM_AT_H
#define SIM_AT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void (*at_out)(void *arg, const char *p, size_t n);

enum at_mode { AT_DOWN, AT_BOOTING, AT_RUNNING, AT_LOADER };
enum { AT_LINE_MAX = 256 };

struct at_dev {
	at_out out;
	void *arg;
	enum at_mode mode;
	bool echo, to_loader, after_cr;
	unsigned lang, step, samples;
	uint64_t now, born;             /* board time; that of the last reset */
	uint64_t next;                  /* of the next line, or of the end of the reset */
	char line[AT_LINE_MAX];
	size_t len;
	bool overlong;
};

void     at_init(struct at_dev *d, uint64_t now, at_out out, void *arg);
void     at_input(struct at_dev *d, uint64_t now, const char *p, size_t n);
/* Says what is due; returns when to call again. */
uint64_t at_tick(struct at_dev *d, uint64_t now);
/* A line of the running program, with the time in front; nothing while it is not running. */
void     at_say(struct at_dev *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
