/* keymap.c - the table of keys. */
#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* The order within a context is the order of hints: the last are the first to be cut. */
static const struct key_row builtin[] = {
	{ KEYS_LIVE, "Esc", "view.nav", "leave live: scroll, search, copy", NULL, NULL },
	{ KEYS_LIVE, "b", "console.break", "send a break", NULL, NULL },
	{ KEYS_LIVE, "R", "console.reset", "pulse the reset lines DTR/RTS (asks)", NULL, NULL },
	{ KEYS_LIVE, "r", "console.retry", "open a lost port now", NULL, NULL },
	{ KEYS_LIVE, "p", "console.open ", "open another port", NULL, NULL },
	{ KEYS_LIVE, "v", "view.vt", "terminal emulation on or off", NULL, NULL },
	{ KEYS_LIVE, "s", "view.times", "time column: the next kind", NULL, NULL },
	{ KEYS_LIVE, "i", "view.line", "line input with history on or off", NULL, NULL },
	{ KEYS_LIVE, "e", "view.echo", "local echo on or off", NULL, NULL },
	{ KEYS_LIVE, ">", "console.sendfile ", "send a file: raw, X, Y, ZMODEM", NULL, NULL },
	{ KEYS_LIVE, "<", "console.recvfile ", "receive files: X, Y, ZMODEM", NULL, NULL },
	{ KEYS_LIVE, "X", "console.cancel", "cancel the file transfer", NULL, NULL },

	{ KEYS_CONSOLE, "i", "view.live", "live: keys go to the board", "live", NULL },
	{ KEYS_CONSOLE, "Space", "view.follow", "hold or follow", "hold", NULL },
	{ KEYS_CONSOLE, "v", "view.select", "select lines from here", "select", NULL },
	{ KEYS_CONSOLE, "y", "view.yank", "copy (OSC 52 and file)", "yank", NULL },
	{ KEYS_CONSOLE, "Y", "view.yank file=on", "the same, to the file only", NULL, NULL },
	{ KEYS_CONSOLE, "h", "view.hex", "hex view on or off", "hex", NULL },
	{ KEYS_CONSOLE, "x", "view.mode", "text, mixed with bytes, hex", NULL, NULL },
	{ KEYS_CONSOLE, "s", "view.times", "time column: the next kind", NULL, NULL },
	{ KEYS_CONSOLE, "l", "view.levels", "highlight levels on or off", NULL, NULL },
	{ KEYS_CONSOLE, "J", "view.layout", "JSON lines laid out or as they came", NULL, NULL },
	{ KEYS_CONSOLE, "'", "view.marks", "list of marks", NULL, NULL },
	{ KEYS_CONSOLE, "C", "view.console", "show the next console", NULL, NULL },
	{ KEYS_CONSOLE, "Enter", "view.enter", "at the last line: live again", NULL, NULL },
	{ KEYS_CONSOLE, "[ e", "view.jump error back=on", "error before", NULL, NULL },
	{ KEYS_CONSOLE, "] e", "view.jump error", "error after", NULL, NULL },
	{ KEYS_CONSOLE, "[ c", "view.jump crash back=on", "crash before", NULL, NULL },
	{ KEYS_CONSOLE, "] c", "view.jump crash", "crash after", NULL, NULL },
	{ KEYS_CONSOLE, "[ b", "view.jump boot back=on", "boot before", NULL, NULL },
	{ KEYS_CONSOLE, "] b", "view.jump boot", "boot after", NULL, NULL },
	{ KEYS_CONSOLE, "[ m", "view.jump mark back=on", "mark before", NULL, NULL },
	{ KEYS_CONSOLE, "] m", "view.jump mark", "mark after", NULL, NULL },
	{ KEYS_CONSOLE, "{", "view.goto -1m", "one minute back", NULL, NULL },
	{ KEYS_CONSOLE, "}", "view.goto +1m", "one minute on", NULL, NULL },

	{ KEYS_PROCESSES, "Enter", "view.enter", "watch the process", "watch", NULL },
	{ KEYS_PROCESSES, "s", "view.board.processes.sort", "processes by the next column", "sort",
	    NULL },
	{ KEYS_PROCESSES, "f", "view.board.processes.filter", "only some processes", "filter",
	    NULL },
	{ KEYS_PROCESSES, "p", "view.board.page", "back to the gauges", "gauges", NULL },
	{ KEYS_PROCESSES, "P", "gauge.pid ", "watch one by name or number", NULL, NULL },
	{ KEYS_PROCESSES, "y", "view.yank", "copy the list", "yank", NULL },

	{ KEYS_BOARD, "Enter", "view.enter", "history of the row", "history", NULL },
	{ KEYS_BOARD, "+", "view.rate 2", "sample twice as often", "rate", "+/-" },
	{ KEYS_BOARD, "-", "view.rate 0.5", "sample half as often", NULL, NULL },
	{ KEYS_BOARD, "Space", "view.board.pause", "the picture stands, or follows", "pause",
	    NULL },
	{ KEYS_BOARD, "A", "view.board.alarm", "limits of the gauge", "alarm", NULL },
	{ KEYS_BOARD, "Left", "view.board.cursor left", "an earlier moment; Enter: console there",
	    NULL, NULL },
	{ KEYS_BOARD, "Right", "view.board.cursor right", "a later moment", NULL, NULL },
	{ KEYS_BOARD, "<", "view.board.span longer", "more time in the history", "span", "<>" },
	{ KEYS_BOARD, ">", "view.board.span shorter", "less time in the history", NULL, NULL },
	{ KEYS_BOARD, "T", "view.board.throttles", "what the rules say, and throttles", NULL,
	    NULL },
	{ KEYS_BOARD, "s", "view.board.source", "all sources, or one after the other", NULL, NULL },
	{ KEYS_BOARD, "x", "view.board.hide", "leave the gauge out", NULL, NULL },
	{ KEYS_BOARD, "X", "view.board.show", "show all gauges again", NULL, NULL },
	{ KEYS_BOARD, "e", "view.board.export", "write what is shown to a file", "export", NULL },
	{ KEYS_BOARD, "y", "view.yank", "copy the values", "yank", NULL },
	{ KEYS_BOARD, "p", "view.board.page", "overview and processes, or the gauges", "overview",
	    NULL },
	{ KEYS_BOARD, "P", "view.board.page overview", "choose the process to watch", NULL, NULL },
	{ KEYS_BOARD, "c", "view.board.advice", "copy the advice: a line to paste", NULL, NULL },

	{ KEYS_SNAPSHOTS, "a", "view.profile.shot a", "the selected one becomes A", "A", NULL },
	{ KEYS_SNAPSHOTS, "b", "view.profile.shot b", "the selected one becomes B", "B", NULL },
	{ KEYS_SNAPSHOTS, "Enter", "view.enter", "compare it with the one before", "compare",
	    NULL },

	{ KEYS_PROFILE, "Enter", "view.enter", "zoom; then focus on the row, zoom into the box",
	    "focus", NULL },
	{ KEYS_PROFILE, "Tab", "view.profile.part", "table, icicle, details (zoomed)", "part",
	    NULL },
	{ KEYS_PROFILE, "u", "view.profile.undo", "take back focus, ignore, hide, zoom", "undo",
	    NULL },
	{ KEYS_PROFILE, "s", "view.profile.sort", "sort by the next column", "sort", NULL },
	{ KEYS_PROFILE, "+", "view.profile.only growth", "only what grew", "grew/shrank/both",
	    "+-=" },
	{ KEYS_PROFILE, "-", "view.profile.only shrink", "only what shrank", NULL, NULL },
	{ KEYS_PROFILE, "=", "view.profile.only both", "what grew and what shrank", NULL, NULL },
	{ KEYS_PROFILE, "c", "view.profile.page snapshots", "choose A and B among the snapshots",
	    "A/B", NULL },
	{ KEYS_PROFILE, "v", "view.profile.type", "the next sample type", "type", NULL },
	{ KEYS_PROFILE, "S", "snapshot.take ", "everything at once: Enter, or an address", "snap",
	    NULL },
	{ KEYS_PROFILE, "E", "view.profile.export", "export what is shown", "export", NULL },
	{ KEYS_PROFILE, "Bksp", "view.profile.undo", "the same as u", NULL, NULL },
	{ KEYS_PROFILE, "U", "view.profile.undo all=on", "take all of them back", NULL, NULL },
	{ KEYS_PROFILE, "Left", "view.profile.side left", "the box to the left", NULL, NULL },
	{ KEYS_PROFILE, "Right", "view.profile.side right", "the box to the right", NULL, NULL },
	{ KEYS_PROFILE, "i", "view.profile.ignore", "no stacks through the function", NULL, NULL },
	{ KEYS_PROFILE, "x", "view.profile.hide", "leave the function out of the stacks", NULL,
	    NULL },
	{ KEYS_PROFILE, "W", "view.profile.width", "boxes as wide as the change or the total", NULL,
	    NULL },
	{ KEYS_PROFILE, "L", "view.profile.page leaks", "leaks over all snapshots", NULL, NULL },
	{ KEYS_PROFILE, "R", "view.profile.page goroutines", "goroutines", NULL, NULL },
	{ KEYS_PROFILE, "p", "view.profile.page", "the next page", NULL, NULL },
	{ KEYS_PROFILE, "X", "profile.swap", "swap A and B", NULL, NULL },
	{ KEYS_PROFILE, "y", "view.yank", "copy the table or the details", "yank", NULL },

	{ KEYS_JOBS, "Enter", "view.enter", "open the log, or the job's terminal", "open", NULL },
	{ KEYS_JOBS, "r", "job.run -- ", "run a command as a job", "run", NULL },
	{ KEYS_JOBS, "x", "view.job.stop", "stop the job (asks)", "stop", NULL },
	{ KEYS_JOBS, "y", "view.yank", "copy the log", "yank", NULL },
	{ KEYS_JOBS, "[ j", "view.move up", "older job", NULL, NULL },
	{ KEYS_JOBS, "] j", "view.move down", "newer job", NULL, NULL },

	{ KEYS_LIST, "Up", "view.move up", "up", NULL, NULL },
	{ KEYS_LIST, "k", "view.move up", "up", NULL, NULL },
	{ KEYS_LIST, "Down", "view.move down", "down", NULL, NULL },
	{ KEYS_LIST, "j", "view.move down", "down", NULL, NULL },
	{ KEYS_LIST, "PgUp", "view.move pageup", "a page up", NULL, NULL },
	{ KEYS_LIST, "^U", "view.move halfup", "half a page up", NULL, NULL },
	{ KEYS_LIST, "PgDn", "view.move pagedown", "a page down", NULL, NULL },
	{ KEYS_LIST, "^D", "view.move halfdown", "half a page down", NULL, NULL },
	{ KEYS_LIST, "g", "view.move top", "first", NULL, NULL },
	{ KEYS_LIST, "Home", "view.move top", "first", NULL, NULL },
	{ KEYS_LIST, "G", "view.move end", "last", NULL, NULL },
	{ KEYS_LIST, "End", "view.move end", "last", NULL, NULL },

	{ KEYS_GLOBAL, "1", "view.focus 1", "console", "pane", "1-4" },
	{ KEYS_GLOBAL, "2", "view.focus 2", "board", NULL, NULL },
	{ KEYS_GLOBAL, "3", "view.focus 3", "profile", NULL, NULL },
	{ KEYS_GLOBAL, "4", "view.focus 4", "jobs", NULL, NULL },
	{ KEYS_GLOBAL, "Tab", "view.next", "next pane", NULL, NULL },
	{ KEYS_GLOBAL, "z", "view.zoom", "zoom on or off", "zoom", NULL },
	{ KEYS_GLOBAL, "a", "view.at", "AT command or macro", "AT", NULL },
	{ KEYS_GLOBAL, "D", "view.debug", "debug: state, registers, faults", NULL, NULL },
	{ KEYS_GLOBAL, "/", "view.find", "find", "find", NULL },
	{ KEYS_GLOBAL, "n", "view.find.next", "find the next", NULL, NULL },
	{ KEYS_GLOBAL, "N", "view.find.next back=on", "find the one before", NULL, NULL },
	{ KEYS_GLOBAL, ":", "view.palette", "any command", "cmd", NULL },
	{ KEYS_GLOBAL, "d", "view.detach", "detach: the bench goes on", "detach", NULL },
	{ KEYS_GLOBAL, "f", "view.filter", "filter lines", "filter", NULL },
	{ KEYS_GLOBAL, "t", "view.goto", "go to a time", "time", NULL },
	{ KEYS_GLOBAL, "m", "view.mark", "set a mark", "mark", NULL },
	{ KEYS_GLOBAL, "w", "workflow.run ", "run a workflow", "workflow", NULL },
	{ KEYS_GLOBAL, "F", "board.flash ", "flash the board (asks)", "flash", NULL },
	{ KEYS_GLOBAL, "o", "view.ports", "open a port", NULL, NULL },
	{ KEYS_GLOBAL, "H", "console.open tcp: ", "open a console on a host", NULL, NULL },
	{ KEYS_GLOBAL, "!", "view.notices", "notices", NULL, NULL },
	{ KEYS_GLOBAL, "M", "view.mouse", "mouse on or off", NULL, NULL },
	{ KEYS_GLOBAL, "^L", "view.redraw", "draw all again", NULL, NULL },
	{ KEYS_GLOBAL, "^Z", "view.suspend", "suspend this viewer", NULL, NULL },
	{ KEYS_GLOBAL, "Q", "bench.stop", "end the bench (asks)", NULL, NULL },
	{ KEYS_GLOBAL, "q", "view.back", "back; at the top: leave", NULL, NULL },
	{ KEYS_GLOBAL, "Esc", "view.back", "back", NULL, NULL },
	{ KEYS_GLOBAL, "?", "view.help", "help", "help", NULL },
	{ KEYS_GLOBAL, "F1", "view.help", "help", NULL, NULL },
};

static const char *const words[KEY_CONTEXTS] = {
#define X(name, word, heading) [KEYS_##name] = word,
	KEY_CONTEXT_LIST(X)
#undef X
};
static const char *const headings[KEY_CONTEXTS] = {
#define X(name, word, heading) [KEYS_##name] = heading,
	KEY_CONTEXT_LIST(X)
#undef X
};

const char *
keymap_context_word(enum key_context c)
{
	return words[c];
}

const char *
keymap_context_heading(enum key_context c)
{
	return headings[c];
}

static void
add(struct keymap *m, const struct key_row *r)
{
	if (m->rows == m->cap) {
		m->cap = m->cap != 0 ? m->cap * 2 : 128;
		m->row = mem_resize(m->row, m->cap, sizeof *m->row);
	}
	m->row[m->rows++] = *r;
}

void
keymap_init(struct keymap *m)
{
	memset(m, 0, sizeof *m);
	for (size_t i = 0; i < sizeof builtin / sizeof builtin[0]; i++)
		add(m, &builtin[i]);
	(void)keymap_prefix(m, "^T", NULL);
}

void
keymap_fini(struct keymap *m)
{
	for (size_t i = 0; i < m->texts; i++)
		mem_free(m->text[i]);
	mem_free(m->text);
	mem_free(m->row);
}

enum err
keymap_prefix(struct keymap *m, const char *name, struct err_msg *why)
{
	const char c = name[0] == '^' ? (char)(name[1] & ~0x20) : '\0';

	if (name[0] != '^' || name[1] == '\0' || name[2] != '\0' || c < 'A' || c > '_' ||
	    strchr("[IJMH", c) != NULL)
		return err_set(why, ERR_CONFIG, "keys.prefix", "use ^A to ^_, for instance ^T",
		    "%.20s cannot be the prefix (nor Esc, Tab, Enter, Backspace)", name);
	snprintf(m->prefix, sizeof m->prefix, "^%c", c);
	m->prefix_byte = (char)(c & 0x1f);
	return ERR_OK;
}

/* ---- looking up */

/* 2: the same, 1: `keys` begins `whole`. */
static int
begins(const char *whole, const char *keys)
{
	const size_t n = strlen(keys);

	if (strncmp(whole, keys, n) != 0)
		return 0;
	return whole[n] == '\0' ? 2 : whole[n] == ' ' ? 1 : 0;
}

/* The pane's own keys come before those of lists, those before the global ones. */
static const enum key_context order[KEY_CONTEXTS] = {
	KEYS_LIVE, KEYS_CONSOLE, KEYS_PROCESSES, KEYS_BOARD, KEYS_SNAPSHOTS, KEYS_PROFILE,
	KEYS_JOBS, KEYS_LIST,
	    KEYS_GLOBAL,
};

enum keymap_found
keymap_find(const struct keymap *m, unsigned contexts, const char *keys, const struct key_row **row)
{
	bool more = false;

	for (size_t c = 0; c < KEY_CONTEXTS; c++)
		for (size_t i = 0; i < m->rows && (contexts & 1u << order[c]) != 0; i++) {
			const int how = m->row[i].context == order[c] ? begins(m->row[i].keys,
			    keys) : 0;

			if (how == 2) {
				*row = &m->row[i];
				return KEYMAP_ROW;
			}
			more |= how == 1;
		}
	return more ? KEYMAP_MORE : KEYMAP_NONE;
}

const struct key_row *
keymap_of_line(const struct keymap *m, const char *line)
{
	for (size_t i = 0; i < m->rows; i++) {
		const size_t n = strlen(m->row[i].line);

		if (strcmp(m->row[i].line, line) == 0 ||
		    (n > 1 && m->row[i].line[n - 1] == ' ' && strlen(line) == n - 1 &&
		    strncmp(m->row[i].line, line, n - 1) == 0))
			return &m->row[i];
	}
	return NULL;
}

void
keymap_show(const char *keys, char *out, size_t size)
{
	size_t n = 0;

	for (; *keys != '\0' && n + 1 < size; keys++)
		if (*keys != ' ')
			out[n++] = *keys;
	if (size != 0)
		out[n] = '\0';
}

/* ---- key files */

static const char *
keep(struct keymap *m, struct slice s)
{
	m->text = mem_resize(m->text, m->texts + 1, sizeof *m->text);
	return m->text[m->texts++] = mem_strn(s.p, s.n);
}

static bool
context_of(struct slice word, enum key_context *out)
{
	for (unsigned i = 0; i < KEY_CONTEXTS; i++)
		if (slice_is(word, words[i])) {
			*out = (enum key_context)i;
			return true;
		}
	return false;
}

static enum err
bind_key(struct keymap *m, enum key_context context, struct slice rest, const char *what, int n,
    struct err_msg *why)
{
	struct slice line, keys = slice_trim(slice_cut(rest, '=', &line));
	struct key_row r = { .context = context, .help = "bound by the key file" };

	line = slice_trim(line);
	if (keys.n == 0 || line.n == 0)
		return err_set(why, ERR_CONFIG, what, NULL, "line %d: bind CONTEXT KEYS = LINE", n);
	r.keys = keep(m, keys);
	r.line = keep(m, line);
	for (size_t i = 0; i < m->rows; i++)
		if (m->row[i].context == context &&
		    (begins(m->row[i].keys, r.keys) != 0 || begins(r.keys, m->row[i].keys) != 0))
			return err_set(why, ERR_CONFIG, what,
			    "unbind it first, or bind keys behind a comma",
			    "line %d: %s is taken by %s", n, r.keys, m->row[i].line);
	add(m, &r);
	return ERR_OK;
}

void
keymap_describe(struct keymap *m, const char *keys, const char *line, const char *help)
{
	for (size_t i = 0; i < m->rows; i++)
		if (strcmp(m->row[i].keys, keys) == 0 && strcmp(m->row[i].line, line) == 0)
			m->row[i].help = keep(m, slice_of(help));
}

static enum err
unbind_key(struct keymap *m, enum key_context context, struct slice keys, const char *what, int n,
    struct err_msg *why)
{
	for (size_t i = 0; i < m->rows; i++)
		if (m->row[i].context == context && slice_is(keys, m->row[i].keys)) {
			m->rows--;
			memmove(m->row + i, m->row + i + 1, (m->rows - i) * sizeof *m->row);
			return ERR_OK;
		}
	return err_set(why, ERR_CONFIG, what, NULL, "line %d: no key %.*s to unbind", n,
	    (int)(keys.n < 40 ? keys.n : 40), keys.p);
}

/* A bad line is told (the first one of them); the good ones hold. */
enum err
keymap_read(struct keymap *m, struct slice text, const char *what, struct err_msg *why)
{
	enum err first = ERR_OK;

	for (int n = 1; text.n != 0; n++) {
		struct slice rest = slice_trim(slice_cut(text, '\n', &text));
		struct slice verb, context;
		struct err_msg *w = first == ERR_OK ? why : NULL;
		enum key_context c;
		enum err e;

		if (rest.n == 0 || rest.p[0] == '#')
			continue;
		verb = slice_word(&rest);
		context = slice_word(&rest);
		if (!context_of(context, &c) ||
		    (!slice_is(verb, "bind") && !slice_is(verb, "unbind")))
			e = err_set(w, ERR_CONFIG, what, NULL,
			    "line %d: bind CONTEXT KEYS = LINE, or unbind CONTEXT KEYS", n);
		else if (slice_is(verb, "bind"))
			e = bind_key(m, c, rest, what, n, w);
		else
			e = unbind_key(m, c, slice_trim(rest), what, n, w);
		if (first == ERR_OK)
			first = e;
	}
	return first;
}
