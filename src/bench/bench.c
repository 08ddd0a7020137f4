/* bench.c - the life of one bench: its folder, journal, notices, lingering and end. */
#include "bench/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/boards.h"
#include "bench/bundle.h"
#include "bench/clients.h"
#include "bench/commands.h"
#include "bench/consoles.h"
#include "bench/consoles_open.h"
#include "bench/consoles_wire.h"
#include "bench/debugs.h"
#include "bench/decode_plugins.h"
#include "bench/decoders.h"
#include "bench/demo.h"
#include "bench/ending.h"
#include "bench/gauges.h"
#include "bench/hub.h"
#include "bench/jobs.h"
#include "bench/logs.h"
#include "bench/macros.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "bench/ocd.h"
#include "bench/plugin_hosts.h"
#include "bench/ports.h"
#include "bench/profiles.h"
#include "bench/questions.h"
#include "bench/requests.h"
#include "bench/sends.h"
#include "bench/shares.h"
#include "bench/ties.h"
#include "bench/triggers.h"
#include "bench/watch.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/time.h"

static const uint64_t FLUSH_NS = 100 * NS_PER_MS, FIRST_NS = 10 * NS_PER_S;

/* ---- news */

static void
on_flush(void *arg)
{
	struct bench *b = arg;
	struct err_msg why;

	b->tick = NULL;
	journal_flush(b->journal);
	if (!journal_failing(b->journal, &why)) {
		b->journal_alarm = false;
		return;
	}
	if (!b->journal_alarm)
		bench_notice_err(b, "alarm", "journal", &why);
	b->journal_alarm = true;
	if (b->tick == NULL)
		b->tick = loop_timer_start(b->loop, NS_PER_S, 0, on_flush, b);
}

static void
on_news(void *arg, uint64_t mono, const char *type, const json_t *body)
{
	struct bench *b = arg;

	journal_add(b->journal, mono, type, body);
	if (b->tick == NULL)
		b->tick = loop_timer_start(b->loop, FLUSH_NS, 0, on_flush, b);
	clients_event(b, type, body);
}

/* ---- the end */

/* A bench that is only there for its clients (linger 0) does not stay for a watch of theirs. */
static bool
keeps_watching(const struct bench *b)
{
	return b->given.linger_ns != 0 && watches_running(b);
}

/* Who has come but not said yet what for counts, too; a child of ours does not. */
static bool
is_idle(const struct bench *b)
{
	return !clients_any(b) && !jobs_running(b) && !keeps_watching(b);
}

static void
on_linger(void *arg)
{
	struct bench *b = arg;

	b->linger = NULL;
	clients_accept(b);              /* who came this moment is not turned away */
	if (is_idle(b))
		bench_end(b, "nobody came back");
}

static void
linger_check(struct bench *b)
{
	const uint64_t linger = b->given.linger_ns >= 0 ? (uint64_t)b->given.linger_ns :
	    options_num(&b->options, OPT_BENCH_LINGER);

	if (b->end != NULL) {
		ending_check(b);
		return;
	}
	if (!is_idle(b)) {
		loop_timer_stop(b->linger);
		b->linger = NULL;
	} else if (b->linger == NULL) {
		/* a bench just started is given time for its first client; who only looks whether
		 * it is there (vise ls, and whoever wants a bench) is none */
		const uint64_t least = !b->visited ? FIRST_NS : 0;

		b->linger =
		    loop_timer_start(b->loop, linger > least ? linger : least, 0, on_linger, b);
	}
}

static void
on_term(void *arg)
{
	bench_end(arg, "ended by a signal");
}

/* ---- the start */

static enum err
make_folder(struct bench *b, struct err_msg *why)
{
	char *state = b->given.state_dir != NULL ? mem_str(b->given.state_dir) : path_state();
	char *benches = path_join(state, "benches"), stamp[40];
	enum err e;

	clock_fmt_iso(b->start_wall, stamp, sizeof stamp);
	for (char *p = stamp; *p != '\0'; p++)
		if (*p == ':')
			*p = '.';
	e = path_make_private(state, why);
	if (e == ERR_OK)
		e = path_make_private(benches, why);
	b->dir = mem_fmt("%s/%s-%s-%ld", benches, b->name, stamp, (long)getpid());
	if (e == ERR_OK)
		e = path_make_private(b->dir, why);
	mem_free(benches);
	mem_free(state);
	return e;
}

static enum err
write_info(struct bench *b, struct err_msg *why)
{
	json_t *o = json_object();
	struct buf text;
	enum err e;

	json_put_int(o, "pid", (json_int_t)getpid());
	json_put_str(o, "name", b->name);
	json_put_str(o, "target", b->target);
	json_put_bool(o, "simulated", b->given.simulated);
	json_put_int(o, "started", (json_int_t)b->start_wall);
	json_put_str(o, "dir", b->dir);
	json_put_str(o, "version", VISE_VERSION);
	json_put_bool(o, "ephemeral", b->given.linger_ns == 0);
	if (b->end != NULL)
		json_put_int(o, "ending", (json_int_t)ending_until(b));
	debug_session_info(b, o);
	buf_init(&text, 16 << 10);
	e = json_write(o, &text);
	if (e == ERR_OK)
		e = sys_file_replace(b->info, buf_str(&text), text.len, why);
	buf_fini(&text);
	json_decref(o);
	return e;
}

static enum err
open_all(struct bench *b, struct err_msg *why)
{
	char *journal = path_join(b->dir, "journal.jsonl"), *config = path_config();
	char *runtime = path_runtime(), *file = config != NULL ? path_join(config, "config") : NULL;
	struct err_msg wrong;
	enum err e = path_make_private(runtime, why);

	b->socket = mem_fmt("%s/%s.sock", runtime, b->name);
	b->info = mem_fmt("%s/%s.json", runtime, b->name);
	if (e == ERR_OK)
		e = journal_open(journal, b->start_mono, &b->journal, why);
	/* a broken line in the user's file does not keep them from their board */
	if (e == ERR_OK && file != NULL && getenv("VISE_CLEAN") == NULL &&
	    options_load(&b->options, file, &wrong) != ERR_OK)
		bench_notice_err(b, "warn", "config", &wrong);
	if (e == ERR_OK)
		e = clients_listen(b, why);
	if (e == ERR_OK)
		e = write_info(b, why);
	mem_free(file);
	mem_free(runtime);
	mem_free(config);
	mem_free(journal);
	return e;
}

static void
info_changed(struct bench *b)
{
	struct err_msg why;

	if (b->info != NULL)
		(void)write_info(b, &why);
}

static bool
stream_find(struct bench *b, uint32_t id, struct stream *out)
{
	return id >= STREAM_JOBS ? jobs_stream(b, id, out) : consoles_stream(b, id, out);
}

static const struct console_part console_parts[] = {
	{ "lines", consoles_wire_lines }, { "shares", shares_json }, { "logs", bench_logs_json },
	{ .key = NULL },
};

static const struct bench_ops own_ops = {
	.commands = bench_commands, .info_changed = info_changed, .linger_check = linger_check,
	.stream_find = stream_find, .requests = &requests_ops, .client_gone = requests_client_gone,
	.job_ended = ocd_job_ended, .console_parts = console_parts,
};

static struct bench *
bench_new(const struct bench_options *o)
{
	struct bench *b = mem_zero(1, sizeof *b);

	b->given = *o;
	b->loop = loop_new();
	b->bus = bus_new();
	b->name = mem_str(o->name);
	b->target = mem_str(o->target);
	b->start_mono = sys_mono();
	b->start_wall = sys_wall();
	b->listen_fd = -1;
	b->notices = json_array();
	list_init(&b->clients);
	list_init(&b->consoles);
	list_init(&b->jobs);
	list_init(&b->debugs);
	list_init(&b->ties);
	list_init(&b->tasks);
	list_init(&b->watches);
	options_init(&b->options);
	b->ops = &own_ops;
	return b;
}

/* A thread that hangs in a driver cannot be ended: after two seconds the process goes without. The
 * program of an exec: port was sent a hangup; it has half a second to leave by itself. */
static void
end_threads(struct bench *b)
{
	const uint64_t grace = sys_mono() + NS_PER_S / 2;
	const uint64_t until = sys_mono() + 2 * NS_PER_S;

	while (loop_works(b->loop) != 0 && sys_mono() < until)
		(void)loop_turn(b->loop, (int64_t)(20 * NS_PER_MS));
	if (loop_works(b->loop) != 0)
		_Exit(0);
	while (loop_children(b->loop) != 0 && sys_mono() < grace)
		(void)loop_turn(b->loop, (int64_t)(20 * NS_PER_MS));
}

static void
bench_free(struct bench *b)
{
	b->closing = true;
	ocd_close(b);
	clients_close(b);
	questions_close(b);
	sends_end(b);
	debugs_close(b);
	jobs_close(b);
	ties_close(b);
	demo_close(b);
	consoles_close(b);
	plugin_hosts_close(b);
	decode_plugins_close(b);
	decoders_close(b);
	meters_close(b);
	ports_close(b);
	triggers_close(b);
	gauges_close(b);
	bundle_close(b);
	watches_close(b);
	profiles_close(b);
	macros_close(b);
	boards_close(b);
	ending_fini(b);
	loop_timer_stop(b->linger);
	loop_timer_stop(b->tick);
	/* A bench refused at the start must not remove another's. The name goes when the ports are
	 * free, and before the socket is deaf: a deaf one is cleared away by who looks for a name,
	 * and its next owner's would be removed here. */
	if (b->listening) {
		(void)unlink(b->info);
		(void)unlink(b->socket);
	}
	sys_close(b->listen_fd);
	bus_free(b->bus);
	journal_close(b->journal);
	json_decref(b->notices);
	options_fini(&b->options);
	end_threads(b);
	loop_free(b->loop);
	mem_free(b->name);
	mem_free(b->target);
	mem_free(b->board);
	mem_free(b->dir);
	mem_free(b->socket);
	mem_free(b->info);
	mem_free(b->profile_url);
	mem_free(b);
}

static void
on_run_answer(void *arg, json_t *result, const struct err_msg *why)
{
	struct bench *b = arg;

	(void)result;
	if (why != NULL)
		bench_notice_err(b, "error", "start", why);
}

static void
run_lines(struct bench *b)
{
	for (const char *const *line = b->given.run; line != NULL && *line != NULL; line++)
		command_line(b->ops->commands, *line, b, NULL, on_run_answer, b);
}

static void
serve(struct bench *b)
{
	struct loop_signal *term = loop_signal_watch(b->loop, SIGTERM, on_term, b);
	struct loop_signal *intr = loop_signal_watch(b->loop, SIGINT, on_term, b);

	b->listening = true;
	(void)bus_subscribe(b->bus, "", on_news, b);
	bench_news(b, "bench.start",
	    json_pack("{s:s,s:s,s:s*,s:I}", "name", b->name, "version", VISE_VERSION, "target",
		b->target, "pid", (json_int_t)getpid()));
	gauges_open(b);
	decoders_open(b);
	meters_open(b);
	triggers_open(b);
	ports_open(b);
	boards_open(b);
	decode_plugins_open(b);
	plugin_hosts_open(b);
	questions_open(b);
	macros_open(b);
	process_ready(NULL);
	run_lines(b);
	bench_linger_check(b);
	if (!b->ending)         /* a command of --run may have ended it */
		loop_run(b->loop);
	loop_signal_forget(term);
	loop_signal_forget(intr);
}

enum err
bench_run(const struct bench_options *o, struct err_msg *why)
{
	struct bench *b = bench_new(o);
	enum err e = make_folder(b, why);

	if (e == ERR_OK)
		e = open_all(b, why);
	if (e == ERR_OK && o->demo)
		e = demo_open(b, why);
	if (e == ERR_OK)
		serve(b);
	bench_free(b);
	return e;
}
