/* cli_grab.c - one profile into a file. */
#include "cli/cli_grab.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/cli_worker.h"
#include "cli/say.h"
#include "core/place.h"
#include "sys/time.h"

static const char usage[] =
    "usage: vise pprof grab [options] SOURCE     save a profile: checked, whole or not at all\n"
    "SOURCE: http://HOST:PORT, https://..., HOST:PORT, unix:SOCKET:/PATH, ssh:HOST:PORT,\n"
    "        gops:PID, gops:HOST:PORT, pid:PID, a file, a pattern (the newest that matches)\n"
    "  -o, --output FILE  where to (KIND-DATE-TIME.pb.gz in this folder)\n"
    "  --kind K           heap, allocs, goroutine, mutex, block, threadcreate, profile, trace,\n"
    "                     vars ...; what SOURCE names, else heap\n"
    "  --gc               heap: have the program collect garbage first\n"
    "  --seconds N        of profile, trace: how long\n"
    "  --timeout TIME     for the fetch (60s, and the seconds asked for)\n"
    "  --limit SIZE       most bytes to take (256M)\n"
    "  --raw              save what comes without looking at it\n"
    "  --json             what was saved as JSON\n";

struct wish {
	const char *out, *kind, *seconds, *timeout, *limit;
	bool gc, raw;
};

char *
cli_grab_folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return mem_str(".");
	return slash == file ? mem_str("/") : mem_strn(file, (size_t)(slash - file));
}

char *
cli_grab_name(const char *kind)
{
	static const struct { const char *kind, *end; } ends[] = {
		{ "trace", "trace" }, { "vars", "json" }, { "memstats", "txt" },
	};
	const char *end = "pb.gz";
	char iso[40], stamp[40];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(kind, ends[i].kind) == 0)
			end = ends[i].end;
	clock_fmt_iso(sys_wall(), iso, sizeof iso);
	for (const char *c = iso; *c != '\0' && *c != '.' && n + 1 < sizeof stamp; c++)
		if (*c != '-' && *c != ':')
			stamp[n++] = *c == 'T' ? '-' : *c;
	stamp[n] = '\0';
	return mem_fmt("%s-%s.%s", kind, stamp, end);
}

static enum err
request(const struct wish *w, const char *source, const char *out, json_t *o, struct err_msg *why)
{
	uint64_t n = 0;
	char query[40];

	json_put_str(o, "url", source);
	json_put_str(o, "out", out);
	json_put_bool(o, "check", !w->raw);
	json_put_bool(o, "gc", w->gc);
	if (w->kind != NULL)
		json_put_str(o, "profile", w->kind);
	if (w->seconds != NULL) {
		snprintf(query, sizeof query, "seconds=%s", w->seconds);
		json_put_str(o, "query", query);
	}
	if (w->timeout != NULL && slice_duration(slice_of(w->timeout), &n))
		json_put_int(o, "timeout_ms", (int64_t)(n / NS_PER_MS) + 1);
	if (w->limit == NULL)
		return ERR_OK;
	if (!slice_bytes(slice_of(w->limit), &n) || n == 0 || n > UINT32_MAX)
		return err_set(why, ERR_USAGE, "--limit", "vise pprof grab --help",
		    "its value makes no sense");
	json_put_int(o, "max_bytes", (int64_t)n);
	return ERR_OK;
}

static void
print(const struct cli_call *c, const json_t *result, const char *out)
{
	char took[32] = "";

	if (c->json) {
		say_json(result);
		return;
	}
	if (json_get_int(result, "ns", 0) > 0)
		clock_fmt_span((uint64_t)json_get_int(result, "ns", 0), took, sizeof(took));
	say_str(stdout, out);
	printf(": %lld bytes%s%s\n", (long long)json_get_int(result, "bytes", 0),
	    took[0] != '\0' ? " in " : "", took);
}

/* The worker is given the time of the fetch, of seconds=N, and some for looking at it. */
static uint64_t
deadline(const struct wish *w)
{
	uint64_t ns = 0, seconds = 0;

	if (w->timeout == NULL || !slice_duration(slice_of(w->timeout), &ns))
		return 0;
	if (w->seconds != NULL)
		(void)slice_u64(slice_of(w->seconds), 86400, &seconds);
	return ns + seconds * NS_PER_S + (uint64_t)LIMIT_WORKER_MS * NS_PER_MS;
}

static enum err
grab(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	const char *source = c->word[0];
	char kind[32], *out, *folder;
	json_t *o = json_object(), *result;
	struct place p;
	enum err e = place_parse(source, &p, why);

	if (e != ERR_OK) {
		json_decref(o);
		return e;
	}
	place_profile(&p, kind);
	place_fini(&p);
	if (w->kind != NULL)
		snprintf(kind, sizeof kind, "%s", w->kind);
	else if (strcmp(kind, "any") == 0 || strcmp(kind, "other") == 0)
		snprintf(kind, sizeof kind, "heap");
	out = w->out != NULL ? mem_str(w->out) : cli_grab_name(kind);
	folder = cli_grab_folder(out);
	e = request(w, source, out, o, why);
	if (e == ERR_OK)
		e = cli_worker_call("fetch", o, folder, deadline(w), &result, why);
	else
		json_decref(o);
	if (e == ERR_OK) {
		print(c, result, out);
		json_decref(result);
	}
	mem_free(folder);
	mem_free(out);
	return e;
}

int
cli_grab(struct cli_call *c)
{
	struct wish w = { .out = NULL };
	const struct args_option options[] = {
		{ "-o", ARGS_TEXT, &w.out },
		{ "--output", ARGS_TEXT, &w.out },
		{ "--kind", ARGS_TEXT, &w.kind },
		{ "--gc", ARGS_FLAG, &w.gc },
		{ "--seconds", ARGS_COUNT, &w.seconds },
		{ "--timeout", ARGS_SPAN, &w.timeout },
		{ "--limit", ARGS_TEXT, &w.limit },
		{ "--raw", ARGS_FLAG, &w.raw },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	enum err e;

	if (args_help(c, usage))
		return say_end(c, ERR_OK, NULL);
	e = args_parse(c, options, 0, 1, &why);
	if (e == ERR_OK && c->words == 0)
		e = err_set(&why, ERR_USAGE, "grab", "vise pprof grab --help", "name a source");
	if (e == ERR_OK)
		e = grab(c, &w, &why);
	return say_end(c, e, &why);
}
