/* gauge_share.c - one sample at a time through a shell that somebody else works in. */
#include "bench/gauge_share.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "bench/consoles_lend.h"
#include "gauge/remote.h"
#include "gauge/sieve.h"
#include "sys/time.h"

enum { PROMPT = 256, SEEN = 1024, REQUEST = 64 << 10 };

static const char scheme[] = "console:", marker[] = "<vr>";
/* No line editor and no echo see the lines that follow; the marker stands for a POSIX shell. */
static const char teach[] =
    " eval \"$(stty -echo 2>/dev/null;printf '\\074vr\\076\\n' >&2;cat;echo stty echo)\"\r";
static const uint64_t TICK = 50 * NS_PER_MS, QUIET = 300 * NS_PER_MS, PATIENCE = 4 * NS_PER_S,
		      FAREWELL = NS_PER_S;

enum phase {
	IDLE,                           /* the console is everybody's */
	LOOKING,                        /* a newline was sent: what stands there? */
	TEACHING,                       /* the marker is waited for, then the script goes */
	TAUGHT,                         /* and the prompt behind it */
	CALLING,                        /* " vs" was sent: the marker is waited for */
	LOOP,                           /* requests and answers */
	LEAVING,                        /* "q" was sent: the prompt is waited for */
	FORGETTING                      /* the same at the end of all */
};

struct link {
	struct bench *bench;
	struct bench_console *k;        /* NULL: it is gone */
	const struct link_cb *cb;       /* NULL: the owner has closed */
	void *arg;
	char *spec;
	enum phase phase;
	struct sieve sieve;
	struct buf seen, request;       /* seen: the newest bytes of this phase */
	char prompt[PROMPT], tail[PROMPT];      /* tail: the console's last line, without an end */
	size_t prompt_n, tail_n;
	bool long_line;                 /* it is longer than that: no prompt */
	bool taught;                    /* its shell knows the sampler */
	bool over;                      /* it has failed, and waits to be closed */
	bool dirty;                     /* somebody typed since the prompt was seen */
	bool back;                      /* and a prompt has come since, with a message behind it */
	char typed;                     /* their last byte */
	uint64_t typed_at, heard_at, since;     /* since: of the phase */
	struct loop_timer *timer;
};

bool
gauge_share_is(const char *spec)
{
	return strncmp(spec, scheme, sizeof scheme - 1) == 0;
}

enum err
gauge_share_check(const struct bench *b, const char *spec, struct err_msg *why)
{
	struct bench_console *k = consoles_named(b, spec + sizeof scheme - 1);

	if (k == NULL)
		return err_set(why, ERR_NOENT, spec, "console.list names them",
		    "no console of this name");
	if (console_shared(k->console))
		return err_set(why, ERR_BUSY, spec, "gauge.source remove ends it",
		    "its gauges are read already");
	return ERR_OK;
}

/* ---- prompts ---- */

/* What a line editor put away on the same line before it is none of it. */
static void
know_prompt(struct link *s, const char *p, size_t n)
{
	for (size_t i = n; i > 0; i--)
		if (p[i - 1] == '\r') {
			p += i;
			n -= i;
			break;
		}
	memmove(s->prompt, p, n);
	s->prompt_n = n;
	sieve_prompt(&s->sieve, slice_make(p, n));
}

static bool
is_like(const struct link *s, const char *p, size_t n)
{
	char now[PROMPT], was[PROMPT];
	const struct slice a = sieve_plain(slice_make(p, n), now),
			   b = sieve_plain(slice_make(s->prompt, s->prompt_n), was);

	return a.n >= 2 && b.n >= 2 && sieve_is_prompt(a) &&
	       memcmp(a.p + a.n - 2, b.p + b.n - 2, 2) == 0;
}

/* The last line is a prompt, and a message of the kernel stands behind it. */
static bool
message_at_prompt(const struct link *s)
{
	const long at = sieve_stamp(slice_make(s->tail, s->tail_n));

	return at > 0 && is_like(s, s->tail, (size_t)at);
}

/* ---- the end ---- */

static void
link_free(struct link *s)
{
	loop_timer_stop(s->timer);
	if (s->k != NULL) {
		console_unshare(s->k->console);
		console_mark(s->k->console, "gauges no longer share this console");
	}
	buf_fini(&s->seen);
	buf_fini(&s->request);
	mem_free(s->spec);
	mem_free(s);
}

static void
enter(struct link *s, enum phase phase)
{
	s->phase = phase;
	s->since = s->heard_at = sys_mono();
	buf_clear(&s->seen);
}

static void
say(struct link *s, const char *text)
{
	sieve_asked(&s->sieve, text, strlen(text));
	(void)console_share_write(s->k->console, text, strlen(text), NULL);
}

/* The console's own: it is shown, and its last line is remembered. */
static void
pass(struct link *s, const char *p, size_t n)
{
	console_show(s->k->console, p, n);
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n') {
			s->back = s->back || message_at_prompt(s);
			s->tail_n = 0;
			s->long_line = false;
		} else if (s->tail_n < PROMPT) {
			s->tail[s->tail_n++] = p[i];
		} else {
			s->long_line = true;
		}
	}
}

/* The wire is everybody's again. The prompt is not on the last line any more where something was
 * shown: it is drawn again, as the shell did. */
static void
release(struct link *s)
{
	struct slice rest = sieve_rest(&s->sieve);
	const struct slice prompt = slice_make(s->prompt, s->prompt_n);
	const bool whole = s->phase == LEAVING || s->phase == TAUGHT || s->phase == FORGETTING;

	if (rest.n >= prompt.n && slice_eq(slice_make(rest.p, prompt.n), prompt))
		rest = slice_skip(rest, prompt.n);
	if (whole && (s->sieve.shown || rest.n != 0)) {
		s->tail_n = 0;
		if (s->sieve.shown)
			pass(s, s->prompt, s->prompt_n);
		pass(s, rest.p, rest.n);
	}
	enter(s, IDLE);
	loop_timer_stop(s->timer);
	s->timer = NULL;
	console_hold(s->k->console, false);
}

static void
fail(struct link *s, enum err code, const char *next, const char *what)
{
	struct err_msg why;

	(void)err_set(&why, code, s->spec, next, "%s", what);
	if (s->phase != IDLE)
		release(s);
	s->over = true;
	s->taught = false;
	if (s->cb != NULL)
		s->cb->over(s->arg, &why);
}

/* ---- steps ---- */

/* The prompt at the start of a line, whatever stands behind it; or one like it and silence. */
static bool
prompt_is_back(const struct link *s, uint64_t now)
{
	const struct slice all = slice_make(s->seen.data, s->seen.len),
			   rest = sieve_rest(&s->sieve);
	const int64_t at = s->prompt_n != 0 ?
	    slice_find(all, slice_make(s->prompt, s->prompt_n)) : -1;

	if (at == 0 || (at > 0 && (all.p[at - 1] == '\n' || all.p[at - 1] == '\r')))
		return true;
	return rest.n <= PROMPT && now - s->heard_at > QUIET && is_like(s, rest.p, rest.n);
}


static void
start_teaching(struct link *s)
{
	enter(s, TEACHING);
	say(s, teach);
}

/* A line of what was heard that is a prompt with a message behind it. */
static bool
find_prompt(const struct link *s, struct slice *out)
{
	struct slice all = slice_make(s->seen.data, s->seen.len);
	char plain[PROMPT];

	while (all.n != 0) {
		const struct slice line = slice_cut(all, '\n', &all);
		const long at = sieve_stamp(line);

		*out = slice_make(line.p, at > 0 && at < PROMPT ? (size_t)at : 0);
		if (sieve_is_prompt(sieve_plain(*out, plain)))
			return true;
	}
	return false;
}

/* What stands there instead of a prompt. */
static void
no_prompt(struct link *s, struct slice text, uint64_t now)
{
	static const struct {
		const char *tail, *why, *next;
	} known[] = {
		{ "login:", "a login prompt waits there", "log in on it first" },
		{ "assword:", "a password prompt waits there", "log in on it first" },
		{ "=>", "a boot loader's prompt stands there", "boot it first" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (slice_ends(slice_trim(text), known[i].tail)) {
			fail(s, ERR_MODE, known[i].next, known[i].why);
			return;
		}
	if (now - s->since > PATIENCE)
		fail(s, ERR_TIMEOUT, "see what runs there", text.n != 0 ?
		    "its shell is not at a prompt" : "nothing answers");
}

static void
look(struct link *s, uint64_t now)
{
	char plain[PROMPT];
	struct slice rest = sieve_rest(&s->sieve), prompt,
		     text = sieve_plain(slice_make(rest.p, rest.n < PROMPT ? rest.n : 0), plain);

	if (sieve_is_prompt(text) && now - s->heard_at > QUIET) {
		know_prompt(s, rest.p, rest.n);
		start_teaching(s);
	} else if (find_prompt(s, &prompt)) {
		know_prompt(s, prompt.p, prompt.n);
		start_teaching(s);
	} else if (now - s->heard_at > QUIET || now - s->since > PATIENCE) {
		no_prompt(s, text, now);
	}
}

static void
ready(struct link *s)
{
	release(s);
	s->taught = true;
	console_mark(s->k->console, "gauges share this console; their samples are not in its log");
	if (s->cb != NULL)
		s->cb->ready(s->arg);
}

/* The last words; this object lives until they are answered. */
static void
forget(struct link *s)
{
	enter(s, FORGETTING);
	say(s, " unset -f vs\r");
}

static void
no_posix(struct link *s)
{
	fail(s, ERR_UNSUPPORTED, "a POSIX shell has to be there", "no answer of one");
}

static void
forgotten(struct link *s)
{
	fail(s, ERR_LOST, NULL, "its shell does not know the sampler any more");
}

static void
left(struct link *s)
{
	if (s->cb == NULL)
		forget(s);
	else
		release(s);
}

static void
left_late(struct link *s)
{
	s->dirty = true;                /* until a prompt is seen */
	left(s);
}

static void
gone(struct link *s)
{
	release(s);
	link_free(s);
}

/* What ends a phase: its prompt, and time. */
static const struct {
	void (*prompt)(struct link *s), (*late)(struct link *s);
} end_of[FORGETTING + 1] = {
	[TEACHING] = { NULL, no_posix }, [TAUGHT] = { ready, ready },
	[CALLING] = { NULL, forgotten }, [LEAVING] = { left, left_late },
	[FORGETTING] = { gone, gone },
};

static void
on_tick(void *arg)
{
	struct link *s = arg;
	const uint64_t now = sys_mono();

	if (s->phase == LOOKING)
		look(s, now);
	else if (end_of[s->phase].prompt != NULL && prompt_is_back(s, now))
		end_of[s->phase].prompt(s);
	else if (end_of[s->phase].late != NULL &&
		 now - s->since > (s->cb != NULL ? PATIENCE : FAREWELL))
		end_of[s->phase].late(s);
}

static void
take_wire(struct link *s, enum phase phase, bool learning)
{
	console_hold(s->k->console, true);
	sieve_begin(&s->sieve, learning);
	enter(s, phase);
	if (s->timer == NULL)
		s->timer = loop_timer_start(s->bench->loop, TICK, TICK, on_tick, s);
}

/* ---- what the board says ---- */

static void
show(void *arg, const char *p, size_t n)
{
	const struct link *s = arg;

	if (s->k != NULL)
		console_show(s->k->console, p, n);
}

/* The marker, and what came behind it. */
static bool
marked(struct link *s, struct slice *behind)
{
	const struct slice all = slice_make(s->seen.data, s->seen.len);
	const int64_t at = slice_find(all, slice_of(marker));

	if (at < 0)
		return false;
	*behind = slice_skip(all, (size_t)at + sizeof marker - 1);
	return true;
}

static void
step(struct link *s)
{
	static const char end[] = "\004";
	struct slice behind;

	if (s->phase == TEACHING && marked(s, &behind)) {
		enter(s, TAUGHT);
		say(s, remote_shared_script);
		say(s, end);
	} else if (s->phase == CALLING && marked(s, &behind)) {
		s->phase = LOOP;
		if (behind.n != 0 && s->cb != NULL)
			s->cb->bytes(s->arg, behind.p, behind.n);
		sieve_asked(&s->sieve, s->request.data, s->request.len);
		(void)console_share_write(s->k->console, s->request.data, s->request.len, NULL);
		buf_clear(&s->request);
	} else if (s->phase != LOOP && s->phase != CALLING && s->phase != LOOKING) {
		on_tick(s);
	}
}

static void
on_bytes(void *arg, const char *p, size_t n)
{
	struct link *s = arg;

	s->heard_at = sys_mono();
	if (s->phase == IDLE) {
		pass(s, p, n);
		return;
	}
	sieve_feed(&s->sieve, p, n);
	if (s->phase == LOOP) {
		if (s->cb != NULL)
			s->cb->bytes(s->arg, p, n);
		return;
	}
	if (s->seen.len + n > SEEN)
		buf_eat(&s->seen, s->seen.len < SEEN / 2 ? s->seen.len : SEEN / 2);
	(void)buf_add(&s->seen, n > SEEN / 2 ? p + n - SEEN / 2 : p, n > SEEN / 2 ? SEEN / 2 : n);
	step(s);
}

/* A terminal's answer about its cursor is nobody's typing. */
static bool
is_report(const char *p, size_t n)
{
	return n >= 6 && p[0] == '\033' && p[1] == '[' && p[n - 1] == 'R';
}

static void
on_typed(void *arg, const char *p, size_t n)
{
	struct link *s = arg;

	if (n == 0 || is_report(p, n))
		return;
	s->dirty = true;
	s->back = false;
	s->typed = p[n - 1];
	s->typed_at = sys_mono();
}

static void
on_lost(void *arg, const struct err_msg *why)
{
	struct link *s = arg;

	s->k = NULL;
	loop_timer_stop(s->timer);
	s->timer = NULL;
	if (s->cb == NULL)
		link_free(s);
	else
		s->cb->over(s->arg, why);
}

/* ---- the link ---- */

static enum err
check(const char *spec, struct err_msg *why)
{
	(void)spec;
	(void)why;
	return ERR_OK;
}

/* What stands on the last line now, out of what came before. */
static void
read_tail(struct link *s)
{
	const struct ring *r = console_ring(s->k->console);
	const uint64_t first = ring_first(r),
		       from = r->end - first > PROMPT ? r->end - PROMPT : first;
	char text[PROMPT];
	const size_t n = ring_copy(r, from, text, sizeof text);
	size_t at = n;

	while (at != 0 && text[at - 1] != '\n')
		at--;
	s->long_line = at == 0 && n == PROMPT;
	s->tail_n = n - at;
	memcpy(s->tail, text + at, s->tail_n);
}

static void
begin(struct link *s)
{
	char plain[PROMPT];
	const struct slice text = sieve_plain(slice_make(s->tail, s->tail_n), plain);

	if (sieve_is_prompt(text) && !s->long_line) {
		take_wire(s, TEACHING, true);
		know_prompt(s, s->tail, s->tail_n);
		start_teaching(s);
		return;
	}
	take_wire(s, LOOKING, true);
	/* An empty line may be answered by a prompt, and so may the start of a kernel's message; a
	 * half-typed one is not to be sent off. */
	if (text.n == 0 || text.p[0] == '[')
		say(s, "\r");
	else
		(void)sieve_feed(&s->sieve, s->tail, s->tail_n);
}

static struct link *
share_open(struct loop *l, const char *spec, void *with, const struct link_cb *cb, void *arg,
    struct err_msg *why)
{
	static const struct console_sharer sharer = { .bytes = on_bytes, .typed = on_typed,
		.lost = on_lost };
	struct bench *b = with;
	struct bench_console *k = consoles_named(b, spec + sizeof scheme - 1);
	struct link *s;

	(void)l;
	if (k == NULL || k->closing) {
		(void)err_set(why, ERR_NOENT, spec, NULL, "there is no such console any more");
		return NULL;
	}
	if (k->lock != NULL || at_busy(console_at(k->console)) || k->lent_to != NULL) {
		(void)err_set(why, ERR_BUSY, spec, NULL, "the console is in use: %s",
		    k->lent_to != NULL ? k->lent_to : "AT commands or a transfer");
		return NULL;
	}
	s = mem_zero(1, sizeof *s);
	if (console_share(k->console, &sharer, s, why) != ERR_OK) {
		mem_free(s);
		return NULL;
	}
	s->bench = b;
	s->k = k;
	s->cb = cb;
	s->arg = arg;
	s->spec = mem_str(spec);
	buf_init(&s->seen, SEEN);
	buf_init(&s->request, REQUEST);
	sieve_init(&s->sieve, show, s);
	read_tail(s);
	begin(s);
	return s;
}

/* The first request of a round calls the sampler; the next ones find it listening. */
static void
share_write(struct link *s, const char *p, size_t n)
{
	if (s->k == NULL || s->over)
		return;
	if (s->phase == LOOP) {
		sieve_asked(&s->sieve, p, n);
		(void)console_share_write(s->k->console, p, n, NULL);
		return;
	}
	if (s->phase != IDLE && s->phase != CALLING)
		return;
	if (s->phase == IDLE)
		buf_clear(&s->request);
	(void)buf_add(&s->request, p, n);
	if (s->phase == CALLING)
		return;
	take_wire(s, CALLING, false);
	say(s, " vs\r");
}

static bool
share_may(struct link *s)
{
	const uint64_t now = sys_mono();

	if (s->k == NULL || s->over || s->phase != IDLE || s->k->lock != NULL ||
	    at_busy(console_at(s->k->console)))
		return false;
	if (!s->dirty)
		return true;
	if (strchr("\r\n\003\004", s->typed) == NULL || now - s->typed_at < QUIET)
		return false;
	if (now - s->heard_at > QUIET && !s->long_line && is_like(s, s->tail, s->tail_n))
		know_prompt(s, s->tail, s->tail_n);
	else if (!s->back)
		return false;
	s->dirty = false;
	return true;
}

static void
share_idle(struct link *s)
{
	if (s->k == NULL || (s->phase != LOOP && s->phase != CALLING))
		return;
	enter(s, LEAVING);
	say(s, "q\n");
}

/* The shell forgets what it learned, where it listens; this object lives until then. */
static void
share_close(struct link *s)
{
	s->cb = NULL;
	if (s->k == NULL || s->phase == TEACHING || s->phase == LOOKING) {
		if (s->k != NULL)
			release(s);
		link_free(s);
	} else if (s->phase == IDLE && !s->dirty && s->taught) {
		take_wire(s, FORGETTING, false);
		forget(s);
	} else if (s->phase == IDLE) {
		link_free(s);
	} else if (s->phase == LOOP || s->phase == CALLING) {
		enter(s, LEAVING);
		say(s, "q\n");
	}
}

static unsigned
share_baud(const struct link *s)
{
	const uint32_t baud = s->k != NULL ? console_settings(s->k->console)->baud : 0;

	return baud != 0 ? baud : 115200;
}

const struct link_ops gauge_share_ops = {
	.scheme = scheme, .check = check, .open = share_open, .write = share_write,
	.close = share_close, .baud = share_baud, .may = share_may, .idle = share_idle,
};
