/* about.c - the help of subcommands. */
#include "cli/about.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"


enum { COLUMNS = 79, INDENT = 8, GAP_MAX = 52 };

#define PLACE_WORDS \
	"  --place PLACE        a place of the lab, held meanwhile (man vise-place)\n" \
	"  --wait T             how long to wait for it: 10m (not at all)\n" \
	"  --lease T            give it back after so long; what runs is ended\n" \
	"  --reason TEXT        what others are told\n"
#define BAUD_WORDS "  --baud N             speed of the port (115200, or the board profile's)\n"
#define KEEP_WORDS \
	"  --log-level L        of vise.log: debug, info (unless said), warn, error\n" \
	"  --keep-power         what it switched on stays on at its end\n" \
	"  --trust-hash H       the project's plugins with this hash may run (CI)\n"
#define RECORD_WORDS \
	"  --report KIND:FILE   it as a test: junit, tap, tap13, test2json, text\n" \
	"  --artifacts DIR      consoles, log and results into DIR\n"
#define RUN_WORDS \
	"  --set K=V            a parameter; may be given again\n" \
	"  --answer ID=V        the answer to a question; nobody is asked then\n" \
	"  --timeout D          time for all of it; then status 124: 500ms, 30s, 10m\n" \
	"  --port P             the board's console: ttyUSB0, tcp:HOST:PORT ...\n" \
	"  --board ID           the board profile; vise board list\n" KEEP_WORDS

static const struct { const char *name, *text; } texts[] = {
	{ "demo", "  --plain              lines instead of a screen\n" },
	{ "attach", "  -r                   only look: no key goes to the board\n"
	    "  --plain              lines instead of a screen\n"
	    "NAME: of a bench, as vise ls tells. Over ssh: ssh -t HOST vise attach\n" },
	{ "kill", "  --all                every bench of yours\n"
	    "Scripts clean up first (bench.grace, 10 s); once more ends it at once.\n" },
	{ "console",
	    "  --log FILE           the board's bytes, exactly, appended\n"
	    "  --past               of a bench's console: first what it said before\n"
	    "  --times KIND         before each line: start, wall or last\n"
	    "  --timestamps         the same as --times start\n"
	    "  --hex                offset, bytes and text\n"
	    "  --map WORDS          in:cr=lf,out:lf=crlf ... or tio's ICRNL ...\n"
	    "  --filter PATTERN     only lines that match; also level>=warn\n"
	    "  --echo               show what is sent\n"
	    "  --color WHEN         the board's colours: auto, always, never, exact\n"
	    "  --quiet D            end of a pipe: silence that ends it (1s)\n"
	    BAUD_WORDS
	    "  --trigger RX=ACTION[:ARG]  what a line does: notice, alarm, mark, macro,\n"
	    "                       workflow, command, log, stop; may be given again\n"
	    "  --share ADDR         others on a unix:PATH or tcp:HOST:PORT socket meanwhile\n"
	    "  --share-ro ADDR      the same, to read only\n"
	    PLACE_WORDS
	    "On a terminal every key goes to the board; ^T q leaves, ^T ^T sends ^T.\n" },
	{ "at",
	    "  --expect RX          the last answer must match; (?<name>...) is printed\n"
	    "  --data FILE          sent at the prompt of the last command; - is stdin\n"
	    "  --timeout D          for each command: 500ms, 2s, 1m (5s, slow ones longer)\n"
	    "  --idle D             of a device that ends no line: silence ends the answer\n"
	    "  --eol E              what ends a command: cr, lf, crlf, none (cr)\n"
	    BAUD_WORDS
	    "Exit status: 0 OK, 1 refused or not as expected, 3 no answer.\n" },
	{ "macro",
	    "  --set K=V            a parameter; vise macro show NAME lists them\n"
	    "  --timeout D          for all of it\n"
	    BAUD_WORDS
	    "record: every AT command on a running bench becomes a step, until stop.\n" },
	{ "decode",
	    "  --elf ELF            the program that ran: addresses become places\n"
	    "  --only               what was made of the log, without the log\n"
	    "  --check              exit status 1 when there is a crash\n"
	    "  --raw                JSON lines as they came\n" },
	{ "measure",
	    "  --there PATH         a program that is on the boards already\n"
	    "  --on [NAME=]BOARD    local, ssh:HOST, exec:PROGRAM; may be given again\n"
	    "  --port N, --path P   where the program answers HTTP (8080, /)\n"
	    "  -c N                 connections (50)\n"
	    "  --runs N             starts and loads (3)\n"
	    "  --for T              time of one load (10s)\n"
	    "  --settle T           from the first answer to the reading of memory (1s)\n"
	    "  --warm T             at most so long until the temperature rests (15m)\n"
	    "  --window T           what has to be at rest (5m)\n"
	    "  --no-heat            without the heat\n"
	    "  --keep-governor      leave the CPU's governor as it is\n"
	    "  --csv                rows instead of a table\n" },
	{ "board",
	    "  --usb VID:PID        find: by USB ids; vise ports shows them\n"
	    "  --product TEXT       by the USB product string\n"
	    "  --model TEXT         by the text of /proc/device-tree/model\n"
	    "  --compatible TEXT    by the words of /proc/device-tree/compatible\n"
	    "  --gmr TEXT           by the answer to AT+GMR\n"
	    "  --volume NAME        by the label of a boot loader's drive\n"
	    "  --ssh HOST           asks the board itself\n"
	    "find without an option looks at what is plugged in.\n" },
	{ "build",
	    "  -o DIR               where the files go (dist)\n"
	    "  -j N                 rows at a time (the processors, at most 4)\n"
	    "  -p, --board BOARD    a row of what the board's profile says\n"
	    "  --tags T             for all rows that do not say it themselves; so\n"
	    "                       --ldflags L and --trimpath\n"
	    "  --smoke              run each result once, in QEMU where it must\n"
	    "  --smoke-args A       its arguments, parted by blanks\n"
	    "  --smoke-time T       how long it may run (10s)\n"
	    "  --smoke-runs N       so often; the median is its time\n"
	    "  --expect TEXT        it is good once it has said that\n"
	    "  --sbom               a list of parts beside each file\n"
	    "  -n, --dry-run        checks, and the exact command of each row\n"
	    "  --csv, --events      rows; a JSON line whenever a row changes\n"
	    "  -- ARGS              for go build, in all rows\n"
	    "PACKAGE: a folder, .go file or import path (this folder).\n" },
	{ "image",
	    "  -p BOARD             hold it against the board's memory map\n"
	    "  --by WHAT            section, package or symbol\n"
	    "  --top N              so many rows\n"
	    "  --base 0xADDR        where plain bytes begin\n"
	    "  --libc VERSION       check: what the board has; so --kernel VERSION\n"
	    "  --signed KIND        check: demand section or sha256\n"
	    "  --sums MANIFEST      the sums, as sha256sum writes them\n"
	    "FILE: ELF, UF2, Intel HEX or plain bytes.\n" },
	{ "flash",
	    "  -p, --board BOARD    the board profile; vise board find, vise board list\n"
	    "  -n, --dry-run        the exact commands of every method; starts nothing\n"
	    "  --port P             open this console first; [READY] is waited for there\n"
	    "  --set K=V            method, probe, port, volume, check=off, ready, limit ...\n"
	    PLACE_WORDS
	    "Exit status: 1 the image or the board is wrong, 3 the tool or the port is.\n" },
	{ "reset",
	    "  -p, --board BOARD    the board profile; vise board find, vise board list\n"
	    "  --port P             its console\n"
	    "  --set K=V            a setting of the profile\n"
	    PLACE_WORDS },
	{ "debug",
	    "  -p, --board BOARD    the board profile\n"
	    "  -n, --dry-run        the exact words of each program; starts nothing\n"
	    "  --through-tap        vise rsp tap between gdb and the server\n"
	    "  --save FILE          the tap keeps the conversation\n"
	    "  --attach PROG        a program of a Linux board that runs, by number or name\n"
	    "  --server ADDR        a server that runs already: :3333, host:3333\n"
	    "  --background         start, say what the target does, and leave\n"
	    "  --import FILE [NAME] an entry of a VS Code launch.json\n"
	    "  --export             write one\n"
	    "  --port P             open this console first\n"
	    "  --set K=V            method, probe, debugger, load=on, host, program ...\n"
	    PLACE_WORDS },
	{ "script", RUN_WORDS BAUD_WORDS RECORD_WORDS
	    "  --dry-run            compiled, with what it requires; nothing runs\n"
	    PLACE_WORDS },
	{ "workflow", RUN_WORDS
	    BAUD_WORDS RECORD_WORDS
	    "  --dry-run            says each step, does none\n"
	    "  --csv                what it measured as rows\n"
	    PLACE_WORDS },
	{ "test",
	    "  -k TEXT              tests with this text in file or name\n"
	    "  --tag T              with this tag; !T without it\n"
	    "  --list               name them, run none\n"
	    "  --dry-run            and look whether ports, places and profiles are there\n"
	    "  --port [NAME=]P      a board's console; may be given again\n"
	    "  --board [NAME=]ID    its profile\n"
	    "  --each               every test on every board, beside one another\n"
	    "  --set K=V            a value of t.params\n"
	    "  --answer ID=V        the answer to a question; nobody is asked then\n"
	    KEEP_WORDS
	    "  --retries N          of a failure of the bench (1)\n"
	    "  --repeat N           all of them so often\n"
	    "  --shuffle SEED       in another order; --shard I/N: the I-th of N parts\n"
	    "  --fail-fast          end at the first that did not pass\n"
	    "  --flaky-fails        a flaky test makes the exit status 1\n"
	    "  --test-timeout T     of a test that names none (60s)\n"
	    "  --timeout T          of the whole run; then status 124\n"
	    "  --tap, --tap13       TAP 14, or with the version line of 13\n"
	    "  --test2json          the lines of go tool test2json\n"
	    "  --junit FILE         JUnit XML\n"
	    "  --report KIND:FILE   one more, in a file: tap, tap13, test2json, text, junit\n"
	    "  --artifacts DIR      what each attempt saw\n"
	    "  -v                   also what passing tests say\n"
	    PLACE_WORDS },
	{ "place",
	    "  --wait T             for a place that is held: 10m (not at all)\n"
	    "  --lease T            given back after so long\n"
	    "  --reason TEXT        what others are told\n"
	    "  --kick               end the command that uses it\n"
	    "  --for T              lease: from now (30m)\n"
	    "NAME: a place, tag=A,B (any free one that has them), labgrid:NAME.\n"
	    "acquire prints a line for eval: eval \"$(vise place acquire rack3)\"\n" },
	{ "plugin",
	    "  --source             view: the files too\n"
	    "  --hash HASH          trust: what view has printed\n"
	    "  --project            new: in .vise/plugins of this folder\n"
	    "  --run                check: run it, trusted or not\n" },
	{ "trust",
	    "  --source             view: the files too\n"
	    "  --hash HASH          allow: what view has printed\n"
	    "DIR: the project, else that of this folder. The same as vise plugin view, trust,\n"
	    "deny, forget: one hash over its plugins, board profiles and project.json.\n" },
	{ "project",
	    "check: exit status 2 when it is wrong or names what is not there.\n"
	    "man vise-project\n" },
	{ "meta",
	    "  --copy               the stubs too, to DIR/.luameta: for who has no Vise\n"
	    "For the Lua language server; what stands in the file already stays.\n" },
	{ "run",
	    "  --name N             what the job is called\n"
	    "  --timeout D          it is ended after that: 30s, 10m\n"
	    "Its exit status is the program's: 0 good, 1 not.\n" },
	{ "do", "LINE: what : takes in the workbench; vise commands lists them.\n"
	    "  vise do console.send hello\\\\r\n" },
	{ "doctor",
	    "  --elf PROGRAM        will that program run there?\n"
	    "  --timeout D          how long to wait for the board (20s)\n"
	    "Without a board: of this machine.\n" },
};

/* ---- the usage */

/* The end of one form, at " | " outside of brackets. */
static size_t
form(const char *p)
{
	int depth = 0;

	for (size_t i = 0; p[i] != '\0'; i++) {
		depth += (p[i] == '[') - (p[i] == ']');
		if (depth == 0 && strncmp(p + i, " | ", 3) == 0)
			return i;
	}
	return strlen(p);
}

/* A word, or what stands between brackets as one. */
static size_t
piece(const char *p, size_t n)
{
	size_t i = 0;
	int depth = 0;

	for (; i < n && (depth > 0 || p[i] != ' '); i++)
		depth += (p[i] == '[') - (p[i] == ']');
	/* an option keeps its value: "--elf ELF", "-p BOARD|--place PLACE" */
	for (size_t option = 0; p[option] == '-' && i + 1 < n && p[i + 1] >= 'A' &&
	    p[i + 1] <= 'Z';) {
		const char *other;

		for (i++; i < n && p[i] != ' '; i++)
			;
		other = strstr(p + option, "|-");
		if (other == NULL || other >= p + i)
			break;
		option = (size_t)(other - p) + 1;
	}
	return i;
}

static void
print_form(const char *name, const char *head, const char *p, size_t n)
{
	const int hang = INDENT + 5 + (int)strlen(name);
	int col = printf("%s vise %s", head, name);

	while (n > 0) {
		const size_t one = piece(p, n);

		if (col + 1 + (int)one > COLUMNS && col > hang)
			col = printf("\n%*s", hang - 1, "") - 1;
		col += printf(" %.*s", (int)one, p);
		p += one;
		n -= one;
		for (; n > 0 && *p == ' '; n--)
			p++;
	}
	putchar('\n');
}

/* The others are told in vise(1). */
static bool
has_page(const char *name)
{
	static const char pages[] = " at board build console debug decode doctor flash image macro "
	    "measure place plugin ports script test ";
	const char *at = strstr(pages, name);

	return at != NULL && at[-1] == ' ' && at[strlen(name)] == ' ';
}

void
about_print(const struct cli_command *cmd)
{
	const char *rest = cmd->usage, *head = "usage:";

	do {
		const size_t n = form(rest);

		print_form(cmd->name, head, rest, n);
		rest += n;
		rest += strspn(rest, " |");
		head = "      ";
	} while (*rest != '\0');
	printf("%s.\n", cmd->help);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].name, cmd->name) == 0)
			printf("\n%s", texts[i].text);
	printf("\n--json prints JSON, --bench NAME picks a running bench; man vise%s%s\n",
	    has_page(cmd->name) ? "-" : "", has_page(cmd->name) ? cmd->name : "");
}

/* Where a line goes on: at the words behind its gap or its "WORD: ", else where it began. */
static int
hang_of(const char *p)
{
	const size_t word = strcspn(p, ": ");
	int hang = 0;

	for (int i = 2; i < GAP_MAX && p[i - 1] != '\0' && p[i] != '\0'; i++)
		if (p[i] != ' ' && p[i - 1] == ' ' && p[i - 2] == ' ')
			hang = i;
	if (strncmp(p, "usage: ", 7) == 0 && hang == 0)
		return 2 * INDENT;
	return hang != 0 || word > 10 || strncmp(p + word, ": ", 2) != 0 ? hang : (int)word + 2;
}

/* What did not fit flows into the next line of the same paragraph. */
struct flow {
	struct buf text;
	int hang;
};

static void
flow_end(struct flow *f)
{
	if (f->text.len != 0)
		printf("%*s%s\n", f->hang, "", buf_str(&f->text));
	buf_clear(&f->text);
}

/* Does the line go on with what did not fit before it? */
static bool
flow_goes_on(const struct flow *f, const char *p, size_t n)
{
	const size_t indent = strspn(p, " ");
	char line[256];

	snprintf(line, sizeof line, "%.*s", (int)n, p);
	return f->text.len != 0 && n != 0 && (int)indent == f->hang &&
	    (indent == 0 || p[indent] != '-') &&
	    buf_str(&f->text)[f->text.len - 1] != ';' && strncmp(p + indent, "vise ", 5) != 0 &&
	    hang_of(line) <= (int)indent;
}

static void
flow_line(struct flow *f, const char *p, size_t n)
{
	bool first = false;

	if (flow_goes_on(f, p, n)) {
		const size_t indent = strspn(p, " ");

		(void)buf_add_fmt(&f->text, " %.*s", (int)(n - indent), p + indent);
	} else {
		flow_end(f);
		(void)buf_add(&f->text, p, n);
		f->hang = hang_of(buf_str(&f->text));
		first = true;
		if (n <= COLUMNS) {
			puts(buf_str(&f->text));
			buf_clear(&f->text);
		}
	}
	for (; f->text.len + (first ? 0 : (size_t)f->hang) > COLUMNS; first = false) {
		const size_t from = first ? (size_t)f->hang : 0;
		const char *t = buf_str(&f->text);
		size_t cut = COLUMNS - (first ? 0 : (size_t)f->hang);

		while (cut > from && t[cut] != ' ')
			cut--;
		if (cut <= from)
			break;
		printf("%*s%.*s\n", first ? 0 : f->hang, "", (int)cut, t);
		buf_eat(&f->text, cut + 1);
	}
}

void
about_text(const char *text)
{
	struct flow f = { .hang = 0 };

	buf_init(&f.text, 1 << 16);
	while (*text != '\0') {
		const size_t n = strcspn(text, "\n");

		flow_line(&f, text, n);
		text += n + (text[n] == '\n');
	}
	flow_end(&f);
	buf_fini(&f.text);
}

void
about_verb(const char *name, const char *verb, const char *usage, const char *help)
{
	char head[64], line[300];

	snprintf(head, sizeof head, "%.20s %.40s", name, verb);
	print_form(head, " ", usage, strlen(usage));
	snprintf(line, sizeof line, "      %s\n", help);
	about_text(line);
}

void
about_wanted(const struct cli_command *cmd, size_t n, char *out, size_t size)
{
	const char *p = cmd->usage;
	size_t left = form(p);

	/* verbs: "list | show NAME" */
	snprintf(out, size, "%s", p[0] >= 'a' && p[0] <= 'z' ? "what to do" : "");
	while (left > 0 && out[0] == '\0') {
		const size_t one = piece(p, left);

		if (p[0] >= 'A' && p[0] <= 'Z' && n-- == 0) {
			snprintf(out, size, "%.*s", (int)strcspn(p, " ."), p);
			if (strcspn(p, " .") > one)
				snprintf(out, size, "%.*s", (int)one, p);
		}
		p += one;
		left -= one;
		for (; left > 0 && *p == ' '; left--)
			p++;
	}
}
