/* url.c - recognising and taking apart sources that are fetched over HTTP. */
#include "fetch/url.h"

#include <string.h>

#include "base/slice.h"
#include "core/place.h"

bool
url_is(const char *source)
{
	return place_fetched(source);
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
