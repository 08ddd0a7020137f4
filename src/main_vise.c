/* main_vise.c - vise: the command line and the viewer, plugged together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/cli.h"
#include "core/options.h"
#include "sys/path.h"
#include "ui/viewer.h"

/* A broken line in the user's file must not keep them from their board. */
static void
load_options(struct options *o)
{
	char *dir = path_config(), *file = dir != NULL ? path_join(dir, "config") : NULL,
	     text[1024];
	struct err_msg why;

	options_init(o);
	if (file != NULL && getenv("VISE_CLEAN") == NULL && options_load(o, file, &why) != ERR_OK) {
		err_format(&why, text, sizeof text);
		fprintf(stderr, "vise: %s\n", text);
	}
	mem_free(file);
	mem_free(dir);
}

static int
view(const struct cli_view *v)
{
	struct options options;
	const struct ui_options o = { .bench_name = v->bench,
		.fd = v->fd,
		.observe = v->observe,
		.plain = v->plain,
		.options = &options,
		.demo = v->demo,
		.job = v->job };
	int status;

	load_options(&options);
	status = ui_run(&o);
	options_fini(&options);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct cli_hooks hooks = { .view = view, .keys = ui_print_keys };

	return cli_main(argc, argv, &hooks);
}
