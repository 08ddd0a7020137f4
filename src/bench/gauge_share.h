/*
 * gauge_share.h - gauges over a console that people go on using. Private to bench/.
 *
 * Layer   bench; the link (gauge/link.h) of the source "console:NAME". A round begins only while
 *         the console's shell waits at its prompt and nobody has typed since; it takes the wire for
 *         the time of one sample. What is typed meanwhile waits, and goes out behind it; what the
 *         board prints meanwhile is shown, but for the sampler's own lines, which are neither
 *         shown nor logged. A program in front, a half-typed line: no samples until the prompt
 *         is back.
 * Shell   learns one function, `vs`, without anything else of it being changed; it forgets it when
 *         the source is taken away. A POSIX shell; others are refused in words.
 * Prompt  a line without an end that ends in "# ", "$ ", "% " or "> ", first seen when the source
 *         was added; later one whose last two characters are the same.
 */
#ifndef BENCH_GAUGE_SHARE_H
#define BENCH_GAUGE_SHARE_H
#include "bench/hub.h"
#include "gauge/link.h"

bool gauge_share_is(const char *spec);          /* "console:NAME" */
/* ERR_NOENT and the like before it is tried. */
enum err gauge_share_check(const struct bench *b, const char *spec, struct err_msg *why);
extern const struct link_ops gauge_share_ops;   /* with: the bench */

#endif
