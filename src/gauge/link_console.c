/* link_console.c - a login shell on a serial console: found, borrowed, handed back. */
#include "gauge/link_console.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "transport/transport.h"

enum { SEEN_MAX = 4096, TRIES = 5, READ_SIZE = 16384 };

static const uint64_t TRY_EVERY = NS_PER_S;

struct link {
	struct loop *loop;
	char *spec, *port;
	const struct link_cb *cb;
	void *arg;
	struct transport *transport;
	struct transport_settings settings;
	struct loop_timer *timer;
	struct buf seen;                /* the newest of what came before the shell answered */
	unsigned tries;
	bool ready;
	unsigned char room[READ_SIZE];
};

/* "serial:PATH@BAUD": the port, heap, and its speed. */
static enum err
parse(const char *spec, char **port, uint32_t *baud, struct err_msg *why)
{
	const char *rest = strchr(spec, ':') + 1, *at = strrchr(rest, '@');
	uint64_t n = 115200;

	if (at != NULL && strchr(at, '/') != NULL)
		at = NULL;              /* part of a path */
	if (*rest == '\0' || at == rest)
		return err_set(why, ERR_USAGE, spec, "give serial:PORT[@BAUD]", "no port");
	if (at != NULL && (!slice_u64(slice_of(at + 1), 20000000, &n) || n == 0))
		return err_set(why, ERR_USAGE, spec, NULL, "not a speed: %s", at + 1);
	*baud = (uint32_t)n;
	if (port != NULL)
		*port = at != NULL ? mem_strn(rest, (size_t)(at - rest)) : mem_str(rest);
	return ERR_OK;
}

static enum err
check(const char *spec, struct err_msg *why)
{
	uint32_t baud;

	return parse(spec, NULL, &baud, why);
}

/* ---- finding the shell ---- */

static void
end_with(struct link *k, const struct err_msg *why)
{
	loop_timer_stop(k->timer);
	k->timer = NULL;
	k->cb->over(k->arg, why);
}

/* What stands there instead of a shell, by the end of what it printed. */
static void
no_shell(struct link *k)
{
	static const struct {
		const char *tail, *why, *next;
	} known[] = {
		{ "login:", "a login prompt waits there", "log in on its console first" },
		{ "assword:", "a password prompt waits there", "log in on its console first" },
		{ "=>", "a boot loader's prompt stands there", "boot it first" },
		{ "ogin incorrect", "a login failed there", "log in on its console first" },
	};
	const struct slice text = slice_trim(slice_make(k->seen.data, k->seen.len));
	struct err_msg why;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (slice_ends(text, known[i].tail)) {
			(void)err_set(&why, ERR_MODE, k->spec, known[i].next, "%s", known[i].why);
			end_with(k, &why);
			return;
		}
	(void)err_set(&why, ERR_TIMEOUT, k->spec, "see on its console what runs there",
	    text.n != 0 ? "it prints, but no shell answers" : "nothing answers");
	end_with(k, &why);
}

static void
say(struct link *k, const char *text)
{
	struct err_msg why;

	if (transport_write(k->transport, text, strlen(text), &why) != ERR_OK)
		end_with(k, &why);
}

/* A sum: the echo of the question does not hold its answer. The q ends a loop that was left there
 * by a Vise that was killed. */
static void
ask(void *arg)
{
	struct link *k = arg;

	if (k->tries++ == TRIES)
		no_shell(k);
	else
		say(k, k->tries == 1 ? "q\n echo vs$((40+2))\n" : "\n echo vs$((40+2))\n");
}

static void
look(struct link *k, const char *p, size_t n)
{
	if (n > SEEN_MAX / 2) {
		p += n - SEEN_MAX / 2;
		n = SEEN_MAX / 2;
	}
	if (k->seen.len + n > SEEN_MAX)
		buf_eat(&k->seen, SEEN_MAX / 2 < k->seen.len ? SEEN_MAX / 2 : k->seen.len);
	(void)buf_add(&k->seen, p, n);
	if (slice_find(slice_make(k->seen.data, k->seen.len), slice_of("vs42")) < 0)
		return;
	loop_timer_stop(k->timer);
	k->timer = NULL;
	k->ready = true;
	say(k, " sh\n");
	k->cb->ready(k->arg);
}

/* ---- the port ---- */

static size_t
on_room(void *arg, unsigned char **p)
{
	struct link *k = arg;

	*p = k->room;
	return sizeof k->room;
}

static void
on_bytes(void *arg, size_t n)
{
	struct link *k = arg;

	if (k->ready)
		k->cb->bytes(k->arg, (const char *)k->room, n);
	else
		look(k, (const char *)k->room, n);
}

static void
on_turn(void *arg)
{
	(void)arg;
}

static void
begin(void *arg)
{
	struct link *k = arg;

	k->timer = loop_timer_start(k->loop, NS_PER_MS, TRY_EVERY, ask, k);
}

static void
on_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct link *k = arg;

	if (s == TRANSPORT_OPEN)
		begin(k);
	else if (s == TRANSPORT_LOST)
		end_with(k, why);
}

static struct link *
console_open(struct loop *l, const char *spec, void *with, const struct link_cb *cb, void *arg,
    struct err_msg *why)
{
	static const struct transport_callbacks port_cb = {
		.room = on_room, .bytes = on_bytes, .turn = on_turn, .state = on_state,
	};
	struct link *k = mem_zero(1, sizeof *k);

	(void)with;
	*k = (struct link){ .loop = l, .cb = cb, .arg = arg };
	transport_settings_init(&k->settings);
	buf_init(&k->seen, SEEN_MAX);
	if (parse(spec, &k->port, &k->settings.baud, why) != ERR_OK ||
	    transport_open(l, k->port, &k->settings, &port_cb, k, &k->transport, why) != ERR_OK) {
		mem_free(k->port);
		mem_free(k);
		return NULL;
	}
	k->spec = mem_str(spec);
	if (transport_state(k->transport) == TRANSPORT_OPEN)
		begin(k);
	return k;
}

static void
console_write(struct link *k, const char *p, size_t n)
{
	(void)transport_write(k->transport, p, n, NULL); /* a lost port is told by its state */
}

/* The sampler has been told to end; its shell ends too, and theirs has the line again. */
static void
console_close(struct link *k)
{
	loop_timer_stop(k->timer);
	if (k->ready && transport_state(k->transport) == TRANSPORT_OPEN)
		(void)transport_write(k->transport, "exit\n", 5, NULL);
	transport_close(k->transport);
	buf_fini(&k->seen);
	mem_free(k->spec);
	mem_free(k->port);
	mem_free(k);
}

static unsigned
console_baud(const struct link *k)
{
	return k->settings.baud;
}

const struct link_ops link_console_ops = {
	.scheme = "serial:", .check = check, .open = console_open, .write = console_write,
	.close = console_close, .baud = console_baud,
};
