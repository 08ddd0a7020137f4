/* cli_console.c - `vise console`. */
#include "cli/cli_console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "base/utf8.h"
#include "cli/args.h"
#include "cli/door.h"
#include "cli/place_use.h"
#include "cli/say.h"
#include "cli/sgr.h"
#include "sys/io.h"
#include "sys/terminal.h"
#include "text/eol.h"
#include "text/pattern.h"

enum { HEX_WIDTH = 16, CHUNK = 4096, LINE_EXTRA = 8192, LINE_MAX_BYTES = 64 << 10 };
enum times_kind { TIMES_START, TIMES_WALL, TIMES_LAST };
enum { PREFIX = 'T' & 0x1f };
static const uint64_t QUIET_NS = NS_PER_S, FILE_NS = 5 * NS_PER_MS,
	HELD_NS = 200 * NS_PER_MS;

struct console {
	struct door door;
	struct place_args place;
	struct place_use use;
	const char *target;
	const char *log_path, *baud, *share, *share_ro;
	struct args_sets triggers;      /* "PATTERN=ACTION[:ARG]" */
	json_t *mine;                   /* ids of those that were made of them */
	uint64_t shown, stop_at;        /* offsets: what came so far; where `stop` fired, 0: not */
	bool lost;                      /* at that offset: it ends us once all was shown */
	uint64_t lost_at;
	const char *map, *filter_text, *quiet_text, *times_text, *colour_text;
	bool timestamps, hex, echo, past;
	enum times_kind kind;
	uint64_t last, quiet_ns;
	struct eol eol;
	struct pattern *filter;
	struct buf line;                    /* of --filter, so far */
	enum sgr_when colour;
	bool passes, coloured;              /* colours are shown; one is set now */
	char tail[SGR_MAX + 4];             /* a character or a colour that goes on */
	size_t tail_n;
	struct terminal_mode *raw;          /* the user's terminal is ours */
	struct loop_signal *signal[2];
	bool prefix;
	bool tty_in, tty_out;
	int log;
	struct loop_fd *in;
	struct loop_timer *in_file, *quiet; /* stdin is a file; stdin ended */
	bool at_start;                      /* of a line */
	uint64_t hex_at;
	bool done;
	enum err code;
	struct err_msg why;
};

/* stdin and stdout may be one non-blocking terminal. */
static bool
put_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		const ssize_t k = sys_write(fd, p, n);

		if (k < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			struct pollfd f = { .fd = fd, .events = POLLOUT };

			if (poll(&f, 1, -1) < 0 && errno != EINTR)
				return false;
			continue;
		}
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static void
stop(struct console *s, enum err code)
{
	s->code = code;
	s->done = true;
}

/* ---- what the board says */

/* Characters that turn or hide text: they are shown by number. */
static bool
turns(uint32_t cp)
{
	return cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069);
}

/* May the terminal have this byte? CR before LF is what boards send; alone it is one more way to
 * paint over a line: for those alone who type to a shell, as BS. */
static bool
harmless(const struct console *s, const char *p, size_t n)
{
	const unsigned char c = (unsigned char)*p;

	if (c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f))
		return true;
	return (c == '\r' || c == '\b') && (s->raw != NULL || (n > 1 && c == '\r' && p[1] == '\n'));
}

static void
add_clean(struct console *s, struct buf *out, const char *p, size_t n)
{
	if (!s->tty_out) {
		(void)buf_add(out, p, n);
		return;
	}
	for (size_t i = 0; i < n;) {
		const int sgr = s->passes ? sgr_at(p + i, n - i) : 0;
		uint32_t cp = 0;
		const size_t len = sgr > 0 ? (size_t)sgr : utf8_decode(p + i, n - i, &cp);

		if (sgr > 0)
			s->coloured = !sgr_resets(p + i, len);
		if (sgr > 0 || harmless(s, p + i, n - i) || (len > 1 && cp >= 0xa0 && !turns(cp)))
			(void)buf_add(out, p + i, len);
		else
			for (size_t k = 0; k < (len != 0 ? len : 1); k++)
				(void)buf_add_fmt(out, "\\x%02x", (unsigned char)p[i + k]);
		i += len != 0 ? len : 1;
	}
}

static void
add_stamp(struct console *s, struct buf *out, uint64_t t)
{
	char stamp[40];

	if (s->kind == TIMES_WALL)
		clock_fmt_iso(t + s->door.started_wall, stamp, sizeof stamp);
	else if (s->kind == TIMES_LAST)
		snprintf(stamp, sizeof stamp, "%+10.3f", s->last != 0 && t > s->last ?
		    (double)(t - s->last) / (double)NS_PER_S : 0.0);
	else
		clock_fmt_since(t, stamp, sizeof stamp);
	s->last = t;
	(void)buf_add_fmt(out, "%s ", stamp);
}

/* Whole lines that match, each with its time if asked for. */
static void
add_matching(struct console *s, struct buf *out, uint64_t t)
{
	struct pattern_match m;
	const size_t n = s->line.len;
	struct buf text;                /* without colours between its letters */

	buf_init(&text, n + 1);
	sgr_strip(&text, buf_str(&s->line), n);
	if (text.len != 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (pattern_find(s->filter, buf_str(&text), text.len, 0, &m) == PATTERN_YES) {
		if (s->timestamps)
			add_stamp(s, out, t);
		add_clean(s, out, buf_str(&s->line), n);
	}
	buf_fini(&text);
	buf_clear(&s->line);
}

static void
add_lines(struct console *s, struct buf *out, uint64_t t, const char *p, size_t n)
{
	while (n > 0) {
		const char *nl = memchr(p, '\n', n);
		const size_t k = nl != NULL ? (size_t)(nl - p) + 1 : n;

		if (s->filter != NULL) {
			(void)buf_add(&s->line, p, k < LINE_MAX_BYTES ? k : LINE_MAX_BYTES);
			if (nl != NULL || s->line.len >= LINE_MAX_BYTES)
				add_matching(s, out, t);
		} else {
			if (s->at_start && s->timestamps)
				add_stamp(s, out, t);
			add_clean(s, out, p, k);
		}
		s->at_start = nl != NULL;
		p += k;
		n -= k;
	}
}

/* How many bytes at the end begin a character whose rest comes with the next read. */
static size_t
unfinished(const char *p, size_t n)
{
	for (size_t k = 1; k <= 3 && k <= n; k++) {
		const unsigned char c = (unsigned char)p[n - k];

		if ((c & 0xc0) != 0x80)
			return c >= 0xc2 && c < 0xf5 && k < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ?
			    k : 0;
	}
	return 0;
}

/* Where it must wait for more: in a character for a terminal, in what may be a colour. */
static size_t
keep_back(const struct console *s, const struct buf *text)
{
	const size_t cut = s->colour == SGR_EXACT ? 0 : sgr_cut(buf_str(text), text->len);

	return cut != 0 || !s->tty_out ? cut : unfinished(buf_str(text), text->len);
}

/* Text, mapped, whole characters and colours; those only if they are wanted. */
static void
add_text(struct console *s, struct buf *out, uint64_t t, const char *p, size_t n)
{
	struct buf text, bare;
	size_t keep;

	buf_init(&text, 4 * n + sizeof s->tail);
	(void)buf_add(&text, s->tail, s->tail_n);
	(void)eol_map(&s->eol, EOL_IN, p, n, &text);
	keep = keep_back(s, &text);
	text.len -= keep;
	buf_init(&bare, text.len + 1);
	if (!s->passes)
		sgr_strip(&bare, buf_str(&text), text.len);
	add_lines(s, out, t, buf_str(s->passes ? &text : &bare), s->passes ? text.len : bare.len);
	if (keep != 0)
		memcpy(s->tail, text.data + text.len, keep);
	s->tail_n = keep;
	buf_fini(&text);
	buf_fini(&bare);
}

/* Nothing more comes that it could be a part of. */
static void
flush_tail(struct console *s)
{
	struct buf out;

	buf_init(&out, LINE_EXTRA);
	add_lines(s, &out, s->last, s->tail, s->tail_n);
	(void)put_all(STDOUT_FILENO, buf_str(&out), out.len);
	s->tail_n = 0;
	buf_fini(&out);
}

static void
add_hex(struct console *s, struct buf *out, const unsigned char *p, size_t n)
{
	for (size_t at = 0; at < n; at += HEX_WIDTH) {
		const size_t k = n - at < HEX_WIDTH ? n - at : HEX_WIDTH;

		(void)buf_add_fmt(out, "%08llx ", (unsigned long long)s->hex_at);
		for (size_t i = 0; i < HEX_WIDTH; i++)
			if (i < k)
				(void)buf_add_fmt(out, " %02x", p[at + i]);
			else
				(void)buf_add_str(out, "   ");
		(void)buf_add_str(out, "  |");
		for (size_t i = 0; i < k; i++)
			(void)buf_add_byte(
			    out, p[at + i] >= 0x20 && p[at + i] < 0x7f ? (char)p[at + i] : '.');
		(void)buf_add_str(out, "|\n");
		s->hex_at += k;
	}
}

/* News is told sooner than the bytes are: `stop` that fired, and a port that is gone, end us once
 * what came before was shown. */
static void
stop_at_line(struct console *s)
{
	if (s->stop_at != 0 && s->shown >= s->stop_at)
		stop(s, ERR_OK);
	else if (s->lost && s->shown >= s->lost_at)
		stop(s, ERR_LOST);
}

static void
on_state(struct console *s, const json_t *console)
{
	if (strcmp(json_get_str(console, "name", ""), s->door.console) != 0 || s->lost || s->done ||
	    strcmp(json_get_str(console, "state", "open"), "lost") != 0)
		return;
	s->lost = true;
	s->lost_at = (uint64_t)json_get_int(console, "end", 0);
	(void)err_set(&s->why, ERR_LOST, json_get_str(console, "device", s->door.console),
	    "vise ports shows what is there", "%s", json_get_str(console, "cause", "it is gone"));
	stop_at_line(s);
}

static void
on_bytes(void *arg, uint32_t stream, uint64_t offset, uint64_t t, const char *p, size_t n)
{
	struct console *s = arg;
	struct buf out;

	if (stream != s->door.stream || s->done)
		return;
	s->shown = offset + n;
	if (s->log >= 0 && !put_all(s->log, p, n))
		stop(s, err_errno(&s->why, errno, s->log_path, "writing"));
	buf_init(&out, n * 40 + s->line.len * 5 + LINE_EXTRA);
	if (s->hex)
		add_hex(s, &out, (const unsigned char *)p, n);
	else
		add_text(s, &out, t, p, n);
	if (!put_all(STDOUT_FILENO, buf_str(&out), out.len))
		stop(s, err_set(&s->why, ERR_IO, "output", NULL, "cannot be written"));
	buf_fini(&out);
	if (s->quiet != NULL) { /* the second of quiet starts again */
		loop_timer_stop(s->quiet);
		s->quiet = NULL;
	}
	stop_at_line(s);
}

/* One of ours fired: it is said, and `stop` ends us well. */
static void
on_trigger(struct console *s, const json_t *body)
{
	const json_t *id;
	size_t i;

	json_array_foreach(s->mine, i, id)
		if (json_equal(id, json_object_get(body, "id")) == 0) {
			continue;
		} else if (strcmp(json_get_str(body, "action", ""), "stop") == 0) {
			s->stop_at = (uint64_t)json_get_int(body, "end", 1);
			stop_at_line(s);
		} else {
			fputs("trigger ", stderr);
			say_str(stderr, json_get_str(body, "pattern", ""));
			fputs(": ", stderr);
			say_str(stderr, json_get_str(body, "line", ""));
			fputc('\n', stderr);
		}
}

static void
on_event(void *arg, const char *type, const json_t *body)
{
	struct console *s = arg;

	if (strcmp(type, "console") == 0)
		on_state(s, json_object_get(body, "console"));
	if (strcmp(type, "trigger") == 0)
		on_trigger(s, body);
	if (strcmp(type, "console.gone") == 0 &&
	    s->door.stream == (uint32_t)json_get_int(body, "id", -1))
		stop(s, err_set(&s->why, ERR_EOF, s->door.console, NULL, "the console was closed"));
}

static const struct client_ops ops = { .event = on_event, .bytes = on_bytes };

/* ---- what we say */

static void
in_ended(struct console *s)
{
	loop_fd_close(s->in);
	loop_timer_stop(s->in_file);
	s->in = NULL;
	s->in_file = NULL;
	if (s->tty_in)
		stop(s, ERR_OK);
}

static void
type(struct console *s, const char *p, size_t n)
{
	struct buf shown;

	client_input(s->door.client, s->door.stream, p, n);
	if (!s->echo || n == 0)
		return;
	buf_init(&shown, n * 8);
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\r')
			(void)buf_add_str(&shown, s->raw != NULL ? "\r\n" : "\n");
		else
			add_clean(s, &shown, p + i, 1);
	(void)put_all(STDOUT_FILENO, buf_str(&shown), shown.len);
	buf_fini(&shown);
}

/* A terminal's keys: all but the prefix go to the board. */
static void
keys(struct console *s, const char *p, size_t n)
{
	static const char help[] = "\r\n[^T q leaves, ^T ^T sends ^T]\r\n";

	for (size_t i = 0; i < n && !s->done; i++) {
		const bool prefixed = s->prefix;

		s->prefix = !prefixed && p[i] == PREFIX;
		if (!prefixed && !s->prefix)
			type(s, p + i, 1);
		else if (prefixed && p[i] == PREFIX)
			type(s, p + i, 1);
		else if (prefixed && (p[i] == 'q' || p[i] == 'Q'))
			stop(s, ERR_OK);
		else if (prefixed)
			(void)put_all(STDERR_FILENO, help, sizeof help - 1);
	}
}

static void
read_some(struct console *s)
{
	char piece[CHUNK];
	const ssize_t n = sys_read(STDIN_FILENO, piece, sizeof piece);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n <= 0)
		in_ended(s);
	else if (s->raw != NULL)
		keys(s, piece, (size_t)n);
	else
		type(s, piece, (size_t)n);
}

static void
on_signal(void *arg)
{
	struct console *s = arg;

	stop(s, err_set(&s->why, ERR_CANCELLED, s->door.console, NULL, "ended by a signal"));
}

/* The user's terminal, if there is one, is the board's from here on. */
static void
take_terminal(struct console *s)
{
	struct loop *l = client_loop(s->door.client);

	if (!s->tty_in)
		return;
	s->raw = terminal_raw(STDIN_FILENO);
	s->signal[0] = loop_signal_watch(l, terminal_signal(TERMINAL_SIGTERM), on_signal, s);
	s->signal[1] = loop_signal_watch(l, terminal_signal(TERMINAL_SIGHUP), on_signal, s);
	fprintf(stderr, "[%s: ^T q leaves, ^T ^T sends ^T]\r\n", s->door.console);
}

static void
give_terminal_back(struct console *s)
{
	if (s->coloured)
		(void)put_all(STDOUT_FILENO, "\033[0m", 4);
	if (s->raw == NULL)
		return;
	for (int i = 0; i < 2; i++)
		loop_signal_forget(s->signal[i]);
	terminal_restore(s->raw);
	s->raw = NULL;
	fputc('\n', stderr);
}

static void
on_in(void *arg, unsigned events)
{
	(void)events;
	read_some(arg);
}

static void
on_in_file(void *arg)
{
	read_some(arg);
}

static void
on_quiet(void *arg)
{
	struct console *s = arg;

	s->quiet = NULL;
	stop(s, ERR_OK);
}

/* The board is somebody else's now: not a byte more. */
static void
on_held(void *arg)
{
	struct console *s = arg;

	if (!s->done && place_use_over(&s->use, &s->why))
		stop(s, s->why.code);
}

static enum err
follow(struct console *s, struct err_msg *why)
{
	struct loop *l = client_loop(s->door.client);
	struct loop_timer *held = place_use_count(&s->use) != 0 ?
	    loop_timer_start(l, HELD_NS, HELD_NS, on_held, s) : NULL;
	enum err e = ERR_OK;

	take_terminal(s);
	s->in = loop_fd_open(l, STDIN_FILENO, LOOP_READ, on_in, s);
	if (s->in == NULL) /* a plain file cannot be waited for */
		s->in_file = loop_timer_start(l, FILE_NS, FILE_NS, on_in_file, s);
	while (!s->done && e == ERR_OK) {
		if (s->in == NULL && s->in_file == NULL && s->quiet == NULL)
			s->quiet = loop_timer_start(l, s->quiet_ns, 0, on_quiet, s);
		e = client_turn(s->door.client, why);
	}
	loop_fd_close(s->in);
	loop_timer_stop(s->in_file);
	loop_timer_stop(s->quiet);
	loop_timer_stop(held);
	flush_tail(s);
	give_terminal_back(s);
	(void)sys_nonblock(STDIN_FILENO, false);
	if (e == ERR_OK && s->code != ERR_OK) {
		*why = s->why;
		e = s->code;
	}
	return e;
}

/* The map is the bench's for what is sent, ours for what is shown. */
static enum err
send_map(struct console *s, struct err_msg *why)
{
	struct buf line;
	enum err e;

	if (s->map == NULL)
		return ERR_OK;
	buf_init(&line, 4096);
	(void)buf_add_str(&line, "console.map");
	door_add(&line, NULL, s->map);
	door_add(&line, "console", s->door.console);
	e = client_line(s->door.client, buf_str(&line), 10 * NS_PER_S, NULL, why);
	buf_fini(&line);
	return e;
}

static enum err
read_colour(struct console *s, struct err_msg *why)
{
	if (s->colour_text != NULL && !sgr_word(s->colour_text, &s->colour))
		return err_set(why, ERR_USAGE, "--color", NULL, "auto, always, never or exact");
	if (s->colour == SGR_EXACT && s->tty_out)
		return err_set(why, ERR_USAGE, "--color=exact", "for a terminal: --color=always",
		    "the board's exact bytes are for a pipe or a file");
	s->passes = sgr_passes(s->colour, s->tty_out);
	return ERR_OK;
}

static enum err
read_options(struct console *s, struct err_msg *why)
{
	static const char *const kinds[] = { "start", "wall", "last" };
	enum err e = ERR_OK;
	int kind = 0;

	eol_init(&s->eol);
	buf_init(&s->line, 2 * LINE_MAX_BYTES);
	if (s->map != NULL)
		e = eol_parse(&s->eol, s->map, why);
	if (e == ERR_OK && s->filter_text != NULL)
		e = pattern_new(s->filter_text, strlen(s->filter_text), 0, &s->filter, why);
	while (s->times_text != NULL && kind < 3 && strcmp(kinds[kind], s->times_text) != 0)
		kind++;
	if (e == ERR_OK && kind == 3)
		e = err_set(why, ERR_USAGE, "--times", NULL, "start, wall or last");
	s->kind = kind < 3 ? (enum times_kind)kind : TIMES_START;
	s->timestamps |= s->times_text != NULL;
	s->quiet_ns = QUIET_NS;
	if (s->quiet_text != NULL)
		(void)slice_duration(slice_of(s->quiet_text), &s->quiet_ns);
	return e == ERR_OK ? read_colour(s, why) : e;
}

/* Other programs on a socket of their own, for as long as the console stands. */
static enum err
share(struct console *s, const char *address, bool read_only, struct err_msg *why)
{
	json_t *result = NULL;
	struct buf line;
	enum err e;

	if (address == NULL)
		return ERR_OK;
	buf_init(&line, 65536);
	(void)buf_add_str(&line, "console.share");
	door_add(&line, NULL, address);
	door_add(&line, "console", s->door.console);
	if (read_only)
		door_add(&line, "ro", "on");
	e = client_line(s->door.client, buf_str(&line), 10 * NS_PER_S, &result, why);
	if (e == ERR_OK) {
		fputs("shared at ", stderr);
		say_str(stderr, json_get_str(result, "address", address));
		fputc('\n', stderr);
	}
	json_decref(result);
	buf_fini(&line);
	return e;
}

/* --trigger PATTERN=ACTION[:ARG]; the last = counts, so that a pattern may hold one. */
static enum err
add_trigger(struct console *s, const char *target, const char *text, struct err_msg *why)
{
	const char *last = strrchr(text, '='), *arg = strchr(last, ':');
	char *pattern = mem_strn(text, (size_t)(last - text)),
	     *action = arg != NULL ? mem_strn(last + 1, (size_t)(arg - last - 1)) :
	    mem_str(last + 1);
	json_t *result = NULL;
	char spec[DOOR_TARGET_MAX];
	struct buf line;
	enum err e;

	door_spec(target, spec);
	buf_init(&line, 65536);
	(void)buf_add_str(&line, "trigger.add");
	door_add(&line, "pattern", pattern);
	door_add(&line, "action", action);
	door_add(&line, "console", s->door.console[0] != '\0' ? s->door.console : spec);
	if (arg != NULL)
		door_add(&line, "arg", arg + 1);
	e = client_line(s->door.client, buf_str(&line), 10 * NS_PER_S, &result, why);
	if (e == ERR_OK)
		(void)json_array_append(s->mine, json_object_get(result, "id"));
	json_decref(result);
	buf_fini(&line);
	mem_free(pattern);
	mem_free(action);
	return e;
}

/* Before the console is opened: a port may speak at once. */
static enum err
add_triggers(struct console *s, const char *target, struct err_msg *why)
{
	enum err e = ERR_OK;

	s->door.listens = &ops;
	s->door.arg = s;
	client_listen(s->door.client, &ops, s);

	for (size_t i = 0; i < s->triggers.n && e == ERR_OK; i++)
		e = add_trigger(s, target, s->triggers.v[i], why);
	return e;
}

static void
remove_triggers(struct console *s)
{
	const json_t *id;
	size_t i;
	char line[64];

	json_array_foreach(s->mine, i, id) {
		snprintf(line, sizeof line, "trigger.remove %lld",
		    (long long)json_integer_value(id));
		(void)client_line(s->door.client, line, 2 * NS_PER_S, NULL, NULL);
	}
	json_decref(s->mine);
}

/* It may have gone before we listened. */
static void
look_again(struct console *s)
{
	json_t *list = NULL, *row;
	size_t i;

	if (client_line(s->door.client, "console.list", 2 * NS_PER_S, &list, NULL) == ERR_OK)
		json_array_foreach(list, i, row)
			on_state(s, row);
	json_decref(list);
}

static enum err
run(struct console *s, struct err_msg *why)
{
	json_t *params, *answer = NULL;

	if (s->log_path != NULL) {
		s->log = sys_open(s->log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
		if (s->log < 0)
			return err_errno(why, errno, s->log_path, "opening");
	}
	params = json_pack("{s:I,s:I}", "stream", (json_int_t)s->door.stream, "from",
	    (json_int_t)(s->door.ephemeral || s->past ? 0 : -1));
	if (client_call(s->door.client, "subscribe", params, 10 * NS_PER_S, &answer, why) != ERR_OK)
		return why->code;
	if (s->shown == 0)
		s->shown = (uint64_t)json_get_int(answer, "offset", 0);
	if (s->past && json_get_int(answer, "offset", 0) != 0)
		fprintf(stderr, "vise: the first %lld bytes are gone: the bench keeps the last "
		    "%u MiB\n", (long long)json_get_int(answer, "offset", 0),
		    LIMIT_CONSOLE_RING >> 20);
	json_decref(answer);
	look_again(s);
	stop_at_line(s);
	return follow(s, why);
}

static enum err
target_of(const struct cli_call *c, struct console *s, struct err_msg *why)
{
	s->target = c->words != 0 ? c->word[0] : NULL;
	if (s->target == NULL && s->place.names.n == 0)
		return err_set(why, ERR_USAGE, "console", "vise help console",
		    "TARGET or --place is missing");
	return place_use_target(&s->use, &s->place, "console", true, &s->target, &s->baud, why);
}

int
cli_console(struct cli_call *c)
{
	struct console s = { .log = -1,
		.mine = json_array(),
		.at_start = true,
		.tty_in = isatty(STDIN_FILENO) != 0,
		.tty_out = isatty(STDOUT_FILENO) != 0 };
	const struct args_option options[] = {
		PLACE_ARGS(&s.place),
		{ "--log", ARGS_TEXT, &s.log_path },
		{ "--past", ARGS_FLAG, &s.past },
		{ "--baud", ARGS_COUNT, &s.baud },
		{ "--share", ARGS_TEXT, &s.share },
		{ "--share-ro", ARGS_TEXT, &s.share_ro },
		{ "--timestamps", ARGS_FLAG, &s.timestamps },
		{ "--hex", ARGS_FLAG, &s.hex },
		{ "--trigger", ARGS_SET, &s.triggers },
		{ "--times", ARGS_TEXT, &s.times_text },
		{ "--map", ARGS_TEXT, &s.map },
		{ "--echo", ARGS_FLAG, &s.echo },
		{ "--filter", ARGS_TEXT, &s.filter_text },
		{ "--color", ARGS_TEXT, &s.colour_text },
		{ "--quiet", ARGS_SPAN, &s.quiet_text },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	enum err e = args_parse(c, options, 0, 1, &why);

	if (e == ERR_OK)
		e = read_options(&s, &why);
	if (e == ERR_OK)
		e = target_of(c, &s, &why);
	if (e == ERR_OK)
		e = door_open(&s.door, c->bench, s.target, true, &why);
	if (e == ERR_OK)
		e = add_triggers(&s, s.target, &why);
	if (e == ERR_OK)
		e = door_console(&s.door, s.target, s.baud, &why);
	if (e == ERR_OK)
		e = send_map(&s, &why);
	if (e == ERR_OK)
		e = share(&s, s.share, false, &why);
	if (e == ERR_OK)
		e = share(&s, s.share_ro, true, &why);
	if (e == ERR_OK)
		e = run(&s, &why);
	remove_triggers(&s);
	door_close(&s.door);
	place_use_close(&s.use);
	sys_close(s.log);
	pattern_free(s.filter);
	buf_fini(&s.line);
	return say_end(c, e, &why);
}
