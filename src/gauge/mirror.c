/* mirror.c - files of another machine, in a sorted table. */
#include "gauge/mirror.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

struct file {
	char *path;
	struct buf text;
	bool keep;
	unsigned frame;                 /* the last one that told it */
};

struct mirror {
	struct file *v;                 /* sorted by path */
	size_t n, cap;
	unsigned frame;
};

struct mirror *
mirror_new(void)
{
	return mem_zero(1, sizeof(struct mirror));
}

void
mirror_free(struct mirror *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++) {
		mem_free(m->v[i].path);
		buf_fini(&m->v[i].text);
	}
	mem_free(m->v);
	mem_free(m);
}

static int
compare(const char *path, struct slice name)
{
	const int c = strncmp(path, name.p, name.n);

	return c != 0 ? c : path[name.n] != '\0';
}

/* Where name is, or would be. */
static size_t
place(const struct mirror *m, struct slice name)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (compare(m->v[mid].path, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_at(const struct mirror *m, size_t i, struct slice name)
{
	return i < m->n && compare(m->v[i].path, name) == 0;
}

static struct file *
file_of(struct mirror *m, struct slice name)
{
	const size_t i = place(m, name);

	if (is_at(m, i, name))
		return &m->v[i];
	if (m->n == MIRROR_FILES)
		return NULL;
	if (m->n == m->cap) {
		m->cap = m->cap != 0 ? m->cap * 2 : 64;
		m->v = mem_resize(m->v, m->cap, sizeof *m->v);
	}
	memmove(&m->v[i + 1], &m->v[i], (m->n - i) * sizeof *m->v);
	m->n++;
	m->v[i] = (struct file){ .path = mem_strn(name.p, name.n), .frame = m->frame - 1 };
	buf_init(&m->v[i].text, MIRROR_TEXT);
	return &m->v[i];
}

/* "PATH:LINE"; the last character of a frame may lack its newline. */
static bool
cut_line(struct slice *rest, struct slice *path, struct slice *line)
{
	struct slice whole = slice_cut(*rest, '\n', rest);

	*path = slice_cut(whole, ':', line);
	return path->n > 1 && path->n < whole.n && path->p[0] == '/';
}

static bool
good(struct slice lines)
{
	struct slice path, line;

	while (lines.n != 0)
		if (!cut_line(&lines, &path, &line))
			return false;
	return true;
}

static void
drop_old(struct mirror *m)
{
	size_t to = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (!m->v[i].keep && m->frame - m->v[i].frame > MIRROR_FILES) {
			mem_free(m->v[i].path);
			buf_fini(&m->v[i].text);
		} else {
			m->v[to++] = m->v[i];
		}
	}
	m->n = to;
}

bool
mirror_take(struct mirror *m, struct slice lines, bool keep)
{
	struct slice path, line;

	if (!good(lines))
		return false;
	m->frame++;
	if (m->n > MIRROR_FILES / 2)
		drop_old(m);            /* processes come and go */
	while (lines.n != 0) {
		struct file *f;

		(void)cut_line(&lines, &path, &line);
		f = file_of(m, path);
		if (f == NULL)
			continue;
		if (f->frame != m->frame)
			buf_clear(&f->text);
		f->frame = m->frame;
		f->keep = keep;         /* once told live, it is not held any longer */
		(void)buf_add(&f->text, line.p, line.n);
		(void)buf_add_byte(&f->text, '\n');
	}
	return true;
}

bool
mirror_file(struct mirror *m, const char *path, struct slice text)
{
	struct file *f = file_of(m, slice_of(path));

	if (f == NULL)
		return false;
	f->keep = true;
	buf_clear(&f->text);
	return buf_add(&f->text, text.p, text.n) == ERR_OK;
}

static bool
told(const struct mirror *m, const struct file *f)
{
	return f->keep || f->frame == m->frame;
}

long
mirror_read(const struct mirror *m, const char *path, char *buf, size_t size)
{
	const size_t i = place(m, slice_of(path));
	size_t n;

	buf[0] = '\0';
	if (!is_at(m, i, slice_of(path)))
		return strncmp(path, "/sys/", 5) == 0 ? -ENODATA : -ENOENT;
	if (!told(m, &m->v[i]))
		return -ENODATA;
	n = m->v[i].text.len < size - 1 ? m->v[i].text.len : size - 1;
	if (n != 0)
		memcpy(buf, m->v[i].text.data, n);
	buf[n] = '\0';
	return (long)n;
}

void
mirror_each(
    const struct mirror *m, const char *dir, bool (*fn)(const char *name, void *arg), void *arg)
{
	const size_t k = strlen(dir);
	char last[256] = "", name[256];

	for (size_t i = place(m, slice_of(dir)); i < m->n; i++) {
		const char *p = m->v[i].path;
		size_t n;

		if (strncmp(p, dir, k) != 0)
			break;
		if (p[k] != '/' || !told(m, &m->v[i]))
			continue;
		n = strcspn(p + k + 1, "/");
		if (n == 0 || n >= sizeof name)
			continue;
		memcpy(name, p + k + 1, n);
		name[n] = '\0';
		if (strcmp(name, last) == 0)
			continue;
		memcpy(last, name, n + 1);
		if (!fn(name, arg))
			break;
	}
}
