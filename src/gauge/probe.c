/* probe.c - small kernel files through kept descriptors. */
#include "gauge/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"

struct root
root_of(const char *path, const char *standard, const struct mirror *m)
{
	struct root r = { .path = path != NULL ? path : standard, .mirror = m };

	r.keep = m == NULL && strcmp(r.path, standard) == 0;
	return r;
}

void
root_each(
    const struct root *r, const char *dir, bool (*fn)(const char *name, void *arg), void *arg)
{
	if (r->mirror != NULL)
		mirror_each(r->mirror, dir, fn, arg);
	else
		(void)path_each(dir, fn, arg, NULL);
}

bool
root_has(const struct root *r, const char *path)
{
	char c[2];

	return r->mirror != NULL ? mirror_read(r->mirror, path, c, sizeof c) >= 0
				 : path_exists(path);
}

void
probe_init(struct probe *p, const struct root *r, int dirfd, const char *dir, const char *name)
{
	p->mirror = r->mirror;
	p->path = dir != NULL ? path_join(dir, name) : mem_str(name);
	p->dirfd = dirfd;
	p->fd = -1;
	p->keep = r->keep;
}

void
probe_fini(struct probe *p)
{
	sys_close(p->fd);
	mem_free(p->path);
	p->fd = -1;
	p->path = NULL;
}

long
probe_read(struct probe *p, char *buf, size_t size)
{
	ssize_t n;
	int e;

	if (p->mirror != NULL)
		return mirror_read(p->mirror, p->path, buf, size);
	buf[0] = '\0';
	if (p->fd < 0) {
		p->fd = p->dirfd >= 0 ? sys_openat(p->dirfd, p->path, O_RDONLY | O_NONBLOCK, 0) :
		    sys_open(p->path, O_RDONLY | O_NONBLOCK, 0);
		if (p->fd < 0)
			return -errno;
	}
	n = sys_pread(p->fd, buf, size - 1, 0);
	e = n < 0 ? errno : 0;
	if (n < 0 || !p->keep) {
		sys_close(p->fd);
		p->fd = -1;
	}
	if (n < 0)
		return -e;
	buf[n] = '\0';
	return (long)n;
}

int
probe_number(struct probe *p, int64_t *out)
{
	char b[32];
	const long n = probe_read(p, b, sizeof b);

	if (n < 0)
		return (int)-n;
	return slice_i64(slice_trim(slice_make(b, (size_t)n)), out) ? 0 : EBADMSG;
}

int
probe_text_once(const struct root *r, const char *dir, const char *name, char *buf, size_t size)
{
	const struct root once = { .mirror = r->mirror };
	struct probe p;
	long n;

	probe_init(&p, &once, -1, dir, name);
	n = probe_read(&p, buf, size);
	probe_fini(&p);
	if (n < 0)
		return (int)-n;
	while (n > 0 && (buf[n - 1] == '\n' || buf[n - 1] == ' '))
		buf[--n] = '\0';
	return 0;
}

int
probe_number_once(const struct root *r, const char *dir, const char *name, int64_t *out)
{
	const struct root once = { .mirror = r->mirror };
	struct probe p;
	int e;

	probe_init(&p, &once, -1, dir, name);
	e = probe_number(&p, out);
	probe_fini(&p);
	return e;
}
