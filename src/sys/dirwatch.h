/*
 * dirwatch.h - news that files of a folder are complete (inotify).
 *
 * Layer   sys. The descriptor is the caller's: readable when something happened, closed with
 *         sys_close.
 */
#ifndef SYS_DIRWATCH_H
#define SYS_DIRWATCH_H
#include <stdbool.h>

/* -1: no such folder, or the system cannot. */
int  dirwatch_open(const char *folder);
/* Takes the news; false when there was none. */
bool dirwatch_take(int fd);

#endif
