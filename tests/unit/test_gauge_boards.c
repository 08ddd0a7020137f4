/* test_gauge_boards.c - fifteen boards from tests/data/boards: right values and reasons, on the
 * board itself and through the sampling shell; then every error and lie of research/gauges.md 1.4 played
 * on each of them: no invented value, no other gauge harmed, no hang. */
#include "test_gauge_board.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "sys/io.h"

static const char *const name[] = { "imx6q", "imx8mm", "jetson-nano", "jetson-orin-nano",
	"lichee-rv", "mt7621", "orangepi-legacy", "orangepi-pc", "orangepi3", "pi3b-plus", "pi4", "pi5",
	"rock5b", "visionfive2", "x86-laptop" };
enum { BOARDS = (int)(sizeof name / sizeof name[0]) };

struct one {
	struct board_file file;
	struct gauge_set *set;
	unsigned samples;
};

static struct {
	struct loop *loop;
	struct one board[BOARDS];
} all;

/* ---- the kernel's side: answers of files, played */

enum { FDS = 2048, RULES = (int)BOARDS * (BOARD_ERRORS + 2) };

static struct rule {
	char path[400];
	int error;                      /* of the read; of the open when it is one of those */
	const char *text;               /* what is read instead */
	size_t size;
	bool blocks;
} rule[RULES];
static unsigned rules;
static char fd_path[FDS][400];
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool shut;
static unsigned waiting;

static bool
at_open(int error)
{
	return error == EACCES || error == EPERM || error == ENOENT;
}

static const struct rule *
rule_of(const char *path)
{
	for (unsigned i = 0; i < rules; i++)
		if (strcmp(rule[i].path, path) == 0)
			return &rule[i];
	return NULL;
}

static int
play_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	const struct rule *r;
	int fd = -1;

	pthread_mutex_lock(&door);
	r = rule_of(path);
	if (r != NULL && at_open(r->error))
		errno = r->error;
	else
		fd = openat(dirfd, path, flags, mode);
	if (fd >= 0 && fd < FDS)
		snprintf(fd_path[fd], sizeof fd_path[fd], "%s", path);
	pthread_mutex_unlock(&door);
	return fd;
}

static ssize_t
play_pread(int fd, void *p, size_t n, off_t at)
{
	struct rule r = { .error = 0 };
	const struct rule *found;

	pthread_mutex_lock(&door);
	found = fd >= 0 && fd < FDS ? rule_of(fd_path[fd]) : NULL;
	if (found != NULL)
		r = *found;
	while (r.blocks && shut) {
		waiting++;
		pthread_cond_wait(&opened, &door);
		waiting--;
	}
	pthread_mutex_unlock(&door);
	if (r.error != 0) {
		errno = r.error;
		return -1;
	}
	if (r.text == NULL)
		return pread(fd, p, n, at);
	n = n < r.size ? n : r.size;
	memcpy(p, r.text, n);
	return (ssize_t)n;
}

static const struct sys_io_ops played = { .openat = play_openat, .read = read,
	.pread = play_pread, .write = write, .fsync = fsync, .close = close };

static struct rule *
add_rule(const char *path)
{
	assert_true(rules < RULES);
	memset(&rule[rules], 0, sizeof rule[rules]);
	snprintf(rule[rules].path, sizeof rule[rules].path, "%s", path);
	return &rule[rules++];
}

/* What the board's file itself says cannot be read. */
static void
standing_rules(void)
{
	char path[400];

	rules = 0;
	for (int i = 0; i < BOARDS; i++) {
		const struct board_file *f = &all.board[i].file;

		for (unsigned k = 0; k < f->bads; k++) {
			snprintf(path, sizeof path, "%s%s", f->tree.sys, f->bad[k].path);
			add_rule(path)->error = f->bad[k].error;
		}
	}
}

/* ---- running them all in one loop */

/* A second for each round, next to none for a read: a busy machine makes no sensor slow. */
static _Atomic uint64_t now = 1000 * NS_PER_S;

static uint64_t
play_mono(void)
{
	return atomic_fetch_add(&now, 10 * NS_PER_US);
}

static const struct sys_clock_ops clock_played = { .mono = play_mono, .wall = play_mono };

static uint64_t
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec;
}

static void
on_one_sample(void *arg, const struct gauge_sample *s)
{
	struct one *o = arg;

	(void)s;
	o->samples++;
}

/* One more sample of each board. */
static void
round_of_all(void)
{
	const uint64_t end_at = seconds() + 30;
	unsigned want[BOARDS];
	bool all_have = false;

	/* the clock is ours: a thread that has not had its turn yet is not to be found late */
	while (!shut && loop_works(all.loop) != 0 && seconds() < end_at)
		(void)loop_turn(all.loop, (int64_t)(10 * NS_PER_MS));
	for (int i = 0; i < BOARDS; i++) {
		want[i] = all.board[i].samples + 1;
		gauge_set_now(all.board[i].set);
	}
	atomic_fetch_add(&now, NS_PER_S);
	while (!all_have && seconds() < end_at) {
		(void)loop_turn(all.loop, (int64_t)NS_PER_S);
		all_have = true;
		for (int i = 0; i < BOARDS; i++)
			all_have = all_have && all.board[i].samples >= want[i];
	}
	assert_true(all_have);
}

static double
value(int board, size_t gauge)
{
	return series_now(gauge_set_series(all.board[board].set), gauge);
}

static int
index_of(const struct one *o, const char *id)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(o->set, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].id, id) == 0)
			return (int)i;
	return -1;
}

/* Each has found its sensors, and its process's pages are read. */
static bool
all_ready(void)
{
	for (int i = 0; i < BOARDS; i++) {
		const struct one *o = &all.board[i];
		const int pss = index_of(o, "proc.pss");
		size_t n;

		if (!gauge_set_ready(o->set))
			return false;
		if (pss >= 0 && isnan(value(i, (size_t)pss)) &&
		    strstr(gauge_set_defs(o->set, &n)[pss].missing, "not read yet") != NULL)
			return false;
	}
	return true;
}

/* Until nothing happens of itself any more: a set takes its first samples by a timer. */
static void
settle(void)
{
	unsigned sum = 0, was = 1;

	for (int quiet = 0; quiet < 3; was = sum) {
		(void)loop_turn(all.loop, (int64_t)(150 * NS_PER_MS));
		sum = 0;
		for (int i = 0; i < BOARDS; i++)
			sum += all.board[i].samples;
		quiet = sum == was ? quiet + 1 : 0;
	}
}

static void
open_all(bool remote)
{
	static const struct gauge_set_cb calls = { .sample = on_one_sample };
	const char *src = getenv("srcdir");
	const uint64_t end_at = seconds() + 60;

	sys_clock_set_ops(remote ? NULL : &clock_played);
	sys_io_set_ops(remote ? NULL : &played);
	all.loop = loop_new();
	standing_rules();
	for (int i = 0; i < BOARDS; i++) {
		struct one *o = &all.board[i];
		struct gauge_set_opts opts = { .proc_root = o->file.tree.proc,
			.sys_root = o->file.tree.sys, .pid = o->file.pid,
			.every_ns = 600 * NS_PER_S };
		struct err_msg why;
		char spec[800];

		if (remote) {
			snprintf(spec, sizeof spec, "exec:sh %s/tests/lib/treeboard.sh %s",
			    src != NULL ? src : ".", o->file.tree.dir);
			opts.board = spec;
			opts.proc_root = opts.sys_root = NULL;
		}
		o->set = gauge_set_new(all.loop, &opts, &calls, o, &why);
		assert_non_null(o->set);
	}
	do
		round_of_all();
	while (!all_ready() && seconds() < end_at);
	assert_true(all_ready());
	settle();
	round_of_all();
	round_of_all();
}

static void
close_all(void)
{
	for (int i = 0; i < BOARDS; i++)
		gauge_set_free(all.board[i].set);
	loop_free(all.loop);
	rules = 0;
	sys_io_set_ops(NULL);
	sys_clock_set_ops(NULL);
}

/* The trees are made once; the first three tests go on with the same sets. */
static int
trees(void **state)
{
	(void)state;
	for (int i = 0; i < BOARDS; i++)
		board_open(&all.board[i].file, name[i]);
	return 0;
}

static int
no_trees(void **state)
{
	(void)state;
	for (int i = 0; i < BOARDS; i++)
		tree_close(&all.board[i].file.tree);
	return 0;
}

static void
as_they_are(void **state)
{
	unsigned wrong = 0;

	(void)state;
	open_all(false);
	for (int i = 0; i < BOARDS; i++)
		wrong += board_check(&all.board[i].file, all.board[i].set);
	assert_int_equal(wrong, 0);
}

/* ---- errors and lies */

#define DIGITS "1234567890123456789012345678901234567890"
#define LONG_DIGITS DIGITS DIGITS DIGITS

/* In which groups a fault is played, and that it is not taken for a value. It is played for one
 * sample: a lone 85 degrees said twice is believed. */
static const struct fault {
	const char *what, *groups;
	int error;
	const char *text;
	size_t size;
} fault[] = {
	{ "EAGAIN", "temp cool freq fan power", EAGAIN, NULL, 0 },
	{ "ENODATA", "temp cool freq fan power", ENODATA, NULL, 0 },
	{ "EINVAL", "temp cool freq fan power", EINVAL, NULL, 0 },
	{ "EIO", "temp cool freq fan power mem load cpu psi sys", EIO, NULL, 0 },
	{ "ENXIO", "temp cool freq fan power", ENXIO, NULL, 0 },
	{ "ETIMEDOUT", "temp fan power", ETIMEDOUT, NULL, 0 },
	{ "EBUSY", "temp freq", EBUSY, NULL, 0 },
	{ "EOPNOTSUPP", "psi temp", EOPNOTSUPP, NULL, 0 },
	{ "EACCES", "temp freq mem psi", EACCES, NULL, 0 },
	{ "EPERM", "temp freq load", EPERM, NULL, 0 },
	{ "empty", "temp cool freq fan power mem load cpu psi sys", 0, "", 0 },
	{ "a newline", "temp cool freq fan power load", 0, "\n", 1 },
	{ "words", "temp cool freq fan power mem load cpu psi sys", 0, "<unknown>\n", 10 },
	{ "n/a", "temp cool freq fan", 0, "n/a\n", 4 },
	{ "a number and words", "temp cool freq fan power", 0, "48000 or so\n", 12 },
	{ "bytes of 0", "temp cool freq fan power load cpu", 0, "\0\0\0\0\0\0\0\0", 8 },
	{ "no end of digits", "temp cool freq fan power load", 0, LONG_DIGITS,
	    sizeof LONG_DIGITS - 1 },
	{ "more than 64 bits", "temp cool freq fan power", 0, "99999999999999999999\n", 21 },
	{ "hexadecimal", "temp cool freq fan power", 0, "0xbb80\n", 7 },
	{ "a fraction", "temp cool freq", 0, "48.5\n", 5 },
	{ "negative", "cool freq fan power", 0, "-1\n", 3 },
	{ "least of 64 bits", "temp cool freq fan power", 0, "-9223372036854775808\n", 21 },
	{ "most of 32 bits", "temp cool fan freq", 0, "4294967295\n", 11 },
	{ "0 degrees at once", "temp", 0, "0\n", 2 },
	{ "clock of 0", "freq", 0, "0\n", 2 },
	{ "-256 degrees", "temp", 0, "-256000\n", 8 },
	{ "-273 degrees", "temp", 0, "-273200\n", 8 },
	{ "firmware's junk", "temp", 0, "-650788984\n", 11 },
	{ "lone 85 degrees", "temp", 0, "85000\n", 6 },
	{ "-40 degrees", "temp", 0, "-40000\n", 7 },
	{ "123 degrees", "temp", 0, "123000\n", 7 },
	{ "125 degrees", "temp", 0, "125000\n", 7 },
	{ "127 degrees", "temp", 0, "127000\n", 7 },
	{ "65261 degrees", "temp", 0, "65261000\n", 9 },
	{ "whole degrees", "temp", 0, "71\n", 3 },
	{ "ENODEV", "temp cool freq fan", ENODEV, NULL, 0 },
	{ "ENOENT", "temp cool freq fan mem psi", ENOENT, NULL, 0 },
};
enum { FAULTS = sizeof fault / sizeof fault[0] };

static bool
in_groups(const char *groups, const char *group)
{
	struct slice rest = slice_of(groups);

	while (rest.n != 0)
		if (slice_is(slice_word(&rest), group))
			return true;
	return false;
}

/* The file behind a gauge: its source up to a remark. */
static bool
file_of(const struct gauge_def *d, char *path, size_t size)
{
	snprintf(path, size, "%s", d->source);
	path[strcspn(path, " ")] = '\0';
	return path[0] == '/' && access(path, R_OK) == 0;
}

/* The k-th gauge that has a value now and is of one of the groups; -1: the board has none. */
static int
target_of(int board, const char *groups, unsigned k)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(all.board[board].set, &n);
	int found[LIMIT_GAUGES];
	unsigned m = 0;
	char path[GAUGE_SOURCE_MAX];

	for (size_t i = 0; i < n; i++)
		if (in_groups(groups, d[i].group) && !isnan(value(board, i)) &&
		    strncmp(d[i].id, "zram.", 5) != 0 && strcmp(d[i].id, "sys.random") != 0 &&
		    strncmp(d[i].id, "cpu.on", 6) != 0 && strncmp(d[i].id, "cpu.is", 6) != 0 &&
		    file_of(&d[i], path, sizeof path))
			found[m++] = (int)i;
	return m != 0 ? found[k % m] : -1;
}

struct before {
	double v[LIMIT_GAUGES];
	size_t n;
};

static void
remember(int board, struct before *b)
{
	(void)gauge_set_defs(all.board[board].set, &b->n);
	for (size_t i = 0; i < b->n; i++)
		b->v[i] = value(board, i);
}

/* The same value as before; an age goes on by itself. */
static bool
is_same(const struct gauge_def *d, double was, double is)
{
	return (isnan(is) && isnan(was)) || is == was || strcmp(d->id, "proc.pss.age") == 0;
}

/* Gauges of the file that lies have no value, all the others have theirs. */
static unsigned
harm(int board, const struct before *b, const char *bad, const char *what)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(all.board[board].set, &n);
	char path[GAUGE_SOURCE_MAX];
	unsigned wrong = 0;

	for (size_t i = 0; i < b->n; i++) {
		const double v = value(board, i);
		bool same;

		snprintf(path, sizeof path, "%s", d[i].source);
		path[strcspn(path, " ")] = '\0';
		same = is_same(&d[i], b->v[i], v);
		if (strcmp(path, bad) == 0 ? isnan(v) && d[i].missing[0] != '\0' : same)
			continue;
		if (strcmp(path, bad) == 0 && isnan(b->v[i]) && isnan(v))
			continue;
		wrong++;
		print_message("%s, %s in %s: %s was %.10g, is %.10g (%s)\n", name[board], what, bad,
		    d[i].id, b->v[i], v, d[i].missing);
	}
	return wrong;
}

/* What was an error is over: all have their values again, sensors that were gone too. */
static unsigned
back(const struct before *before, char (*bad)[GAUGE_SOURCE_MAX])
{
	unsigned wrong = 1;
	size_t n;

	for (int i = 0; i < 50 && wrong != 0; i++) {
		round_of_all();
		wrong = 0;
		for (int b = 0; b < BOARDS; b++)
			for (size_t k = 0; bad[b][0] != '\0' && k < before[b].n; k++)
				wrong += !isnan(before[b].v[k]) && !is_same(
				    &gauge_set_defs(all.board[b].set, &n)[k], before[b].v[k],
				    value(b, k));
	}
	if (wrong != 0)
		print_message("%u gauges did not come back\n", wrong);
	return wrong;
}

static unsigned
play(const struct fault *f, unsigned turn)
{
	static struct before before[BOARDS];
	static char bad[BOARDS][GAUGE_SOURCE_MAX];
	unsigned wrong = 0;
	size_t n;

	for (int i = 0; i < BOARDS; i++) {
		const int t = target_of(i, f->groups, turn + (unsigned)i);
		struct rule *r;

		bad[i][0] = '\0';
		if (t < 0)
			continue;
		remember(i, &before[i]);
		(void)file_of(&gauge_set_defs(all.board[i].set, &n)[t], bad[i], sizeof bad[i]);
		r = add_rule(bad[i]);
		r->error = f->error;
		r->text = f->text;
		r->size = f->size;
	}
	round_of_all();
	for (int i = 0; i < BOARDS; i++)
		if (bad[i][0] != '\0')
			wrong += harm(i, &before[i], bad[i], f->what);
	standing_rules();
	return wrong + back(before, bad);
}

static void
errors_and_lies(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (unsigned i = 0; i < FAULTS; i++)
		for (unsigned turn = 0; turn < 3; turn++)
			wrong += play(&fault[i], i + turn * 5);
	assert_int_equal(wrong, 0);
}

/* A read that does not return, one board after another: its gauge says so, the others go on. */
static void
blocked(void **state)
{
	struct before before;
	char bad[GAUGE_SOURCE_MAX];
	unsigned wrong = 0;
	size_t n;

	(void)state;
	for (int i = 0; i < BOARDS; i += 8) {
		const int t = target_of(i, "temp freq fan cool", (unsigned)i);
		const struct gauge_def *d;

		if (t < 0)
			continue;
		remember(i, &before);
		(void)file_of(&gauge_set_defs(all.board[i].set, &n)[t], bad, sizeof bad);
		pthread_mutex_lock(&door);
		shut = true;
		add_rule(bad)->blocks = true;
		pthread_mutex_unlock(&door);
		round_of_all();
		wrong += harm(i, &before, bad, "a read that hangs");
		d = gauge_set_defs(all.board[i].set, &n);
		assert_non_null(strstr(d[t].missing, "hangs"));
		assert_int_equal(gauge_set_hanging(all.board[i].set), 1);
		pthread_mutex_lock(&door);
		shut = false;
		pthread_cond_broadcast(&opened);
		pthread_mutex_unlock(&door);
		while (gauge_set_hanging(all.board[i].set) != 0)
			round_of_all();
		standing_rules();
		round_of_all();
		if (isnan(value(i, (size_t)t)))
			fail();
	}
	assert_int_equal(wrong, 0);
}

/* The same through the sampling shell: the parsers are the same, the files come as text. */
static void
through_a_shell(void **state)
{
	unsigned wrong = 0;

	(void)state;
	close_all();
	open_all(true);
	for (int i = 0; i < BOARDS; i++) {
		struct board_file *f = &all.board[i].file;

		/* An error of a read is a file that is not told. */
		for (unsigned w = 0; w < f->wants; w++)
			if (f->bads != 0 && (strstr(f->want[w], " no data") != NULL ||
			    strstr(f->want[w], " EAGAIN") != NULL))
				f->want[w][0] = '\0';
		wrong += board_check(f, all.board[i].set);
	}
	close_all();
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_they_are),
		cmocka_unit_test(errors_and_lies),
		cmocka_unit_test(blocked),
		cmocka_unit_test(through_a_shell),
	};

	return cmocka_run_group_tests(tests, trees, no_trees);
}
