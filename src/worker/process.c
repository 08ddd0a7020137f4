/* process.c - what vise-worker does before and after it serves. */
#include "worker/process.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "loop/loop.h"
#include "sys/box.h"
#include "sys/process.h"
#include "worker/worker.h"

enum { SOCKET_FD = 3 };

/* --write FOLDER, --memory BYTES: from whoever starts us, not from a user. */
static bool
arguments(int argc, char **argv, const char **write_ok, uint64_t *memory)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--write") == 0)
			*write_ok = argv[i + 1];
		else if (strcmp(argv[i], "--memory") != 0
		    || !slice_u64(slice_of(argv[i + 1]), INT64_MAX, memory))
			return false;
	}
	return i == argc;
}

int
worker_main(int argc, char **argv)
{
	const char *write_ok[2] = { NULL, NULL };
	struct box box = { .memory = UINT64_C(6) << 30, .cpu_seconds = 120, .files = 64,
	    .no_new_privs = true, .no_write = true, .write_ok = write_ok };
	struct err_msg why = { .code = ERR_OK };
	struct loop *l;
	char text[1024];
	enum err e;

	if (!arguments(argc, argv, &write_ok[0], &box.memory)) {
		fputs("vise: vise-worker: is started by vise, with a socket as descriptor 3\n",
		    stderr);
		return err_exit_status(ERR_USAGE);
	}
	process_fill_std_fds();
	process_ignore_signals();
	process_die_with_parent();
	(void)box_apply(&box);
	l = loop_new();
	if (l == NULL)
		return err_exit_status(ERR_INFRA);
	e = worker_serve(l, SOCKET_FD, &why);
	loop_free(l);
	if (e == ERR_OK)
		return 0;
	err_format(&why, text, sizeof(text));
	fprintf(stderr, "vise: %s\n", text);
	return err_exit_status(e);
}
