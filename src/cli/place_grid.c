/* place_grid.c - labgrid places, by way of labgrid-client. */
#include "cli/place_grid.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/capture.h"
#include "cli/say.h"
#include "loop/loop.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { WORDS_MAX = 24, SAYS_MAX = 1 << 20, LINE_MAX_BYTES = 65536, LOOK_S = 15 };
static const uint64_t AGAIN_NS = NS_PER_S, CLIENT_NS = 60 * NS_PER_S;

struct place_grid {
	char *name;
	int in, out;            /* our ends of its stdin and stdout */
	pid_t pid;
	struct err_msg lost;    /* once it was lost */
};

/* ---- labgrid-client */

static void
put(const char **argv, size_t *n, const char *word)
{
	if (*n + 1 < WORDS_MAX)
		argv[(*n)++] = word;
}

static enum err
client_with(const char *const *program, const char *name, const char *coordinator,
    const char *const *words, struct buf *says, int *status, struct err_msg *why)
{
	const char *argv[WORDS_MAX] = { NULL };
	size_t n = 0;

	for (; *program != NULL; program++)
		put(argv, &n, *program);
	if (coordinator != NULL) {
		put(argv, &n, "-x");
		put(argv, &n, coordinator);
	}
	put(argv, &n, "-p");
	put(argv, &n, name);
	for (; *words != NULL; words++)
		put(argv, &n, *words);
	return capture_both(argv, CLIENT_NS, says, status, why);
}

static enum err
client(const char *name, const char *coordinator, const char *word, struct buf *says, int *status,
    struct err_msg *why)
{
	static const char *const plain[] = { "labgrid-client", NULL },
	    *const debian[] = { "/usr/bin/python3", "-m", "labgrid.remote.client", NULL };
	const char *own = getenv("VISE_LABGRID_CLIENT"), *const named[] = { own, NULL },
		   *const words[] = { word, NULL };
	enum err e = client_with(own != NULL ? named : plain, name, coordinator, words, says,
	    status, why);

	if (e == ERR_TOOL && own == NULL &&
	    path_is_dir("/usr/lib/python3/dist-packages/labgrid"))
		e = client_with(debian, name, coordinator, words, says, status, why);
	if (e == ERR_TOOL)
		(void)err_set(why, ERR_TOOL, "labgrid-client", "pip install labgrid, or Debian's "
		    "package labgrid; VISE_LABGRID_CLIENT names another", "it is not here");
	return e;
}

static void
last_line(const struct buf *says, char *out, size_t size)
{
	struct slice rest = slice_of(buf_str(says)), line, last = slice_of("it says nothing");

	while (rest.n != 0) {
		line = slice_trim(slice_cut(rest, '\n', &rest));
		if (line.n != 0)
			last = line;
	}
	(void)snprintf(out, size, "%.*s", (int)(last.n < 300 ? last.n : 300), last.p);
}

/* Its words for what can be waited for, and what cannot. */
static enum err
refused(const char *name, const struct buf *says, struct err_msg *why)
{
	static const struct { const char *says; enum err code; } known[] = {
		{ "already acquired", ERR_BUSY }, { "failed to acquire", ERR_BUSY },
		{ "matches nothing", ERR_CONFIG }, { "no matching", ERR_CONFIG },
		{ "different user", ERR_DENIED },
	};
	enum err code = ERR_INFRA;
	char text[320];

	for (size_t i = 0; code == ERR_INFRA && i < sizeof known / sizeof *known; i++)
		if (strstr(buf_str(says), known[i].says) != NULL)
			code = known[i].code;
	last_line(says, text, sizeof text);
	return err_set(why, code, name, code == ERR_BUSY ? "--wait 10m waits for it" :
	    "labgrid-client places shows what there is", "labgrid: %s", text);
}

static enum err
ask(const char *name, const char *coordinator, const char *word, struct buf *says,
    struct err_msg *why)
{
	int status = 0;
	enum err e = client(name, coordinator, word, says, &status, why);

	return e == ERR_OK && status != 0 ? refused(name, says, why) : e;
}

/* ---- what it has: the YAML that labgrid-client env writes */

static void
unquote(struct slice v, char *out, size_t size)
{
	v = slice_trim(v);
	if (v.n >= 2 && (v.p[0] == '\'' || v.p[0] == '"') && v.p[v.n - 1] == v.p[0])
		v = slice_make(v.p + 1, v.n - 2);
	(void)snprintf(out, size, "%.*s", (int)(v.n < size ? v.n : size - 1), v.p);
}

struct resource { char cls[64], host[256], port[16], speed[16], protocol[32], user[64]; };

static void
keep(const struct resource *r, json_t *row)
{
	char *text;
	uint64_t speed;

	if (strcmp(r->cls, "NetworkSerialPort") == 0 && r->port[0] != '\0' &&
	    json_object_get(row, "console") == NULL) {
		text = mem_fmt("%s:%s:%s", strcmp(r->protocol, "raw") == 0 ? "tcp" : "rfc2217",
		    r->host, r->port);
		json_put_str(row, "console", text);
		mem_free(text);
		if (json_object_get(row, "baud") == NULL &&
		    slice_u64(slice_of(r->speed), 20000000, &speed) && speed != 0)
			json_put_int(row, "baud", (int64_t)speed);
	} else if (strcmp(r->cls, "NetworkService") == 0 && r->host[0] != '\0' &&
		   r->host[0] != '-' && json_object_get(row, "ssh") == NULL) {
		text = r->user[0] != '\0' && r->user[0] != '-' ? mem_fmt("%s@%s", r->user, r->host)
							       : mem_str(r->host);
		json_put_str(row, "ssh", text);
		mem_free(text);
	}
}

static void
field(struct resource *r, struct slice key, struct slice value)
{
	const struct { const char *name; char *to; size_t size; } known[] = {
		{ "host", r->host, sizeof r->host }, { "address", r->host, sizeof r->host },
		{ "port", r->port, sizeof r->port }, { "speed", r->speed, sizeof r->speed },
		{ "protocol", r->protocol, sizeof r->protocol },
		{ "username", r->user, sizeof r->user },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_is(key, known[i].name))
			unquote(value, known[i].to, known[i].size);
}

bool
place_grid_env(const char *text, json_t *row)
{
	struct slice rest = slice_of(text);
	struct resource r = { .cls = "" };

	while (rest.n != 0) {
		struct slice line = slice_trim(slice_cut(rest, '\n', &rest)), value, key;

		if (slice_starts(line, "- ")) {
			keep(&r, row);
			r = (struct resource){ .cls = "" };
			key = slice_cut(slice_skip(line, 2), ':', &value);
			unquote(key, r.cls, sizeof r.cls);
			continue;
		}
		key = slice_cut(line, ':', &value);
		field(&r, key, value);
	}
	keep(&r, row);
	return json_object_get(row, "console") != NULL || json_object_get(row, "ssh") != NULL;
}

/* ---- the guard */

struct guard {
	struct loop *loop;
	const char *name, *coordinator;
};

static void
on_end(void *arg)
{
	loop_stop(((struct guard *)arg)->loop);
}

static void
on_pipe(void *arg, unsigned events)
{
	char piece[64];

	if ((events & LOOP_HANGUP) != 0 || sys_read(0, piece, sizeof piece) <= 0)
		on_end(arg);
}

static bool
owner_gone(void)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };
	char piece[64];

	return poll(&p, 1, 0) > 0 && sys_read(0, piece, sizeof piece) <= 0;
}

static enum err
acquire(struct guard *g, uint64_t wait_ns, struct err_msg *why)
{
	const uint64_t deadline = sys_mono() + wait_ns;
	enum err e;

	do {
		struct buf says;
		struct pollfd p = { .fd = 0, .events = POLLIN };

		buf_init(&says, SAYS_MAX);
		e = ask(g->name, g->coordinator, "acquire", &says, why);
		buf_fini(&says);
		if (e != ERR_BUSY || sys_mono() >= deadline || owner_gone())
			break;
		(void)poll(&p, 1, (int)(AGAIN_NS / NS_PER_MS));
	} while (!owner_gone());
	return e;
}

static void
tell(const json_t *v)
{
	say_json(v);
	(void)fflush(stdout);
}

static void
tell_error(const struct err_msg *why)
{
	json_t *v = json_object();

	json_put(v, "error", json_from_err(why));
	tell(v);
	json_decref(v);
}

/* Still ours? What cannot be asked is not lost. */
static void
on_look(void *arg)
{
	struct guard *g = arg;
	struct err_msg why;
	struct buf says;

	buf_init(&says, SAYS_MAX);
	if (ask(g->name, g->coordinator, "show", &says, &why) == ERR_OK &&
	    strstr(buf_str(&says), "acquired: None") != NULL) {
		(void)err_set(&why, ERR_LOST, g->name, NULL,
		    "labgrid: somebody has taken it away");
		tell_error(&why);
		loop_stop(g->loop);
	}
	buf_fini(&says);
}

static enum err
found(struct guard *g, json_t *row, struct err_msg *why)
{
	struct buf says;
	enum err e;

	buf_init(&says, SAYS_MAX);
	e = ask(g->name, g->coordinator, "env", &says, why);
	if (e == ERR_OK)
		(void)place_grid_env(buf_str(&says), row);
	buf_fini(&says);
	return e;
}

static void
watch(struct guard *g, const json_t *row)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct loop_signal *s[3];
	const char *every = getenv("VISE_LABGRID_LOOK");
	uint64_t look = LOOK_S * NS_PER_S;
	struct loop_fd *in = loop_fd_open(g->loop, 0, LOOP_READ, on_pipe, g);
	struct loop_timer *t;

	(void)slice_duration(slice_of(every != NULL ? every : ""), &look);
	for (size_t i = 0; i < 3; i++)
		s[i] = loop_signal_watch(g->loop, signals[i], on_end, g);
	t = loop_timer_start(g->loop, look, look, on_look, g);
	tell(row);
	loop_run(g->loop);
	loop_timer_stop(t);
	for (size_t i = 0; i < 3; i++)
		loop_signal_forget(s[i]);
	loop_fd_close(in);
}

int
place_grid_guard(struct cli_call *c)
{
	struct guard g = { .name = c->argc > 4 ? c->argv[2] : "", .loop = loop_new() };
	json_t *row = json_object();
	uint64_t wait = 0;
	struct err_msg why;
	struct buf says;
	enum err e = ERR_USAGE;

	if (c->argc > 4 && strcmp(c->argv[3], "-") != 0)
		g.coordinator = c->argv[3];
	if (c->argc > 4)
		(void)slice_duration(slice_of(c->argv[4]), &wait);
	if (g.loop != NULL && g.name[0] != '\0')
		e = acquire(&g, wait, &why);
	if (e == ERR_OK) {
		e = found(&g, row, &why);
		if (e == ERR_OK)
			watch(&g, row);
		buf_init(&says, SAYS_MAX);
		(void)ask(g.name, g.coordinator, "release", &says, NULL);
		buf_fini(&says);
	}
	if (e != ERR_OK && e != ERR_USAGE)
		tell_error(&why);
	json_decref(row);
	loop_free(g.loop);
	return err_exit_status(e);
}

/* ---- our side of it */

/* One line of the guard; *v NULL: it has said nothing and is gone. */
static void
read_line(int fd, json_t **v)
{
	struct buf b;
	char c;

	buf_init(&b, LINE_MAX_BYTES);
	while (sys_read(fd, &c, 1) == 1 && c != '\n')
		(void)buf_add_byte(&b, c);
	*v = b.len != 0 ? json_read(buf_str(&b), b.len, "labgrid", NULL) : NULL;
	buf_fini(&b);
}

static enum err
start(struct place_grid *g, const char *coordinator, uint64_t wait_ns, struct err_msg *why)
{
	char *self = path_self(), *wait = mem_fmt("%llums",
	    (unsigned long long)(wait_ns / NS_PER_MS));
	const char *argv[] = { self, "place", "guard", g->name,
		coordinator != NULL ? coordinator : "-", wait, NULL };
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	enum err e = ERR_OK;

	if (!sys_pipe(in) || !sys_pipe(out))
		e = err_set(why, ERR_INFRA, g->name, NULL, "no descriptors left");
	if (e == ERR_OK) {
		const struct sys_spawn s = { .argv = argv, .fd_in = in[0], .fd_out = out[1],
			.fd_err = 2, .fd3 = -1 };

		e = sys_spawn(&s, &g->pid, why);
	}
	sys_close(in[0]);
	sys_close(out[1]);
	g->in = sys_high(in[1]);
	g->out = out[0];
	mem_free(wait);
	mem_free(self);
	return e;
}

static void
fill(json_t *row, const json_t *got)
{
	static const char *const names[] = { "console", "baud", "ssh" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_object_get(row, names[i]) == NULL &&
		    json_object_get(got, names[i]) != NULL)
			(void)json_object_set(row, names[i], json_object_get(got, names[i]));
}

enum err
place_grid_open(struct place_grid **out, json_t *row, uint64_t wait_ns, struct err_msg *why)
{
	struct place_grid *g = mem_zero(1, sizeof *g);
	json_t *said = NULL;
	enum err e;

	g->name = mem_str(json_get_str(row, "labgrid", ""));
	g->in = g->out = -1;
	e = start(g, json_get_str(row, "coordinator", NULL), wait_ns, why);
	if (e == ERR_OK) {
		read_line(g->out, &said);
		if (said == NULL)
			e = err_set(why, ERR_INFRA, g->name, NULL, "labgrid: the guard is gone");
		else if (json_object_get(said, "error") != NULL)
			e = json_to_err(json_object_get(said, "error"), why);
		else
			fill(row, said);
	}
	json_decref(said);
	if (e == ERR_OK)
		*out = g;
	else
		place_grid_close(g);
	return e;
}

void
place_grid_leave(struct place_grid *g)
{
	g->pid = 0;
	place_grid_close(g);
}

void
place_grid_close(struct place_grid *g)
{
	char piece[256];

	if (g == NULL)
		return;
	sys_close(g->in);
	if (g->pid != 0) /* until it has released; after a fork it is no child of ours */
		while (sys_read(g->out, piece, sizeof piece) > 0)
			;
	if (g->pid > 0)
		(void)sys_wait(g->pid);
	sys_close(g->out);
	mem_free(g->name);
	mem_free(g);
}

int
place_grid_fd(const struct place_grid *g)
{
	return g->in;
}

bool
place_grid_lost(struct place_grid *g, struct err_msg *why)
{
	struct pollfd p = { .fd = g->out, .events = POLLIN };
	json_t *said = NULL;

	if (g->lost.code == ERR_OK && poll(&p, 1, 0) > 0) {
		read_line(g->out, &said);
		if (said == NULL || json_to_err(json_object_get(said, "error"), &g->lost) == ERR_OK)
			(void)err_set(&g->lost, ERR_LOST, g->name, NULL,
			    "labgrid: who held it for us is gone");
		json_decref(said);
	}
	if (g->lost.code == ERR_OK)
		return false;
	*why = g->lost;
	return true;
}
