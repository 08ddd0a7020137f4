/* url.c - recognising and taking apart sources that are fetched over HTTP. */
#include "fetch/url.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/slice.h"

bool
url_is(const char *source)
{
	return strncasecmp(source, "http://", 7) == 0 || strncasecmp(source, "https://", 8) == 0
	    || strncmp(source, "unix:", 5) == 0;
}

enum err
url_parse(const char *source, char **socket, char **url, struct err_msg *why)
{
	const char *path;

	*socket = *url = NULL;
	for (const char *c = source; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return err_set(why, ERR_USAGE, "URL", "write a space as %20",
			    "it holds a blank or a control character");
	if (strncmp(source, "unix:", 5) != 0) {
		if (!url_is(source))
			return err_set(why, ERR_USAGE, source,
			    "give http://, https:// or unix:SOCKET:/PATH",
			    "not a URL that can be fetched");
		*url = mem_str(source);
		return ERR_OK;
	}
	path = strstr(source + 5, ":/");
	if (path == NULL || path == source + 5)
		return err_set(why, ERR_USAGE, source, "write unix:/run/app.sock:/debug/pprof/heap",
		    "a unix: source needs a socket and a path");
	*socket = mem_strn(source + 5, (size_t)(path - source - 5));
	*url = mem_fmt("http://localhost%s", path + 1);
	return ERR_OK;
}

char *
url_add_query(const char *source, const char *parameter)
{
	return mem_fmt("%s%c%s", source, strchr(source, '?') == NULL ? '?' : '&', parameter);
}

uint64_t
url_seconds(const char *source)
{
	struct slice query, one;
	uint64_t n;

	slice_cut(slice_of(source), '?', &query);
	while (query.n > 0) {
		one = slice_cut(query, '&', &query);
		if (slice_starts(one, "seconds=") && slice_u64(slice_skip(one, 8), 86400, &n))
			return n;
	}
	return 0;
}

void
url_shown(const char *source, char *out, unsigned long size)
{
	const char *host = strstr(source, "://"), *at = NULL, *end;
	size_t used = 0;

	host = host == NULL ? source : host + 3;
	end = host + strcspn(host, "/?#");
	for (const char *c = host; c < end; c++)
		if (*c == '@')
			at = c;
	for (const char *c = source; *c != '\0' && *c != '?' && used + 1 < size; c++) {
		if (at != NULL && c >= host && c <= at)
			continue;
		out[used++] = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
	}
	if (size > 0)
		out[used] = '\0';
}
