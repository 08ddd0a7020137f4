/* meaning.c - a table of the protocol's packets and their words. */
#include "rsp/meaning.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "rsp/packet.h"

struct words {
	char *out;
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void
say(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->out + w->n, RSP_WORDS_MAX - w->n, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->n = w->n + (size_t)n < RSP_WORDS_MAX ? w->n + (size_t)n : RSP_WORDS_MAX - 1;
}

/* What a peer said, as it is but for its control bytes. */
static void
say_slice(struct words *w, struct slice s)
{
	for (size_t i = 0; i < s.n && w->n + 1 < RSP_WORDS_MAX; i++)
		w->out[w->n++] = s.p[i] >= ' ' && s.p[i] < 0x7f ? s.p[i] : '.';
	w->out[w->n] = '\0';
}

static void
say_hex_text(struct words *w, struct slice hex)
{
	struct buf text;

	buf_init(&text, RSP_WORDS_MAX);
	say(w, "\"");
	(void)rsp_from_hex(hex.p, hex.n < RSP_WORDS_MAX ? hex.n & ~(size_t)1 : RSP_WORDS_MAX,
	    &text);
	say_slice(w, slice_trim(slice_make(buf_str(&text), text.len)));
	say(w, "\"");
	buf_fini(&text);
}

/* ---- pieces */

static uint64_t
hex_of(struct slice s)
{
	uint64_t v = 0;

	return slice_hex(s, &v) ? v : 0;
}

/* "ADDR,LEN" and what follows a colon. */
static void
say_range(struct words *w, const char *verb, struct slice args)
{
	struct slice rest, length, tail;
	const struct slice addr = slice_cut(args, ',', &rest);

	length = slice_cut(rest, ':', &tail);
	say(w, "%s %" PRIu64 " bytes at 0x%" PRIx64, verb, hex_of(length), hex_of(addr));
}

typedef void (*words_fn)(struct words *w, const char *text, struct slice args);

static void
plain(struct words *w, const char *text, struct slice args)
{
	(void)args;
	say(w, "%s", text);
}

static void
named(struct words *w, const char *text, struct slice args)
{
	say(w, "%s ", text);
	say_slice(w, args);
}

static void
range(struct words *w, const char *text, struct slice args)
{
	say_range(w, text, args);
}

static void
reg(struct words *w, const char *text, struct slice args)
{
	struct slice rest;
	const struct slice number = slice_cut(args, '=', &rest);

	say(w, "%s %" PRIu64, text, hex_of(number));
	if (rest.n != 0) {
		say(w, " = ");
		say_slice(w, rest);
	}
}

static void
breakpoint(struct words *w, const char *text, struct slice args)
{
	static const char *const kinds[] = { "software breakpoint", "hardware breakpoint",
		"write watchpoint", "read watchpoint", "access watchpoint" };
	struct slice rest;
	const uint64_t kind = hex_of(slice_cut(args, ',', &rest));
	const struct slice addr = slice_cut(rest, ',', &rest);

	say(w, "%s a %s at 0x%" PRIx64, text,
	    kind < sizeof kinds / sizeof *kinds ? kinds[kind] : "breakpoint of unknown kind",
	    hex_of(addr));
}

static void
monitor(struct words *w, const char *text, struct slice args)
{
	say(w, "%s ", text);
	say_hex_text(w, args);
}

static void
xfer(struct words *w, const char *text, struct slice args)
{
	struct slice rest, object = slice_cut(args, ':', &rest), verb = slice_cut(rest, ':', &rest),
		     annex = slice_cut(rest, ':', &rest), length, offset;

	offset = slice_cut(rest, ',', &length);
	say(w, "%s ", slice_is(verb, "write") ? "write" : text);
	say_slice(w, object);
	if (annex.n != 0) {
		say(w, " ");
		say_slice(w, annex);
	}
	say(w, " from %" PRIu64, hex_of(offset));
	if (length.n != 0)
		say(w, ", at most %" PRIu64 " bytes", hex_of(length));
}

static void
vcont(struct words *w, const char *text, struct slice args)
{
	static const struct { char c; const char *word; } acts[] = {
		{ 'c', "continue" }, { 'C', "continue with a signal" }, { 's', "step" },
		{ 'S', "step with a signal" }, { 't', "stop" }, { 'r', "step within a range" },
	};
	bool first = true;

	(void)text;
	while (args.n != 0 && w->n + 40 < RSP_WORDS_MAX) {
		struct slice one = slice_cut(args, ';', &args), thread;
		const struct slice act = slice_cut(one, ':', &thread);
		const char *word = "do something unknown";

		for (size_t i = 0; act.n != 0 && i < sizeof acts / sizeof *acts; i++)
			if (act.p[0] == acts[i].c)
				word = acts[i].word;
		if (one.n == 0)
			continue;
		say(w, "%s%s", first ? "" : ", ", word);
		first = false;
		if (thread.n != 0) {
			say(w, " thread ");
			say_slice(w, thread);
		}
	}
}

/* ---- requests */

static const struct request {
	const char *prefix;
	words_fn words;
	const char *text;
	enum rsp_answer answer;
} requests[] = {
	{ "qSupported", plain, "what can you do?", RSP_ANSWER_ONE },
	{ "QStartNoAckMode", plain, "no more acknowledgements", RSP_ANSWER_ONE },
	{ "qXfer:", xfer, "read", RSP_ANSWER_ONE },
	{ "qRcmd,", monitor, "monitor command", RSP_ANSWER_ONE },
	{ "qCRC:", range, "CRC of", RSP_ANSWER_ONE },
	{ "qSearch:memory:", range, "search", RSP_ANSWER_ONE },
	{ "qfThreadInfo", plain, "first threads", RSP_ANSWER_ONE },
	{ "qsThreadInfo", plain, "more threads", RSP_ANSWER_ONE },
	{ "qThreadExtraInfo,", named, "describe thread", RSP_ANSWER_ONE },
	{ "qAttached", plain, "was it attached or started?", RSP_ANSWER_ONE },
	{ "qOffsets", plain, "where are the sections?", RSP_ANSWER_ONE },
	{ "qSymbol:", plain, "symbols may be asked for", RSP_ANSWER_ONE },
	{ "qTStatus", plain, "does a trace run?", RSP_ANSWER_ONE },
	{ "qGetTLSAddr:", plain, "address of a thread's variable", RSP_ANSWER_ONE },
	{ "Qqemu.sstep=", named, "QEMU's step flags:", RSP_ANSWER_ONE },
	{ "qqemu.sstepbits", plain, "which step flags does QEMU have?", RSP_ANSWER_ONE },
	{ "QNonStop:", named, "non-stop mode", RSP_ANSWER_ONE },
	{ "QPassSignals:", named, "signals to pass on:", RSP_ANSWER_ONE },
	{ "QProgramSignals:", named, "signals the program gets:", RSP_ANSWER_ONE },
	{ "QThreadEvents:", named, "thread events", RSP_ANSWER_ONE },
	{ "qC", plain, "current thread?", RSP_ANSWER_ONE },
	{ "vCont?", plain, "which vCont actions are there?", RSP_ANSWER_ONE },
	{ "vCont;", vcont, "", RSP_ANSWER_STOP },
	{ "vCtrlC", plain, "interrupt", RSP_ANSWER_ONE },
	{ "vMustReplyEmpty", plain, "an unknown packet, on purpose", RSP_ANSWER_ONE },
	{ "vFlashErase:", range, "erase flash:", RSP_ANSWER_ONE },
	{ "vFlashWrite:", named, "write flash at 0x", RSP_ANSWER_ONE },
	{ "vFlashDone", plain, "flash is written", RSP_ANSWER_ONE },
	{ "vRun", plain, "run a program", RSP_ANSWER_STOP },
	{ "vAttach;", named, "attach to", RSP_ANSWER_STOP },
	{ "vFile:", named, "host file", RSP_ANSWER_ONE },
	{ "vKill;", named, "kill process", RSP_ANSWER_ONE },
	{ "vStopped", plain, "more stops?", RSP_ANSWER_ONE },
	{ "?", plain, "why did it stop?", RSP_ANSWER_ONE },
	{ "!", plain, "extended mode", RSP_ANSWER_ONE },
	{ "g", plain, "read all registers", RSP_ANSWER_ONE },
	{ "G", plain, "write all registers", RSP_ANSWER_ONE },
	{ "p", reg, "read register", RSP_ANSWER_ONE },
	{ "P", reg, "write register", RSP_ANSWER_ONE },
	{ "m", range, "read", RSP_ANSWER_ONE },
	{ "x", range, "read (binary)", RSP_ANSWER_ONE },
	{ "M", range, "write", RSP_ANSWER_ONE },
	{ "X", range, "write (binary)", RSP_ANSWER_ONE },
	{ "Z", breakpoint, "set", RSP_ANSWER_ONE },
	{ "z", breakpoint, "take away", RSP_ANSWER_ONE },
	{ "Hg", named, "thread of later requests:", RSP_ANSWER_ONE },
	{ "Hc", named, "thread to run:", RSP_ANSWER_ONE },
	{ "T", named, "is this thread alive:", RSP_ANSWER_ONE },
	{ "c", plain, "continue", RSP_ANSWER_STOP },
	{ "C", named, "continue with signal", RSP_ANSWER_STOP },
	{ "s", plain, "step", RSP_ANSWER_STOP },
	{ "S", named, "step with signal", RSP_ANSWER_STOP },
	{ "D", plain, "detach", RSP_ANSWER_ONE },
	{ "k", plain, "kill the program", RSP_ANSWER_NONE },
	{ "R", plain, "restart", RSP_ANSWER_NONE },
	{ "F", plain, "result of the host file call", RSP_ANSWER_STOP },
};

static const struct request *
request_of(struct slice body)
{
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		if (slice_starts(body, requests[i].prefix))
			return &requests[i];
	return NULL;
}

enum rsp_answer
rsp_answer_of(struct slice request)
{
	const struct request *r = request_of(request);

	return r != NULL ? r->answer : RSP_ANSWER_ONE;
}

void
rsp_request_words(struct slice body, char out[RSP_WORDS_MAX])
{
	const struct request *r = request_of(body);
	struct words w = { .out = out };

	out[0] = '\0';
	if (r != NULL)
		r->words(&w, r->text, slice_skip(body, strlen(r->prefix)));
	else
		say(&w, "a request unknown here");
}

/* ---- replies */

bool
rsp_is_stop(struct slice b)
{
	return b.n >= 1 && (((b.p[0] == 'S' || b.p[0] == 'T' || b.p[0] == 'W' || b.p[0] == 'X' ||
	    b.p[0] == 'w') && b.n >= 3 && rsp_digit(b.p[1]) >= 0) || slice_is(b, "N"));
}

bool
rsp_is_on_the_way(struct slice b)
{
	return (b.n > 1 && b.p[0] == 'O' && !slice_is(b, "OK")) || (b.n > 1 && b.p[0] == 'F');
}

bool
rsp_is_error(struct slice b)
{
	return b.n >= 3 && b.p[0] == 'E' &&
	    (b.p[1] == '.' || (b.n == 3 && rsp_digit(b.p[1]) >= 0 && rsp_digit(b.p[2]) >= 0));
}

int
rsp_stop_signal(struct slice b)
{
	uint64_t v;

	if (b.n < 3 || (b.p[0] != 'S' && b.p[0] != 'T') || !slice_hex(slice_make(b.p + 1, 2), &v))
		return -1;
	return (int)v;
}

const char *
rsp_signal_name(int signal)
{
	static const char *const names[] = { "none", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL",
		"SIGTRAP", "SIGABRT", "SIGEMT", "SIGFPE", "SIGKILL", "SIGBUS", "SIGSEGV", "SIGSYS",
		"SIGPIPE", "SIGALRM", "SIGTERM", "SIGURG", "SIGSTOP", "SIGTSTP", "SIGCONT",
		"SIGCHLD" };

	return signal >= 0 && (size_t)signal < sizeof names / sizeof *names ? names[signal] : "?";
}

static void
stop_words(struct words *w, struct slice b)
{
	struct slice rest = slice_skip(b, 3);

	if (b.p[0] == 'W' || b.p[0] == 'X') {
		say(w, b.p[0] == 'W' ? "ended with status " : "killed by signal ");
		say_slice(w, slice_skip(b, 1));
		return;
	}
	say(w, "stopped: %s", rsp_signal_name(rsp_stop_signal(b)));
	while (rest.n != 0) {
		struct slice value, pair = slice_cut(rest, ';', &rest);
		const struct slice key = slice_cut(pair, ':', &value);
		const bool is_register = key.n <= 2 && rsp_digit(key.n != 0 ? key.p[0] : ' ') >= 0;

		if (key.n == 0 || is_register)
			continue;
		say(w, ", ");
		say_slice(w, key);
		say(w, value.n != 0 ? " " : "");
		say_slice(w, value);
	}
}

static void
data_words(struct words *w, struct slice request, struct slice b)
{
	if (request.n != 0 && request.p[0] == 'm')
		say(w, "%zu bytes", b.n / 2);
	else if (request.n != 0 && request.p[0] == 'x')
		say(w, "%zu bytes", b.n != 0 ? b.n - 1 : 0);
	else if (slice_is(request, "g"))
		say(w, "%zu bytes of registers", b.n / 2);
	else if (slice_starts(request, "qXfer:"))
		say(w, "%zu bytes%s", b.n != 0 ? b.n - 1 : 0,
		    b.n != 0 && b.p[0] == 'l' ? ", the last" : ", there is more");
	else if (slice_starts(request, "qRcmd,"))
		say_hex_text(w, b);
	else
		say_slice(w, b);
}

void
rsp_reply_words(struct slice request, struct slice b, char out[RSP_WORDS_MAX])
{
	struct words w = { .out = out };

	out[0] = '\0';
	if (b.n == 0) {
		say(&w, "not supported");
	} else if (slice_is(b, "OK")) {
		say(&w, "done");
	} else if (rsp_is_error(b)) {
		say(&w, "error ");
		say_slice(&w, slice_skip(b, 1));
	} else if (rsp_is_stop(b) && (request.n == 0 || request.p[0] == '?' ||
	    rsp_answer_of(request) == RSP_ANSWER_STOP)) {
		stop_words(&w, b);
	} else if (rsp_is_on_the_way(b) && b.p[0] == 'O') {
		say(&w, "prints ");
		say_hex_text(&w, slice_skip(b, 1));
	} else {
		data_words(&w, request, b);
	}
}
