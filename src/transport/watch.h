/*
 * watch.h - waiting for a path to come back: inotify, and a timer where inotify is blind.
 *
 * Layer   transport. One handle a path; watch_close ends it, also from inside the callback.
 * How     inotify on the nearest folder that exists on the way to the path (by-id folders
 *         vanish with their last link), and on /dev; besides, a timer of 20 ms for 2 s, then
 *         doubling up to 1 s, since devpts, tmpfs in containers and TCP give no news.
 */
#ifndef TRANSPORT_WATCH_H
#define TRANSPORT_WATCH_H
#include "loop/loop.h"

struct watch;

/* cb: something may have changed, try now. path may be NULL (timer alone). */
struct watch *watch_open(struct loop *l, const char *path, loop_cb cb, void *arg);
void          watch_close(struct watch *w);     /* NULL is fine */

#endif
