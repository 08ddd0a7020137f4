/*
 * replica_parts.h - the pieces of the replica, one from each kind of JSON object. Private to
 * replica*.c.
 *
 * Layer   ui. A "set" function fills or refills its struct from the bench's JSON; "fini" frees what
 *         it holds.
 */
#ifndef UI_REPLICA_PARTS_H
#define UI_REPLICA_PARTS_H
#include "ui/replica.h"

void replica_text(char **slot, const json_t *o, const char *key);       /* absent: NULL */
double replica_num(const json_t *o, const char *key);                   /* absent or null: NaN */

void stream_init(struct replica_stream *s, uint32_t id, size_t ring);
void stream_fini(struct replica_stream *s);
void stream_put(struct replica_stream *s, uint64_t offset, uint64_t t, const char *p, size_t n);
void stream_echo(struct replica_stream *s, size_t n);     /* n bytes of our own come next */
void stream_times(struct replica_stream *s, const json_t *times);
void stream_mark(struct replica_stream *s, uint64_t offset, uint64_t t, enum replica_mark_kind kind,
                 const char *text);

void console_set(struct replica_console *c, const json_t *o, uint64_t t);
void console_fini(struct replica_console *c);
void job_set(struct replica_job *j, const json_t *o);
void job_fini(struct replica_job *j);
void notice_set(struct replica_notice *n, const json_t *o);
void notice_fini(struct replica_notice *n);
void profile_set(struct replica_profile *p, const json_t *o);
void profile_fini(struct replica_profile *p);
void gauges_define(struct replica *r, const json_t *defs);
void gauges_sample(struct replica *r, uint64_t t, const json_t *values, size_t from);
void gauges_forget(struct replica *r);
void gauges_fini(struct replica *r);

#endif
