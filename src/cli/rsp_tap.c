/* rsp_tap.c - `vise rsp tap` and `vise rsp show`. */
#include "cli/rsp_tap.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/rsp_log.h"
#include "cli/rsp_record.h"
#include "cli/say.h"
#include "rsp/tap.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"

enum { FILE_MAX = 512 << 20 };
/* Ends of a conversation that are not the server's. */
static const char LEFT[] = "gdb left", STOPPED[] = "the tap was stopped";

char *
cli_rsp_spec(const char *word)
{
	static const char *const schemes[] = { "tcp:", "unix:", "serial:", "pty:", "usb:", "exec:",
		"rfc2217:", "telnet:", NULL };
	struct stat st;

	for (const char *const *s = schemes; *s != NULL; s++)
		if (strncmp(word, *s, strlen(*s)) == 0)
			return mem_str(word);
	if (word[0] == ':')
		return mem_fmt("tcp:127.0.0.1%s", word);
	if (stat(word, &st) == 0)
		return S_ISSOCK(st.st_mode) ? mem_fmt("unix:%s", word) : mem_str(word);
	return strchr(word, ':') != NULL && strchr(word, '/') == NULL ? mem_fmt("tcp:%s", word)
	    : mem_str(word);
}

/* ---- tap */

struct tapping {
	const char *listen, *save;
	bool all, quiet, once, check;
	struct cli_call *call;
	struct loop *loop;
	struct rsp_tap *tap;
	struct rsp_log log;
	char address[300];
	bool over, reached;
	struct err_msg why;             /* code ERR_OK, or why the only server was not there */
};

static void
on_opened(void *arg)
{
	struct tapping *g = arg;

	g->reached = true;
	rsp_log_event(&g->log, sys_mono(), "open", NULL);
}

static void
on_ended(void *arg, const struct err_msg *why)
{
	struct tapping *g = arg;
	char text[ERR_WHY_MAX + ERR_WHAT_MAX + ERR_NEXT_MAX + 8];

	snprintf(text, sizeof text, "%s", g->over ? STOPPED : LEFT);
	if (why != NULL)
		snprintf(text, sizeof text, "%s: %s%s%s", why->what, why->why,
		    why->next[0] != '\0' ? "; " : "", why->next);
	g->log.conversations++;
	if (!g->reached && why != NULL) {
		g->log.unreached++;
		g->why = *why;
	}
	g->reached = false;
	rsp_log_event(&g->log, sys_mono(), "end", text);
	rsp_log_add(&g->log, rsp_tap_audit(g->tap));
	if (g->once) {
		g->over = true;
		loop_stop(g->loop);
	}
}

static void
on_bytes(void *arg, uint64_t now, enum rsp_side by, const void *p, size_t n)
{
	rsp_log_bytes(&((struct tapping *)arg)->log, now, by, p, n);
}

static void
on_rest(void *arg)
{
	rsp_log_rest(&((struct tapping *)arg)->log);
}

static void
on_silence(void *arg, uint64_t now)
{
	rsp_log_silence(&((struct tapping *)arg)->log, now);
}

static void
on_unit(void *arg, uint64_t now, enum rsp_side by, const struct rsp_unit *u, struct slice request)
{
	rsp_log_unit(&((struct tapping *)arg)->log, now, by, u, request);
}

static void
on_found(void *arg, uint64_t now, enum rsp_side by, enum rsp_finding f, const char *detail)
{
	rsp_log_found(&((struct tapping *)arg)->log, now, by, f, detail);
}

static void
on_answered(void *arg, struct slice request, uint64_t took)
{
	(void)request;
	rsp_log_answered(&((struct tapping *)arg)->log, took);
}

static const struct rsp_tap_ops tap_ops = {
	.opened = on_opened, .ended = on_ended, .bytes = on_bytes, .unit = on_unit,
	.rest = on_rest, .silence = on_silence,
	.audit = { .found = on_found, .answered = on_answered },
};

static void
on_signal(void *arg)
{
	struct tapping *g = arg;

	g->over = true;
	loop_stop(g->loop);
}

enum err
cli_rsp_listen(const char *word, int *fd, char *address, size_t size, struct err_msg *why)
{
	if (word == NULL)
		word = "0";
	if (strncmp(word, "unix:", 5) == 0)
		word += 5;
	if (strchr(word, '/') == NULL)
		return sys_tcp_listen_word(strncmp(word, "tcp:", 4) == 0 ? word + 4 : word, fd,
		    address, size, why);
	snprintf(address, size, "%s", word);
	return sys_unix_listen_user(word, fd, why);
}

static void
say_ready(const struct tapping *g, const char *server)
{
	json_t *o = json_pack("{s:s,s:s}", "listening", g->address, "server", server);

	if (g->call->json)
		say_json(o);
	else
		printf("between gdb and %s; in gdb: target remote %s\n", server, g->address);
	json_decref(o);
	fflush(stdout);
}

static enum err
run_tap(struct tapping *g, const char *server, struct err_msg *why)
{
	struct loop_signal *signals[2];
	int fd = -1;
	enum err e = cli_rsp_listen(g->listen, &fd, g->address, sizeof g->address, why);

	if (e != ERR_OK)
		return e;
	g->log.json = g->call->json;
	g->log.all = g->all;
	g->log.quiet = g->quiet;
	g->loop = loop_new();
	signals[0] = loop_signal_watch(g->loop, SIGINT, on_signal, g);
	signals[1] = loop_signal_watch(g->loop, SIGTERM, on_signal, g);
	g->tap = rsp_tap_open(g->loop, fd, server, &tap_ops, g);
	say_ready(g, server);
	while (!g->over)
		loop_run(g->loop);
	if (g->once && g->log.unreached != 0)
		e = g->why.code;
	g->once = false;                /* a conversation that is cut here is summed up as well */
	rsp_tap_close(g->tap);
	loop_signal_forget(signals[0]);
	loop_signal_forget(signals[1]);
	loop_free(g->loop);
	if (strchr(g->address, '/') != NULL)
		(void)unlink(g->address);
	rsp_log_summary(&g->log);
	if (e != ERR_OK)
		*why = g->why;
	return e;
}

static int
end_of(struct cli_call *c, const struct rsp_log *l, bool check, enum err e,
    const struct err_msg *why)
{
	int status = say_end(c, e, why);

	if (status == 0 && l->save_why.code != ERR_OK)
		status = err_exit_status(l->save_why.code);     /* told when it happened */
	return status == 0 && check && l->findings + l->unreached != 0 ? 1 : status;
}

int
cli_rsp_tap(struct cli_call *c)
{
	struct tapping g = { .call = c };
	const struct args_option options[] = {
		{ "--listen", ARGS_TEXT, &g.listen }, { "--save", ARGS_TEXT, &g.save },
		{ "--all", ARGS_FLAG, &g.all }, { "--quiet", ARGS_FLAG, &g.quiet },
		{ "--once", ARGS_FLAG, &g.once }, { "--check", ARGS_FLAG, &g.check },
		{ .name = NULL },
	};
	struct err_msg why;
	char *server = NULL;
	int status;
	enum err e = args_parse(c, options, 1, 1, &why);

	rsp_log_init(&g.log, sys_mono());
	rsp_log_width(&g.log);
	if (e == ERR_OK) {
		server = cli_rsp_spec(c->word[0]);
		if (server[strlen(server) - 1] == ':')
			e = err_set(&why, ERR_USAGE, c->word[0], "vise rsp tap :3333",
			    "the port is missing");
		if (e == ERR_OK && g.save != NULL)
			e = rsp_log_save(&g.log, g.save, server, &why);
	}
	if (e == ERR_OK)
		e = run_tap(&g, server, &why);
	status = end_of(c, &g.log, g.check, e, &why);
	rsp_log_fini(&g.log);
	mem_free(server);
	return status;
}

/* ---- show */

struct showing {
	struct rsp_log log;
	struct rsp_reader reader[2];
	struct rsp_audit audit;
	enum rsp_side by;
	uint64_t now;
	bool     open, reached;
};

static void
shown_found(void *arg, uint64_t now, enum rsp_side by, enum rsp_finding f, const char *detail)
{
	rsp_log_found(&((struct showing *)arg)->log, now, by, f, detail);
}

static void
shown_answered(void *arg, struct slice request, uint64_t took)
{
	(void)request;
	rsp_log_answered(&((struct showing *)arg)->log, took);
}

static const struct rsp_audit_ops shown_ops = { .found = shown_found, .answered = shown_answered };

static void
shown_unit(void *arg, const struct rsp_unit *u)
{
	struct showing *s = arg;

	rsp_log_unit(&s->log, s->now, s->by, u, rsp_audit_request(&s->audit));
	rsp_audit_unit(&s->audit, s->by, u, s->now);
}

static void
begin_shown(struct showing *s)
{
	for (int i = 0; i < 2; i++)
		rsp_reader_init(&s->reader[i]);
	rsp_audit_init(&s->audit, &shown_ops, s);
	s->open = true;
}

/* gone: it was not gdb that left. */
static void
end_shown(struct showing *s, bool gone)
{
	if (!s->open)
		return;
	for (int i = 0; i < 2; i++) {
		s->by = i == 0 ? RSP_CLIENT : RSP_SERVER;
		rsp_reader_flush(&s->reader[i], shown_unit, s);
		rsp_reader_fini(&s->reader[i]);
	}
	if (gone)
		rsp_audit_cut(&s->audit, s->now);
	s->log.conversations++;
	s->log.unreached += gone && !s->reached;
	rsp_log_add(&s->log, &s->audit);
	s->open = s->reached = false;
}

/* The tap noticed that nothing came. By the times of the rows alone, a tap that was itself held up
 * would be the server's fault. */
static void
pass_silence(struct showing *s, uint64_t now)
{
	for (int i = 0; i < 2; i++)
		if (rsp_reader_is_stray(&s->reader[i]) && now - s->audit.last >= RSP_STRAY_NS) {
			s->by = i == 0 ? RSP_CLIENT : RSP_SERVER;
			rsp_reader_flush(&s->reader[i], shown_unit, s);
		}
	rsp_audit_tick(&s->audit, now);
}

/* end NULL: the server was reached. */
static void
show_event(struct showing *s, const char *end)
{
	s->reached = s->reached || end == NULL;
	if (end != NULL)
		end_shown(s, strcmp(end, LEFT) != 0 && strcmp(end, STOPPED) != 0);
	rsp_log_event(&s->log, s->now, end != NULL ? "end" : "open", end);
}

static enum err
show_row(void *arg, const json_t *row, struct err_msg *why)
{
	struct showing *s = arg;
	const uint64_t t = (uint64_t)json_get_int(row, "t", -1);
	const char *hex = json_get_str(row, "x", NULL), *by = json_get_str(row, "by", ""),
		   *end = json_get_str(row, "end", NULL);
	const bool silence = json_get_bool(row, "silence", false);
	struct buf bytes;
	bool good;

	if (t > INT64_MAX || t < s->now || (hex == NULL && end == NULL && !silence &&
	    !json_get_bool(row, "open", false)))
		return err_set(why, ERR_FORMAT, "the record", NULL, "a line makes no sense");
	if (!s->open)
		begin_shown(s);
	s->now = t;
	if (silence) {
		pass_silence(s, t);
		return ERR_OK;
	}
	if (hex == NULL) {
		show_event(s, end);
		return ERR_OK;
	}
	buf_init(&bytes, FILE_MAX);
	good = rsp_from_hex(hex, strlen(hex), &bytes);
	s->by = strcmp(by, "gdb") == 0 ? RSP_CLIENT : RSP_SERVER;
	if (good) {
		rsp_audit_bytes(&s->audit, s->by, bytes.len, t);
		rsp_reader_feed(&s->reader[s->by], bytes.data, bytes.len, shown_unit, s);
	}
	buf_fini(&bytes);
	return good ? ERR_OK : err_set(why, ERR_FORMAT, "the record", NULL,
	    "a line has bytes that are not in hex");
}

int
cli_rsp_show(struct cli_call *c)
{
	struct showing s = { .open = false };
	bool all = false, quiet = false, check = false;
	const struct args_option options[] = {
		{ "--all", ARGS_FLAG, &all }, { "--quiet", ARGS_FLAG, &quiet },
		{ "--check", ARGS_FLAG, &check }, { .name = NULL },
	};
	struct err_msg why;
	int status;
	enum err e = args_parse(c, options, 1, 1, &why);

	rsp_log_init(&s.log, 0);
	rsp_log_width(&s.log);
	s.log.all = all;
	s.log.quiet = quiet;
	s.log.json = c->json;
	if (e == ERR_OK)
		e = rsp_record_each(c->word[0], show_row, &s, &why);
	end_shown(&s, false);
	if (e == ERR_OK)
		rsp_log_summary(&s.log);
	status = end_of(c, &s.log, check, e, &why);
	rsp_log_fini(&s.log);
	return status;
}
