/*
 * telnet.h - the telnet codec: data apart from commands, in place, from a peer that may be hostile.
 *
 * Layer   transport, private. Pure: bytes in, calls out; a value, nothing is owned.
 * Source  RFC 854, 855, 856 (binary), 858 (suppress go-ahead), 2217 (com port).
 * Bounds  a subnegotiation keeps TELNET_SUB_MAX bytes, a longer one is dropped; an option is
 *         answered only when its state changes, so no peer can make us talk without end.
 */
#ifndef TRANSPORT_TELNET_H
#define TRANSPORT_TELNET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

enum {
	TELNET_SE = 240, TELNET_SB = 250, TELNET_WILL, TELNET_WONT, TELNET_DO, TELNET_DONT,
	TELNET_IAC,
	TELNET_BINARY = 0, TELNET_ECHO = 1, TELNET_SGA = 3, TELNET_COM_PORT = 44,
	TELNET_SUB_MAX = 256,
};

struct telnet {
	int state;
	unsigned char verb;
	bool cr;                        /* the byte before was CR, in a stream that is not binary */
	size_t sub_n;                   /* SUB_MAX + 1: too long, dropped */
	unsigned char sub[TELNET_SUB_MAX];
	uint8_t us[256], them[256];     /* what was said of each option: 0, WILL/WONT, DO/DONT */
	bool us_on[256], them_on[256];
};

struct telnet_ops {
	/* Do we want it of ourselves (ours), or of the peer? */
	bool (*want)(void *arg, bool ours, unsigned char option);
	void (*changed)(void *arg, bool ours, unsigned char option, bool on);
	void (*sub)(void *arg, unsigned char option, const unsigned char *p, size_t n);
	void (*send)(void *arg, const unsigned char *p, size_t n);
};

/* Takes the commands out of p[0..n); returns how many bytes of data stay at its front. */
size_t telnet_decode(struct telnet *t, const struct telnet_ops *ops, void *arg, unsigned char *p,
    size_t n);
/* Asks for an option, once. */
void   telnet_ask(struct telnet *t, const struct telnet_ops *ops, void *arg, bool ours,
    unsigned char option);
/* Data as it goes out: IAC doubled, and CR NUL unless we send binary. */
enum err telnet_encode(const struct telnet *t, const void *p, size_t n, struct buf *out);
/* IAC SB option ... IAC SE */
void   telnet_sub(const struct telnet_ops *ops, void *arg, unsigned char option,
    const unsigned char *p, size_t n);

#endif
