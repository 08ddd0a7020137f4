/*
 * news.h - what the bench's parts tell: events, notices, times. Private to bench/.
 *
 * Layer   bench.
 */
#ifndef BENCH_NEWS_H
#define BENCH_NEWS_H
#include "bench/hub.h"

uint64_t bench_time(const struct bench *b, uint64_t mono);      /* ns since the start */
/* Publishes {t, type, ...body}: journal and clients see it. Steals body. */
void     bench_news(struct bench *b, const char *type, json_t *body);
void     bench_notice(struct bench *b, const char *level, const char *source, const char *next,
    const char *fmt, ...)
             __attribute__((format(printf, 5, 6)));
void     bench_notice_err(struct bench *b, const char *level, const char *source,
    const struct err_msg *why);
/* What `vise ls` reads of this bench is written anew. */
void     bench_info_changed(struct bench *b);
void     bench_linger_check(struct bench *b);
/* <dir>/<folder>/<fmt>, the folder is made. Heap string. */
char    *bench_path(const struct bench *b, const char *folder, const char *fmt, ...)
             __attribute__((format(printf, 3, 4)));

#endif
