/* cli_goroutines.c - goroutines as a table for people, or as JSON. */
#include "cli/cli_goroutines.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/pprof_args.h"
#include "sys/io.h"

enum { ALLOW_MAX = 1 << 20 };

static const char usage[] =
    "usage: vise goroutines [options] SOURCE [SOURCE...]\n"
    "SOURCE: a dump or a log with a panic in it, a goroutine profile, - (standard input), or\n"
    "        HOST:PORT, http://..., unix:SOCKET, ssh:HOST:PORT, gops:PID, pid:PID: a program\n"
    "Several sources are compared in order; the last one is shown.\n"
    "  --by WHAT           stack (default), state, creator, age\n"
    "  --diff              only what differs between the first and the last\n"
    "  --flagged           only what a rule names\n"
    "  --stack             whole stacks\n"
    "  --rules LIST        goroutineleak, forever, leakprof, growing, stale+growing, stale, "
    "goleak,\n"
    "                      default (all but goleak), all, none\n"
    "  --many N            leakprof: so many at one place (10000)\n"
    "  --stale MINUTES     stale: waiting so long (60)\n"
    "  --several N         stale: so many at one place (10)\n"
    "  --allow FILE        a list of what is no leak, added to goleak's own\n"
    "  --no-defaults       without goleak's own list\n"
    "  --dump              of a running program: the full dump (debug=2). It stops the program\n"
    "  --yes               even for more than half a second\n"
    "  --no-leak-profile   do not ask for goroutineleak (Go 1.26 and later have it)\n"
    "  --source-path DIR   where the program's sources are, to see what a select waits for\n"
    "  --check             exit status 1 when a rule names any\n"
    "  --limit N           at most N groups (100)\n"
    "  --timeout TIME      for each fetch\n"
    "  --json              values as JSON\n";

static const struct pprof_option options[] = {
	{ "by", "by", PPROF_TEXT, NULL },
	{ "diff", "cli_diff", PPROF_FLAG, NULL },
	{ "flagged", "cli_flagged", PPROF_FLAG, NULL },
	{ "stack", "cli_stack", PPROF_FLAG, NULL },
	{ "rules", "rules", PPROF_TEXT, NULL },
	{ "many", "many", PPROF_COUNT, NULL },
	{ "stale", "stale_minutes", PPROF_COUNT, NULL },
	{ "several", "several", PPROF_COUNT, NULL },
	{ "allow", "allow_name", PPROF_TEXT, NULL },
	{ "no-defaults", "allow_defaults", PPROF_NOFLAG, NULL },
	{ "dump", "dump", PPROF_FLAG, NULL },
	{ "yes", "yes", PPROF_FLAG, NULL },
	{ "no-leak-profile", "leak", PPROF_NOFLAG, NULL },
	{ "source-path", "cli_source_path", PPROF_TEXT, NULL },
	{ "check", "cli_check", PPROF_FLAG, NULL },
	{ "limit", "limit", PPROF_COUNT, NULL },
	{ "timeout", "timeout_ms", PPROF_TIME, NULL },
	{ "json", "json", PPROF_FLAG, NULL },
	{ NULL, NULL, PPROF_FLAG, NULL },
};

static const struct pprof_option *const tables[] = { options, NULL };

/* ---- the request */

static enum err
read_allow(struct pprof_line *c, struct err_msg *why)
{
	const char *path = json_get_str(c->params, "allow_name", NULL);
	struct buf b;
	enum err e;

	if (path == NULL)
		return ERR_OK;
	buf_init(&b, ALLOW_MAX + (128 << 10));
	e = sys_file_read(path, ALLOW_MAX, &b, why);
	if (e == ERR_OK)
		json_put_strn(c->params, "allow", "", 0);
	if (e == ERR_OK)
		json_put(c->params, "allow", json_stringn_nocheck(buf_str(&b), b.len));
	buf_fini(&b);
	return e;
}

static enum err
request(struct pprof_line *c, struct err_msg *why)
{
	const char *folder = json_get_str(c->params, "cli_source_path", NULL);
	json_t *sources = json_array(), *folders;

	if (c->words == 0) {
		json_decref(sources);
		return err_set(why, ERR_USAGE, "goroutines", "vise goroutines --help",
		    "name a dump, a profile, - or an address");
	}
	for (size_t i = 0; i < c->words; i++)
		(void)json_array_append_new(sources, json_string(c->word[i]));
	json_put(c->params, "sources", sources);
	if (folder != NULL) {
		folders = json_array();
		(void)json_array_append_new(folders, json_string(folder));
		json_put(c->params, "source_path", folders);
	}
	json_put_bool(c->params, "frames", c->json || json_get_bool(c->params, "cli_stack", false));
	return read_allow(c, why);
}

/* ---- the table */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* "3h", "12m", "-" */
static void
age_text(const json_t *g, char *out, size_t n)
{
	long long minutes = json_get_int(g, "max_minutes", 0);

	if (minutes >= 1440)
		snprintf(out, n, "%lldd%lldh", minutes / 1440, minutes % 1440 / 60);
	else if (minutes >= 60)
		snprintf(out, n, "%lldh%02lldm", minutes / 60, minutes % 60);
	else if (minutes > 0)
		snprintf(out, n, "%lldm", minutes);
	else
		snprintf(out, n, "-");
}

static void
growth_text(const json_t *g, bool compare, char *out, size_t n)
{
	long long growth = json_get_int(g, "growth", 0);

	if (!compare)
		snprintf(out, n, "%s", "");
	else
		snprintf(out, n, growth == 0 ? "=" : "%+lld", growth);
}

static void
print_frames(const json_t *g)
{
	const json_t *frames = json_object_get(g, "frames");
	long long elided = json_get_int(g, "elided", 0);

	for (size_t i = 0; i < json_array_size(frames); i++) {
		const json_t *f = json_array_get(frames, i);

		printf("        %s\n            %s:%lld\n", json_get_str(f, "function", ""),
		    json_get_str(f, "file", ""), (long long)json_get_int(f, "line", 0));
	}
	if (elided > 0)
		printf("        ...%lld frames are left out\n", elided);
	else if (elided < 0)
		printf("        ...more frames are left out\n");
}

/* What stands below the line of a group. */
static void
print_details(const json_t *g, bool stack)
{
	const json_t *rules = json_object_get(g, "rules"), *ids = json_object_get(g, "ids");
	const char *creator = json_get_str(g, "creator", NULL),
		   *allowed = json_get_str(g, "allowed", NULL);
	bool flagged = json_array_size(rules) > 0;

	for (size_t i = 0; i < json_array_size(rules); i++)
		printf("      ! %s: %s\n", json_get_str(json_array_get(rules, i), "rule", ""),
		    json_get_str(json_array_get(rules, i), "text", ""));
	if (flagged || stack) {
		printf("      %s: %s\n", json_get_str(g, "cause", ""), json_get_str(g, "text", ""));
		printf("      look at: %s\n", json_get_str(g, "look", ""));
		if (creator != NULL)
			printf("      created by %s %s:%lld\n", creator,
			    base_name(json_get_str(g, "creator_file", "")),
			    (long long)json_get_int(g, "creator_line", 0));
		if (json_get_str(g, "labels", NULL) != NULL)
			printf("      labels %s\n", json_get_str(g, "labels", ""));
	}
	if ((flagged || stack) && json_array_size(ids) > 0) {
		printf("      goroutines");
		for (size_t i = 0; i < json_array_size(ids); i++)
			printf(" %lld", (long long)json_integer_value(json_array_get(ids, i)));
		printf("%s\n",
		    (json_int_t)json_array_size(ids) < json_get_int(g, "count", 0) ? " ..." : "");
	}
	if (allowed != NULL && stack)
		printf("      excused by %s\n", allowed);
	if (stack)
		print_frames(g);
}

static bool
is_shown(const struct pprof_line *c, const json_t *g)
{
	if (json_get_bool(c->params, "cli_flagged", false) &&
	    json_array_size(json_object_get(g, "rules")) == 0)
		return false;
	if (json_get_bool(c->params, "cli_diff", false))
		return json_get_int(g, "growth", 0) != 0;
	return json_get_int(g, "count", 0) > 0 || json_get_int(g, "first", 0) > 0;
}

static void
print_groups(const struct pprof_line *c, const json_t *o, bool compare)
{
	bool stack = json_get_bool(c->params, "cli_stack", false);
	const json_t *groups = json_object_get(o, "groups");

	printf("%8s%s %6s  %-20s %-28s %s\n", "COUNT", compare ? "   GROWTH" : "", "AGE", "STATE",
	    "CAUSE", "WHERE");
	for (size_t i = 0; i < json_array_size(groups); i++) {
		const json_t *g = json_array_get(groups, i);
		char age[32], growth[32];

		if (!is_shown(c, g))
			continue;
		age_text(g, age, sizeof(age));
		growth_text(g, compare, growth, sizeof(growth));
		printf("%8lld%*s %6s  %-20.20s %-28s %s", (long long)json_get_int(g, "count", 0),
		    compare ? 9 : 0, growth, age, json_get_str(g, "state", ""),
		    json_get_str(g, "cause", ""), json_get_str(g, "function", ""));
		if (json_get_str(g, "file", "")[0] != '\0')
			printf(" %s:%lld", base_name(json_get_str(g, "file", "")),
			    (long long)json_get_int(g, "line", 0));
		printf("\n");
		print_details(g, stack);
	}
	if (json_get_int(o, "hidden", 0) > 0)
		printf("%lld more groups are not shown; --limit N shows more\n",
		    (long long)json_get_int(o, "hidden", 0));
}

static void
print_rows(const json_t *o, bool compare)
{
	const json_t *rows = json_object_get(o, "rows");

	printf("%8s%s %6s  %s\n", "COUNT", compare ? "   GROWTH" : "", "AGE",
	    json_get_str(o, "by", ""));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *r = json_array_get(rows, i);
		char age[32], growth[32];

		age_text(r, age, sizeof(age));
		growth_text(r, compare, growth, sizeof(growth));
		printf("%8lld%*s %6s  %s\n", (long long)json_get_int(r, "count", 0),
		    compare ? 9 : 0, growth, age, json_get_str(r, "name", ""));
	}
}

static void
print_head(const json_t *o, bool compare)
{
	const json_t *notes = json_object_get(o, "notes");
	const char *headline = json_get_str(o, "headline", "");

	if (headline[0] != '\0')
		printf("%s\n", headline);
	if (json_get_int(o, "exit_status", -1) >= 0)
		printf("exit status %lld\n", (long long)json_get_int(o, "exit_status", 0));
	printf("%lld goroutines", (long long)json_get_int(o, "total", 0));
	if (compare)
		printf(", %lld at first", (long long)json_get_int(o, "first_total", 0));
	printf("; %lld flagged in %lld groups, %lld excused\n",
	    (long long)json_get_int(o, "flagged", 0),
	    (long long)json_get_int(o, "flagged_groups", 0),
	    (long long)json_get_int(o, "allowed", 0));
	fflush(stdout);
	for (size_t i = 0; i < json_array_size(notes); i++)
		fprintf(stderr, "vise: note: %s\n", json_string_value(json_array_get(notes, i)));
}

static enum err
show(struct pprof_line *c, bool *flagged, struct err_msg *why)
{
	json_t *o;
	enum err e = request(c, why);
	bool compare;

	if (e == ERR_OK)
		e = pprof_line_call(c, "goroutines.show", NULL, &o, why);
	if (e != ERR_OK)
		return e;
	compare = json_get_int(o, "dumps", 1) > 1;
	*flagged = json_get_int(o, "flagged", 0) > 0;
	if (c->json) {
		pprof_print_json(o);
	} else {
		print_head(o, compare);
		if (json_object_get(o, "rows") != NULL)
			print_rows(o, compare);
		else
			print_groups(c, o, compare);
	}
	json_decref(o);
	return ERR_OK;
}

int
cli_goroutines(int argc, char **argv)
{
	return pprof_line_run(argc, argv, usage, tables, show);
}
