/* dial.c - finding, starting and reaching a bench. */
#include "proto/dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

enum { INFO_MAX = 16 << 10, NAMES_MAX = 100, PICKS = 20 };

char *
dial_socket(const char *name)
{
	char *dir = path_runtime(), *path = mem_fmt("%s/%s.sock", dir, name);

	mem_free(dir);
	return path;
}

struct listing { json_t *list; const char *dir; };

static bool
look(const char *file, void *arg)
{
	struct listing *l = arg;
	const size_t n = strlen(file);
	char *sock, *info;
	struct buf b;
	json_t *o;
	int fd;

	if (n < 6 || strcmp(file + n - 5, ".sock") != 0)
		return true;
	sock = path_join(l->dir, file);
	info = mem_fmt("%s/%.*s.json", l->dir, (int)(n - 5), file);
	buf_init(&b, INFO_MAX + 65536 * 2);
	if (sys_unix_connect(sock, &fd, NULL) != ERR_OK) {
		if (errno == ECONNREFUSED) {    /* its bench was killed: clear away what it left */
			(void)unlink(sock);
			(void)unlink(info);
		}
	} else {
		sys_close(fd);
		if (sys_file_read(info, INFO_MAX, &b, NULL) == ERR_OK &&
		    (o = json_read(buf_str(&b), b.len, info, NULL)) != NULL) {
			json_put_str(o, "socket", sock);
			(void)json_array_append_new(l->list, o);
		}
	}
	buf_fini(&b);
	mem_free(sock);
	mem_free(info);
	return true;
}

json_t *
dial_list(void)
{
	char *dir = path_runtime();
	struct listing l = { .list = json_array(), .dir = dir };

	(void)path_each(dir, look, &l, NULL);
	mem_free(dir);
	return l.list;
}

bool
dial_is_ending(const json_t *row)
{
	const char *of = getenv(DIAL_BENCH_ENV);

	return json_get_int(row, "ending", 0) != 0 &&
	    (of == NULL || strcmp(of, json_get_str(row, "name", "")) != 0);
}

json_t *
dial_live(void)
{
	json_t *list = dial_list();

	for (size_t i = json_array_size(list); i-- > 0;)
		if (dial_is_ending(json_array_get(list, i)))
			(void)json_array_remove(list, i);
	return list;
}

static enum err
only_one(char **name, struct err_msg *why)
{
	json_t *list = dial_live();
	const size_t n = json_array_size(list);
	enum err e = ERR_OK;

	*name = NULL;
	if (n == 1)
		*name = mem_str(json_get_str(json_array_get(list, 0), "name", ""));
	else if (n == 0)
		e = err_set(why, ERR_NOENT, "bench", "start one with: vise", "none is running");
	else
		e = err_set(
		    why, ERR_USAGE, "bench", "vise ls lists them", "%zu are running: say which", n);
	json_decref(list);
	return e;
}

enum err
dial_bench(const char *name, int *fd, struct err_msg *why)
{
	char *one = NULL, *path;
	enum err e;

	*fd = -1;
	if (name == NULL) {
		e = only_one(&one, why);
		if (e != ERR_OK)
			return e;
		name = one;
	}
	path = dial_socket(name);
	e = sys_unix_connect(path, fd, why);
	if (e == ERR_NOENT || (e == ERR_IO && errno == ECONNREFUSED))
		e = err_set(why, ERR_NOENT, name, "vise ls lists those that run",
		    "no such bench is running");
	mem_free(path);
	mem_free(one);
	return e;
}

static bool
name_good(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && name[0] != '-' && strlen(name) < 48 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		   strlen(name);
}

static enum err
pick_name(char *out, unsigned long size, struct err_msg *why)
{
	for (int i = 1; i <= NAMES_MAX; i++) {
		char *path;
		bool taken;

		snprintf(out, size, i == 1 ? "bench" : "bench%d", i);
		path = dial_socket(out);
		taken = path_exists(path);
		mem_free(path);
		if (!taken)
			return ERR_OK;
	}
	return err_set(
	    why, ERR_LIMIT, "bench", "vise kill ends some", "%d are running already", NAMES_MAX);
}

/* A bench under this name; *status: what the process said that started it. */
static enum err
start(const char *name, bool picked, long linger_ms, const char *const *extra, int *status,
    struct err_msg *why)
{
	char *program = path_program("vise-bench"), *dir = path_runtime(), linger[32];
	const char *argv[64] = { program, "--name", name };
	int n = 3;
	pid_t pid;
	enum err e = path_make_private(dir, why);

	if (picked)
		argv[n++] = "--picked";
	if (linger_ms >= 0) {
		snprintf(linger, sizeof linger, "%ldms", linger_ms);
		argv[n++] = "--linger";
		argv[n++] = linger;
	}
	for (; extra != NULL && *extra != NULL && n < 62; extra++)
		argv[n++] = *extra;
	if (e == ERR_OK) {
		const struct sys_spawn s = { .argv = argv,
			.fd_in = -1,
			.fd_out = -1,
			.fd_err = STDERR_FILENO,
			.fd3 = -1,
			.keep_group = true };

		e = sys_spawn(&s, &pid, why);
		/* the process we started ends when the one in the background listens, or with
		 * its reason */
		*status = e == ERR_OK ? sys_wait(pid) : 0;
	}
	mem_free(dir);
	mem_free(program);
	return e;
}

enum err
dial_start(const char *name, long linger_ms, const char *const *extra, char *out,
    unsigned long size, struct err_msg *why)
{
	const bool picked = name == NULL;
	int status = 0;
	enum err e = ERR_OK;

	if (name != NULL && !name_good(name))
		return err_set(
		    why, ERR_USAGE, name, NULL, "a bench's name is made of letters, digits, - _ .");
	for (int i = 0; i < PICKS; i++) {
		json_decref(dial_list());       /* clears dead leftovers: their names are free */
		if (name != NULL)
			snprintf(out, size, "%s", name);
		else
			e = pick_name(out, size, why);
		if (e == ERR_OK)
			e = start(out, picked, linger_ms, extra, &status, why);
		/* who starts one in this moment, too, may have got the name */
		if (e != ERR_OK || !picked || status != err_exit_status(ERR_BUSY))
			break;
	}
	if (e == ERR_OK && status != 0)
		e = err_set(why, ERR_INFRA, "vise-bench", "the line above says why",
		    "ended with status %d", status);
	return e;
}
