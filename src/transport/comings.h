/*
 * comings.h - serial ports that come and go: told once for a burst of news, by inotify on /dev.
 *
 * Layer   transport. Costs nothing while nothing happens. comings_close ends it, also from inside
 *         the callback; NULL is fine.
 * Rule    a tty* that is made, removed, renamed or gets other rights (udev's, after a moment)
 *         counts; the callback comes COMINGS_NS after the last of them.
 */
#ifndef TRANSPORT_COMINGS_H
#define TRANSPORT_COMINGS_H
#include "loop/loop.h"

#define COMINGS_NS UINT64_C(150000000)

struct comings;

/* dir: "/dev". NULL when the system gives no news. */
struct comings *comings_open(struct loop *l, const char *dir, loop_cb cb, void *arg);
void            comings_close(struct comings *c);

#endif
