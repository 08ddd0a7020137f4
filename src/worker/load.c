/* load.c - reading and decoding one source. */
#include "worker/load.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/limits.h"
#include "fetch/url.h"
#include "worker/source.h"

void
load_shown(const char *source, char out[ERR_WHAT_MAX])
{
	if (url_is(source))
		url_shown(source, out, ERR_WHAT_MAX);
	else
		snprintf(out, ERR_WHAT_MAX, "%s", source);
}

enum err
load_profile(
    const char *source, const json_t *params, struct pprof_profile **out, struct err_msg *why)
{
	struct source_limits limits = { .timeout_ms =
					    (uint64_t)json_get_int(params, "timeout_ms", 0) };
	char name[ERR_WHAT_MAX];
	struct buf b;
	enum err e;

	load_shown(source, name);
	buf_init(&b, LIMIT_PROFILE_IN + 1);
	e = source_read(source, &limits, &b, NULL, why);
	if (e == ERR_OK)
		e = pprof_decode(out, buf_str(&b), b.len,
		    (uint64_t)json_get_int(params, "limit_bytes", 0), name, why);
	buf_fini(&b);
	return e;
}
