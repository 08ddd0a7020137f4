/*
 * box.h - taking powers away from a process of ours before it meets hostile input.
 *
 * Layer   sys. Every call is "best effort where the kernel has it"; box_apply says what held.
 */
#ifndef SYS_BOX_H
#define SYS_BOX_H
#include <stdbool.h>
#include <stdint.h>

struct box {
	/* RLIMIT_AS in bytes, 0 leaves it (sanitizer builds ignore it) */
	uint64_t memory;
	uint64_t cpu_seconds;           /* RLIMIT_CPU, 0 leaves it */
	uint64_t files;                 /* RLIMIT_NOFILE, 0 leaves it */
	bool     no_new_privs;
	/* Landlock: no writing, making or executing of files below / */
	bool     no_write;
	/* and no reading or executing but below read_ok (and /proc/self, /dev/null) */
	bool     no_read;
	const char *const *read_ok;     /* folders and files, NULL-terminated, or NULL */
	const char *const *write_ok;    /* folders that stay writable, NULL-terminated, or NULL */
};

enum { BOX_MEMORY = 1, BOX_CPU = 2, BOX_FILES = 4, BOX_PRIVS = 8, BOX_LANDLOCK = 16 };
unsigned box_apply(const struct box *b);        /* the BOX_ bits that took hold */

#endif
