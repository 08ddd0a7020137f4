/* place.c - reading the names of sources. */
#include "core/place.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "sys/path.h"

static const char debug[] = "/debug/pprof";

static enum err
bad(struct err_msg *why, const char *text, const char *next, const char *what)
{
	return err_set(why, ERR_USAGE, text, next, "%s", what);
}

/* A blank or a control character in an address would reach another program's command line. */
static bool
clean(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool
is_port(struct slice s)
{
	uint64_t n;

	return slice_u64(s, 65535, &n) && n > 0;
}

/* HOST:PORT[/PATH]: the length of HOST, or -1. [v6] keeps its brackets. */
static int
host_length(const char *text)
{
	static const char name[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@";
	const char *end = text[0] == '[' ? strchr(text, ']') : text + strspn(text, name);

	if (end != NULL && *end == ']')
		end++;
	if (end == NULL || *end != ':' || text[0] == '-')
		return -1;
	return is_port(slice_make(end + 1, strcspn(end + 1, "/?"))) ? (int)(end - text) : -1;
}

static enum err
parse_unix(const char *text, struct place *p, struct err_msg *why)
{
	const char *path = strstr(text + 5, ":/");
	size_t n = path != NULL ? (size_t)(path - text - 5) : strlen(text + 5);

	if (n == 0 || memchr(text + 5, '/', n) == NULL)
		return bad(why, text, "write unix:/run/app.sock:/debug/pprof/heap",
		    "a unix: source needs the path of a socket");
	p->path = mem_strn(text + 5, n);
	p->url = mem_fmt("http://localhost%s", path != NULL ? path + 1 : "");
	return ERR_OK;
}

static enum err
parse_ssh(const char *text, struct place *p, struct err_msg *why)
{
	const char *at = text + 4;
	int n = host_length(at);
	size_t port = n > 0 ? strcspn(at + n + 1, "/?") : 0;

	if (n <= 0)
		return bad(why, text,
		    "write ssh:HOST:PORT/debug/pprof/heap, PORT as seen over there",
		    "an ssh: source needs a host and a port");
	p->host = mem_strn(at, (size_t)n);
	p->port = mem_strn(at + n + 1, port);
	p->url = mem_fmt("http://localhost:%s%s", p->port, at + n + 1 + port);
	return ERR_OK;
}

static enum err
parse_gops(const char *text, struct place *p, struct err_msg *why)
{
	const char *at = text + 5;
	int n;

	if (slice_u64(slice_of(at), 1 << 22, &p->pid) && p->pid > 0)
		return ERR_OK;
	n = host_length(at);
	if (n < 0 || strchr(at, '/') != NULL)
		return bad(why, text, "write gops:PID or gops:HOST:PORT",
		    "a gops: source needs a process or an address");
	p->host = n == 0 ? mem_str("127.0.0.1") : mem_strn(at, (size_t)n);
	p->port = mem_str(at + n + 1);
	return ERR_OK;
}

static enum err
parse_pid(const char *text, struct place *p, struct err_msg *why)
{
	if (slice_u64(slice_of(text + 4), 1 << 22, &p->pid) && p->pid > 0)
		return ERR_OK;
	return bad(why, text, "write pid:1234", "a pid: source needs a process number");
}

static enum err
parse_http(const char *text, struct place *p, struct err_msg *why)
{
	(void)why;
	p->url = mem_str(text);
	return ERR_OK;
}

static const struct form {
	const char *prefix;
	enum place_kind kind;
	enum err (*parse)(const char *text, struct place *p, struct err_msg *why);
} forms[] = {
	{ "http://", PLACE_HTTP, parse_http },
	{ "https://", PLACE_HTTP, parse_http },
	{ "unix:", PLACE_UNIX, parse_unix },
	{ "ssh:", PLACE_SSH, parse_ssh },
	{ "gops:", PLACE_GOPS, parse_gops },
	{ "pid:", PLACE_PID, parse_pid },
};

static const struct form *
form_of(const char *text)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strncasecmp(text, forms[i].prefix, strlen(forms[i].prefix)) == 0)
			return &forms[i];
	return NULL;
}

static bool
is_short(const char *text)
{
	return host_length(text) >= 0 && strchr(text, '@') == NULL && !path_exists(text);
}

bool
place_fetched(const char *text)
{
	return form_of(text) != NULL || is_short(text);
}

static enum err
parse_rest(const char *text, struct place *p, struct err_msg *why)
{
	if (text[0] == '\0')
		return bad(why, "source", "name a file or an address", "it is empty");
	if (is_short(text)) {
		p->kind = PLACE_HTTP;
		p->url = mem_fmt("http://%s%s", text[0] == ':' ? "127.0.0.1" : "", text);
		return clean(text) ? ERR_OK
				   : bad(why, "URL", "write a space as %20", "it holds a blank");
	}
	if (strstr(text, "://") != NULL && strcspn(text, "/") == strcspn(text, ":") + 1)
		return bad(why, text, "give http://, https://, unix:, ssh:, gops:, pid: or a file",
		    "not a URL that can be fetched");
	p->kind = strpbrk(text, "*?[") != NULL && !path_exists(text) ? PLACE_PATTERN : PLACE_FILE;
	p->path = mem_str(text);
	return ERR_OK;
}

enum err
place_parse(const char *text, struct place *out, struct err_msg *why)
{
	const struct form *f = form_of(text);
	enum err e;

	*out = (struct place){ .kind = PLACE_FILE };
	if (f == NULL) {
		e = parse_rest(text, out, why);
	} else if (!clean(text)) {
		e = bad(why, "URL", "write a space as %20",
		    "it holds a blank or a control character");
	} else {
		out->kind = f->kind;
		e = f->parse(text, out, why);
	}
	if (e != ERR_OK)
		place_fini(out);
	return e;
}

void
place_fini(struct place *p)
{
	mem_free(p->path);
	mem_free(p->host);
	mem_free(p->port);
	mem_free(p->url);
	*p = (struct place){ .kind = PLACE_FILE };
}

/* The parts of a URL: up to and with /debug/pprof, the profile behind it, the query. */
struct parts {
	struct slice root, name, query;
	bool fixed;                     /* no /debug/pprof in it */
	bool bare;                      /* no path at all */
};

static void
take_apart(const char *url, struct parts *u)
{
	struct slice rest, base = slice_cut(slice_of(url), '?', &u->query);
	const char *host = strstr(url, "://");
	size_t skip = host == NULL ? 0 : (size_t)(host + 3 - url);
	int64_t at;

	u->query = slice_cut(u->query, '#', &rest);
	u->fixed = u->bare = false;
	u->name = slice_of("");
	at = slice_find(slice_skip(base, skip), slice_of("/"));
	if (at < 0 || skip + (size_t)at + 1 == base.n) {
		u->root = at < 0 ? base : slice_make(base.p, base.n - 1);
		u->bare = true;
		return;
	}
	at = slice_find(base, slice_of(debug));
	rest = at < 0 ? slice_of("x") : slice_skip(base, (size_t)at + sizeof(debug) - 1);
	u->fixed = rest.n > 0 && rest.p[0] != '/';
	u->root = u->fixed ? base : slice_make(base.p, (size_t)at + sizeof(debug) - 1);
	u->name = u->fixed ? u->name : slice_skip(rest, 1);
}

void
place_profile(const struct place *p, char out[32])
{
	struct parts u;
	const char *word = "other";

	if (p->url != NULL) {
		take_apart(p->url, &u);
		if (!u.fixed && u.name.n > 0 && u.name.n < 32) {
			snprintf(out, 32, "%.*s", (int)u.name.n, u.name.p);
			return;
		}
		word = u.fixed ? "other" : "any";
	} else if (p->kind == PLACE_GOPS || p->kind == PLACE_PID) {
		word = "any";
	}
	snprintf(out, 32, "%s", word);
}

static void
add_query(struct buf *b, struct slice q)
{
	if (q.n == 0)
		return;
	(void)buf_add_byte(b, strchr(buf_str(b), '?') == NULL ? '?' : '&');
	(void)buf_add(b, q.p, q.n);
}

static bool
asks_gc(struct slice query)
{
	struct slice one;

	while (query.n > 0) {
		one = slice_cut(query, '&', &query);
		if (slice_starts(one, "gc="))
			return true;
	}
	return false;
}

static void
write_url(const struct parts *u, struct slice name, struct buf *b)
{
	if (slice_is(name, "vars")) {
		size_t cut = u->bare ? 0 : sizeof("/pprof") - 1;

		(void)buf_add(b, u->root.p, u->root.n - cut);
		(void)buf_add_str(b, u->bare ? "/debug/vars" : "/vars");
		return;
	}
	(void)buf_add(b, u->root.p, u->root.n);
	if (u->bare)
		(void)buf_add_str(b, debug);
	(void)buf_add_byte(b, '/');
	(void)buf_add(b, name.p, name.n);
}

static const char *
own_or(const char *profile)
{
	return profile != NULL && (strcmp(profile, "other") == 0 || profile[0] == '\0') ? NULL
											 : profile;
}

char *
place_url(const struct place *p, const char *profile, bool gc, const char *query,
    struct err_msg *why)
{
	struct slice name;
	struct parts u;
	struct buf b;

	if (p->url == NULL) {
		(void)bad(why, "source", NULL, "it has no URL");
		return NULL;
	}
	take_apart(p->url, &u);
	profile = own_or(profile);
	if (u.fixed && profile != NULL) {
		(void)bad(why, p->url, "give an address that ends in /debug/pprof/",
		    "only one thing is known there: where its other profiles are cannot be told");
		return NULL;
	}
	name = profile != NULL ? slice_of(profile) : u.name;
	if (name.n == 0)
		name = slice_of("heap");
	buf_init(&b, 64 << 10);
	if (u.fixed)
		(void)buf_add(&b, u.root.p, u.root.n);
	else
		write_url(&u, name, &b);
	if (u.fixed || slice_eq(name, u.name) || u.name.n == 0)
		add_query(&b, u.query);
	if (gc && slice_is(name, "heap") && !u.fixed && !asks_gc(u.query))
		add_query(&b, slice_of("gc=1"));
	add_query(&b, slice_of(query));
	return buf_take(&b);
}
