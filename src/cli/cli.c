/* cli.c - the table of subcommands and their dispatch. */
#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/about.h"
#include "cli/args.h"
#include "cli/cli_at.h"
#include "cli/cli_bench.h"
#include "cli/cli_board.h"
#include "cli/cli_boards.h"
#include "cli/cli_build.h"
#include "cli/cli_console.h"
#include "cli/cli_debug.h"
#include "cli/cli_decode.h"
#include "cli/cli_do.h"
#include "cli/cli_doctor.h"
#include "cli/cli_gauges.h"
#include "cli/cli_grab.h"
#include "cli/cli_image.h"
#include "cli/cli_macro.h"
#include "cli/cli_plugin.h"
#include "cli/cli_measure.h"
#include "cli/cli_ocd.h"
#include "cli/cli_place.h"
#include "cli/cli_ports.h"
#include "cli/cli_goroutines.h"
#include "cli/cli_pprof.h"
#include "cli/cli_project.h"
#include "cli/cli_rsp.h"
#include "cli/cli_script.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_test.h"
#include "cli/cli_trust.h"
#include "cli/cli_watch.h"
#include "cli/cli_workflow.h"
#include "cli/complete.h"
#include "cli/say.h"
#include "cli/subcommands.h"
#include "core/json.h"
#include "sys/process.h"

#ifndef VISE_VERSION
#define VISE_VERSION "0"
#endif

static int
keys(struct cli_call *c)
{
	struct err_msg why;
	const enum err e = args_parse(c, NULL, 0, 0, &why);

	if (e == ERR_OK)
		c->hooks->keys(c->json);
	return say_end(c, e, &why);
}

/* Verbs of pprof that get profiles, rather than look into them. */
static int
pprof(struct cli_call *c)
{
	static const struct {
		const char *verb;
		int (*run)(struct cli_call *c);
	} verbs[] = { { "grab", cli_grab }, { "watch", cli_watch } };

	for (size_t i = 0; c->argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(c->argv[1], verbs[i].verb) == 0) {
			c->argc--;
			c->argv++;
			return verbs[i].run(c);
		}
	return cli_pprof(c->argc, c->argv);
}

static int
goroutines(struct cli_call *c)
{
	return cli_goroutines(c->argc, c->argv);
}

static int
gauges(struct cli_call *c)
{
	return cli_gauges(c->argc, c->argv);
}

static int help(struct cli_call *c);

static const struct cli_command commands[] = {
	{ "demo", "[--plain]", "the workbench on the simulated board: nothing is touched", cli_demo,
	    false },
	{ "attach", "[-r] [--plain] [NAME]", "go to a running bench; -r only looks", cli_attach,
	    false },
	{ "ls", "", "the benches that run", cli_ls, false },
	{ "kill", "[NAME | --all]", "end a bench", cli_kill, false },
	{ "ports", "", "serial ports and what is in the way", cli_ports, false },
	{ "console", "TARGET|--place PLACE [--log FILE] [--times KIND] [--hex] [--map M] "
	    "[--filter P] [--echo] "
	    "[--trigger RX=ACT[:ARG]]...",
	    "plain console: a pipe in and out", cli_console, false },
	{ "at", "TARGET CMD... [--expect RX] [--data FILE] [--timeout D] [--baud N]",
	    "AT commands, one result each", cli_at, false },
	{ "macro", "list | show NAME | run TARGET NAME [--set K=V]... | record start|stop [NAME]",
	    "AT macros of the plugins", cli_macro, false },
	{ "decode", "FILE|- [--elf ELF] [--only] [--check] [--raw] | --elf ELF 0xADDR...",
	    "crashes in a log with their places; addresses as places", cli_decode, false },
	{ "gauges", "[--once] [--every S] [--pid P] [--csv]",
	    "memory, load, temperatures of this machine", gauges, true },
	{ "measure", "[PROGRAM | --there PATH] [--on [NAME=]BOARD]... [--port N] [--path P] [-c N] "
	    "[--runs N] [--for T] [--settle T] [--warm T] [--window T] "
	    "[--no-heat] [--keep-governor] [--csv] [-- ARGS]",
	    "one program on many boards: start-up, memory, requests, heat", cli_measure, false },
	{ "pprof", "top|info|flame|grab|watch|series SOURCE", "Go profiles", pprof, true },
	{ "goroutines", "[--by WHAT] [--diff] [--check] SOURCE...",
	    "who waits for what in a Go program, and who leaks", goroutines, true },
	{ "snapshot", "take|list|show|diff|open [options] [WHAT]",
	    "everything at one instant: profiles, trace, gauges, consoles", cli_snapshot, true },
	{ "board", "list [WORD] | show ID | check [ID] | find [--usb ID] [--product P] [--model M] "
	    "[--compatible C] [--gmr G] [--volume V] [--ssh HOST]",
	    "board profiles, and which of them is plugged in", cli_boards, false },
	{ "build", "[PACKAGE] ROW... [-p BOARD]... [-o DIR] [-j N] [--tags T] [--ldflags L] "
	    "[--trimpath] [--smoke] [--smoke-args A] [--smoke-time T] [--smoke-runs N] "
	    "[--expect TEXT] [--sbom] "
	    "[-n] [--csv | --events] [-- ARGS]",
	    "one Go program for many targets: linux/arm64, FILE.env, a board, host",
	    cli_build, false },
	{ "image", "show|check [-p BOARD] [--by section|package|symbol] [--top N] "
	    "[--signed section|sha256] [--sums MANIFEST] FILE... | diff A B",
	    "what is in a program file, and does it fit the board", cli_image, false },
	{ "flash", "-p BOARD|--place PLACE [-n] [--set K=V]... [--port P] FILE",
	    "write an image to a board; -n only says how", cli_flash, false },
	{ "reset", "-p BOARD [--set K=V]... [--port P]", "reset a board", cli_reset, false },
	{ "debug", "-p BOARD [-n] [--through-tap] [--attach PROG] [FILE] | --import FILE [NAME]",
	    "a debugger on a board, with the servers it needs", cli_debug, false },
	{ "ocd", "VERB [-p BOARD | --port N] [--elf FILE] ...",
	    "OpenOCD: halt, memory, registers, faults, RTT, live variables", cli_ocd,
	    true },
	{ "rsp", "tap|show|probe|step|speed SERVER|FILE",
	    "the GDB remote protocol: what passes, what is wrong, how fast", cli_rsp, true },
	{ "script", "FILE.lua [--port P | --place PLACE] [--board ID] [--set K=V]... "
	    "[--answer ID=V]... "
	    "[--timeout D] [-- ARGS]",
	    "run a Lua script", cli_script, false },
	{ "test", "FILE|DIR... [-k TEXT] [--tag T] [--port [NAME=]P]... [--board [NAME=]ID] "
	    "[--place [NAME=]PLACE]... [--list] [--tap | --test2json] [--junit FILE] "
	    "[--report KIND:FILE]... [--artifacts DIR]",
	    "run Lua tests on boards: TAP, JUnit, test2json", cli_test, false },
	{ "workflow", "list | show ID | [run] ID [--port P | --place PLACE] [--board ID] "
	    "[--set K=V]... [--answer ID=V]... "
	    "[--timeout D] [--dry-run] [--csv]",
	    "workflows of the plugins", cli_workflow, false },
	{ "place", "list [WORD] | show NAME | acquire NAME... [--wait T] [--lease T] "
	    "[--reason TEXT] | "
	    "release NAME [--kick] | lease NAME [--for T] | exec NAME... -- COMMAND | "
	    "power NAME on|off|cycle",
	    "the boards of a lab: who has which, until when, and who waits", cli_place, false },
	{ "plugin", "list | view|trust|deny|forget [DIR] | check DIR|FILE|NAME [--run] | "
	    "new NAME [--project] | "
	    "doc NAME | hosts | run ID [-- ARGS] | reload|unload [NAME]",
	    "plugins, and which project's code may run", cli_plugin, false },
	{ "trust", "view|allow|deny|forget [DIR] [--hash HASH] [--source]",
	    "what a project's .vise may do, and whether it may", cli_trust, false },
	{ "project", "[show | check]", "what .vise/project.json sets, and whether it counts",
	    cli_project, false },
	{ "meta", "[DIR] [--copy]", "an editor's settings for Lua of Vise: .luarc.json", cli_meta,
	    false },
	{ "run", "[--name N] [--timeout D] -- PROGRAM [ARGS]", "run a program as a job of a bench",
	    cli_run, false },
	{ "do", "LINE...", "one command line of a bench", cli_do, false },
	{ "commands", "", "every command a bench knows", cli_commands, false },
	{ "keys", "", "every key of the workbench", keys, false },
	{ "doctor", "[ssh:HOST|serial:PORT|exec:PROGRAM|local] [--elf PROGRAM] [--timeout D]",
	    "what is missing here or on a board, and what mends it", cli_doctor, false },
	{ "help", "[SUBCOMMAND]", "this, or the help of one", help, false },
	{ "complete", "", "", cli_complete, true },     /* for the shells: not in the list */
	{ NULL, NULL, NULL, NULL, false },
};

static void
overview(FILE *f)
{
	fputs("usage: vise [TARGET]             the workbench on a port, a board, or that runs\n"
	      "       vise SUBCOMMAND [ARGUMENTS]\n\n", f);
	for (const struct cli_command *c = commands; c->name != NULL; c++)
		if (c->help[0] != '\0')
			fprintf(f, "  %-10s %s\n", c->name, c->help);
	fputs("\nTARGET: ttyUSB0, /dev/serial/by-id/..., usb:VID:PID, a board, tcp:HOST:PORT,\n"
	      "        telnet:, rfc2217:, rtt:HOST:PORT, unix:PATH, exec:COMMAND, replay:FILE\n"
	      "Everywhere: --json prints JSON, --clean reads nothing of yours or the project's\n"
	      "(init.lua, plugins, boards, config); --bench NAME, where one is asked, picks it.\n"
	      "vise help SUBCOMMAND tells more; vise keys lists the keys; man vise\n",
	    f);
}

static int
help_of(const struct cli_command *cmd)
{
	about_print(cmd);
	return say_end(NULL, ERR_OK, NULL);
}

static int
unknown(struct cli_call *c, const char *name)
{
	char next[ERR_NEXT_MAX];
	struct nearest near;
	struct err_msg why;

	subcommands_near(c, name, &near);
	return say_end(c, err_set(&why, ERR_USAGE, name, nearest_advice(&near,
	    "vise help lists the subcommands", next, sizeof next), "is no subcommand"), &why);
}

static int
help(struct cli_call *c)
{
	const struct cli_command *cmd;

	if (c->argc < 2) {
		overview(stdout);
		return say_end(c, ERR_OK, NULL);
	}
	cmd = subcommands_find(c, c->argv[1]);
	if (cmd == NULL)
		return unknown(c, c->argv[1]);
	if (cmd->own_options) {
		char flag[] = "--help", *argv[] = { c->argv[1], flag, NULL };
		struct cli_call inner = {
			.hooks = c->hooks, .commands = c->commands, .name = cmd->name,
			.argc = 2, .argv = argv
		};

		return cmd->run(&inner);
	}
	return help_of(cmd);
}

static int
version(void)
{
	printf("vise %s\njansson %s\n", VISE_VERSION, JANSSON_VERSION);
	return say_end(NULL, ERR_OK, NULL);
}

/* The first word is no subcommand: a target, an option, or nothing. */
static int
no_command(struct cli_call *c)
{
	const char *first = c->argc > 0 ? c->argv[0] : "";

	if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
		return version();
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
		overview(stdout);
		return say_end(c, ERR_OK, NULL);
	}
	/* args_parse expects a name in front */
	c->argv--;
	c->argc++;
	c->name = "";
	return cli_open(c);
}

/* `vise --bench lab plugin list`: what is known everywhere may stand before the subcommand, too. It
 * is put behind it. */
static void
subcommand_first(const struct cli_call *c, int argc, char **argv)
{
	static const struct { const char *name; int words; } common[] = {
		{ "--json", 1 }, { "--clean", 1 }, { "--bench", 2 }, { "--trust-hash", 2 },
	};
	int k = 1, words = 1;
	char *name;

	while (k < argc && words != 0) {
		words = 0;
		for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
			const size_t n = strlen(common[i].name);

			if (strncmp(argv[k], common[i].name, n) != 0)
				continue;
			words = argv[k][n] == '=' ? 1 : argv[k][n] == '\0' ? common[i].words : 0;
		}
		k += words;
	}
	if (k <= 1 || k >= argc || subcommands_find(c, argv[k]) == NULL)
		return;
	name = argv[k];
	memmove(argv + 2, argv + 1, (size_t)(k - 1) * sizeof *argv);
	argv[1] = name;
}

static void
forget_call(struct cli_call *c)
{
	project_fini(&c->project);
	mem_free(c->own);
}

int
cli_main(int argc, char **argv, const struct cli_hooks *hooks)
{
	struct cli_call c = { .hooks = hooks, .commands = commands, .name = "" };
	const struct cli_command *cmd;
	struct err_msg why;
	int status;

	process_fill_std_fds();
	process_ignore_signals();
	(void)setlocale(LC_ALL, "");
	if (process_is_setuid())
		return say_end(&c,
		    err_set(&why, ERR_DENIED, "vise", "remove its set-user-ID bit",
			"does not run with the rights of another user"),
		    &why);
	if (argc < 1)
		return err_exit_status(ERR_USAGE);
	c.json = args_given(argc, argv, "--json");
	c.argc = argc - 1;
	c.argv = argv + 1;
	subcommand_first(&c, argc, argv);
	cmd = argc > 1 ? subcommands_find(&c, argv[1]) : NULL;
	if (cmd == NULL) {
		status = no_command(&c);
		forget_call(&c);
		return status;
	}
	c.name = cmd->name;
	if (!cmd->own_options && (args_given(c.argc, c.argv, "--help") ||
	    args_given(c.argc, c.argv, "-h")))
		return help_of(cmd);
	status = cmd->run(&c);
	forget_call(&c);
	return status;
}
