/* fetch.c - HTTP GET over libcurl, in a process that has nothing to lose. */
#include "fetch/fetch.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <curl/curl.h>

#include "base/clock.h"
#include "base/limits.h"
#include "fetch/url.h"
#include "sys/time.h"

enum { HEADERS_MAX = 64 << 10, EXCUSE_MAX = 160, REDIRECTS_MAX = 5, DEFAULT_MS = 60000,
	CONNECT_MS = 5000, SILENCE_MS = 15000 };

struct transfer {
	CURL *curl;
	fetch_sink sink;
	void *arg;
	uint64_t bytes, max, header_bytes;
	long status;
	bool plain, too_big, headers_too_big, sink_failed;
	int64_t date;
	char through[32];
	struct curl_slist *connect_to, *headers;
	char excuse[EXCUSE_MAX];        /* what the server wrote in place of a body */
	size_t excuse_n;
	char shown[ERR_WHAT_MAX];
	char text[CURL_ERROR_SIZE];
};

/* Text of the server ends on a person's screen: one line, printable ASCII. */
static void
add_excuse(struct transfer *t, const char *p, size_t n)
{
	for (size_t i = 0; i < n && t->excuse_n + 1 < sizeof(t->excuse); i++) {
		if (p[i] == '\n' || p[i] == '\r')
			break;
		t->excuse[t->excuse_n++] = (char)(p[i] >= ' ' && p[i] < 127 ? p[i] : '?');
	}
	t->excuse[t->excuse_n] = '\0';
}

static size_t
on_body(char *p, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t n = size * count;

	if (t->status == 0)
		(void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->status);
	if (t->status != 200 && !t->plain) {
		if (t->excuse_n == 0)
			add_excuse(t, p, n);
		t->bytes += n;
		return t->bytes > HEADERS_MAX ? 0 : n;  /* an error page needs no more */
	}
	if (n > t->max - t->bytes) {
		t->too_big = true;
		return 0;
	}
	t->bytes += n;
	if (!t->sink(t->arg, p, n)) {
		t->sink_failed = true;
		return 0;
	}
	return n;
}

static size_t
on_header(char *p, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;

	char date[64];

	t->header_bytes += size * count;
	if (size * count > 6 && strncasecmp(p, "date: ", 6) == 0) {
		snprintf(date, sizeof date, "%.*s",
		    (int)(size * count < sizeof date ? size * count - 6 : sizeof date - 1), p + 6);
		t->date = curl_getdate(date, NULL);
	}
	if (t->header_bytes <= HEADERS_MAX)
		return size * count;
	t->headers_too_big = true;
	return 0;
}

/* libcurl's own failures. Anything not here is ERR_IO with libcurl's words. */
static const struct failure {
	CURLcode code;
	enum err err;
	const char *why, *next;
} failures[] = {
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_PROTO,
	    "the server redirects to something that is not http or https",
	    "check what answers at this address" },
	{ CURLE_URL_MALFORMAT, ERR_USAGE, "not a valid URL",
	    "give http://HOST:PORT/debug/pprof/heap" },
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NOENT, "no such host",
	    "correct the name, or give the address" },
	{ CURLE_COULDNT_CONNECT, ERR_LOST, "nobody listens there",
	    "start the program (it must import net/http/pprof), or correct the port" },
	{ CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT, "the server did not deliver in time",
	    "try again, or allow more time with --timeout" },
	{ CURLE_PARTIAL_FILE, ERR_EOF, "the connection ended before the whole body came",
	    "try again" },
	{ CURLE_GOT_NOTHING, ERR_EOF, "the server closed without an answer",
	    "check that it speaks HTTP" },
	{ CURLE_RECV_ERROR, ERR_LOST, "the connection broke", "try again" },
	{ CURLE_SEND_ERROR, ERR_LOST, "the connection broke", "try again" },
	{ CURLE_TOO_MANY_REDIRECTS, ERR_PROTO, "the server redirects in circles", "check the URL" },
	{ CURLE_FILESIZE_EXCEEDED, ERR_LIMIT, "the body is larger than the limit",
	    "raise the limit if you trust it" },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_PROTO, "its certificate cannot be verified",
	    "use http:// or install its certificate authority" },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_PROTO, "what answers there does not speak HTTP",
	    "correct the port" },
	{ CURLE_OUT_OF_MEMORY, ERR_LIMIT, "no memory, or a header without end", NULL },
};

static enum err
failed(const struct transfer *t, CURLcode code, struct err_msg *why)
{
	if (t->headers_too_big)
		return err_set(why, ERR_LIMIT, t->shown, "check what answers at this address",
		    "the server sends headers without end");
	if (t->too_big)
		return err_set(why, ERR_LIMIT, t->shown, "raise the limit if you trust the server",
		    "the body is larger than %llu bytes", (unsigned long long)t->max);
	if (t->sink_failed)
		return err_set(
		    why, ERR_IO, t->shown, NULL, "what was fetched could not be passed on");
	if (strstr(t->text, "HTTP/0.9") != NULL)
		code = CURLE_WEIRD_SERVER_REPLY; /* libcurl calls it an unsupported protocol */
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].code == code)
			return err_set(why, failures[i].err, t->shown, failures[i].next, "%s",
			    failures[i].why);
	return err_set(why, ERR_IO, t->shown, "check the URL and the server", "%.200s",
	    t->text[0] != '\0' ? t->text : curl_easy_strerror(code));
}

static enum err
bad_status(const struct transfer *t, struct err_msg *why)
{
	const char *next = "check the server's log";
	enum err e = ERR_IO;

	if (t->status == 404) {
		e = ERR_NOENT;
		next = "open /debug/pprof/ there to see which profiles it has";
	} else if (t->status == 401 || t->status == 403) {
		e = ERR_DENIED;
		next = "the server wants other credentials";
	} else if (t->status >= 300 && t->status < 400) {
		next = "give the address it redirects to";
	}
	return err_set(why, e, t->shown, next, "the server says %ld%s%s", t->status,
	    t->excuse[0] != '\0' ? ": " : "", t->excuse);
}

static void
set_limits(const struct transfer *t, const struct fetch_request *r)
{
	uint64_t extra = url_seconds(r->url) * 1500;
	uint64_t total = r->timeout_ms != 0 ? r->timeout_ms : DEFAULT_MS + extra;
	uint64_t silence = (r->silence_ms != 0 ? r->silence_ms : SILENCE_MS) + extra;

	(void)curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, (long)total);
	(void)curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(r->connect_ms != 0 ? r->connect_ms : CONNECT_MS));
	(void)curl_easy_setopt(t->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl_easy_setopt(t->curl, CURLOPT_LOW_SPEED_TIME, (long)((silence + 999) / 1000));
	(void)curl_easy_setopt(t->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->max);
	(void)curl_easy_setopt(t->curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
}

static int
on_connected(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	const struct fetch_request *r = arg;

	(void)ip;
	(void)local_ip;
	(void)port;
	return r->connected(r->connected_arg, (uint16_t)local_port) ? CURL_PREREQFUNC_OK
								    : CURL_PREREQFUNC_ABORT;
}

static void
set_way(struct transfer *t, const struct fetch_request *r)
{
	CURL *c = t->curl;

	(void)curl_easy_setopt(c, CURLOPT_URL, r->url);
	if (r->socket != NULL)
		(void)curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, r->socket);
	if (r->connected != NULL) {
		(void)curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_connected);
		(void)curl_easy_setopt(c, CURLOPT_PREREQDATA, (void *)(uintptr_t)r);
	}
	if (r->through == 0)
		return;
	snprintf(t->through, sizeof t->through, "::127.0.0.1:%u", (unsigned)r->through);
	t->connect_to = curl_slist_append(NULL, t->through);
	(void)curl_easy_setopt(c, CURLOPT_CONNECT_TO, t->connect_to);
	(void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
}

static void
set_rules(struct transfer *t)
{
	CURL *c = t->curl;

	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->text);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	(void)curl_easy_setopt(c, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(c, CURLOPT_USERAGENT, "vise/" VISE_VERSION);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
}

/* Text of the server: printable, cut, NUL-terminated; text may be NULL. */
static void
copy_printable(char *out, size_t size, const char *text)
{
	size_t i = 0;

	for (; text != NULL && text[i] != '\0' && i + 1 < size; i++)
		out[i] = (char)(text[i] >= ' ' && text[i] < 127 ? text[i] : '?');
	out[i] = '\0';
}

/* What a plain request sends. */
static void
set_plain(struct transfer *t, const struct fetch_request *r)
{
	CURL *c = t->curl;

	(void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	if (r->body != NULL) {
		(void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_n);
		(void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
	}
	if (r->method != NULL && strcmp(r->method, "HEAD") == 0)
		(void)curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else if (r->method != NULL)
		(void)curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
	for (const char *const *h = r->headers; h != NULL && *h != NULL; h++)
		t->headers = curl_slist_append(t->headers, *h);
	(void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers);
}

static enum err
perform(struct transfer *t, struct fetch_result *result, struct err_msg *why)
{
	uint64_t start = sys_mono();
	CURLcode code = curl_easy_perform(t->curl);
	const char *type = NULL, *to = NULL;
	curl_off_t first_us = 0;

	(void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->status);
	if (!t->plain && t->status != 0 && t->status != 200 &&
	    (code == CURLE_OK || code == CURLE_WRITE_ERROR) && !t->headers_too_big)
		return bad_status(t, why);
	if (code != CURLE_OK)
		return failed(t, code, why);
	(void)curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(t->curl, CURLINFO_STARTTRANSFER_TIME_T, &first_us);
	result->date = t->date > 0 ? t->date : 0;
	result->status = t->status;
	(void)curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &to);
	copy_printable(result->location, sizeof result->location, to);
	copy_printable(result->content_type, sizeof result->content_type, type);
	result->bytes = t->bytes;
	result->ns = sys_mono() - start;
	result->wait_ns = first_us > 0 ? (uint64_t)first_us * NS_PER_US : 0;
	return ERR_OK;
}

/* A kept one has its connection, and none of the request before. */
static CURL *
curl_of(const struct fetch_request *r)
{
	if (r->kept == NULL)
		return curl_easy_init();
	if (r->kept->curl == NULL)
		r->kept->curl = curl_easy_init();
	else
		curl_easy_reset(r->kept->curl);
	if (r->kept->curl != NULL)
		(void)curl_easy_setopt(r->kept->curl, CURLOPT_MAXCONNECTS, 1L);
	return r->kept->curl;
}

void
fetch_forget(struct fetch_kept *kept)
{
	if (kept->curl != NULL)
		curl_easy_cleanup(kept->curl);
	kept->curl = NULL;
}

enum err
fetch_get(const struct fetch_request *r, fetch_sink sink, void *arg, struct fetch_result *result,
    struct err_msg *why)
{
	struct transfer t = { .sink = sink, .arg = arg, .plain = r->plain,
	    .max = r->max_bytes != 0 ? r->max_bytes : LIMIT_HTTP_BODY };
	const bool hidden = r->socket != NULL || r->through != 0;
	enum err e;

	*result = (struct fetch_result){ 0 };
	url_shown(hidden && r->source != NULL ? r->source : r->url, t.shown, sizeof(t.shown));
	t.curl = curl_of(r);
	if (t.curl == NULL) {
		e = err_set(why, ERR_MEMORY, t.shown, NULL, "no memory for a connection");
	} else {
		set_rules(&t);
		set_way(&t, r);
		set_limits(&t, r);
		if (r->plain)
			set_plain(&t, r);
		e = perform(&t, result, why);
		(void)curl_easy_setopt(t.curl, CURLOPT_CONNECT_TO, NULL);
		(void)curl_easy_setopt(t.curl, CURLOPT_HTTPHEADER, NULL);
		curl_slist_free_all(t.connect_to);
		curl_slist_free_all(t.headers);
		if (r->kept == NULL)
			curl_easy_cleanup(t.curl);
	}
	return e;
}
