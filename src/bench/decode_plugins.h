/*
 * decode_plugins.h - decoders of plugins: lines with their text go to a script host, what it makes
 * of them comes back. Private to bench/.
 *
 * Layer   bench. The manifest says what lines: "provides": ["decoder:ID"], "decoders": {ID:
 *         {"literal" or "pattern", "doc"}}; no code is run to know. The host (`vise-script --decode
 *         ID`) is started by the first such line; it asks `decoder.next ID`, which answers when
 *         there are lines, and says `decoder.say` for each it has something about.
 * Bounds  PLUGIN_LINES lines wait for a host, the rest is counted; a host that died is started
 *         again by a line after PLUGIN_AGAIN_NS.
 */
#ifndef BENCH_DECODE_PLUGINS_H
#define BENCH_DECODE_PLUGINS_H
#include "bench/follow.h"

enum { PLUGIN_LINES = 500, PLUGIN_DECODERS = 32, PLUGIN_GAUGES = 64 };
#define PLUGIN_AGAIN_NS UINT64_C(3000000000)

void    decode_plugins_open(struct bench *b);           /* after the manifests were read */
/* The manifests were read again: decoders that they do not tell any more end, new ones begin. */
void    decode_plugins_rows(struct bench *b);
/* Ends the hosts of a plugin's decoders; how many ran. The next line starts them anew. */
unsigned decode_plugins_end(struct bench *b, const char *plugin);
void    decode_plugins_close(struct bench *b);
void    decode_plugins_line(struct follow *f, const struct follow_line *l);

extern const struct command bench_decoder_commands[];

#endif
