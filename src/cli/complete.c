/* complete.c - verbs, options and names of every subcommand in one table. */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "cli/door.h"
#include "cli/places.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/subcommands.h"
#include "core/json.h"
#include "proto/dial.h"
#include "transport/discover.h"

/* What may stand where no option does: f files, t targets (ports and files), b benches, m macros,
 * w workflows, i boards, p places, s subcommands, c commands of a bench. */
struct row { const char *path, *words, *takes; };

#define PROFILE_WORDS \
	"--base --subtract-base --normalize --growth --shrink --relative-growth " \
	"--identity --cum --flat --sample-index --mean --functions --filefunctions " \
	"--files --lines --addresses --granularity --noinlines --nodecount " \
	"--nodefraction --edgefraction --no-trim --trim --focus --ignore --hide --show " \
	"--show-from --prune-from --tagfocus --tagignore --tagshow --taghide --tagroot " \
	"--tagleaf --trim-path --source-path --call-tree --relative-percentages " \
	"--compact-labels --drop-negative --limit --max-memory --timeout --quiet " \
	"--unit --ignore-missing --output -o --divide-by --diff-base --inuse-space " \
	"--inuse-objects --alloc-space --alloc-objects --contentions --total-delay"

static const struct row rows[] = {
	{ "demo", "--plain", "" },
	{ "attach", "-r --plain", "b" },
	{ "ls", "", "" },
	{ "kill", "--all", "b" },
	{ "ports", "", "" },
	{ "console", "--log --past --timestamps --times --hex --map --echo --filter --color "
	    "--quiet --baud --share --share-ro --trigger --place --wait --lease --reason", "t" },
	{ "at", "--expect --data --timeout --baud --eol --idle", "t" },
	{ "macro", "list show run record", "" },
	{ "macro list", "", "" },
	{ "macro show", "", "m" },
	{ "macro run", "--set --timeout --baud", "mt" },
	{ "macro record", "start stop", "" },
	{ "decode", "--elf --only --check --raw", "f" },
	{ "gauges", "advise processes --once --select --every --pid --process --csv --limit "
	    "--rule --rules --serve --live --proc-root --sys-root -n", "t" },
	{ "gauges processes", "--sort --filter --top --json --proc-root", "t" },
	{ "measure", "--there --on --port --path -c --csv --for --keep-governor", "f" },
	{ "pprof", "top text diff merge tree peek list traces tags raw comments info flame grab "
	    "watch series "
	    PROFILE_WORDS, "f" },
	{ "pprof flame", "--format --title --only --width --columns --rows --folded --from --zoom "
	    PROFILE_WORDS, "f" },
	{ "pprof grab", "--kind --gc --raw --seconds --output -o --limit --timeout", "f" },
	{ "pprof watch", "--every --count --kind --kinds --no-gc --retries --share --timeout "
	    "--output -o", "f" },
	{ "pprof series", "--sample-index --no-lines --min --segment --all --stack --limit "
	    "--points --add --run --keep --check", "f" },
	{ "goroutines", "--by --diff --flagged --stack --rules --many --stale --several --allow "
	    "--no-defaults --dump --yes --no-leak-profile --source-path --check --limit --timeout",
	    "f" },
	{ "snapshot", "take list show diff open", "" },
	{ "snapshot take", "--label --trace --kinds --dump --no-gc --deadline --limit --output -o",
	    "f" },
	{ "snapshot list", "", "f" },
	{ "snapshot show", "", "f" },
	{ "snapshot diff", "", "f" },
	{ "snapshot open", "", "f" },
	{ "board", "list show check find", "" },
	{ "board list", "", "i" },
	{ "board show", "", "i" },
	{ "board check", "", "i" },
	{ "board find", "--usb --product --model --compatible --gmr --volume --ssh", "" },
	{ "build", "-p -o -j -n --board --tags --ldflags --trimpath --smoke --smoke-args "
	    "--smoke-time --smoke-runs --expect --sbom --csv --events --dry-run linux/amd64 "
	    "linux/arm/6 "
	    "linux/arm/7 linux/arm64 linux/mipsle/softfloat linux/riscv64 host", "fi" },
	{ "image", "show diff check", "" },
	{ "image show", "-p --by --top --base", "f" },
	{ "image diff", "--by --top", "f" },
	{ "image check", "-p --libc --kernel --base --signed --sums", "f" },
	{ "flash", "-p -n --dry-run --set --port --board --place --wait --lease --reason",
	    "f" },
	{ "reset", "-p --board --set --port --place --wait --lease --reason", "" },
	{ "debug", "-p --board --set --port --attach --server --through-tap --save --background "
	    "--place --wait --lease --reason --import --export "
	    "-n --dry-run", "f" },
	{ "place", "list show acquire release lease exec power", "" },
	{ "place list", "", "p" },
	{ "place show", "", "p" },
	{ "place acquire", "--wait --lease --reason", "p" },
	{ "place release", "--kick", "p" },
	{ "place lease", "--for", "p" },
	{ "place exec", "--wait --lease --reason", "p" },
	{ "place power", "on off cycle", "p" },
	{ "ocd", "start stop state targets halt resume step reset regs svd set read write faults "
	    "audit vectors watch rtt tcl", "" },
	{ "ocd start", "-p --set --port --host", "" },
	{ "ocd stop", "", "" },
	{ "ocd state", "-p --set --port --host", "" },
	{ "ocd targets", "-p --set --port --host", "" },
	{ "ocd halt", "-p --set --port --host", "" },
	{ "ocd resume", "-p --set --port --host", "" },
	{ "ocd step", "-p --set --port --host", "" },
	{ "ocd reset", "-p --set --port --host", "" },
	{ "ocd regs", "-p --set --port --host --elf --svd --all --effects", "" },
	{ "ocd svd", "-p --set --port --host --svd", "" },
	{ "ocd set", "-p --set --port --host", "" },
	{ "ocd read", "-p --set --port --host --elf --svd --width --effects", "" },
	{ "ocd write", "-p --set --port --host --elf --svd --width", "" },
	{ "ocd faults", "-p --set --port --host --elf", "" },
	{ "ocd audit", "-p --set --port --host --write", "" },
	{ "ocd vectors", "-p --set --port --host --elf", "" },
	{ "ocd watch", "-p --set --port --host --elf --every --count", "" },
	{ "ocd rtt", "-p --set --port --host --elf --addr --size --channel", "" },
	{ "ocd tcl", "-p --set --port --host", "" },
	{ "rsp", "tap show replay probe step speed", "" },
	{ "rsp tap", "--listen --save --all --quiet --once --check", "" },
	{ "rsp show", "--all --quiet --check", "f" },
	{ "rsp replay", "--listen --once --check", "f" },
	{ "rsp probe", "", "" },
	{ "rsp step", "--count --mask --isa --timeout --check", "" },
	{ "rsp speed", "--addr --size --write --swd-khz --acks", "" },
	{ "script", "--answer --artifacts --report --port --board --set --timeout --baud --dry-run "
	    "--keep-power --log-level --place --wait --lease --reason --trust-hash", "f" },
	{ "test", "--answer --artifacts --board --dry-run --each --fail-fast --flaky-fails "
	    "--junit --keep-power --list --log-level --place --wait --lease --reason --port "
	    "--repeat --report --retries --set --shard --shuffle --tag --tap --tap13 "
	    "--test2json --test-timeout --timeout --trust-hash -k -v", "f" },
	{ "workflow", "list show --answer --artifacts --baud --board --csv --dry-run "
	    "--keep-power --log-level --port --report --set --timeout --trust-hash --place "
	    "--wait --lease --reason", "w" },
	{ "plugin", "list view trust deny forget check new doc hosts run call reload unload", "" },
	{ "plugin view", "--source", "f" },
	{ "plugin trust", "--hash --trust-hash", "f" },
	{ "plugin check", "--run", "f" },
	{ "plugin new", "--project", "" },
	{ "plugin run", "", "" },
	{ "trust", "view allow deny forget", "" },
	{ "trust view", "--source", "f" },
	{ "trust allow", "--hash", "f" },
	{ "trust deny", "", "f" },
	{ "trust forget", "", "f" },
	{ "project", "show check", "" },
	{ "meta", "--copy", "f" },
	{ "run", "--name --timeout --", "f" },
	{ "do", "", "c" },
	{ "commands", "", "" },
	{ "keys", "", "" },
	{ "doctor", "--elf --timeout", "t" },
	{ "help", "", "s" },
};

/* What an option takes; others take what the subcommand does. @: of what is there now. */
static const struct { const char *option, *values; } values[] = {
	{ "--bench", "@b" }, { "-p", "@i" }, { "--board", "@i" }, { "--port", "@t" },
	{ "--place", "@p" },
	{ "--color", "auto always never exact" }, { "--times", "start wall last" },
	{ "--by", "stack state creator age" }, { "--eol", "lf cr crlf" },
	{ "--baud", "9600 19200 38400 57600 115200 230400 460800 921600" },
	{ "--kind", "heap allocs goroutine mutex block threadcreate profile trace" },
	{ "--kinds", "heap allocs goroutine mutex block threadcreate" },
	{ "--only", "both growth shrink" }, { "--log-level", "debug info warn error" },
};

struct ask {
	const struct cli_call *call;
	const char *typed;
};

static void
offer(const struct ask *a, const char *word, size_t n, const char *help)
{
	if (n == 0 || strncmp(word, a->typed, strlen(a->typed) < n ? strlen(a->typed) : n) != 0 ||
	    strlen(a->typed) > n)
		return;
	say_text(stdout, word, n);
	if (help[0] != '\0') {
		putchar('\t');
		say_str(stdout, help);
	}
	putchar('\n');
}

static void
offer_words(const struct ask *a, const char *words)
{
	struct slice rest = slice_of(words);

	while (rest.n != 0) {
		const struct slice one = slice_cut(rest, ' ', &rest);

		offer(a, one.p, one.n, "");
	}
}

static void
offer_kind(const struct ask *a, const char *kind)
{
	json_t *list = plugins_list();
	const size_t k = strlen(kind);
	const json_t *row, *provides;
	size_t i, j;

	json_array_foreach(list, i, row)
		json_array_foreach(json_object_get(row, "provides"), j, provides) {
			const char *id = json_is_string(provides) ? json_string_value(provides) :
			    "";

			if (strncmp(id, kind, k) == 0 && id[k] == ':')
				offer(a, id + k + 1, strlen(id + k + 1),
				    json_get_str(row, "name", ""));
		}
	json_decref(list);
}

static void
offer_boards(const struct ask *a)
{
	json_t *list = plugins_named_boards();
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		const char *id = json_get_str(row, "id", "");

		offer(a, id, strlen(id), json_get_str(row, "name", ""));
	}
	json_decref(list);
}

static void
offer_ports(const struct ask *a)
{
	struct port_list list = { .v = NULL };

	if (ports_list("", 0, &list, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < list.n; i++) {
		const char *path = list.v[i].path;

		if (strncmp(path, "/dev/", 5) == 0 && a->typed[0] != '/')
			path += 5;
		offer(a, path, strlen(path), list.v[i].product);
	}
	ports_free(&list);
}

static void
offer_places(const struct ask *a)
{
	json_t *list = NULL;
	const json_t *row;
	size_t i;

	(void)places_rows(&list, NULL);
	json_array_foreach(list, i, row) {
		const char *name = json_get_str(row, "name", "");

		offer(a, name, strlen(name), json_get_str(row, "doc", ""));
	}
	json_decref(list);
}

static void
offer_benches(const struct ask *a)
{
	json_t *list = dial_list();
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		const char *name = json_get_str(o, "name", "");

		offer(a, name, strlen(name), json_get_str(o, "target", ""));
	}
	json_decref(list);
}

/* Of a bench that runs: none is started for this. */
static void
offer_commands(const struct ask *a)
{
	struct door d = { .client = NULL };
	json_t *list = NULL, *o;
	size_t i;

	if (door_open(&d, NULL, NULL, false, NULL) == ERR_OK &&
	    door_commands(&d, &list, NULL) == ERR_OK)
		json_array_foreach(list, i, o) {
			const char *name = json_get_str(o, "name", "");

			offer(a, name, strlen(name), json_get_str(o, "help", ""));
		}
	json_decref(list);
	door_close(&d);
}

static void
offer_subcommands(const struct ask *a)
{
	for (const struct cli_command *k = a->call->commands; k->name != NULL; k++)
		if (k->help[0] != '\0')
			offer(a, k->name, strlen(k->name), k->help);
}

static void
offer_takes(const struct ask *a, char what)
{
	switch (what) {
	case 'b':
		offer_benches(a);
		break;
	case 'm':
		offer_kind(a, "macro");
		break;
	case 'w':
		offer_kind(a, "workflow");
		break;
	case 'i':
		offer_boards(a);
		break;
	case 'p':
		offer_places(a);
		break;
	case 't':
		offer_ports(a);
		puts(":files");
		break;
	case 's':
		offer_subcommands(a);
		break;
	case 'c':
		offer_commands(a);
		break;
	default:
		puts(":files");
	}
}

/* The row of "SUB VERB", else of "SUB"; NULL: none. */
static const struct row *
row_of(const char *sub, const char *verb)
{
	const struct row *found = NULL;
	char *path = mem_fmt("%s %s", sub, verb);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].path, path) == 0 ||
		    (found == NULL && strcmp(rows[i].path, sub) == 0))
			found = &rows[i];
	mem_free(path);
	return found;
}

/* Options of the usage that the row forgot: "[--set K=V]..." */
static void
offer_usage(const struct ask *a, const char *sub, const char *known)
{
	const struct cli_command *cmd = subcommands_find(a->call, sub);

	for (const char *p = cmd != NULL ? strstr(cmd->usage, "--") : NULL; p != NULL;
	    p = strstr(p, "--")) {
		const size_t n = 2 + strspn(p + 2, "abcdefghijklmnopqrstuvwxyz-");
		char *word = mem_strn(p, n);

		if (n > 2 && strstr(known, word) == NULL)
			offer(a, word, n, "");
		mem_free(word);
		p += n;
	}
}

/* `vise plugin run ID WORD`: what the plugin says its word may become, of a bench that runs. */
static void
offer_plugin(const struct ask *a, int first)
{
	const char *id = NULL;
	struct buf line;
	json_t *list = NULL, *v;
	size_t i, seen = 0;

	for (int k = first; k + 1 < a->call->argc && id == NULL; k++)
		if (a->call->argv[k][0] != '-' && ++seen == 3)
			id = a->call->argv[k];
	if (id == NULL) {
		offer_kind(a, "command");
		return;
	}
	buf_init(&line, 4096);
	(void)buf_add_str(&line, "plugin.complete");
	door_add(&line, NULL, id);
	door_add(&line, NULL, a->typed);
	(void)door_ask(NULL, &line, &list, NULL);
	json_array_foreach(list, i, v)
		if (json_is_string(v))
			offer(a, json_string_value(v), json_string_length(v), "");
	json_decref(list);
	buf_fini(&line);
}

/* After an option that takes a value: true when that is what stands here. */
static bool
offer_value(const struct ask *a, const char *before)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strcmp(values[i].option, before) == 0) {
			if (values[i].values[0] == '@')
				offer_takes(a, values[i].values[1]);
			else
				offer_words(a, values[i].values);
			return true;
		}
	return false;
}

int
cli_complete(struct cli_call *c)
{
	const int first = c->argc > 1 && strcmp(c->argv[1], "--") == 0 ? 2 : 1;
	const struct ask a = { c, c->argc > first ? c->argv[c->argc - 1] : "" };
	const char *sub = NULL, *verb = "";
	const struct row *row;

	for (int i = first; i + 1 < c->argc; i++)
		if (c->argv[i][0] != '-' && sub == NULL)
			sub = c->argv[i];
		else if (c->argv[i][0] != '-' && verb[0] == '\0')
			verb = c->argv[i];
	/* `vise --place desk`: what an option takes is no subcommand */
	if (c->argc > first + 1 && offer_value(&a, c->argv[c->argc - 2]))
		return 0;
	if (sub == NULL) {
		offer_subcommands(&a);
		offer_words(&a, "--help --version --plain --clean --bench --json --place --wait "
				"--lease --reason");
		offer_takes(&a, 't');
		return 0;
	}
	row = row_of(sub, verb);
	if (row == NULL)
		return 0;
	if (strcmp(row->path, "plugin run") == 0)
		offer_plugin(&a, first);
	offer_words(&a, row->words);
	offer_usage(&a, sub, row->words);
	offer_words(&a, "--json --bench --clean --help");
	for (const char *t = row->takes; *t != '\0'; t++)
		offer_takes(&a, *t);
	return 0;
}
