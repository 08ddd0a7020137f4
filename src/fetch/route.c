/* route.c - which way to a profile. */
#include "fetch/route.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "core/place.h"
#include "fetch/gops.h"
#include "fetch/tunnel.h"
#include "fetch/url.h"
#include "sys/listen.h"

enum { CANDIDATES_MAX = 16, PROBE_MS = 3000 };

static void
put_address(struct fetch_result *result, const char *source)
{
	snprintf(result->address, sizeof result->address, "%s", source);
}

static enum err
get_http(const struct place *p, const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why)
{
	struct fetch_request http = *r;
	char *url = place_url(p, r->profile, r->gc, r->query, why);
	enum err e;

	if (url == NULL)
		return ERR_USAGE;
	http.url = url;
	http.socket = p->kind == PLACE_UNIX ? p->path : NULL;
	e = fetch_get(&http, sink, arg, result, why);
	mem_free(url);
	put_address(result, r->source);
	return e;
}

struct through {
	struct tunnel *tunnel;
	struct err_msg why;
	bool failed;                    /* ssh itself could not be started: why says so */
};

/* A kept connection tells of itself each time it is used again. */
static bool
on_connected(void *arg, uint16_t port)
{
	struct through *t = arg;

	t->failed = tunnel_start(t->tunnel, port, &t->why) != ERR_OK;
	return !t->failed;
}

static void
forget_tunnel(struct fetch_kept *kept)
{
	mem_free(kept->tunnel);
	mem_free(kept->whom);
	kept->tunnel = NULL;
	kept->whom = NULL;
}

void
route_forget(struct fetch_kept *kept)
{
	fetch_forget(kept);
	if (kept->tunnel != NULL)
		tunnel_close(kept->tunnel, false);
	forget_tunnel(kept);
}

/* The tunnel of the request before when it leads to the same port of the same host. */
static enum err
tunnel_to(const struct place *p, struct fetch_kept *kept, struct tunnel *own,
    struct through *t, struct err_msg *why)
{
	char *whom;
	enum err e;

	t->tunnel = own;
	if (kept == NULL)
		return tunnel_open(own, p->host, p->port, why);
	whom = mem_fmt("%s %s", p->host, p->port);
	if (kept->tunnel != NULL && strcmp(kept->whom, whom) != 0)
		route_forget(kept);
	if (kept->tunnel != NULL) {
		mem_free(whom);
		t->tunnel = kept->tunnel;
		t->tunnel->host = p->host;      /* those of the request before are gone */
		t->tunnel->port = p->port;
		return ERR_OK;
	}
	kept->tunnel = mem_zero(1, sizeof *kept->tunnel);
	kept->whom = whom;
	t->tunnel = kept->tunnel;
	e = tunnel_open(t->tunnel, p->host, p->port, why);
	if (e != ERR_OK)
		forget_tunnel(kept);
	return e;
}

static void
tunnel_done(struct through *t, struct fetch_kept *kept, enum err e)
{
	if (kept != NULL && e == ERR_OK)
		return;
	if (kept != NULL)
		fetch_forget(kept);
	tunnel_close(t->tunnel, e == ERR_EOF || e == ERR_LOST || e == ERR_TIMEOUT);
}

/* Nobody is there to answer a question of ssh. */
static enum err
ssh_said(const char *source, const char *host, const char *said, enum err e, struct err_msg *why)
{
	char next[160];

	snprintf(next, sizeof next, "ssh %.90s true must work without a question", host);
	return err_set(why, e, source, next, "ssh says: %.300s", said);
}

static enum err
get_ssh(const struct place *p, const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why)
{
	struct fetch_request http = *r;
	struct through t = { .failed = false };
	struct tunnel own;
	char *url = place_url(p, r->profile, r->gc, r->query, why);
	enum err e = url == NULL ? ERR_USAGE : tunnel_to(p, r->kept, &own, &t, why);

	if (e == ERR_OK) {
		http.url = url;
		http.through = t.tunnel->through;
		http.connected = on_connected;
		http.connected_arg = &t;
		e = fetch_get(&http, sink, arg, result, why);
		tunnel_done(&t, r->kept, e);
		if (t.failed && why != NULL)
			*why = t.why;
		else if (e != ERR_OK && t.tunnel->said[0] != '\0')
			e = ssh_said(r->source, p->host, t.tunnel->said, e, why);
		if (e != ERR_OK && r->kept != NULL)
			forget_tunnel(r->kept);
	}
	mem_free(url);
	put_address(result, r->source);
	return t.failed ? t.why.code : e;
}

/* ---- pid: where the process listens, tried one by one */

struct search {
	char *found[CANDIDATES_MAX];
	size_t n;
};

static bool
take_address(const char *address, void *arg)
{
	struct search *s = arg;

	if (address[0] == '/')
		s->found[s->n++] = mem_fmt("unix:%s:/debug/pprof/", address);
	else
		s->found[s->n++] = mem_fmt("http://%s/debug/pprof/", address);
	return s->n < CANDIDATES_MAX;
}

static bool
nowhere(void *arg, const void *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return true;
}

/* cmdline is the one page of net/http/pprof that costs nothing. */
static bool
answers(const char *source)
{
	struct fetch_request r = { .source = source, .profile = "cmdline", .timeout_ms = PROBE_MS,
	    .connect_ms = PROBE_MS, .max_bytes = 1 << 20 };
	struct fetch_result result;
	struct place p;
	bool yes;

	if (place_parse(source, &p, NULL) != ERR_OK)
		return false;
	yes = get_http(&p, &r, nowhere, NULL, &result, NULL) == ERR_OK;
	place_fini(&p);
	return yes;
}

static enum err
find_address(uint64_t pid, char **address, struct err_msg *why)
{
	struct search s = { .n = 0 };
	enum err e = listen_each(pid, take_address, &s, why);
	char *port;

	*address = NULL;
	for (size_t i = 0; e == ERR_OK && i < s.n && *address == NULL; i++)
		if (answers(s.found[i]))
			*address = mem_str(s.found[i]);
	port = e == ERR_OK && *address == NULL ? gops_port(pid, NULL) : NULL;
	if (port != NULL)
		*address = mem_fmt("gops:127.0.0.1:%s", port);
	mem_free(port);
	for (size_t i = 0; i < s.n; i++)
		mem_free(s.found[i]);
	if (e == ERR_OK && *address == NULL) {
		char name[32];

		snprintf(name, sizeof name, "pid %llu", (unsigned long long)pid);
		e = err_set(why, ERR_NOENT, name,
		    "import _ \"net/http/pprof\" and listen, or start a gops agent in it",
		    s.n == 0 ? "listens nowhere, and has no gops agent"
			     : "serves no /debug/pprof/ where it listens, and has no gops agent");
	}
	return e;
}

static enum err
get_pid(const struct place *p, const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why)
{
	struct fetch_request at = *r;
	char *address;
	enum err e = find_address(p->pid, &address, why);
	struct place found;

	if (e != ERR_OK)
		return e;
	at.source = address;
	e = place_parse(address, &found, why);
	if (e == ERR_OK) {
		e = found.kind == PLACE_GOPS ? gops_get(&found, &at, sink, arg, result, why)
					     : get_http(&found, &at, sink, arg, result, why);
		place_fini(&found);
	}
	mem_free(address);
	return e;
}

static enum err
get_file(const struct place *p, const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why)
{
	(void)p;
	(void)sink;
	(void)arg;
	(void)result;
	return err_set(why, ERR_USAGE, r->source, "give http://, unix:, ssh:, gops: or pid:",
	    "not an address that can be fetched");
}

typedef enum err (*way)(const struct place *p, const struct fetch_request *r, fetch_sink sink,
    void *arg, struct fetch_result *result, struct err_msg *why);

static const way ways[] = {
	[PLACE_FILE] = get_file, [PLACE_PATTERN] = get_file, [PLACE_HTTP] = get_http,
	[PLACE_UNIX] = get_http, [PLACE_SSH] = get_ssh, [PLACE_GOPS] = gops_get,
	[PLACE_PID] = get_pid,
};

enum err
route_get(const struct fetch_request *r, fetch_sink sink, void *arg, struct fetch_result *result,
    struct err_msg *why)
{
	struct place p;
	enum err e = place_parse(r->source, &p, why);

	*result = (struct fetch_result){ 0 };
	if (e != ERR_OK)
		return e;
	e = ways[p.kind](&p, r, sink, arg, result, why);
	place_fini(&p);
	return e;
}
