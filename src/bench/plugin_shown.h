/*
 * plugin_shown.h - what a running plugin has put before people: commands, panes, segments, gauges;
 * and what it keeps. Private to bench/.
 *
 * Layer   bench. Owned by its host (plugin_hosts.h); cleared when that ends, and everyone is told.
 * State   $XDG_STATE_HOME/vise/plugins/NAME.json, at most PLUGIN_STATE_MAX bytes.
 */
#ifndef BENCH_PLUGIN_SHOWN_H
#define BENCH_PLUGIN_SHOWN_H
#include "bench/hub.h"

struct plugin_shown { json_t *commands, *panes, *segments, *services, *gauges; };

void plugin_shown_init(struct plugin_shown *s);
void plugin_shown_fini(struct plugin_shown *s);
/* Nothing of it is left: panes and segments are gone, its gauges are not shown any more. */
void plugin_shown_clear(struct bench *b, struct plugin_shown *s);
/* what: {"commands": [...], "panes": [...], "services": [...]} of plugin.ready. */
void plugin_shown_register(struct plugin_shown *s, const char *plugin, const json_t *what);
/* What a newer process registers against what is there: "added" and "gone", lists of KIND:ID, into
 * out. */
void plugin_shown_compare(const struct plugin_shown *s, const json_t *what, json_t *out);
bool plugin_shown_has(const struct plugin_shown *s, const char *kind, const char *id);
void plugin_shown_segment(struct bench *b, struct plugin_shown *s, const char *plugin,
    const json_t *args);
enum err plugin_shown_pane(struct bench *b, struct plugin_shown *s, const char *plugin,
    const json_t *args, struct err_msg *why);
void plugin_shown_gauge(struct bench *b, struct plugin_shown *s, const char *plugin,
    const json_t *args);
/* Completes the rows of the manifests by what is registered. */
void plugin_shown_add(const struct plugin_shown *s, json_t *commands, json_t *segments,
    json_t *panes);

enum err plugin_state_load(const char *plugin, json_t **out, struct err_msg *why);
enum err plugin_state_save(const char *plugin, const char *text, struct err_msg *why);

#endif
