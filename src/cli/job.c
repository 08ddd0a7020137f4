/* job.c - following a job of a bench to its end. */
#include "cli/job.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/say.h"
#include "sys/time.h"

enum { BAR = 24 };

struct follow {
	struct client *client;
	int64_t id;
	uint32_t stream;
	uint64_t seen, end; /* offsets in the output */
	bool json, tty_out, tty_err, bar;
	bool ended, all; /* its end was told; its output is complete */
	json_t *job;
	char line[1024]; /* what it says, on a terminal with a bar */
	size_t len;
	bool returned;
};

static void
clear_bar(struct follow *f)
{
	if (f->bar)
		fputs("\r\033[K", stderr);
	f->bar = false;
}

void
job_progress_text(const json_t *progress, char out[JOB_PROGRESS_MAX])
{
	const int64_t done = json_get_int(progress, "done", -1),
		      total = json_get_int(progress, "total", 0),
		      left = (int64_t)json_get_num(progress, "eta", -1);
	char a[24] = "", b[24] = "", c[24] = "", of[64] = "", rate[40] = "", eta[40] = "";

	if (done >= 0 && total > 0) {
		bytes_fmt_short(done, a, sizeof a);
		bytes_fmt_short(total, b, sizeof b);
		snprintf(of, sizeof of, "  %s/%s", a, b);
	}
	if (done >= 0 && json_get_num(progress, "rate", 0) > 0) {
		bytes_fmt_short((int64_t)json_get_num(progress, "rate", 0), c, sizeof c);
		snprintf(rate, sizeof rate, "  %s/s", c);
	}
	if (left >= 0 && left < 24 * 3600)
		snprintf(eta, sizeof eta, "  %lld:%02lld left", (long long)left / 60,
		    (long long)left % 60);
	(void)snprintf(out, JOB_PROGRESS_MAX, "%3.0f %%%s%s%s",
	    json_get_num(progress, "percent", 0), of, rate, eta);
}

static void
show_bar(struct follow *f, const json_t *progress)
{
	const double percent = json_get_num(progress, "percent", -1);
	char bar[BAR + 1], text[JOB_PROGRESS_MAX];

	if (!f->tty_err || f->json || progress == NULL)
		return;
	clear_bar(f);
	for (int i = 0; i < BAR; i++)
		bar[i] = (double)i < percent * BAR / 100 ? '#' : '.';
	bar[BAR] = '\0';
	job_progress_text(progress, text);
	if (percent >= 0 && percent <= 100)
		fprintf(stderr, "%-10.20s [%s] %s", json_get_str(progress, "stage", ""), bar, text);
	else
		fprintf(stderr, "%.40s...", json_get_str(progress, "stage", ""));
	(void)fflush(stderr);
	f->bar = true;
}

static void
on_event(void *arg, const char *type, const json_t *body)
{
	struct follow *f = arg;
	json_t *job = json_object_get(body, "job");

	if (strcmp(type, "job") != 0 || json_get_int(job, "id", -1) != f->id)
		return;
	json_decref(f->job);
	f->job = json_incref(job);
	f->ended = strcmp(json_get_str(job, "state", ""), "running") != 0;
	if (!f->ended)
		show_bar(f, json_object_get(job, "progress"));
}

/* A tool's own bar is not shown beside ours: of what it overwrites with CR only the last remains,
 * and lines are whole. */
static void
say_lines(struct follow *f, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (f->returned && p[i] != '\n')
			f->len = 0;
		f->returned = p[i] == '\r';
		if (p[i] != '\n' && p[i] != '\r' && f->len < sizeof f->line)
			f->line[f->len++] = p[i];
		if (p[i] != '\n')
			continue;
		clear_bar(f);
		say_text(stdout, f->line, f->len);
		putchar('\n');
		f->len = 0;
	}
	(void)fflush(stdout);
	if (f->job != NULL && !f->ended && !f->bar)
		show_bar(f, json_object_get(f->job, "progress"));
}

static void
on_bytes(void *arg, uint32_t stream, uint64_t offset, uint64_t t, const char *p, size_t n)
{
	struct follow *f = arg;

	(void)t;
	if (stream != f->stream || offset + n <= f->seen)
		return;
	if (offset < f->seen) { /* what came twice */
		p += f->seen - offset;
		n -= (size_t)(f->seen - offset);
	}
	f->seen = f->seen > offset ? f->seen + n : offset + n;
	f->all = f->end != 0 && f->seen >= f->end;
	if (f->json)
		return;
	if (f->tty_out && f->tty_err)
		say_lines(f, p, n);
	else if (f->tty_out)
		say_text(stdout, p, n);
	else
		(void)fwrite(p, 1, n, stdout);
	(void)fflush(stdout);
}

static enum err
subscribe(struct follow *f, int64_t from, int64_t *offset, struct err_msg *why)
{
	json_t *result = NULL;
	enum err e = client_call(f->client, "subscribe",
	    json_pack("{s:I,s:I}", "stream", (json_int_t)f->stream, "from", (json_int_t)from),
	    10 * NS_PER_S, &result, why);

	if (offset != NULL)
		*offset = json_get_int(result, "offset", 0);
	json_decref(result);
	return e;
}

/* The end of the job is told before the last of its output. */
static void
rest_of_output(struct follow *f)
{
	int64_t end = 0;

	if (subscribe(f, -1, &end, NULL) != ERR_OK || end <= 0 || f->seen >= (uint64_t)end)
		return;
	f->end = (uint64_t)end;
	if (subscribe(f, (int64_t)f->seen, NULL, NULL) == ERR_OK)
		(void)client_wait(f->client, &f->all, sys_mono() + 5 * NS_PER_S, NULL);
}

/* The bench gives a script bench.grace, and 2 s more. */
static const uint64_t STOP_NS = 15 * NS_PER_S;

static void
stop_job(struct follow *f)
{
	char line[64];

	client_resume(f->client);
	(void)snprintf(line, sizeof line, "job.stop %lld confirm=on", (long long)f->id);
	/* its clean-up takes its time; interrupted again, it has none */
	if (client_line(f->client, line, STOP_NS, NULL, NULL) == ERR_CANCELLED) {
		client_resume(f->client);
		(void)client_line(f->client, line, 5 * NS_PER_S, NULL, NULL);
	}
	(void)client_wait(f->client, &f->ended, sys_mono() + 5 * NS_PER_S, NULL);
}

static enum err
verdict(const json_t *job, int *status, struct err_msg *why)
{
	const int64_t code = json_get_int(job, "exit", -1);
	struct err_msg m = { .code = ERR_OK };

	*status = code < 0 || code > 255 ? err_exit_status(ERR_INFRA) : (int)code;
	if (strcmp(json_get_str(job, "state", ""), "ok") == 0) {
		*status = 0;
		return ERR_OK;
	}
	if (json_to_err(json_object_get(job, "error"), &m) != ERR_OK || m.code != ERR_OK) {
		if (why != NULL)
			*why = m;
		if (*status == 0)
			*status = err_exit_status(m.code);
		return m.code;
	}
	if (*status == 0)
		*status = err_exit_status(ERR_TOOL);
	return err_set(why, ERR_TOOL, json_get_str(job, "name", "job"), NULL,
	    "%s, exit status %lld", json_get_str(job, "state", "failed"), (long long)code);
}

enum err
job_follow(struct client *c, const json_t *job, bool json, int *status, struct err_msg *why)
{
	static const struct client_ops ops = { .event = on_event, .bytes = on_bytes };
	struct follow f = { .client = c,
		.id = json_get_int(job, "id", -1),
		.stream = (uint32_t)json_get_int(job, "stream", 0),
		.json = json,
		.tty_out = isatty(STDOUT_FILENO) != 0,
		.tty_err = isatty(STDERR_FILENO) != 0 };
	json_t *result = NULL;
	char line[64];
	enum err e;

	if (f.stream == 0)
		f.stream = 1000 + (uint32_t)f.id;
	client_listen(c, &ops, &f);
	e = subscribe(&f, 0, NULL, why);
	(void)snprintf(line, sizeof line, "job.wait %lld", (long long)f.id);
	if (e == ERR_OK)
		e = client_line(c, line, 0, &result, why);
	if (e == ERR_CANCELLED) {
		const struct err_msg interrupted = *why;

		clear_bar(&f);
		stop_job(&f);
		*why = interrupted;
	}
	if (e == ERR_OK)
		rest_of_output(&f);
	client_listen(c, NULL, NULL);
	clear_bar(&f);
	if (f.len != 0) {
		say_text(stdout, f.line, f.len);
		putchar('\n');
	}
	*status = err_exit_status(e);
	if (e == ERR_OK) {
		e = verdict(result, status, why);
		if (json)
			say_json(result);
	}
	json_decref(result);
	json_decref(f.job);
	return e;
}
