/* allow.c - the list of goroutines that are not blamed. */
#include "pprof/allow.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/series_table.h"

static const char defaults[] =
    "testing.RunTests state chan receive\n"
    "testing.(*T).Run state chan receive\n"
    "testing.(*T).Parallel state chan receive\n"
    "testing.runFuzzing state chan receive\n"
    "testing.runFuzzTests state chan receive\n"
    "top runtime.goexit state syscall\n"
    "top os/signal.signal_recv\n"
    "top os/signal.loop\n"
    "runtime.ensureSigM\n"
    "runtime.ReadTrace\n"
    "runtime.runfinq\n"
    /* libraries that keep one or few goroutines for the life of the program */
    "github.com/golang/glog.(*loggingT).flushDaemon\n"
    "github.com/golang/glog.(*fileSink).flushDaemon\n"
    "k8s.io/klog/v2.(*flushDaemon).run*\n"
    "go.opencensus.io/stats/view.(*worker).start\n"
    "github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain\n"
    "github.com/syndtr/goleveldb/leveldb.(*DB).compactionError\n"
    "google.golang.org/grpc/internal/transport.(*http2Server).keepalive\n"
    "google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run\n"
    "google.golang.org/grpc.(*addrConn).resetTransport\n"
    "gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun\n";

void
allow_init(struct allow *a)
{
	*a = (struct allow){ .count = 0 };
}

void
allow_fini(struct allow *a)
{
	for (uint32_t i = 0; i < a->count; i++) {
		mem_free(a->rule[i].name);
		mem_free(a->rule[i].state);
		rx_free(a->rule[i].pattern);
	}
	mem_free(a->rule);
	*a = (struct allow){ .count = 0 };
}

static enum err
take_pattern(struct allow_rule *r, struct slice s, const char *what, struct err_msg *why)
{
	r->where = ALLOW_PATTERN;
	r->name = mem_strn(s.p, s.n);
	return rx_new(&r->pattern, what, slice_make(s.p + 1, s.n - 2), why);
}

static enum err
take_rule(struct allow *a, struct slice s, const char *what, struct err_msg *why)
{
	static const struct {
		const char *word;
		enum allow_where where;
	} words[] = { { "top ", ALLOW_TOP }, { "created ", ALLOW_CREATED }, { "any ", ALLOW_ANY },
		{ "func ", ALLOW_ANY } };
	struct allow_rule *r;
	int64_t at = slice_find(s, slice_of(" state "));

	if (a->count == ALLOW_RULES_MAX ||
	    !series_room(&a->rule, &a->cap, a->count, sizeof(*a->rule)))
		return err_set(why, ERR_LIMIT, what, NULL, "more than %d rules", ALLOW_RULES_MAX);
	r = &a->rule[a->count++];
	*r = (struct allow_rule){ .own = true };
	if (at >= 0) {
		struct slice state = slice_trim(slice_skip(s, (size_t)at + 7));

		r->state = mem_strn(state.p, state.n);
		s = slice_trim(slice_make(s.p, (size_t)at));
	}
	if (s.n > 2 && s.p[0] == '/' && s.p[s.n - 1] == '/')
		return take_pattern(r, s, what, why);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_starts(s, words[i].word)) {
			r->where = words[i].where;
			s = slice_trim(slice_skip(s, strlen(words[i].word)));
			break;
		}
	r->prefix = slice_ends(s, "*");
	r->name = mem_strn(s.p, s.n - r->prefix);
	if (s.n - r->prefix > 0 && memchr(s.p, ' ', s.n) == NULL)
		return ERR_OK;
	return err_set(why, ERR_CONFIG, what,
	    "a function, top FUNCTION, created FUNCTION or /PATTERN/", "\"%.60s\" is no rule",
	    r->name);
}

enum err
allow_parse(struct allow *a, struct slice text, const char *what, struct err_msg *why)
{
	enum err e = ERR_OK;

	while (text.n > 0 && e == ERR_OK) {
		struct slice s = slice_trim(slice_cut(text, '\n', &text));

		if (s.n > 0 && s.p[0] != '#')
			e = take_rule(a, s, what, why);
	}
	return e;
}

void
allow_defaults(struct allow *a)
{
	uint32_t from = a->count;

	(void)allow_parse(a, slice_make(defaults, sizeof(defaults) - 1), "defaults", NULL);
	for (uint32_t i = from; i < a->count; i++)
		a->rule[i].own = false;
}

static bool
name_is(const struct allow_rule *r, struct slice function)
{
	return r->prefix ? slice_starts(function, r->name) : slice_is(function, r->name);
}

static bool
excuses(const struct allow_rule *r, const struct dump_frame *frame, uint32_t frames,
    struct slice creator)
{
	switch (r->where) {
	case ALLOW_TOP:
		return frames > 0 && name_is(r, frame[0].function);
	case ALLOW_CREATED:
		return creator.n > 0 && name_is(r, creator);
	case ALLOW_PATTERN:
		for (uint32_t i = 0; i < frames; i++)
			if (rx_match(r->pattern, frame[i].function))
				return true;
		return false;
	default:
		for (uint32_t i = 0; i < frames; i++)
			if (name_is(r, frame[i].function))
				return true;
		return false;
	}
}

const struct allow_rule *
allow_find(const struct allow *a, struct slice state, const struct dump_frame *frame,
    uint32_t frames, struct slice creator)
{
	for (uint32_t i = a->count; i-- > 0;) { /* the user's come last, and count first */
		const struct allow_rule *r = &a->rule[i];

		if ((r->state == NULL || slice_starts(state, r->state)) &&
		    excuses(r, frame, frames, creator))
			return r;
	}
	return NULL;
}
