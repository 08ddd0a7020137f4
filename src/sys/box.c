/* box.c - rlimits, no_new_privs and Landlock (linux/landlock.h, ABI 1 and later). */
#include "sys/box.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/landlock.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static bool
lower(__rlimit_resource_t what, uint64_t value)
{
	struct rlimit r;

	if (value == 0 || getrlimit(what, &r) != 0)
		return false;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > value)
		r.rlim_max = value;
	r.rlim_cur = r.rlim_max;
	return setrlimit(what, &r) == 0;
}

static bool
limit_memory(uint64_t bytes)
{
#ifdef SANITIZED
	(void)bytes;            /* the shadow memory alone is terabytes of address space */
	return false;
#else
	return lower(RLIMIT_AS, bytes);
#endif
}

#if defined(__linux__) && defined(SYS_landlock_create_ruleset)
static const uint64_t WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
/* ABI 3 has it; older headers do not name it. */
#define TRUNCATE (UINT64_C(1) << 14)
static const uint64_t READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
    LANDLOCK_ACCESS_FS_EXECUTE;
static const uint64_t OF_FILES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
    TRUNCATE;

static void
allow(int rules, const char *folder, uint64_t access)
{
	struct landlock_path_beneath_attr a = { .allowed_access = access };
	struct stat st;

	a.parent_fd = open(folder, O_PATH | O_CLOEXEC);
	if (a.parent_fd >= 0 && fstat(a.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		a.allowed_access &= OF_FILES;   /* all a file may be given */
	if (a.parent_fd >= 0) {
		(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
		(void)close(a.parent_fd);
	}
}

static bool
landlock(const struct box *b)
{
	const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	const uint64_t writes = WRITES | (abi >= 3 ? TRUNCATE : 0);
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = writes | (b->no_read ? READS : 0) };
	const uint64_t reads = b->no_read ? READS & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE : 0;
	const int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	bool good;

	if (rules < 0)
		return false;
	allow(rules, "/dev/null", writes | reads);      /* ssh opens it before anything else */
	if (b->no_read)
		allow(rules, "/proc/self", reads);
	for (const char *const *r = b->read_ok; b->no_read && r != NULL && *r != NULL; r++)
		allow(rules, *r, reads);
	for (const char *const *w = b->write_ok; w != NULL && *w != NULL; w++)
		allow(rules, *w, writes);
	good = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	(void)close(rules);
	return good;
}
#else
static bool
landlock(const struct box *b)
{
	(void)b;
	return false;
}
#endif

unsigned
box_apply(const struct box *b)
{
	unsigned held = 0;

	if (limit_memory(b->memory))
		held |= BOX_MEMORY;
	if (lower(RLIMIT_CPU, b->cpu_seconds))
		held |= BOX_CPU;
	if (lower(RLIMIT_NOFILE, b->files))
		held |= BOX_FILES;
	if ((b->no_new_privs || b->no_write) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		held |= BOX_PRIVS;
	if (b->no_write && landlock(b))
		held |= BOX_LANDLOCK;
	return held;
}
