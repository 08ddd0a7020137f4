/* lease.c - taking places, all or none, in the order in which they were asked for. */
#include "cli/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/sha256.h"
#include "cli/lease_text.h"
#include "cli/places.h"
#include "sys/io.h"
#include "sys/lockfile.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/time.h"

enum { LOOK_MS = 40, RECORD_MAX = 2 * LOCKFILE_MAX, REASON_MAX = 400 };
/* who only looks at a lock holds it for a moment */
static const uint64_t GRACE_NS = 120 * NS_PER_MS;

struct ticket {
	char *path, *name;
	int fd;
};

struct queue {
	char *dir;
	const char *mine;       /* the name of our own ticket, NULL: everybody is before us */
	json_t *wanted;         /* keys of those before us */
	const json_t *keys;     /* only those are counted, or NULL */
	size_t n;
	bool passed;
};

/* ---- records */

static void
hashed(const char *token, char out[SHA256_HEX])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, token, strlen(token));
	sha256_hex(&s, out);
}

static json_t *
read_record(const char *path)
{
	json_t *r = NULL;
	struct buf b;

	buf_init(&b, RECORD_MAX);
	if (lockfile_read(path, &b) && b.len != 0)
		r = json_read(buf_str(&b), b.len, path, NULL);
	buf_fini(&b);
	if (json_is_object(r))
		return r;
	json_decref(r);
	return NULL;
}

static bool
write_record(int fd, const json_t *r)
{
	struct buf b;
	bool good;

	buf_init(&b, LOCKFILE_MAX);
	good = json_write(r, &b) == ERR_OK && lockfile_write(fd, buf_str(&b), b.len);
	buf_fini(&b);
	return good;
}

static json_t *
new_record(const struct lease *l, const char *place, const struct lease_wish *w)
{
	const uint64_t now = sys_wall();
	char user[64], host[128], hash[SHA256_HEX];
	json_t *r = json_object();

	process_user(user, sizeof user);
	process_host(host, sizeof host);
	hashed(l->token, hash);
	json_put_str(r, "place", place);
	json_put_str(r, "user", user);
	json_put_int(r, "uid", (int64_t)process_uid());
	json_put_str(r, "host", host);
	json_put_int(r, "pid", (int64_t)getpid());
	json_put_strn(r, "reason", w->reason != NULL ? w->reason : "",
	    w->reason != NULL ? strnlen(w->reason, REASON_MAX) : 0);
	json_put_int(r, "since", (int64_t)(now / NS_PER_S));
	if (w->lease_ns != 0) /* to the nanosecond: leases in tests are short */
		json_put_num(r, "until", (double)(now + w->lease_ns) / (double)NS_PER_S);
	json_put_str(r, "kind", w->kind);
	json_put_str(r, "token", hash);
	return r;
}

static bool
make_token(char out[LEASE_TOKEN])
{
	unsigned char b[LEASE_TOKEN / 2];
	const int fd = sys_open("/dev/urandom", O_RDONLY, 0);
	const bool good = sys_read(fd, b, sizeof b) == (ssize_t)sizeof b;

	sys_close(fd);
	for (size_t i = 0; i < sizeof b; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", b[i]);
	return good;
}

/* ---- the queue */

static bool
shares(const json_t *keys, const json_t *wanted)
{
	const json_t *k;
	size_t i;

	json_array_foreach(keys, i, k)
		if (json_object_get(wanted, json_string_value(k)) != NULL)
			return true;
	return false;
}

static void
count(struct queue *q, const json_t *ticket)
{
	const json_t *k;
	size_t i;
	bool ours = false;

	json_array_foreach(ticket, i, k) {
		if (!json_is_string(k))
			continue;
		json_put_bool(q->wanted, json_string_value(k), true);
		for (size_t j = 0; j < json_array_size(q->keys); j++)
			ours = ours || json_equal(json_array_get(q->keys, j), k) == 1;
	}
	q->n += ours;
}

static bool
on_ticket(const char *name, void *arg)
{
	struct queue *q = arg;
	json_t *keys = NULL;
	struct buf b;
	char *path;

	if (name[0] == '.')
		return true;
	q->passed = q->mine != NULL && strcmp(name, q->mine) == 0;
	if (q->passed)
		return false;
	path = path_join(q->dir, name);
	buf_init(&b, RECORD_MAX);
	if (!lockfile_held(path))
		(void)unlink(path); /* who wrote it is gone */
	else if (lockfile_read(path, &b))
		keys = json_read(buf_str(&b), b.len, path, NULL);
	count(q, keys);
	json_decref(keys);
	buf_fini(&b);
	mem_free(path);
	return true;
}

/* Those before `mine`. */
static void
look_at_queue(struct queue *q, const char *dir, const char *mine)
{
	*q = (struct queue){ .dir = path_join(dir, "queue"), .mine = mine,
		.wanted = json_object() };
	if (path_is_dir(q->dir))
		(void)path_each(q->dir, on_ticket, q, NULL);
}

static void
queue_fini(struct queue *q)
{
	json_decref(q->wanted);
	mem_free(q->dir);
}

static json_t *
all_keys(const json_t *slots)
{
	json_t *all = json_array(), *slot, *row;
	size_t i, j;

	json_array_foreach(slots, i, slot)
		json_array_foreach(slot, j, row) {
			json_t *keys = places_keys(row);

			(void)json_array_extend(all, keys);
			json_decref(keys);
		}
	return all;
}

/* Under its name it is seen only when it is locked and whole. */
static bool
stand_in_line(struct ticket *t, const char *dir, const json_t *slots)
{
	char *queue = path_join(dir, "queue"), *fresh;
	json_t *keys = all_keys(slots);

	if (mkdir(queue, 0700) == 0)
		(void)chmod(queue, 01777);
	t->name = mem_fmt("%020llu-%d", (unsigned long long)sys_mono(), (int)getpid());
	fresh = mem_fmt("%s/.%s", queue, t->name);
	t->path = path_join(queue, t->name);
	t->fd = lockfile_open(fresh);
	if (t->fd >= 0 && (!lockfile_try(t->fd) || !write_record(t->fd, keys) ||
			      rename(fresh, t->path) != 0)) {
		(void)unlink(fresh);
		sys_close(t->fd);
		t->fd = -1;
	}
	json_decref(keys);
	mem_free(fresh);
	mem_free(queue);
	return t->fd >= 0;
}

static void
leave_line(struct ticket *t)
{
	if (t->fd >= 0)
		(void)unlink(t->path);
	sys_close(t->fd);
	mem_free(t->path);
	mem_free(t->name);
}

/* ---- taking */

static void
drop_from(struct lease *l, size_t n)
{
	while (l->n > n) {
		l->n--;
		sys_close(l->fd[l->n]);
		json_decref(l->records[l->n]);
		mem_free(l->path[l->n]);
	}
}

/* Is what stands there a lease whose token we were given? */
static bool
given(const char *path)
{
	const char *token = getenv(LEASE_TOKEN_ENV);
	char hash[SHA256_HEX];
	json_t *r;
	bool same;

	if (token == NULL || token[0] == '\0')
		return false;
	hashed(token, hash);
	r = read_record(path);
	same = strcmp(json_get_str(r, "token", ""), hash) == 0 &&
	       json_object_get(r, "released") == NULL;
	json_decref(r);
	return same;
}

/* Who was given the token of a lease waits for nobody. */
static bool
is_ours(const struct lease *l, const json_t *keys)
{
	const json_t *k;
	bool ours = false;
	size_t i;

	json_array_foreach(keys, i, k) {
		char *path = path_join(l->dir, json_string_value(k));

		ours = ours || (lockfile_held(path) && given(path));
		mem_free(path);
	}
	return ours;
}

/* ERR_BUSY: somebody has it. */
static enum err
take_file(struct lease *l, char *path, struct err_msg *why)
{
	const int fd = l->n < LEASE_FILES ? lockfile_open(path) : -1;
	enum err e = ERR_OK;

	if (fd < 0)
		e = err_errno(why, l->n < LEASE_FILES ? errno : EMFILE, path, "open");
	else if (!lockfile_try(fd))
		e = ERR_BUSY;
	if (e != ERR_OK) {
		sys_close(fd);
		mem_free(path);
		return e;
	}
	l->fd[l->n] = fd;
	l->path[l->n] = path;
	l->records[l->n++] = read_record(path);
	return ERR_OK;
}

static enum err
take_key(struct lease *l, const char *key, struct err_msg *why)
{
	char *path = path_join(l->dir, key), *inner;
	enum err e;

	if (!lockfile_held(path) || !given(path))
		return take_file(l, path, why);
	inner = mem_fmt("%s.inner", path);
	mem_free(path);
	e = take_file(l, inner, why);
	if (e == ERR_OK) {
		l->inner = true;
		json_decref(l->records[l->n - 1]);
		l->records[l->n - 1] = NULL;
	}
	return e;
}

/* What a holder that died left behind goes into the row. */
static enum err
take_row(struct lease *l, json_t *row, const struct queue *q, json_t **taken, struct err_msg *why)
{
	json_t *keys = places_keys(row), *k;
	const size_t before = l->n;
	enum err e = shares(keys, q->wanted) && !is_ours(l, keys) ? ERR_BUSY : ERR_OK;
	size_t i;

	json_array_foreach(keys, i, k)
		if (e == ERR_OK)
			e = take_key(l, json_string_value(k), why);
	json_decref(keys);
	if (e != ERR_OK) {
		drop_from(l, before);
		return e;
	}
	*taken = json_copy(row);
	for (i = before; i < l->n; i++)
		if (l->records[i] != NULL && json_object_get(l->records[i], "released") == NULL)
			(void)json_object_set(*taken, "left", l->records[i]);
	return ERR_OK;
}

void
lease_busy(const json_t *rows, struct err_msg *why)
{
	const json_t *row = json_array_get(rows, 0);
	json_t *look = lease_look(row);

	lease_say_busy(row, look, json_array_size(rows), why);
	json_decref(look);
}

/* One of the slot's rows. */
static enum err
take_slot(struct lease *l, json_t *slot, const struct queue *q, json_t **taken,
    struct err_msg *why)
{
	enum err e = ERR_BUSY;
	json_t *row;
	size_t i;

	json_array_foreach(slot, i, row)
		if (e == ERR_BUSY)
			e = take_row(l, row, q, taken, why);
	if (e == ERR_BUSY)
		lease_busy(slot, why);
	return e;
}

/* Those that have no choice first. */
static enum err
attempt(struct lease *l, const json_t *slots, const char *mine, json_t *rows, struct err_msg *why)
{
	struct queue q;
	enum err e = ERR_OK;
	json_t *slot;
	size_t i;

	look_at_queue(&q, l->dir, mine);
	for (int choice = 0; choice < 2; choice++)
		json_array_foreach(slots, i, slot) {
			json_t *taken = NULL;

			if (e != ERR_OK || (json_array_size(slot) > 1) != choice)
				continue;
			e = take_slot(l, slot, &q, &taken, why);
			if (e == ERR_OK)
				(void)json_array_set_new(rows, i, taken);
		}
	if (e != ERR_OK)
		drop_from(l, 0);
	queue_fini(&q);
	return e;
}

static void
write_all(struct lease *l, const json_t *rows, const struct lease_wish *w)
{
	char *names = NULL;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		char *more = names == NULL ? mem_str(json_get_str(row, "name", "")) :
		    mem_fmt("%s, %s", names, json_get_str(row, "name", ""));

		mem_free(names);
		names = more;
	}
	for (i = 0; i < l->n; i++) {
		json_decref(l->records[i]);
		l->records[i] = new_record(l, names, w);
		(void)write_record(l->fd[i], l->records[i]);
	}
	mem_free(names);
}

static enum err
wait_for_it(struct lease *l, const json_t *slots, const struct lease_wish *w, json_t *rows,
    struct err_msg *why)
{
	const uint64_t wait = w->wait_ns > GRACE_NS ? w->wait_ns : GRACE_NS,
		       deadline = sys_mono() + wait;
	struct ticket t = { .fd = -1 };
	bool told = w->quiet || w->wait_ns == 0;
	enum err e;

	while ((e = attempt(l, slots, t.name, rows, why)) == ERR_BUSY && sys_mono() < deadline) {
		if (w->wait_ns != 0 && t.name == NULL && !stand_in_line(&t, l->dir, slots)) {
			e = err_set(why, ERR_INFRA, l->dir, NULL, "no place in the queue");
			break;
		}
		if (!told)
			lease_say_waiting(why, w->wait_ns);
		told = true;
		(void)poll(NULL, 0, LOOK_MS);
	}
	leave_line(&t);
	return e;
}

enum err
lease_take(struct lease *l, const json_t *slots, const struct lease_wish *w, json_t **rows,
    struct err_msg *why)
{
	enum err e;

	*l = (struct lease){ .n = 0 };
	*rows = json_array();
	for (size_t i = 0; i < json_array_size(slots); i++)
		(void)json_array_append_new(*rows, json_null());
	e = lockfile_dir(&l->dir, why);
	if (e == ERR_OK && !make_token(l->token))
		e = err_set(why, ERR_INFRA, "/dev/urandom", NULL, "no random bytes");
	if (e == ERR_OK)
		e = wait_for_it(l, slots, w, *rows, why);
	if (e == ERR_OK)
		write_all(l, *rows, w);
	else
		lease_end(l);
	return e;
}

void
lease_forget(struct lease *l)
{
	drop_from(l, 0);
	mem_free(l->dir);
	*l = (struct lease){ .n = 0 };
}

void
lease_end(struct lease *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->records[i] != NULL) {
			json_put_int(l->records[i], "released", (int64_t)(sys_wall() / NS_PER_S));
			(void)write_record(l->fd[i], l->records[i]);
		}
	lease_forget(l);
}

void
lease_mine(struct lease *l)
{
	for (size_t i = 0; i < l->n; i++) {
		json_put_int(l->records[i], "pid", (int64_t)getpid());
		(void)write_record(l->fd[i], l->records[i]);
	}
}

/* The lease that we are inside of is no longer there. */
static bool
outer_gone(const struct lease *l)
{
	static const char inner[] = ".inner";
	const size_t n = l->inner ? strlen(l->path[0]) : 0;
	bool gone = false;
	char *outer;

	if (n > strlen(inner) && strcmp(l->path[0] + n - strlen(inner), inner) == 0) {
		outer = mem_strn(l->path[0], n - strlen(inner));
		gone = !lockfile_held(outer) || !given(outer);
		mem_free(outer);
	}
	return gone;
}

bool
lease_over(const struct lease *l)
{
	json_t *r = l->n != 0 ? read_record(l->path[0]) : NULL;
	const double until = json_get_num(r, "until", 0);

	json_decref(r);
	if (l->n != 0 && outer_gone(l))
		return true;
	return until > 0 && (double)sys_wall() / (double)NS_PER_S >= until;
}

/* ---- looking */

static char *
held_file(const char *dir, const json_t *row)
{
	json_t *keys = places_keys(row), *k;
	char *found = NULL;
	size_t i;

	json_array_foreach(keys, i, k) {
		char *path = path_join(dir, json_string_value(k));

		if (found == NULL && lockfile_held(path))
			found = path;
		else
			mem_free(path);
	}
	json_decref(keys);
	return found;
}

char *
lease_file(const json_t *row)
{
	char *dir, *found = NULL;

	if (lockfile_dir(&dir, NULL) == ERR_OK)
		found = held_file(dir, row);
	mem_free(dir);
	return found;
}

static json_t *
left_record(const char *dir, const json_t *keys)
{
	json_t *found = NULL, *k;
	size_t i;

	json_array_foreach(keys, i, k) {
		char *path = path_join(dir, json_string_value(k));
		json_t *r = found == NULL ? read_record(path) : NULL;

		if (r != NULL && json_object_get(r, "released") == NULL)
			found = json_incref(r);
		json_decref(r);
		mem_free(path);
	}
	return found;
}

json_t *
lease_look(const json_t *row)
{
	json_t *out = json_object(), *keys, *record = NULL;
	char *dir = NULL, *file = NULL;
	struct queue q;

	json_put_str(out, "state", "free");
	json_put_int(out, "waiting", 0);
	if (lockfile_dir(&dir, NULL) != ERR_OK)
		return out;
	keys = places_keys(row);
	q = (struct queue){ .dir = path_join(dir, "queue"), .wanted = json_object(),
		.keys = keys };
	if (path_is_dir(q.dir))
		(void)path_each(q.dir, on_ticket, &q, NULL);
	json_put_int(out, "waiting", (int64_t)q.n);
	file = held_file(dir, row);
	record = file != NULL ? read_record(file) : left_record(dir, keys);
	if (file != NULL || record != NULL)
		json_put_str(out, "state", file != NULL ? "held" : "left");
	if (record != NULL) {
		(void)json_object_del(record, "token");
		json_put(out, "holder", record);
	}
	queue_fini(&q);
	json_decref(keys);
	mem_free(file);
	mem_free(dir);
	return out;
}

enum err
lease_extend(const json_t *row, uint64_t until, struct err_msg *why)
{
	const char *name = json_get_str(row, "name", "");
	char *file = lease_file(row);
	json_t *r = file != NULL ? read_record(file) : NULL;
	enum err e = ERR_OK;
	int fd;

	if (r == NULL)
		e = err_set(why, ERR_NOTHING, name, "vise place acquire takes it",
		    "nobody holds it");
	else if (json_get_int(r, "uid", -1) != (int64_t)process_uid() && process_uid() != 0 &&
		 !given(file))
		e = err_set(why, ERR_DENIED, name, NULL, "it is held by %s",
		    json_get_str(r, "user", "another user"));
	if (e == ERR_OK) {
		json_put_num(r, "until", (double)until);
		fd = lockfile_open(file);
		if (fd < 0 || !write_record(fd, r))
			e = err_errno(why, errno, file, "write");
		sys_close(fd);
	}
	json_decref(r);
	mem_free(file);
	return e;
}
