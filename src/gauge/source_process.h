/*
 * source_process.h - one chosen process: memory, threads, CPU; its end and its restart are noticed.
 *
 * Layer   gauge. Identity is (pid, starttime). By pid: once gone it stays gone, a stranger with
 *         the same number is never shown. By name: the lowest pid of that name is followed, and
 *         the next one after it ends.
 */
#ifndef GAUGE_SOURCE_PROCESS_H
#define GAUGE_SOURCE_PROCESS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "gauge/probe.h"
#include "gauge/table.h"

struct process;

struct process *process_new(struct gauge_table *t, const struct root *proc);
void  process_free(struct process *p);
/* pid > 0, or a name; pid 0 and name NULL: none. The gauges stay, their history is the
 * caller's to clear. */
void  process_choose(struct process *p, pid_t pid, const char *name);
void  process_sample(struct process *p, uint64_t mono);
bool  process_chosen(const struct process *p);
bool  process_found(const struct process *p);
pid_t process_pid(const struct process *p);       /* that is followed now; 0: none */
double process_anon(const struct process *p);   /* its RssAnon (VmRSS before 4.5), bytes; NAN */
double process_threads(const struct process *p);        /* how many; NAN */
/* "app restarted: pid 812, then 940" since the last call, or NULL. */
const char *process_news(struct process *p);
/* First and last gauge + 1 of the process in the table; both 0 when none was ever chosen. */
void  process_range(const struct process *p, size_t *from, size_t *to);

#endif
