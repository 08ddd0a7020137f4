/* test_pprof_goroutines.c - groups, comparison, rules with their names, allowlist, causes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pprof/encode.h"
#include "pprof/goroutines.h"
#include "pprof/profile_load.h"

/* So many goroutines of one kind. */
struct kind {
	unsigned from, count;           /* ids */
	const char *state, *function;
	int line;
	const char *creator;
};

static struct dump *
dump_of(const struct kind *kind, size_t kinds)
{
	struct dump *d = NULL;
	struct buf b;

	buf_init(&b, 64 << 20);
	for (size_t i = 0; i < kinds; i++)
		for (unsigned k = 0; k < kind[i].count; k++) {
			assert_int_equal(buf_add_fmt(&b,
					     "goroutine %u [%s]:\n%s(0x%x)\n\t/src/main.go:%d +0x1\n",
					     kind[i].from + k, kind[i].state, kind[i].function, k,
					     kind[i].line),
			    ERR_OK);
			if (kind[i].creator != NULL)
				assert_int_equal(buf_add_fmt(&b, "created by %s\n\t/src/main.go:9 +0x1\n",
						     kind[i].creator),
				    ERR_OK);
			assert_int_equal(buf_add_str(&b, "\n"), ERR_OK);
		}
	assert_int_equal(dump_parse(&d, buf_str(&b), b.len, "made", NULL), ERR_OK);
	buf_fini(&b);
	return d;
}

static struct goroutines *
make(struct dump *const *dumps, uint32_t n, const struct goroutines_options *o)
{
	struct goroutines *w = NULL;

	assert_int_equal(
	    goroutines_make(&w, (const struct dump *const *)dumps, n, o, NULL), ERR_OK);
	return w;
}

static const struct goroutines_group *
group(const struct goroutines *w, const char *function)
{
	for (uint32_t i = 0; i < w->count; i++) {
		const struct dump *d = w->dumps[w->group[i].dump];
		const struct dump_stack *s = &d->stack[w->group[i].stack];

		if (s->count > 0 && slice_is(d->frame[s->first].function, function))
			return &w->group[i];
	}
	return NULL;
}

static void
test_groups(void **state)
{
	static const struct kind kinds[] = {
		{ 1, 1, "select", "main.main", 3, NULL },
		{ 10, 40, "chan receive, 5 minutes", "main.worker", 20, "main.start" },
		{ 60, 2, "chan receive", "main.worker", 20, "main.start" },
		{ 70, 7, "chan send", "main.push", 30, "main.start" },
		{ 90, 3, "chan send, 90 minutes", "main.push", 31, "main.other" },
	};
	static const struct {
		enum goroutines_by by;
		uint32_t groups;
		uint64_t largest;
	} want[] = { { GOROUTINES_BY_STACK, 4, 42 }, { GOROUTINES_BY_STATE, 3, 42 },
		{ GOROUTINES_BY_CREATOR, 3, 49 }, { GOROUTINES_BY_AGE, 3, 40 } };
	struct dump *d = dump_of(kinds, 5);
	struct goroutines_options o;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct goroutines *w;

		goroutines_defaults(&o);
		o.by = want[i].by;
		o.rules = 0;
		w = make(&d, 1, &o);
		assert_int_equal(w->total, 53);
		assert_int_equal(w->count, want[i].groups);
		assert_int_equal(w->group[0].count, want[i].largest);
		goroutines_free(w);
	}
	goroutines_defaults(&o);
	{
		struct goroutines *w = make(&d, 1, &o);
		const struct goroutines_group *g = group(w, "main.worker");

		assert_int_equal(g->min_minutes, 0);
		assert_int_equal(g->max_minutes, 5);
		assert_int_equal(g->ids, GOROUTINES_IDS);
		assert_int_equal(g->id[0], 10);
		assert_true(group(w, "main.main")->has_main);
		goroutines_free(w);
	}
	dump_free(d);
}

static void
test_diff(void **state)
{
	static const struct kind a[] = { { 1, 1, "select", "main.main", 3, NULL },
		{ 10, 5, "chan receive", "main.worker", 20, NULL },
		{ 30, 4, "chan send", "main.gone", 40, NULL } };
	static const struct kind b[] = { { 1, 1, "select", "main.main", 3, NULL },
		{ 12, 8, "chan receive", "main.worker", 20, NULL },
		{ 50, 2, "chan send", "main.came", 50, NULL } };
	struct dump *d[2] = { dump_of(a, 3), dump_of(b, 3) };
	struct goroutines_options o;
	struct goroutines *w;

	(void)state;
	goroutines_defaults(&o);
	w = make(d, 2, &o);
	assert_int_equal(w->total, 11);
	assert_int_equal(w->first_total, 10);
	assert_int_equal(group(w, "main.worker")->count, 8);
	assert_int_equal(group(w, "main.worker")->first, 5);
	assert_int_equal(group(w, "main.worker")->stayed, 3);   /* ids 12, 13, 14 */
	assert_int_equal(group(w, "main.gone")->count, 0);
	assert_int_equal(group(w, "main.gone")->first, 4);
	assert_int_equal(group(w, "main.came")->first, 0);
	assert_int_equal(w->flagged, 0);        /* two dumps and no ages prove nothing */
	goroutines_free(w);
	dump_free(d[0]);
	dump_free(d[1]);
}

struct verdict {
	const char *name;
	struct kind kind;
	unsigned rules;                 /* asked for */
	unsigned fires;
};

static const struct verdict verdicts[] = {
	{ "nil channel", { 5, 1, "chan receive (nil chan)", "main.f", 1, NULL }, 63,
	    GOROUTINES_FOREVER },
	{ "select {}", { 5, 1, "select (no cases)", "main.f", 1, NULL }, 63, GOROUTINES_FOREVER },
	{ "select {} in main", { 1, 1, "select (no cases)", "main.main", 1, NULL }, 63, 0 },
	{ "the runtime says so", { 5, 2, "chan receive (leaked)", "main.f", 1, NULL }, 63,
	    GOROUTINES_LEAK },
	{ "just under leakprof", { 5, 99, "chan receive", "main.f", 1, NULL }, 63, 0 },
	{ "leakprof", { 5, 100, "chan receive", "main.f", 1, NULL }, 63, GOROUTINES_LEAKPROF },
	{ "many that sleep", { 5, 100, "sleep", "main.f", 1, NULL }, 63, 0 },
	{ "many at the network", { 5, 100, "IO wait", "main.f", 1, NULL }, 63, 0 },
	{ "stale", { 5, 10, "chan receive, 60 minutes", "main.f", 1, NULL }, 63, GOROUTINES_STALE },
	{ "nearly stale", { 5, 10, "chan receive, 59 minutes", "main.f", 1, NULL }, 63, 0 },
	{ "stale, but few", { 5, 9, "chan receive, 60 minutes", "main.f", 1, NULL }, 63, 0 },
	{ "asleep for long", { 5, 10, "sleep, 60 minutes", "main.f", 1, NULL }, 63, 0 },
	{ "stale mutex", { 5, 10, "sync.Mutex.Lock, 60 minutes", "main.f", 1, NULL }, 63,
	    GOROUTINES_STALE },
	{ "not asked for", { 5, 10, "chan receive, 60 minutes", "main.f", 1, NULL },
	    GOROUTINES_LEAKPROF, 0 },
	{ "goleak takes all", { 5, 1, "sleep", "main.f", 1, NULL }, 127, GOROUTINES_GOLEAK },
	{ "goleak's own filter", { 5, 1, "syscall", "os/signal.signal_recv", 1, NULL }, 127, 0 },
	{ "goleak's test filter", { 5, 1, "chan receive", "testing.(*T).Run", 1, NULL }, 127, 0 },
	{ "but in that state only", { 5, 1, "select", "testing.(*T).Run", 1, NULL }, 127,
	    GOROUTINES_GOLEAK },
	{ "main is not left over", { 1, 1, "select", "main.main", 1, NULL }, 127, 0 },
	{ "nor is the runtime", { 5, 1, "finalizer wait", "runtime.runfinq", 1, NULL }, 127, 0 },
};

static void
test_rules(void **state)
{
	struct allow allow;

	(void)state;
	allow_init(&allow);
	allow_defaults(&allow);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct verdict *v = &verdicts[i];
		struct dump *d = dump_of(&v->kind, 1);
		struct goroutines_options o;
		struct goroutines *w;
		char text[200];

		goroutines_defaults(&o);
		o.rules = v->rules;
		o.many = 100;
		o.allow = &allow;
		w = make(&d, 1, &o);
		if (w->group[0].rules != v->fires &&
		    w->group[0].rules != (v->fires | (v->rules & GOROUTINES_GOLEAK)))
			fail_msg("%s: %u", v->name, w->group[0].rules);
		assert_int_equal(w->flagged_groups, w->group[0].rules != 0);
		for (unsigned bit = 1; bit < 128; bit <<= 1) {
			goroutines_rule_text(w, &w->group[0], bit, text, sizeof(text));
			assert_true(text[0] != '\0');
			assert_true(goroutines_rule_word(bit)[0] != '\0');
		}
		goroutines_free(w);
		dump_free(d);
	}
	allow_fini(&allow);
}

static void
test_growth_over_dumps(void **state)
{
	static const unsigned counts[][7] = {
		{ 1, 2, 3, 4, 5, 6, 7 },        /* grows */
		{ 5, 5, 6, 6, 7, 8, 9 },        /* grows, rests in between */
		{ 1, 9, 2, 8, 3, 9, 4 },        /* up and down */
		{ 4, 4, 4, 4, 4, 4, 4 },        /* stays */
		{ 1, 1, 1, 1, 9, 9, 9 },        /* one step */
	};
	static const bool blamed[] = { true, true, false, false, false };
	struct dump *d[7];
	struct goroutines_options o;
	struct goroutines *w;
	char name[16];

	(void)state;
	for (unsigned t = 0; t < 7; t++) {
		struct kind k[5];
		char names[5][16];

		for (unsigned i = 0; i < 5; i++) {
			snprintf(names[i], sizeof(names[i]), "main.k%u", i);
			k[i] = (struct kind){ 100 * i + 10, counts[i][t], "select", names[i], 5, NULL };
		}
		d[t] = dump_of(k, 5);
	}
	goroutines_defaults(&o);
	w = make(d, 7, &o);
	for (unsigned i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "main.k%u", i);
		assert_int_equal(group(w, name)->rules, blamed[i] ? GOROUTINES_GROWING : 0);
		assert_int_equal(group(w, name)->series[3], counts[i][3]);
	}
	assert_true(w->group[0].rules != 0 && w->group[1].rules != 0);  /* the blamed come first */
	goroutines_free(w);
	w = make(d, 4, &o);                     /* four are too few to call it growing */
	assert_int_equal(w->flagged, 0);
	goroutines_free(w);
	for (unsigned t = 0; t < 7; t++)
		dump_free(d[t]);
}

static void
test_stale_and_growing(void **state)
{
	static const struct kind a = { 5, 2, "chan send, 61 minutes", "main.f", 1, NULL },
				 b = { 5, 3, "chan send, 62 minutes", "main.f", 1, NULL };
	struct dump *d[2] = { dump_of(&a, 1), dump_of(&b, 1) };
	struct goroutines_options o;
	struct goroutines *w;

	(void)state;
	goroutines_defaults(&o);
	w = make(d, 2, &o);
	assert_int_equal(w->group[0].rules, GOROUTINES_STALE_GROWING);
	goroutines_free(w);
	dump_free(d[0]);
	dump_free(d[1]);
}

static void
test_words(void **state)
{
	enum goroutines_by by;
	unsigned rules;

	(void)state;
	assert_true(goroutines_rules_parse(slice_of("leakprof, stale"), &rules));
	assert_int_equal(rules, GOROUTINES_LEAKPROF | GOROUTINES_STALE);
	assert_true(goroutines_rules_parse(slice_of("all"), &rules));
	assert_int_equal(rules, GOROUTINES_RULES_ALL);
	assert_true(goroutines_rules_parse(slice_of("none"), &rules));
	assert_int_equal(rules, 0);
	assert_false(goroutines_rules_parse(slice_of("stale,many"), &rules));
	assert_true(goroutines_by_parse("creator", &by));
	assert_false(goroutines_by_parse("size", &by));
	/* 100000 goroutines: 1.1 s and 20.7 MB were measured */
	assert_true(goroutines_dump_ms(100000) > 1000 && goroutines_dump_ms(100000) < 1200);
	assert_true(goroutines_dump_bytes(100000) > 20000000);
	assert_int_equal(goroutines_dump_bytes(10000000), DUMP_CUT_AT);
}

static void
test_allowlist(void **state)
{
	static const char list[] = "# ours\n"
				   "main.pool*\n"
				   "top main.idle\n"
				   "created main.background\n"
				   "/^vendor[.]x/\n"
				   "main.waits state select\n";
	static const struct {
		const char *state, *top, *next, *creator;
		bool allowed;
	} cases[] = {
		{ "select", "main.poolWorker", "main.x", NULL, true },
		{ "select", "main.x", "main.pool", NULL, true },
		{ "select", "main.idle", "main.x", NULL, true },
		{ "select", "main.x", "main.idle", NULL, false },
		{ "select", "main.x", "main.y", "main.background", true },
		{ "select", "main.x", "main.y", "main.foreground", false },
		{ "select", "main.x", "vendor.xyz", NULL, true },
		{ "select", "main.x", "vendorxyz", NULL, false },
		{ "select", "main.waits", "main.y", NULL, true },
		{ "chan send", "main.waits", "main.y", NULL, false },
		{ "chan receive", "testing.(*T).Run", "main.y", NULL, true },
	};
	static const char *const bad[] = { "two words", "/[/", "*", "created a b" };
	struct allow allow;
	struct err_msg why;

	(void)state;
	allow_init(&allow);
	allow_defaults(&allow);
	assert_int_equal(allow_parse(&allow, slice_of(list), "list", &why), ERR_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dump_frame f[2] = { { .function = slice_of(cases[i].top) },
			{ .function = slice_of(cases[i].next) } };

		if ((allow_find(&allow, slice_of(cases[i].state), f, 2,
			 slice_of(cases[i].creator)) != NULL) != cases[i].allowed)
			fail_msg("case %zu", i);
	}
	allow_fini(&allow);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		allow_init(&allow);
		if (allow_parse(&allow, slice_of(bad[i]), "list", &why) == ERR_OK)
			fail_msg("%s: taken", bad[i]);
		assert_true(why.why[0] != '\0');
		allow_fini(&allow);
	}
}

/* A stack as words: the innermost function first. */
struct stack_cause {
	const char *state, *functions, *word;
};

static const struct stack_cause stacks[] = {
	{ "semacquire", "sync.runtime_Semacquire sync.(*WaitGroup).Wait main.f", "WaitGroup" },
	{ "semacquire", "sync.runtime_SemacquireMutex sync.(*Mutex).lockSlow main.f", "mutex" },
	{ "semacquire", "sync.runtime_SemacquireMutex sync.(*RWMutex).RLock main.f", "RWMutex" },
	{ "semacquire", "main.f", "semaphore" },
	{ "sync.Cond.Wait", "sync.runtime_notifyListWait sync.(*Cond).Wait main.f", "sync.Cond" },
	{ "chan receive", "main.f", "channel receive" },
	{ "chan send", "main.f", "channel send" },
	{ "chan send (nil chan)", "main.f", "nil channel" },
	{ "select", "main.f", "select" },
	{ "select (no cases)", "main.f", "empty select" },
	{ "sleep", "time.Sleep main.f", "sleep" },
	{ "syscall", "syscall.Syscall os.(*File).Read", "system call" },
	{ "syscall", "runtime.cgocall main._Cfunc_f", "C code" },
	{ "finalizer wait", "runtime.gopark runtime.runfinq", "finalizers" },
	{ "IO wait", "internal/poll.runtime_pollWait internal/poll.(*FD).Accept net.(*netFD).accept",
	    "listener" },
	{ "IO wait", "internal/poll.runtime_pollWait internal/poll.(*FD).Read main.f", "network read" },
	{ "IO wait", "internal/poll.runtime_pollWait internal/poll.(*FD).Write main.f",
	    "network write" },
	{ "IO wait", "internal/poll.(*FD).Read net/http.(*persistConn).readLoop",
	    "http client, idle connection" },
	{ "select", "net/http.(*persistConn).writeLoop", "http client, idle connection" },
	{ "select", "net/http.(*persistConn).roundTrip main.get", "http client, no answer" },
	{ "IO wait",
	    "internal/poll.runtime_pollWait internal/poll.(*FD).Read bufio.(*Reader).Peek "
	    "net/http.(*conn).serve",
	    "http server, keep-alive" },
	{ "select", "database/sql.(*DB).connectionOpener", "database pool" },
	{ "select", "database/sql.(*DB).conn main.query", "database pool is empty" },
	{ "select", "context.propagateCancel.func1", "context" },
	{ "running", "main.f", "running" },
	{ "GC worker (idle)", "runtime.gcBgMarkWorker", "runtime" },
	{ "a state of Go 1.99", "main.f", "not known" },
	/* from a profile, which has frames only */
	{ "", "runtime.gopark runtime.chanrecv runtime.chanrecv1 main.f", "channel receive" },
	{ "", "runtime.gopark runtime.chansend runtime.chansend1 main.f", "channel send" },
	{ "", "runtime.gopark runtime.selectgo main.f", "select" },
	{ "", "runtime.gopark runtime.block main.f", "empty select" },
	{ "", "runtime.gopark time.Sleep main.f", "sleep" },
	{ "", "runtime.gopark runtime.netpollblock internal/poll.runtime_pollWait "
	      "internal/poll.(*pollDesc).wait internal/poll.(*FD).Read net.(*conn).Read main.f",
	    "network read" },
	{ "", "runtime.gopark runtime.goparkunlock runtime.semacquire1 sync.runtime_Semacquire "
	      "sync.(*WaitGroup).Wait main.f",
	    "WaitGroup" },
};

static void
test_causes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
		struct slice rest = slice_of(stacks[i].functions);
		struct dump_frame f[16] = { { .line = 0 } };
		const struct causes_cause *c;
		uint32_t n = 0;

		while (rest.n > 0)
			f[n++].function = slice_word(&rest);
		c = causes_find(causes_class_of(slice_of(stacks[i].state), f, n), CAUSES_NO_SOURCE,
		    f, n);
		if (strcmp(c->word, stacks[i].word) != 0)
			fail_msg("%s %s: %s", stacks[i].state, stacks[i].functions, c->word);
		assert_true(c->text[0] != '\0' && c->look[0] != '\0');
	}
}

static void
test_source(void **state)
{
	static const char text[] = "package main\n"                     /* 1 */
				   "func a() {\n"
				   "\tselect {\n"                       /* 3 */
				   "\tcase <-ctx.Done():\n"
				   "\t\treturn\n"
				   "\tcase v := <-c:\n"
				   "\t\tuse(v)\n"
				   "\t}\n"
				   "\tselect {\n"                       /* 9 */
				   "\tcase v := <-c:\n"
				   "\t\tif v { <-other.Done() }\n"
				   "\tcase d <- 1:\n"
				   "\t}\n"
				   "\tselect {\n"                       /* 14 */
				   "\tcase <-c:\n"
				   "\tcase <-time.After(time.Second):\n"
				   "\t}\n"
				   "\tselect {\n"                       /* 18 */
				   "\tcase <-ticker.C:\n"
				   "\t}\n"
				   "\t<-ticker.C\n"                     /* 21 */
				   "\tv := <-c\n"
				   "\tselect {\n";                      /* 23: the file ends */
	static const struct { int64_t line; enum causes_hint hint; } want[] = {
		{ 3, CAUSES_HAS_DONE }, { 9, CAUSES_NO_DONE }, { 14, CAUSES_TIMER },
		{ 18, CAUSES_TICKER }, { 21, CAUSES_TICKER }, { 22, CAUSES_NO_SOURCE },
		{ 23, CAUSES_NO_SOURCE }, { 2, CAUSES_NO_SOURCE }, { 0, CAUSES_NO_SOURCE },
		{ -5, CAUSES_NO_SOURCE }, { 99, CAUSES_NO_SOURCE },
	};
	struct dump_frame f = { .function = slice_of("main.a") };

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (causes_read_source(slice_of(text), want[i].line) != want[i].hint)
			fail_msg("line %d", (int)want[i].line);
	assert_string_equal(
	    causes_find(CAUSES_SELECT, CAUSES_NO_DONE, &f, 1)->word, "select without ctx.Done");
	assert_string_equal(causes_find(CAUSES_RECEIVE, CAUSES_TICKER, &f, 1)->word, "ticker");
}

/* ---- the runtime's own leak profile */

static struct pprof_profile *
profile(const char *type, int64_t leaked)
{
	struct encode *w = encode_new(1 << 20);
	struct pprof_profile *p = NULL;
	uint64_t loc[2], other;
	int64_t one = 3;
	struct buf b;

	encode_type(w, type, "count");
	loc[0] = encode_location(w, 0x1000,
	    &(struct encode_line){ encode_function(w, "runtime.gopark", "/proc.go", 0), 9 }, 1);
	loc[1] = encode_location(w, 0x1001,
	    &(struct encode_line){ encode_function(w, "main.f", "/src/main.go", 0), 1 }, 1);
	other = encode_location(w, 0x1002,
	    &(struct encode_line){ encode_function(w, "main.g", "/src/main.go", 0), 2 }, 1);
	encode_sample(w, loc, 2, &leaked, 1, NULL, 0);
	if (strcmp(type, "goroutine") == 0)
		encode_sample(w, &other, 1, &one, 1, NULL, 0);
	buf_init(&b, 1 << 20);
	assert_int_equal(encode_finish(w, true, &b, NULL), ERR_OK);
	encode_free(w);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "made", NULL), ERR_OK);
	buf_fini(&b);
	return p;
}

static void
test_leak_profile(void **state)
{
	static const struct kind kind = { 5, 4, "chan receive", "main.f", 1, "main.main" };
	struct pprof_profile *all = profile("goroutine", 5), *leak = profile("goroutineleak", 3),
			     *heap = profile("space", 1);
	struct dump *d, *leaks, *text = dump_of(&kind, 1);
	struct goroutines_options o;
	struct goroutines *w;

	(void)state;
	assert_int_equal(dump_of_profile(&d, heap, "heap", NULL), ERR_FORMAT);
	assert_int_equal(dump_of_profile(&d, all, "all", NULL), ERR_OK);
	assert_int_equal(dump_of_profile(&leaks, leak, "leak", NULL), ERR_OK);
	assert_int_equal(d->total, 8);
	assert_true(dump_mark_leaked(d, leaks));
	goroutines_defaults(&o);
	w = make(&d, 1, &o);
	assert_int_equal(w->group[0].leaked, 3);
	assert_int_equal(w->group[0].rules, GOROUTINES_LEAK);
	assert_int_equal(w->flagged_groups, 1);
	goroutines_free(w);
	/* a full dump names the same goroutines without the runtime's frames */
	assert_true(dump_mark_leaked(text, leaks));
	w = make(&text, 1, &o);
	assert_int_equal(w->group[0].leaked, 3);
	goroutines_free(w);
	dump_free(d);
	dump_free(leaks);
	dump_free(text);
	pprof_free(all);
	pprof_free(leak);
	pprof_free(heap);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_growth_over_dumps),
		cmocka_unit_test(test_stale_and_growing),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_allowlist),
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_leak_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
