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

struct probe {
	char *path;                     /* owned; relative to dirfd when that is >= 0 */
	int dirfd;                      /* borrowed, -1: path is a whole path */
	int fd;
	bool keep;
};

void probe_init(struct probe *p, int dirfd, const char *dir, const char *name, bool keep);
void probe_fini(struct probe *p);
/* Up to size - 1 bytes, ended by NUL. Returns how many, or -errno; a failed read closes the
 * descriptor. */
long probe_read(struct probe *p, char *buf, size_t size);
/* One whole number with blanks or a newline behind it; EBADMSG when it is something else. */
int  probe_number(struct probe *p, int64_t *out);

/* One-off reads of DIR/NAME: 0 or an errno. The text loses its newline. */
int  probe_text_once(const char *dir, const char *name, char *buf, size_t size);
int  probe_number_once(const char *dir, const char *name, int64_t *out);

#endif
