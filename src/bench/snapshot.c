/* snapshot.c - everything as it stands now. */
#include "bench/snapshot.h"

#include <unistd.h>

#include "base/err.h"
#include "bench/bundle.h"
#include "bench/clients.h"
#include "bench/consoles.h"
#include "bench/debugs.h"
#include "bench/decoders.h"
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
	return o;
}

json_t *
snapshot_json(struct bench *b)
{
	json_t *o = json_object();

	json_put(o, "bench", snapshot_bench(b));
	json_put(o, "commands", command_list(bench_commands));
	json_put(o, "options", options_list(&b->options));
	json_put(o, "consoles", consoles_json(b, true));
	json_put(o, "gauges", gauges_json(b));
	json_put(o, "jobs", jobs_json(b));
	json_put(o, "debugs", debugs_json(b));
	json_put(o, "notices", json_incref(b->notices));
	json_put(o, "decoded", decoders_json(b));
	json_put(o, "triggers", triggers_json(b));
	json_put(o, "profile", json_incref(b->profile));
	json_put(o, "watches", watches_json(b));
	json_put(o, "snapshots", bundles_json(b));
	json_put(o, "shots", shots_json(b, SHOTS_SHOWN));
	json_put(o, "clients", clients_json(b));
	json_put(o, "boards", json_incref(b->boards));
	json_put(o, "workflows", json_incref(b->workflows));
	json_put(o, "macros", json_incref(b->macros));
	json_put(o, "runs", macros_json(b));
	json_put(o, "plugins", plugin_hosts_json(b));
	json_put(o, "asks", questions_json(b));
	json_put(o, "ocd", ocd_json(b));
	return o;
}
