/* sim.c - the command line of vise-sim. */
#include "sim/sim.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "core/json.h"
#include "sim/board.h"
#include "sim/flash.h"
#include "sim/tree.h"
#include "sys/io.h"
#include "sys/process.h"

struct sim_opts {
	const char *place;              /* DIR or FILE */
	uint64_t fast, size, seconds_ns, fail_at;
};

static int
fail(const struct err_msg *why)
{
	char text[ERR_WHAT_MAX + ERR_WHY_MAX + ERR_NEXT_MAX + 8];

	err_format(why, text, sizeof text);
	fprintf(stderr, "vise-sim: %s\n", text);
	return err_exit_status(why->code);
}

static bool
value(struct sim_opts *o, const char *name, const char *v)
{
	if (strcmp(name, "--fast") == 0)
		return slice_u64(slice_of(v), 1000, &o->fast) && o->fast != 0;
	if (strcmp(name, "--size") == 0)
		return slice_bytes(slice_of(v), &o->size) && o->size != 0 && o->size <= 1u << 30;
	if (strcmp(name, "--seconds") == 0)
		return slice_duration(slice_of(v), &o->seconds_ns) &&
		       o->seconds_ns <= 3600 * NS_PER_S;
	if (strcmp(name, "--fail-at") == 0)
		return slice_u64(slice_of(v), 100, &o->fail_at);
	return false;
}

static enum err
options(struct sim_opts *o, int argc, char **argv, struct err_msg *why)
{
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) != 0 && o->place == NULL) {
			o->place = argv[i];
		} else if (i + 1 < argc && value(o, argv[i], argv[i + 1])) {
			i++;
		} else {
			return err_set(why, ERR_USAGE, argv[1],
			    "vise-sim board DIR, flash FILE, describe",
			    "not an option with a fitting value: %s", argv[i]);
		}
	}
	return ERR_OK;
}

static void
on_signal(void *arg)
{
	loop_stop(arg);
}

static struct loop *
loop_with_signals(void)
{
	struct loop *l = loop_new();

	(void)loop_signal_watch(l, SIGTERM, on_signal, l);
	(void)loop_signal_watch(l, SIGINT, on_signal, l);
	(void)loop_signal_watch(l, SIGHUP, on_signal, l);
	return l;
}

static int
run_board(struct sim_opts *o)
{
	struct err_msg why;
	struct loop *l;
	struct board *b;
	int status = 0;

	if (o->place == NULL) {
		(void)err_set(&why, ERR_USAGE, "board", "vise-sim board DIR", "no folder given");
		return fail(&why);
	}
	l = loop_with_signals();
	if (board_open(l, o->place, (unsigned)o->fast, &b, &why) == ERR_OK) {
		printf("ready %s\n", o->place);
		(void)fflush(stdout);
		loop_run(l);
		board_close(b);
	} else {
		status = fail(&why);
	}
	loop_free(l);
	return status;
}

static enum err
measure(const char *file, uint64_t *size, struct err_msg *why)
{
	struct buf b;
	enum err e;

	buf_init(&b, (256u << 20) + (1u << 20));
	e = sys_file_read(file, 256u << 20, &b, why);
	*size = b.len;
	buf_fini(&b);
	if (e == ERR_OK && *size == 0)
		e = err_set(why, ERR_FORMAT, file, NULL, "the file is empty");
	return e;
}

static int
run_flash(struct sim_opts *o)
{
	struct flash_opts f = { .file = o->place,
		.size = o->size,
		.takes_ns = o->seconds_ns / o->fast,
		.fail_at = (unsigned)o->fail_at };
	struct err_msg why;
	struct loop *l;
	int status;

	if (f.file == NULL && f.size == 0) {
		(void)err_set(&why, ERR_USAGE, "flash", "vise-sim flash FILE, or --size 512K",
		    "no file given");
		return fail(&why);
	}
	if (f.size == 0 && measure(f.file, &f.size, &why) != ERR_OK)
		return fail(&why);
	if (f.file == NULL)
		f.file = "an imaginary image";
	l = loop_with_signals();
	status = flash_run(l, &f);
	loop_free(l);
	return status;
}

static int
run_describe(struct sim_opts *o)
{
	static const char *const heaps[] = { "heap-a.pb.gz", "heap-b.pb.gz" };
	json_t *d = json_object(), *p = json_object(), *h = json_array();
	struct buf b;

	(void)o;
	json_put_bool(d, "simulated", true);
	json_put_str(d, "name", "imx8-rev3");
	json_put_str(d, "firmware", "3.2.1");
	json_put_str(d, "tty", "tty");
	json_put_str(d, "proc", "proc");
	json_put_str(d, "sys", "sys");
	json_put_str(d, "pprof", "pprof.sock");
	json_put_str(p, "name", "app");
	json_put_int(p, "pid", TREE_APP_PID);
	json_put(d, "process", p);
	for (size_t i = 0; i < sizeof heaps / sizeof heaps[0]; i++)
		(void)json_array_append_new(h, json_string(heaps[i]));
	json_put(d, "heaps", h);
	buf_init(&b, 4096);
	if (json_write(d, &b) == ERR_OK)
		printf("%s\n", buf_str(&b));
	buf_fini(&b);
	json_decref(d);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct sim_opts *o);
} verb[] = {
	{ "board", run_board }, { "flash", run_flash }, { "describe", run_describe },
};

int
sim_main(int argc, char **argv)
{
	struct sim_opts o = { .fast = 1, .seconds_ns = 10 * NS_PER_S, .fail_at = FLASH_NEVER };
	struct err_msg why;

	process_fill_std_fds();
	process_ignore_signals();       /* a client that hangs up is no reason to end */
	for (size_t i = 0; argc > 1 && i < sizeof verb / sizeof verb[0]; i++)
		if (strcmp(argv[1], verb[i].name) == 0) {
			if (options(&o, argc, argv, &why) != ERR_OK)
				return fail(&why);
			return verb[i].run(&o);
		}
	(void)err_set(&why, ERR_USAGE, "usage", NULL,
	    "vise-sim board DIR [--fast N] | flash FILE [--size N] [--seconds S] [--fail-at "
	    "PERCENT] | describe");
	return fail(&why);
}
