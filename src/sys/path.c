/* path.c - folders of the user and of the installation. */
#include "sys/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"

char *
path_join(const char *a, const char *b)
{
	const size_t n = strlen(a);

	return mem_fmt("%s%s%s", a, n != 0 && a[n - 1] == '/' ? "" : "/", b);
}

bool
path_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool
path_stamp(const char *path, struct path_stamp *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*out = (struct path_stamp){
		.mtime_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000u +
		    (uint64_t)st.st_mtim.tv_nsec,
		.size = (uint64_t)st.st_size,
		.inode = (uint64_t)st.st_ino,
	};
	return true;
}

bool
path_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
path_facts(const char *path, struct path_facts *out)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	*out = (struct path_facts){
		.kind = S_ISREG(st.st_mode) ? PATH_FILE : S_ISDIR(st.st_mode) ? PATH_DIR :
		    S_ISLNK(st.st_mode) ? PATH_LINK : PATH_OTHER,
		.mine = st.st_uid == getuid(),
		.open = (st.st_mode & S_IWOTH) != 0 ||
		    ((st.st_mode & S_IWGRP) != 0 && st.st_gid != getgid()),
		.uid = (unsigned long)st.st_uid,
	};
	return true;
}

char *
path_real(const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) != NULL ? mem_str(real) : NULL;
}

static void
make_parents(const char *path)
{
	char *p = mem_str(path);

	for (char *at = p; (at = strchr(at + 1, '/')) != NULL;) {
		*at = '\0';
		(void)mkdir(p, 0755);
		*at = '/';
	}
	mem_free(p);
}

enum err
path_make(const char *path, struct err_msg *why)
{
	make_parents(path);
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return err_errno(why, errno, path, "making the folder");
	return path_is_dir(path) ? ERR_OK :
	    err_set(why, ERR_USAGE, path, NULL, "is there, and no folder");
}

enum err
path_make_private(const char *path, struct err_msg *why)
{
	struct stat st;
	enum err e = ERR_OK;

	make_parents(path);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(why, errno, path, "making the folder");
	if (lstat(path, &st) != 0)
		return err_errno(why, errno, path, "looking at the folder");
	if (!S_ISDIR(st.st_mode) || st.st_uid != getuid())
		e = err_set(why, ERR_DENIED, path, "remove it, or choose another place",
		    "not a folder of yours (owner uid %u)", (unsigned)st.st_uid);
	else if ((st.st_mode & 077) != 0 && chmod(path, 0700) != 0)
		e = err_errno(why, errno, path, "closing the folder to others");
	return e;
}

static char *
xdg(const char *variable, const char *fallback)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		return path_join(base, "vise");
	if (home == NULL || home[0] != '/')
		return NULL;
	return mem_fmt("%s/%s/vise", home, fallback);
}

char *
path_runtime(void)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	if (base != NULL && base[0] == '/' && path_is_dir(base))
		return path_join(base, "vise");
	return mem_fmt("/tmp/vise-%lu", (unsigned long)getuid());
}

char *
path_state(void)
{
	char *p = xdg("XDG_STATE_HOME", ".local/state");

	return p != NULL ? p : mem_fmt("/tmp/vise-%lu/state", (unsigned long)getuid());
}

char *
path_config(void)
{
	return xdg("XDG_CONFIG_HOME", ".config");
}

char *
path_self(void)
{
	char p[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", p, sizeof p - 1);

	return n > 0 ? mem_strn(p, (size_t)n) : mem_str("vise");
}

char *
path_which(const char *program)
{
	const char *dirs = getenv("PATH");

	if (strchr(program, '/') != NULL)
		return access(program, X_OK) == 0 ? mem_str(program) : NULL;
	while (dirs != NULL && *dirs != '\0') {
		const size_t n = strcspn(dirs, ":");
		char *path = n != 0 ? mem_fmt("%.*s/%s", (int)n, dirs, program) : NULL;

		if (path != NULL && access(path, X_OK) == 0 && !path_is_dir(path))
			return path;
		mem_free(path);
		dirs += n + (dirs[n] == ':');
	}
	return NULL;
}

static char *
beside_self(const char *name)
{
	char *self = path_self(), *slash = strrchr(self, '/'), *p;

	if (slash != NULL)
		*slash = '\0';
	p = path_join(slash != NULL ? self : ".", name);
	mem_free(self);
	return p;
}

char *
path_program(const char *name)
{
	char *p = beside_self(name);

	if (access(p, X_OK) == 0)
		return p;
	mem_free(p);
	return path_join(strcmp(name, "vise") == 0 ? VISE_BINDIR : VISE_LIBEXECDIR, name);
}

char *
path_cwd(void)
{
	enum { LONGEST = 4096 };
	char *dir = mem_alloc(LONGEST);

	if (getcwd(dir, LONGEST) == NULL)
		memcpy(dir, ".", 2);
	return dir;
}

char *
path_data(const char *name)
{
	char *mark = beside_self("vise.srcdir"), *p;
	struct buf b;

	buf_init(&b, 1 << 20);
	if (sys_file_read(mark, PATH_MAX, &b, NULL) == ERR_OK && b.len > 1) {
		b.data[strcspn(b.data, "\n")] = '\0';
		p = path_join(b.data, name);
	} else {
		/* "share/x" of the source tree is installed without the word share */
		p = path_join(VISE_DATADIR, strncmp(name, "share/", 6) == 0 ? name + 6 : name);
	}
	buf_fini(&b);
	mem_free(mark);
	return p;
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

struct names { char **item; size_t n, cap; };

static void
names_add(struct names *l, const char *name)
{
	if (l->n == l->cap) {
		l->cap = l->cap != 0 ? l->cap * 2 : 32;
		l->item = mem_resize(l->item, l->cap, sizeof *l->item);
	}
	l->item[l->n++] = mem_str(name);
}

/* opendir and readdir, not scandir: preloaded test beds (umockdev) do not see the latter. */
enum err
path_each(const char *dir, bool (*fn)(const char *name, void *arg), void *arg, struct err_msg *why)
{
	struct names list = { .item = NULL };
	bool go = true;
	DIR *d = opendir(dir);

	if (d == NULL)
		return err_errno(why, errno, dir, "listing");
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			names_add(&list, e->d_name);
	(void)closedir(d);
	if (list.n != 0)
		qsort(list.item, list.n, sizeof *list.item, by_name);
	for (size_t i = 0; i < list.n; i++) {
		go = go && fn(list.item[i], arg);
		mem_free(list.item[i]);
	}
	mem_free(list.item);
	return ERR_OK;
}
