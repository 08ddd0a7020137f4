/*
 * plugin_hosts.h - the processes of plugins that stay: started by the first need, asked one thing
 * after another, replaced by a newer one only when that has loaded well. Private to bench/.
 *
 * Layer   bench. A host is a job (`vise-script --serve`). It says plugin.ready with what it has
 *         registered, asks plugin.next for what is wanted of it, and answers with plugin.answer or
 *         plugin.fail. VISE_JOB tells it which job it is, so that an old one and a new one of the
 *         same plugin are told apart.
 * Ends    when a host ends, what it was asked fails with its name, and what it registered is gone.
 * Bounds  PLUGIN_ASKS wait for one host; PLUGIN_ROWS rows of a pane, PLUGIN_SHOWN panes, segments.
 */
#ifndef BENCH_PLUGIN_HOSTS_H
#define BENCH_PLUGIN_HOSTS_H
#include "bench/hub.h"

enum { PLUGIN_ASKS = 100, PLUGIN_ROWS = 500, PLUGIN_SHOWN = 16, PLUGIN_STATE_MAX = 1 << 20 };

void    plugin_hosts_open(struct bench *b);             /* after the plugins were found */
/* The bench is ending: none starts any more, and none fails by being ended. */
void    plugin_hosts_end(struct bench *b);
void    plugin_hosts_close(struct bench *b);            /* after the jobs' end */
/* A viewer is there: what measures, decorates or advises by itself is started. */
void    plugin_hosts_seen(struct bench *b);
/* {"commands": [...], "segments": [...], "panes": [...]}; new reference. */
json_t *plugin_hosts_json(const struct bench *b);

extern const struct command bench_plugin_commands[];

#endif
