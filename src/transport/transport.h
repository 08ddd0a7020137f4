/*
 * transport.h - one byte stream to a board, whatever wire carries it.
 *
 * Layer   transport. No console, no session: bytes in, bytes out, and whether the wire holds.
 * Owns    transport_open() gives one handle, transport_close() ends it; NULL is fine.
 * Reading the owner says where the next bytes may go (`room`: the console's ring) and is told
 *         how many came (`bytes`). Nothing is copied; at most TRANSPORT_TURN bytes a turn of
 *         the loop.
 * Writing never blocks: what the kernel does not take waits in a queue, in order; all or nothing.
 * Order   callbacks run from the loop, never inside a call of this file. A callback may write;
 *         it may not close (loop_defer that), but `state` may, since it is always the last
 *         thing of its turn.
 * Spec    serial:PATH  pty:PATH  tcp:HOST:PORT  telnet:HOST:PORT  rfc2217:HOST:PORT
 *         rtt:HOST:PORT (OpenOCD's RTT server)  unix:PATH  exec:COMMAND (raw)
 *         shell:COMMAND (on a terminal in its usual state)  replay:FILE
 *         usb:VID:PID[:SERIAL[:INTERFACE]] or a bare path or device name ("ttyUSB0"). Links are
 *         followed; a pts goes to the pty wire.
 */
#ifndef TRANSPORT_TRANSPORT_H
#define TRANSPORT_TRANSPORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "loop/loop.h"
#include "transport/discover.h"
#include "transport/pulse.h"

enum {
	TRANSPORT_TURN = 64 << 10,      /* bytes read in one turn of the loop */
	TRANSPORT_QUEUE_MAX = 1 << 20,  /* bytes that may wait to be written */
};

enum transport_state {
	TRANSPORT_OPENING,              /* a connection is being made */
	TRANSPORT_OPEN,
	TRANSPORT_LOST,                 /* it held once, or could not be made; only close is left */
};

enum transport_flow { FLOW_NONE, FLOW_RTSCTS, FLOW_XONXOFF };

/* The lines of a serial port, as bits. */
enum { LINE_DTR = 1, LINE_RTS = 2, LINE_CTS = 4, LINE_DSR = 8, LINE_CD = 16, LINE_RI = 32 };

struct transport_settings {
	uint32_t baud;                  /* any the driver takes; 0 leaves it */
	uint8_t  data;                  /* 5 to 8; 0 is 8 */
	char     parity;                /* 'n' 'e' 'o' 'm' 's'; 0 is 'n' */
	uint8_t  stop;                  /* 1 or 2; 0 is 1 */
	enum transport_flow flow;
	int8_t   dtr, rts;              /* after open: 1 on, 0 off, -1 as the kernel left it */
	int8_t   rs485;                 /* 1 on, 0 off, -1 as the driver has it */
	bool     rs485_rts_low;         /* RTS is low while sending; else high */
	bool     rs485_echo;            /* receives what it sends */
	uint32_t rs485_before_ms, rs485_after_ms;       /* pause around sending */
	const char *dir;                /* exec: runs there; NULL: where we are. Not copied */
	uint64_t char_ns, line_ns;      /* pause after each byte, after each CR or LF; 0: none */
};

struct transport_callbacks {
	size_t (*room)(void *arg, unsigned char **p);   /* > 0 */
	void   (*bytes)(void *arg, size_t n);           /* n bytes were put at the last room */
	void   (*turn)(void *arg);                      /* a turn that brought bytes is over */
	void   (*state)(void *arg, enum transport_state s, const struct err_msg *why);
	void   (*drained)(void *arg); /* a queue that had waited is empty; may be NULL */
	/* The far side changed settings or lines, or says why it did not; text may be NULL. The
	 * callback may be NULL. */
	void   (*news)(void *arg, const char *text);
};

struct transport;

/* 115200 8N1, no flow control, both lines as the kernel leaves them, no pacing. */
void        transport_settings_init(struct transport_settings *s);
/* ERR_OK: state is OPEN, or OPENING with a `state` callback to come. Borrows cb (must live on). */
enum err    transport_open(struct loop *l, const char *spec, const struct transport_settings *s,
                           const struct transport_callbacks *cb, void *arg,
                           struct transport **out, struct err_msg *why);
void        transport_close(struct transport *t);
enum transport_state transport_state(const struct transport *t);
const char *transport_scheme(const struct transport *t);        /* "serial", "pty", "tcp", ... */
const struct transport_settings *transport_settings(const struct transport *t);
const char *transport_device(const struct transport *t);        /* resolved path, or the spec */
/* What the port is, when it is one that sysfs knows; NULL otherwise. */
const struct port *transport_port(const struct transport *t);

/* ERR_LOST when the wire is not open, ERR_LIMIT when the queue is full. */
enum err    transport_write(struct transport *t, const void *p, size_t n, struct err_msg *why);
size_t      transport_pending(const struct transport *t);       /* not yet taken by the kernel */
uint64_t    transport_wire_ns(const struct transport *t); /* time the kernel's queue still needs */
/* Forgets what waits to be sent, here and in the kernel or the server. */
enum err    transport_purge(struct transport *t, struct err_msg *why);
void        transport_read_pause(struct transport *t, bool pause);
/* The descriptor of an open wire whose bytes are as they are, for one who reads and writes it in a
 * thread of its own; -1 where they are wrapped (telnet:, rfc2217:) or somebody's output (exec:).
 * From then on the transport can only be closed, when the descriptor is used no more. */
int         transport_lend(struct transport *t);
/* Why a lent descriptor ended: 0 or an errno, in words. */
void        transport_lent_end(const struct transport *t, int errnum, struct err_msg *why);

/* ERR_UNSUPPORTED where the wire has no such thing (a pty has no modem lines and no break). */
enum err    transport_settings_set(struct transport *t, const struct transport_settings *s,
                                   struct err_msg *why);
enum err    transport_lines(const struct transport *t, unsigned *lines, struct err_msg *why);
enum err    transport_lines_set(struct transport *t, unsigned mask, unsigned on,
    struct err_msg *why);
enum err    transport_break(struct transport *t, uint64_t ns, struct err_msg *why);
/* Runs the steps; done (may be NULL) says how it ended, from the loop. A port that is closed or
 * lost in between gets its lines back first where that can be done: no board is left in reset. */
typedef void (*transport_pulse_done)(void *arg, enum err e);
enum err    transport_pulse(struct transport *t, const struct pulse *p, transport_pulse_done done,
    void *arg, struct err_msg *why);
/* The 1200-baud touch (Arduino, TinyGo, UF2): 1200 baud, DTR falls. The board is expected to go. */
enum err    transport_touch(struct transport *t, transport_pulse_done done, void *arg,
    struct err_msg *why);

/* Of replay: (ERR_UNSUPPORTED elsewhere). speed 2 is twice as fast. */
enum err    transport_replay(struct transport *t, double speed, bool paused, struct err_msg *why);
/* The size of the terminal that a program on a pty of ours sees; nothing elsewhere. */
void        transport_resize(struct transport *t, int rows, int cols);

/* Whether it is worth waiting for this spec to come back after it was lost (not for exec:). */
bool        transport_returns(const char *spec);
/* Which pty a spec leads to, and by which links; zeroes where it leads to none. */
struct transport_mark { uint64_t links, pty; };
struct transport_mark transport_mark(const char *spec);
/* Whether another pty than the marked one stands there now, by the same links. The kernel gives
 * the number of a closed pty to the next one: that is somebody else's terminal, and a console
 * that took it unasked would read the keys typed there. */
bool        transport_is_stranger(const char *spec, const struct transport_mark *was);
/* Where the port that was lost stands now: the spec itself, or another node of the same
 * board (same serial number, else same USB place). ERR_NOTHING: not there yet; ERR_BUSY:
 * another board stands in its place. */
enum err    transport_find_again(const char *spec, const struct port *was, char *out, size_t size,
                                 struct err_msg *why);
/* The path whose coming and going tells about the spec, NULL if there is none (tcp:).
 * mem_free it. */
char       *transport_watch_path(const char *spec);

#endif
