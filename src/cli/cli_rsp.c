/* cli_rsp.c - `vise rsp` and its verbs. */
#include "cli/cli_rsp.h"

#include <stdio.h>
#include <string.h>

#include "cli/about.h"
#include "cli/args.h"
#include "cli/rsp_probe.h"
#include "cli/rsp_replay.h"
#include "cli/rsp_speed.h"
#include "cli/rsp_step.h"
#include "cli/rsp_tap.h"
#include "cli/say.h"
#include "cli/verbs.h"

static const struct verb {
	const char *name;
	int (*run)(struct cli_call *c);
	const char *usage, *help;
} verbs[] = {
	{ "tap", cli_rsp_tap, "SERVER [--listen ADDR] [--save FILE] [--all] [--quiet] [--once] "
	    "[--check]",
	    "stand between gdb and a server: packets with time and meaning, and what is wrong" },
	{ "show", cli_rsp_show, "FILE [--all] [--quiet] [--check]",
	    "the same from a saved conversation" },
	{ "replay", cli_rsp_replay, "FILE [--listen ADDR] [--once] [--check]",
	    "answer a gdb as a saved conversation was answered" },
	{ "probe", cli_rsp_probe, "SERVER", "what a server can do" },
	{ "step", cli_rsp_step,
	    "SERVER [--count N] [--mask on|off] [--isa ISA] [--timeout D] [--check]",
	    "how reliably it steps" },
	{ "speed", cli_rsp_speed, "SERVER [--addr A] [--size N] [--write] [--swd-khz N] [--acks]",
	    "how fast memory is read and written, by block size" },
};

static int
usage(void)
{
	about_text("usage: vise rsp VERB ...\n\n");
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		about_verb("rsp", verbs[i].name, verbs[i].usage, verbs[i].help);
	about_text("\nSERVER: :3333, host:3333, a unix socket, a serial port.\n"
	    "All know --json; man vise-rsp\n");
	return say_end(NULL, ERR_OK, NULL);
}

int
cli_rsp(struct cli_call *c)
{
	const char *name = c->argc > 1 ? c->argv[1] : "";
	struct err_msg why;

	if (args_want_help(c))
		return usage();
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(name, verbs[i].name) == 0) {
			c->argc--;
			c->argv++;
			return verbs[i].run(c);
		}
	return say_end(c, verbs_refuse("rsp", name, &verbs[0].name, sizeof *verbs,
	    sizeof verbs / sizeof *verbs, &why), &why);
}
