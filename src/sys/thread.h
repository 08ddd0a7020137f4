/*
 * thread.h - one thread beside the loop, for what may not wait for it.
 *
 * Layer   sys. Signals are the loop's: the thread gets none.
 * Owns    sys_thread_start gives one handle; sys_thread_join waits for its end and frees it.
 */
#ifndef SYS_THREAD_H
#define SYS_THREAD_H

struct sys_thread;

/* NULL: there is no thread to be had. */
struct sys_thread *sys_thread_start(void (*run)(void *arg), void *arg);
void     sys_thread_join(struct sys_thread *t);         /* NULL is fine */
void     sys_yield(void);       /* who else wants this CPU goes first */
unsigned sys_cpus(void);        /* how many this process may use */

#endif
