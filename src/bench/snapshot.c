/* snapshot.c - everything as it stands now. */
#include "bench/snapshot.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "bench/bundle.h"
#include "bench/clients.h"
#include "bench/consoles.h"
#include "bench/debugs.h"
#include "bench/decoders.h"
#include "bench/ending.h"
#include "bench/gauges.h"
#include "bench/jobs.h"
#include "bench/macros.h"
#include "bench/news.h"
#include "bench/ocd.h"
#include "bench/plugin_hosts.h"
#include "bench/questions.h"
#include "bench/shots.h"
#include "bench/watch.h"
#include "bench/triggers.h"
#include "sys/time.h"

json_t *
snapshot_bench(const struct bench *b)
{
	json_t *o = json_object();
	struct err_msg why;
	char text[1024] = "ok";

	if (journal_failing(b->journal, &why))
		err_format(&why, text, sizeof text);
	json_put_str(o, "name", b->name);
	json_put_int(o, "pid", (json_int_t)getpid());
	json_put_str(o, "version", VISE_VERSION);
	json_put_str(o, "dir", b->dir);
	json_put_str(o, "project", b->given.project);
	json_put_int(o, "started_wall", (json_int_t)b->start_wall);
	json_put_int(o, "now", (json_int_t)bench_time(b, sys_mono()));
	json_put_str(o, "target", b->target);
	json_put_str(o, "board", b->board);
	json_put_bool(o, "simulated", b->given.simulated);
	json_put_str(o, "journal", text);
	if (b->end != NULL)
		json_put(o, "ending", ending_json(b));
	return o;
}

/* ---- the parts */

static json_t *
commands_part(const struct bench *b)
{
	return command_list(b->ops->commands);
}

static json_t *
options_part(const struct bench *b)
{
	return options_list(&b->options);
}

static json_t *
consoles_part(const struct bench *b)
{
	return consoles_json(b, true);
}

static json_t *
shots_part(const struct bench *b)
{
	return shots_json(b, SHOTS_SHOWN);
}

static const struct {
	const char *name;
	json_t *(*make)(const struct bench *b);
	size_t at;                      /* without make: the json_t * at this place of the bench */
} parts[] = {
	{ .name = "bench", .make = snapshot_bench },
	{ .name = "commands", .make = commands_part },
	{ .name = "options", .make = options_part },
	{ .name = "consoles", .make = consoles_part },
	{ .name = "gauges", .make = gauges_json },
	{ .name = "jobs", .make = jobs_json },
	{ .name = "debugs", .make = debug_session_list },
	{ .name = "notices", .at = offsetof(struct bench, notices) },
	{ .name = "decoded", .make = decoders_json },
	{ .name = "triggers", .make = triggers_json },
	{ .name = "profile", .at = offsetof(struct bench, profile) },
	{ .name = "watches", .make = watches_json },
	{ .name = "snapshots", .make = bundles_json },
	{ .name = "shots", .make = shots_part },
	{ .name = "clients", .make = clients_json },
	{ .name = "boards", .at = offsetof(struct bench, boards) },
	{ .name = "workflows", .at = offsetof(struct bench, workflows) },
	{ .name = "macros", .at = offsetof(struct bench, macros) },
	{ .name = "runs", .make = macros_json },
	{ .name = "plugins", .make = plugin_hosts_json },
	{ .name = "asks", .make = questions_json },
	{ .name = "ocd", .make = ocd_json },
};

static bool
is_wanted(const json_t *names, const char *name)
{
	const json_t *v;
	size_t i;

	json_array_foreach(names, i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), name) == 0)
			return true;
	return !json_is_array(names);
}

json_t *
snapshot_json(const struct bench *b, const json_t *names)
{
	json_t *o = json_object(), *kept;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!is_wanted(names, parts[i].name))
			continue;
		if (parts[i].make == NULL)
			memcpy(&kept, (const char *)b + parts[i].at, sizeof kept);
		json_put(o, parts[i].name,
		    parts[i].make != NULL ? parts[i].make(b) : json_incref(kept));
	}
	return o;
}
