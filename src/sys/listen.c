/* listen.c - listening sockets of a process: /proc/PID/fd against /proc/PID/net. */
#include "sys/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"

enum { TABLE_MAX = 8 << 20 };

struct search {
	struct hmap inodes;
	char *folder;
	bool (*fn)(const char *address, void *arg);
	void *arg;
	bool go;
};

static bool
take_inode(const char *name, void *arg)
{
	struct search *s = arg;
	char *path = path_join(s->folder, name), text[64];
	ssize_t n = readlink(path, text, sizeof text - 1);
	struct slice inode;
	uint64_t number;
	bool fresh;

	mem_free(path);
	if (n <= 0)
		return true;
	inode = slice_make(text, (size_t)n);
	if (slice_starts(inode, "socket:[") && slice_ends(inode, "]") &&
	    slice_u64(slice_make(text + 8, (size_t)n - 9), UINT64_MAX, &number))
		*hmap_at(&s->inodes, number, &fresh) = 1;
	return true;
}

static bool
is_ours(const struct search *s, struct slice inode)
{
	uint64_t number, one;

	return slice_u64(inode, UINT64_MAX, &number) && hmap_get(&s->inodes, number, &one);
}

/* "0100007F:17AC", in the kernel's byte order of words. */
static bool
address_text(struct slice s, char *out, size_t size)
{
	struct slice port, hex = slice_cut(s, ':', &port);
	uint32_t words[4] = { 0 };
	uint64_t w, p;
	char text[INET6_ADDRSTRLEN];
	const bool v6 = hex.n == 32;

	if ((hex.n != 8 && !v6) || !slice_hex(port, &p))
		return false;
	for (size_t i = 0; i < hex.n / 8; i++) {
		if (!slice_hex(slice_make(hex.p + i * 8, 8), &w))
			return false;
		words[i] = (uint32_t)w;
	}
	if (inet_ntop(v6 ? AF_INET6 : AF_INET, words, text, sizeof text) == NULL)
		return false;
	if (strcmp(text, "::") == 0 || strcmp(text, "0.0.0.0") == 0)
		snprintf(out, size, "127.0.0.1:%u", (unsigned)p);
	else
		snprintf(out, size, v6 ? "[%s]:%u" : "%s:%u", text, (unsigned)p);
	return true;
}

/* sl local_address rem_address st ... inode: fields 1, 3, 9; st 0A is LISTEN. */
static void
tcp_line(struct search *s, struct slice line)
{
	struct slice field[10];
	char text[80];

	for (size_t i = 0; i < 10; i++)
		field[i] = slice_word(&line);
	if (slice_is(field[3], "0A") && is_ours(s, field[9]) &&
	    address_text(field[1], text, sizeof text))
		s->go = s->fn(text, s->arg);
}

/* Num RefCount Protocol Flags Type St Inode Path: flags 00010000 is listening. */
static void
unix_line(struct search *s, struct slice line)
{
	struct slice field[8];
	char *path;

	for (size_t i = 0; i < 8; i++)
		field[i] = slice_word(&line);
	if (!slice_is(field[3], "00010000") || field[7].n == 0 || field[7].p[0] != '/' ||
	    !is_ours(s, field[6]))
		return;
	path = mem_strn(field[7].p, field[7].n);
	s->go = s->fn(path, s->arg);
	mem_free(path);
}

static void
table(struct search *s, uint64_t pid, const char *name,
    void (*take)(struct search *s, struct slice line))
{
	char *path = mem_fmt("/proc/%llu/net/%s", (unsigned long long)pid, name);
	struct slice rest;
	struct buf b;

	buf_init(&b, TABLE_MAX + (1 << 17));
	if (sys_file_read(path, TABLE_MAX, &b, NULL) == ERR_OK) {
		rest = slice_make(buf_str(&b), b.len);
		(void)slice_cut(rest, '\n', &rest);
		while (s->go && rest.n > 0)
			take(s, slice_cut(rest, '\n', &rest));
	}
	buf_fini(&b);
	mem_free(path);
}

enum err
listen_each(uint64_t pid, bool (*fn)(const char *address, void *arg), void *arg,
    struct err_msg *why)
{
	struct search s = { .fn = fn, .arg = arg, .go = true,
	    .folder = mem_fmt("/proc/%llu/fd", (unsigned long long)pid) };
	char name[32];
	enum err e;

	snprintf(name, sizeof name, "pid %llu", (unsigned long long)pid);
	hmap_init(&s.inodes);
	e = path_each(s.folder, take_inode, &s, NULL);
	if (e == ERR_DENIED)
		e = err_set(why, e, name, "run vise as that user",
		    "its sockets are not yours to look at");
	else if (e != ERR_OK)
		e = err_set(why, ERR_NOENT, name, "ps shows what runs", "no such process");
	if (e == ERR_OK)
		table(&s, pid, "tcp", tcp_line);
	if (e == ERR_OK && s.go)
		table(&s, pid, "tcp6", tcp_line);
	if (e == ERR_OK && s.go)
		table(&s, pid, "unix", unix_line);
	hmap_fini(&s.inodes);
	mem_free(s.folder);
	return e;
}
