/* causes.c - tables of wait states and of the libraries' typical stacks. */
#include "pprof/causes.h"

#include <string.h>

enum { LOOK_FRAMES = 12, LOOK_LINES = 80 };

static const char *const class_words[CAUSES_CLASSES] = {
	[CAUSES_UNKNOWN] = "not known",
	[CAUSES_RECEIVE] = "chan receive",
	[CAUSES_SEND] = "chan send",
	[CAUSES_NIL] = "nil chan",
	[CAUSES_SELECT] = "select",
	[CAUSES_NO_CASES] = "select (no cases)",
	[CAUSES_SEMAPHORE] = "semacquire",
	[CAUSES_MUTEX] = "mutex",
	[CAUSES_WAITGROUP] = "WaitGroup",
	[CAUSES_COND] = "cond",
	[CAUSES_IO] = "IO wait",
	[CAUSES_SLEEP] = "sleep",
	[CAUSES_SYSCALL] = "syscall",
	[CAUSES_RUN] = "running",
	[CAUSES_RUNTIME] = "runtime",
};

const char *
causes_class_word(enum causes_class c)
{
	return c < CAUSES_CLASSES ? class_words[c] : "";
}

/* Beginnings of state words; the longer one first where two match. */
static const struct {
	const char *begin;
	enum causes_class class;
} states[] = {
	{ "chan receive (nil", CAUSES_NIL },
	{ "chan send (nil", CAUSES_NIL },
	{ "chan receive", CAUSES_RECEIVE },
	{ "chan send", CAUSES_SEND },
	{ "select (no cases", CAUSES_NO_CASES },
	{ "select", CAUSES_SELECT },
	{ "semacquire", CAUSES_SEMAPHORE },
	{ "sync.Mutex", CAUSES_MUTEX },
	{ "sync.RWMutex", CAUSES_MUTEX },
	{ "sync.WaitGroup", CAUSES_WAITGROUP },
	{ "sync.Cond", CAUSES_COND },
	{ "IO wait", CAUSES_IO },
	{ "sleep", CAUSES_SLEEP },
	{ "timer goroutine", CAUSES_RUNTIME },
	{ "syscall", CAUSES_SYSCALL },
	{ "running", CAUSES_RUN },
	{ "runnable", CAUSES_RUN },
	{ "copystack", CAUSES_RUN },
	{ "preempted", CAUSES_RUN },
	{ "finalizer wait", CAUSES_RUNTIME },
	{ "cleanup wait", CAUSES_RUNTIME },
	{ "GC ", CAUSES_RUNTIME },
	{ "garbage collection", CAUSES_RUNTIME },
	{ "force gc", CAUSES_RUNTIME },
	{ "trace reader", CAUSES_RUNTIME },
	{ "idle", CAUSES_RUNTIME },
	{ "synctest", CAUSES_COND },
	{ "coroutine", CAUSES_RUN },
};

/* The same from frames, where a profile has no states. */
static const struct {
	const char *function;
	enum causes_class class;
} parks[] = {
	{ "sync.(*WaitGroup).Wait", CAUSES_WAITGROUP },
	{ "sync.(*Mutex).Lock", CAUSES_MUTEX },
	{ "sync.(*Mutex).lockSlow", CAUSES_MUTEX },
	{ "sync.(*RWMutex).", CAUSES_MUTEX },
	{ "internal/sync.(*Mutex).", CAUSES_MUTEX },
	{ "sync.(*Cond).Wait", CAUSES_COND },
	{ "sync.runtime_notifyListWait", CAUSES_COND },
	{ "sync.runtime_Semacquire", CAUSES_SEMAPHORE },
	{ "runtime.chanrecv", CAUSES_RECEIVE },
	{ "runtime.chansend", CAUSES_SEND },
	{ "runtime.selectgo", CAUSES_SELECT },
	{ "runtime.block", CAUSES_NO_CASES },
	{ "reflect.rselect", CAUSES_SELECT },
	{ "internal/poll.runtime_pollWait", CAUSES_IO },
	{ "runtime.netpollblock", CAUSES_IO },
	{ "net.runtime_pollWait", CAUSES_IO },
	{ "time.Sleep", CAUSES_SLEEP },
	{ "runtime.timeSleep", CAUSES_SLEEP },
	{ "syscall.", CAUSES_SYSCALL },
	{ "runtime/internal/syscall.", CAUSES_SYSCALL },
	{ "runtime.cgocall", CAUSES_SYSCALL },
	{ "internal/runtime/syscall.", CAUSES_SYSCALL },
	{ "os/signal.signal_recv", CAUSES_RUNTIME },
	{ "runtime.runfinq", CAUSES_RUNTIME },
	{ "runtime.bgsweep", CAUSES_RUNTIME },
	{ "runtime/pprof.", CAUSES_RUN },
	{ "runtime.goroutineProfile", CAUSES_RUN },
};

static bool
has_frame(const struct dump_frame *frame, uint32_t frames, const char *function)
{
	for (uint32_t i = 0; i < frames && i < LOOK_FRAMES; i++)
		if (slice_starts(frame[i].function, function))
			return true;
	return false;
}

static enum causes_class
class_of_frames(const struct dump_frame *frame, uint32_t frames)
{
	for (size_t i = 0; i < sizeof(parks) / sizeof(parks[0]); i++)
		if (has_frame(frame, frames < 6 ? frames : 6, parks[i].function))
			return parks[i].class;
	return CAUSES_UNKNOWN;
}

enum causes_class
causes_class_of(struct slice state, const struct dump_frame *frame, uint32_t frames)
{
	enum causes_class c = CAUSES_UNKNOWN, by_frames;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (slice_starts(state, states[i].begin)) {
			c = states[i].class;
			break;
		}
	if (c != CAUSES_UNKNOWN && c != CAUSES_SEMAPHORE)
		return c;
	/* semacquire is a mutex, a WaitGroup or none: the frames tell */
	by_frames = class_of_frames(frame, frames);
	return c == CAUSES_SEMAPHORE && by_frames == CAUSES_UNKNOWN ? c : by_frames;
}

uint32_t
causes_own_frame(const struct dump_frame *frame, uint32_t frames)
{
	static const char *const way[] = { "runtime.", "runtime/", "sync.", "sync/atomic.",
		"internal/", "time.Sleep", "syscall.", "net.", "bufio.", "io.", "os.", "reflect.",
		"crypto/tls.", "net/http.(*connReader)", "net/http.(*persistConn)",
		"non-Go function", "panic", "golang.org/x/sync/", "context." };

	for (uint32_t i = 0; i < frames; i++) {
		bool other = true;

		for (size_t w = 0; other && w < sizeof(way) / sizeof(way[0]); w++)
			other = !slice_starts(frame[i].function, way[w]);
		if (other)
			return i;
	}
	return frames == 0 ? 0 : frames - 1;
}

/* ---- causes */

#define ANY CAUSES_CLASSES

static const struct rule {
	enum causes_class class; /* ANY */
	enum causes_hint hint;   /* CAUSES_NO_SOURCE: whatever it is */
	const char *function;    /* a beginning; NULL: whatever stands there */
	struct causes_cause cause;
} rules[] = {
	{ CAUSES_NIL, CAUSES_NO_SOURCE, NULL,
	    { "nil channel", "It uses a channel that is nil: that blocks for ever.",
		"where this channel should have been made, and copies of a struct taken before",
		false } },
	{ CAUSES_NO_CASES, CAUSES_NO_SOURCE, NULL,
	    { "empty select", "select {} blocks for ever, by intention or not.",
		"fine in main; elsewhere give it a way to end", false } },
	{ ANY, CAUSES_NO_SOURCE, "net/http.(*persistConn).readLoop",
	    { "http client, idle connection",
		"An HTTP client keeps this connection for another request.",
		"is every resp.Body read to its end and closed? one http.Client for all, "
		"IdleConnTimeout set?",
		true } },
	{ ANY, CAUSES_NO_SOURCE, "net/http.(*persistConn).writeLoop",
	    { "http client, idle connection",
		"The writing half of a connection an HTTP client keeps.",
		"is every resp.Body read to its end and closed? one http.Client for all, "
		"IdleConnTimeout set?",
		true } },
	{ ANY, CAUSES_NO_SOURCE, "net/http.(*persistConn).roundTrip",
	    { "http client, no answer", "It waits for the answer to an HTTP request.",
		"Client.Timeout, or a request made with NewRequestWithContext and a deadline",
		false } },
	{ ANY, CAUSES_NO_SOURCE, "net/http.(*connReader).backgroundRead",
	    { "http server, in a handler",
		"It watches for the client to hang up while a handler runs.",
		"the handler of the same connection: it is that which takes long", true } },
	{ CAUSES_IO, CAUSES_NO_SOURCE, "net/http.(*conn).serve",
	    { "http server, keep-alive", "A client keeps its connection open between two requests.",
		"Server.IdleTimeout and ReadHeaderTimeout, if there are many", true } },
	{ ANY, CAUSES_NO_SOURCE, "database/sql.(*DB).connectionOpener",
	    { "database pool", "An open sql.DB has one such goroutine.",
		"one sql.DB for the program; Close the others", true } },
	{ ANY, CAUSES_NO_SOURCE, "database/sql.(*DB).conn",
	    { "database pool is empty",
		"It waits for a database connection that another one gives back.",
		"rows.Close() and tx.Commit/Rollback on every path; SetMaxOpenConns", false } },
	{ ANY, CAUSES_NO_SOURCE, "context.propagateCancel.func",
	    { "context", "It watches a context that is never cancelled.",
		"call the cancel function on every path: defer cancel()", false } },
	{ ANY, CAUSES_NO_SOURCE, "context.(*cancelCtx).propagateCancel.func",
	    { "context", "It watches a context that is never cancelled.",
		"call the cancel function on every path: defer cancel()", false } },
	{ ANY, CAUSES_NO_SOURCE, "os/signal.signal_recv",
	    { "signals", "The runtime's receiver of signals.", "nothing: one is normal", true } },
	{ ANY, CAUSES_NO_SOURCE, "runtime.runfinq",
	    { "finalizers", "The runtime's goroutine for finalizers waits for work.",
		"nothing, unless it is inside a finalizer that blocks", true } },
	{ CAUSES_WAITGROUP, CAUSES_NO_SOURCE, NULL,
	    { "WaitGroup", "It waits for a WaitGroup whose counter does not come to zero.",
		"a missing defer wg.Done(), an Add too many, or a worker that is stuck itself",
		false } },
	{ CAUSES_MUTEX, CAUSES_NO_SOURCE, "sync.(*RWMutex).",
	    { "RWMutex", "It waits for a read-write lock that somebody keeps.",
		"who holds it: a missing Unlock, RLock within RLock, or I/O done under the lock",
		false } },
	{ CAUSES_MUTEX, CAUSES_NO_SOURCE, NULL,
	    { "mutex", "It waits for a lock that somebody keeps.",
		"who holds it: a missing Unlock, the same lock taken twice, or I/O done under it",
		false } },
	{ CAUSES_COND, CAUSES_NO_SOURCE, NULL,
	    { "sync.Cond", "It waits for a Signal or Broadcast.",
		"is the condition changed under the lock, and Signal called after it?", false } },
	{ CAUSES_SEMAPHORE, CAUSES_NO_SOURCE, NULL,
	    { "semaphore", "It waits for a lock or a WaitGroup.", "who should release it",
		false } },
	{ CAUSES_RECEIVE, CAUSES_TICKER, NULL,
	    { "ticker", "It receives from a timer or ticker: it never ends by itself.",
		"select with ctx.Done() beside it; ticker.Stop() alone does not end the loop",
		false } },
	{ CAUSES_RECEIVE, CAUSES_NO_SOURCE, NULL,
	    { "channel receive", "It waits to receive, and nobody sends or closes the channel.",
		"the sender: did it return early, or should it close the channel when it is done?",
		false } },
	{ CAUSES_SEND, CAUSES_NO_SOURCE, NULL,
	    { "channel send", "It waits to send, and nobody receives.",
		"the receiver returned early (timeout, error)? make the channel buffered by one, "
		"or select "
		"with ctx.Done()",
		false } },
	{ CAUSES_SELECT, CAUSES_HAS_DONE, NULL,
	    { "select", "It waits in a select that has a Done case: nobody cancels that context.",
		"the cancel function of the context it was given", false } },
	{ CAUSES_SELECT, CAUSES_NO_DONE, NULL,
	    { "select without ctx.Done", "It waits in a select of which no case ends it.",
		"add case <-ctx.Done(): return", false } },
	{ CAUSES_SELECT, CAUSES_TIMER, NULL,
	    { "select with a timer", "It wakes by a timer and waits again.",
		"the way out of the loop around it", true } },
	{ CAUSES_SELECT, CAUSES_TICKER, NULL,
	    { "select with a ticker", "It wakes by a ticker and waits again; no case ends it.",
		"add case <-ctx.Done(): return", false } },
	{ CAUSES_SELECT, CAUSES_NO_SOURCE, NULL,
	    { "select", "It waits in a select, and none of its cases comes.",
		"is there a case <-ctx.Done(), and does somebody cancel that context?", false } },
	{ CAUSES_IO, CAUSES_NO_SOURCE, "internal/poll.(*FD).Accept",
	    { "listener", "It waits for connections.", "nothing: one for each listener", true } },
	{ CAUSES_IO, CAUSES_NO_SOURCE, "internal/poll.(*FD).Write",
	    { "network write", "The other side takes no more bytes.",
		"SetWriteDeadline; is the peer still reading?", false } },
	{ CAUSES_IO, CAUSES_NO_SOURCE, "internal/poll.(*FD).Read",
	    { "network read", "The other side sends nothing and does not hang up.",
		"SetReadDeadline, TCP keep-alive; who closes this connection?", false } },
	{ CAUSES_IO, CAUSES_NO_SOURCE, NULL,
	    { "network", "It waits for the network.", "deadlines of this connection", false } },
	{ CAUSES_SLEEP, CAUSES_NO_SOURCE, NULL,
	    { "sleep", "It sleeps, as a rule in a loop.",
		"the way out of the loop; time.NewTimer and ctx.Done() can be waited for together",
		true } },
	{ CAUSES_SYSCALL, CAUSES_NO_SOURCE, "runtime.cgocall",
	    { "C code", "It is in C code, and holds a thread.", "what that call waits for",
		false } },
	{ CAUSES_SYSCALL, CAUSES_NO_SOURCE, NULL,
	    { "system call", "It is in a system call, and holds a thread.",
		"which call: a file, a pipe, a wait for a child?", false } },
	{ CAUSES_RUN, CAUSES_NO_SOURCE, NULL,
	    { "running", "It runs, or is about to.", "a CPU profile, if it is long", true } },
	{ CAUSES_RUNTIME, CAUSES_NO_SOURCE, NULL,
	    { "runtime", "A goroutine of the runtime itself.", "nothing", true } },
	{ ANY, CAUSES_NO_SOURCE, NULL,
	    { "not known", "Its state says nothing.", "its stack", false } },
};

const struct causes_cause *
causes_find(
    enum causes_class c, enum causes_hint hint, const struct dump_frame *frame, uint32_t frames)
{
	const struct rule *last = &rules[sizeof(rules) / sizeof(rules[0]) - 1];

	for (const struct rule *r = rules; r < last; r++)
		if ((r->class == ANY || r->class == c) &&
		    (r->hint == CAUSES_NO_SOURCE || r->hint == hint) &&
		    (r->function == NULL || has_frame(frame, frames, r->function)))
			return &r->cause;
	return &last->cause;
}

/* ---- what the source shows */

static bool
line_has(struct slice s, const char *what)
{
	return slice_find(s, slice_of(what)) >= 0;
}

static int
braces(struct slice s)
{
	int depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '/' && i + 1 < s.n && s.p[i + 1] == '/')
			break;
		depth += s.p[i] == '{';
		depth -= s.p[i] == '}';
	}
	return depth;
}

static bool
is_timer(struct slice s)
{
	return line_has(s, "time.After(") || line_has(s, "imer.C");
}

static bool
is_ticker(struct slice s)
{
	return line_has(s, "icker.C") || line_has(s, "time.Tick(") || line_has(s, "tick.C");
}

/* One select, from the line with its brace to the one that closes it. */
static enum causes_hint
read_select(struct slice text)
{
	enum causes_hint hint = CAUSES_NO_DONE;
	int depth = 0;

	for (int i = 0; i < LOOK_LINES && text.n > 0; i++) {
		struct slice s = slice_trim(slice_cut(text, '\n', &text));

		if (slice_starts(s, "case ") && depth == 1) {
			if (line_has(s, "Done()") || line_has(s, "quit") || line_has(s, "stop") ||
			    line_has(s, "done"))
				return CAUSES_HAS_DONE;
			if (is_timer(s))
				hint = CAUSES_TIMER;
			else if (is_ticker(s) && hint == CAUSES_NO_DONE)
				hint = CAUSES_TICKER;
		}
		depth += braces(s);
		if (depth <= 0)
			return i == 0 ? CAUSES_NO_SOURCE : hint;
	}
	return CAUSES_NO_SOURCE;
}

enum causes_hint
causes_read_source(struct slice text, int64_t line)
{
	struct slice rest = text, s = slice_make("", 0);

	for (int64_t n = 0; n < line; n++) {
		if (rest.n == 0)
			return CAUSES_NO_SOURCE;
		text = rest;
		s = slice_cut(rest, '\n', &rest);
	}
	if (line_has(s, "select {"))
		return read_select(text);
	return is_ticker(s) || is_timer(s) ? CAUSES_TICKER : CAUSES_NO_SOURCE;
}
