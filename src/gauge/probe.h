/*
 * probe.h - reading a small kernel file again and again through a kept descriptor.
 *
 * Layer   gauge. A kept descriptor costs a third to a ninth of opening by path
 *         (research/gauges.md 6.2), and one of /proc/PID never shows a stranger that took the
 *         number. In a tree of plain files (--proc-root) a descriptor would go on showing a
 *         removed file, so there `keep` is off and every read opens anew.
 * Opens   non-blocking: a FIFO or a sleeping sensor answers at once or with EAGAIN, which is
 *         never retried.
 */
#ifndef GAUGE_PROBE_H
#define GAUGE_PROBE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gauge/mirror.h"

/* Where a source finds its files: /proc and /sys of this machine (descriptors are kept), a tree of
 * plain files, or what another machine told. The path and the mirror are borrowed. */
struct root {
	const char *path;
	const struct mirror *mirror;    /* NULL: a file system */
	bool keep;
};

struct probe {
	char *path;                     /* owned; relative to dirfd when that is >= 0 */
	const struct mirror *mirror;
	int dirfd;                      /* borrowed, -1: path is a whole path */
	int fd;
	bool keep;
};

/* path "/proc" or "/sys" when NULL; keeps descriptors of the kernel's own. */
struct root root_of(const char *path, const char *standard, const struct mirror *m);
/* Calls fn for each entry of dir in sorted order; false stops. */
void root_each(const struct root *r, const char *dir, bool (*fn)(const char *name, void *arg),
    void *arg);
bool root_has(const struct root *r, const char *path);

void probe_init(struct probe *p, const struct root *r, int dirfd, const char *dir,
    const char *name);
void probe_fini(struct probe *p);
/* Up to size - 1 bytes, ended by NUL. Returns how many, or -errno; a failed read closes the
 * descriptor. */
long probe_read(struct probe *p, char *buf, size_t size);
/* One whole number with blanks or a newline behind it; EBADMSG when it is something else. */
int  probe_number(struct probe *p, int64_t *out);

/* One-off reads of DIR/NAME: 0 or an errno. The text loses its newline. */
int  probe_text_once(
    const struct root *r, const char *dir, const char *name, char *buf, size_t size);
int  probe_number_once(
    const struct root *r, const char *dir, const char *name, int64_t *out);

#endif
