/* http.c - an HTTP request of a script. */
#include "worker/http.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "worker/source.h"

/* A token of RFC 9110 5.6.2. */
static size_t
token(const char *s)
{
	return strspn(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static enum err
check_headers(const json_t *list, struct err_msg *why)
{
	const json_t *v;
	size_t i;

	if (json_array_size(list) > HTTP_HEADERS_MAX)
		return err_set(why, ERR_LIMIT, "headers", NULL, "at most %d", HTTP_HEADERS_MAX);
	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v);
		const size_t n = s != NULL ? token(s) : 0;

		if (n == 0 || s[n] != ':' || strpbrk(s, "\r\n") != NULL)
			return err_set(why, ERR_USAGE, s != NULL ? s : "headers", NULL,
			    "a header is a name and one line of text");
	}
	return ERR_OK;
}

static enum err
check(const json_t *params, struct err_msg *why)
{
	const char *url = json_get_str(params, "url", ""),
		   *method = json_get_str(params, "method", "GET");

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set(why, ERR_USAGE, url, "give http://HOST[:PORT]/PATH",
		    "no address of a web server");
	if (method[0] == '\0' || method[token(method)] != '\0')
		return err_set(why, ERR_USAGE, method, NULL, "no method of HTTP");
	return check_headers(json_object_get(params, "headers"), why);
}

static json_t *
request_of(const json_t *params)
{
	static const char *const passed[] = { "url", "method", "headers", "body64" };
	const int64_t most = json_get_int(params, "max_bytes", 0);
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		if (json_object_get(params, passed[i]) != NULL)
			(void)json_object_set(o, passed[i], json_object_get(params, passed[i]));
	json_put_bool(o, "plain", true);
	json_put_int(o, "timeout_ms", json_get_int(params, "timeout_ms", 0));
	json_put_int(o, "max_bytes", most > 0 && most < HTTP_BODY_MAX ? most : HTTP_BODY_MAX);
	return o;
}

enum err
http_request(const json_t *params, json_t **result, struct err_msg *why)
{
	enum err e = check(params, why);
	json_t *o, *facts = NULL;
	struct buf body, text;

	if (e != ERR_OK)
		return e;
	o = request_of(params);
	buf_init(&body, HTTP_BODY_MAX + (256 << 10));
	buf_init(&text, 2 * HTTP_BODY_MAX);
	e = source_fetch(o, &body, &facts, why);
	if (e == ERR_OK)
		e = base64_put(&text, body.data, body.len);
	if (e == ERR_OK) {
		json_put_str(facts, "body64", buf_str(&text));
		*result = facts;
	} else {
		json_decref(facts);
	}
	buf_fini(&body);
	buf_fini(&text);
	json_decref(o);
	return e;
}
