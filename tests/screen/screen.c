/*
 * screen.c - drives a full-screen program in a pty and checks its screen: screen SCRIPT.scr ...
 *
 * The program's terminal is a libvterm of the size asked for; a script of one word a line types
 * keys and says what must be seen, where, within a deadline.  Results are TAP.  README.md lists the
 * words.
 * Checks poll until they hold; only those that say "never" wait for quiet.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <vterm.h>

#define LINE_MAX_BYTES 8192
#define RAW_MAX ((size_t)256 << 20)
#define MODE_COUNT 4

enum { MODE_CURSOR, MODE_ALTSCREEN, MODE_MOUSE, MODE_TITLE };

/* One program on one terminal. */
struct term {
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	int master;		/* -1: hung up */
	bool eof;		/* every slave is closed */
	pid_t pid;		/* 0: none */
	bool gone;
	int status;		/* exit status, or 128 + signal */
	int modes[MODE_COUNT];
	char *raw;		/* all the program wrote */
	size_t raw_len, raw_cap;
	struct termios before;
};

/* One script. */
struct script {
	const char *file;
	int line;
	int timeout_ms, quiet_ms;
	int tests, failed;
	struct term t;
};

/* What a check is asked while it polls: true when it holds. */
typedef bool check_fn(struct script *s, const void *arg);

struct place {
	int row, col;
	const char *text;
};

struct word {
	const char *name;
	void (*run)(struct script *s, char *arg, const char *what);
	int args;		/* with fewer the line would assert nothing: an error */
};

static void *
must(void *p)
{
	if (!p) {
		printf("Bail out! out of memory\n");
		exit(99);
	}
	return p;
}

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000L;
}

/* --- the program ------------------------------------------------------------------------------ */

static void
reap(struct term *t, int flags)
{
	int st;

	if (t->pid <= 0 || t->gone || waitpid(t->pid, &st, flags) != t->pid)
		return;
	t->gone = true;
	t->status = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

static void
raw_add(struct term *t, const char *data, size_t len)
{
	if (t->raw_len + len > RAW_MAX) {
		printf("Bail out! the program wrote more than %zu MiB\n", RAW_MAX >> 20);
		exit(99);
	}
	if (t->raw_len + len > t->raw_cap) {
		t->raw_cap = (t->raw_len + len) * 2;
		t->raw = must(realloc(t->raw, t->raw_cap));
	}
	memcpy(t->raw + t->raw_len, data, len);
	t->raw_len += len;
}

/* Takes what the program has written, waiting up to wait_ms for it; true when something came. */
static bool
pump(struct term *t, int wait_ms)
{
	struct pollfd p = { .fd = t->master, .events = POLLIN };
	char b[4096];		/* libvterm 0.1.4 has an array of its input's size on its stack */
	ssize_t n;

	if (t->master < 0 || t->eof) {
		if (t->pid > 0 && !t->gone)
			poll(NULL, 0, wait_ms < 5 ? wait_ms : 5);	/* for waitpid */
		reap(t, WNOHANG);
		return false;
	}
	if (poll(&p, 1, wait_ms) <= 0) {
		reap(t, WNOHANG);
		return false;
	}
	n = read(t->master, b, sizeof(b));
	if (n <= 0) {
		t->eof = n == 0 || (errno != EAGAIN && errno != EINTR);	/* EIO: no slave is open */
		return false;
	}
	raw_add(t, b, (size_t)n);
	vterm_input_write(t->vt, b, (size_t)n);
	return true;
}

/* Types at the program.  What it writes meanwhile is taken, so that neither waits for the other. */
static void
type_bytes(struct term *t, const char *s, size_t len)
{
	long end = now_ms() + 5000;

	while (len && t->master >= 0 && !t->eof && now_ms() < end) {
		ssize_t n = write(t->master, s, len);

		if (n > 0) {
			s += n;
			len -= (size_t)n;
		} else {
			pump(t, 10);
		}
	}
}

/* libvterm's answers (device attributes, cursor position): the terminal types them. */
static void
on_reply(const char *s, size_t len, void *user)
{
	const struct term *t = user;
	ssize_t n;

	if (t->master < 0)
		return;
	n = write(t->master, s, len);
	(void)n;		/* called from within pump: never wait here */
}

static int
on_property(VTermProp prop, VTermValue *val, void *user)
{
	struct term *t = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->modes[MODE_CURSOR] = val->boolean;
	else if (prop == VTERM_PROP_ALTSCREEN)
		t->modes[MODE_ALTSCREEN] = val->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		t->modes[MODE_MOUSE] = val->number != VTERM_PROP_MOUSE_NONE;
	else if (prop == VTERM_PROP_TITLE)
		t->modes[MODE_TITLE] = 1;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = on_property };

static void
term_reset(struct term *t)
{
	if (t->vt)
		vterm_free(t->vt);
	memset(t->modes, 0, sizeof(t->modes));
	t->modes[MODE_CURSOR] = 1;
	t->vt = must(vterm_new(t->rows, t->cols));
	vterm_set_utf8(t->vt, 1);
	vterm_output_set_callback(t->vt, on_reply, t);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
}

static void
set_size(const struct term *t, int rows, int cols)
{
	struct winsize ws = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };

	if (t->master >= 0)
		ioctl(t->master, TIOCSWINSZ, &ws);
}

static void
stop(struct term *t)
{
	long end = now_ms() + 1000;

	if (t->master >= 0)
		close(t->master);
	t->master = -1;
	while (t->pid > 0 && !t->gone && now_ms() < end)
		pump(t, 5);
	if (t->pid > 0 && !t->gone) {
		kill(-t->pid, SIGKILL);
		reap(t, 0);
	}
	t->pid = 0;
}

/* What every program finds, whoever runs the tests; a script's env words come on top. */
static void
set_environment(void)
{
	const char *name = getenv("SCREEN_TERM");

	unsetenv("LINES");
	unsetenv("COLUMNS");
	unsetenv("TMUX");
	unsetenv("STY");
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("TERM", name ? name : "xterm-256color", 1);
}

static void
child_main(int slave, const char *command)
{
	if (login_tty(slave))
		_exit(126);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void
start(struct term *t, const char *command)
{
	struct winsize ws = {
		.ws_row = (unsigned short)t->rows,
		.ws_col = (unsigned short)t->cols,
	};
	int slave;

	stop(t);
	t->gone = t->eof = false;
	t->status = -1;
	t->raw_len = 0;
	term_reset(t);
	if (openpty(&t->master, &slave, NULL, NULL, &ws) < 0) {
		printf("Bail out! openpty: %s\n", strerror(errno));
		exit(99);
	}
	tcgetattr(slave, &t->before);
	fflush(stdout);
	t->pid = fork();
	if (t->pid < 0) {
		printf("Bail out! fork: %s\n", strerror(errno));
		exit(99);
	}
	if (!t->pid) {
		close(t->master);
		child_main(slave, command);
	}
	close(slave);
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	fcntl(t->master, F_SETFL, O_RDWR | O_NONBLOCK);
}

/* --- the screen ------------------------------------------------------------------------------- */

static char *
text_from(const struct term *t, int row, int col)
{
	static char b[LINE_MAX_BYTES];
	VTermRect rect = {
		.start_row = row,
		.end_row = row + 1,
		.start_col = col,
		.end_col = t->cols,
	};
	size_t n = vterm_screen_get_text(t->screen, b, sizeof(b) - 1, rect);

	if (n > sizeof(b) - 1)		/* 0.1.4 counts what did not fit too */
		n = sizeof(b) - 1;
	b[n] = 0;
	while (n && b[n - 1] == ' ')
		b[--n] = 0;
	return b;
}

static void
dump(const struct term *t, FILE *f, const char *prefix, bool brief)
{
	int r, last = t->vt ? t->rows : 0;

	while (brief && last > 0 && !*text_from(t, last - 1, 0))
		last--;
	for (r = 0; r < last; r++)
		fprintf(f, "%s%s\n", prefix, text_from(t, r, 0));
}

__attribute__((format(printf, 3, 4))) static void
result(struct script *s, bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - %s:%d ", good ? "" : "not ", ++s->tests, s->file, s->line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!good) {
		s->failed++;
		printf("# %dx%d, %zu bytes seen, ", s->t.cols, s->t.rows, s->t.raw_len);
		if (s->t.gone)
			printf("program ended with %d\n", s->t.status);
		else
			printf("%s\n", s->t.pid ? "program running" : "no program");
		dump(&s->t, stdout, "# |", true);
	}
	fflush(stdout);
}

/* True as soon as check holds; false when the time is over or nothing can change any more. */
static bool
until(struct script *s, check_fn *check, const void *arg)
{
	long end = now_ms() + s->timeout_ms;

	for (;;) {
		if (check(s, arg))
			return true;
		if (now_ms() >= end || (s->t.eof && s->t.gone) || !s->t.vt)
			return false;
		pump(&s->t, 20);
	}
}

static void
settle(struct script *s)
{
	long end = now_ms() + s->timeout_ms, quiet = now_ms();

	while (now_ms() < end && now_ms() - quiet < s->quiet_ms && s->t.master >= 0 && !s->t.eof)
		if (pump(&s->t, s->quiet_ms))
			quiet = now_ms();
}

static bool
is_shown(struct script *s, const void *text)
{
	int r;

	for (r = 0; s->t.vt && r < s->t.rows; r++)
		if (strstr(text_from(&s->t, r, 0), text))
			return true;
	return false;
}

static bool
is_not_shown(struct script *s, const void *text)
{
	return !is_shown(s, text);
}

static bool
is_matched(struct script *s, const void *regex)
{
	int r;

	for (r = 0; s->t.vt && r < s->t.rows; r++)
		if (!regexec(regex, text_from(&s->t, r, 0), 0, NULL, 0))
			return true;
	return false;
}

/* Counts columns, not bytes, so that wide and combining characters stay in their place. */
static bool
is_at(struct script *s, const void *arg)
{
	const struct place *p = arg;

	if (!s->t.vt || p->row < 0 || p->row >= s->t.rows || p->col < 0 || p->col >= s->t.cols)
		return false;
	return !strncmp(text_from(&s->t, p->row, p->col), p->text, strlen(p->text));
}

static bool
is_cursor_at(struct script *s, const void *arg)
{
	const struct place *p = arg;
	VTermPos pos;

	if (!s->t.vt)
		return false;
	vterm_state_get_cursorpos(vterm_obtain_state(s->t.vt), &pos);
	return pos.row == p->row && pos.col == p->col;
}

static bool
is_raw(struct script *s, const void *text)
{
	return s->t.raw_len && memmem(s->t.raw, s->t.raw_len, text, strlen(text));
}

static bool
is_gone(struct script *s, const void *arg)
{
	(void)arg;
	reap(&s->t, WNOHANG);
	return s->t.gone;
}

/* --- attributes ------------------------------------------------------------------------------- */

static bool
colour_is(const struct term *t, VTermColor c, bool fg, const char *want)
{
	char have[16];

	if (!strcmp(want, "default"))
		return fg ? VTERM_COLOR_IS_DEFAULT_FG(&c) : VTERM_COLOR_IS_DEFAULT_BG(&c);
	if (fg ? VTERM_COLOR_IS_DEFAULT_FG(&c) : VTERM_COLOR_IS_DEFAULT_BG(&c))
		return false;
	if (*want == '#') {
		vterm_screen_convert_color_to_rgb(t->screen, &c);
		snprintf(have, sizeof(have), "#%02x%02x%02x", c.rgb.red, c.rgb.green, c.rgb.blue);
	} else if (VTERM_COLOR_IS_INDEXED(&c)) {
		snprintf(have, sizeof(have), "%d", c.indexed.idx);
	} else {
		return false;
	}
	return !strcmp(have, want);
}

/* One name of "attr": bold, reverse, fg=4, bg=default, fg=#ff0000; a ! in front turns it round. */
static bool
attr_is(const struct term *t, const VTermScreenCell *cell, const char *name)
{
	const struct {
		const char *name;
		bool on;
	} flags[] = {
		{ "bold", cell->attrs.bold },
		{ "underline", cell->attrs.underline },
		{ "italic", cell->attrs.italic },
		{ "blink", cell->attrs.blink },
		{ "reverse", cell->attrs.reverse },
		{ "strike", cell->attrs.strike },
		{ "wide", cell->width == 2 },
	};
	size_t i;

	if (*name == '!')
		return !attr_is(t, cell, name + 1);
	if (!strncmp(name, "fg=", 3))
		return colour_is(t, cell->fg, true, name + 3);
	if (!strncmp(name, "bg=", 3))
		return colour_is(t, cell->bg, false, name + 3);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(name, flags[i].name))
			return flags[i].on;
	printf("# attr: unknown name %s\n", name);
	return false;
}

static bool
has_attrs(struct script *s, const void *arg)
{
	const struct place *p = arg;
	VTermPos pos = { .row = p->row, .col = p->col };
	VTermScreenCell cell;
	char names[256], *save, *name;

	if (!s->t.vt || p->row >= s->t.rows || p->col >= s->t.cols ||
	    !vterm_screen_get_cell(s->t.screen, pos, &cell))
		return false;
	snprintf(names, sizeof(names), "%s", p->text);
	for (name = strtok_r(names, " ,", &save); name; name = strtok_r(NULL, " ,", &save))
		if (!attr_is(&s->t, &cell, name))
			return false;
	return true;
}

/* --- goldens ---------------------------------------------------------------------------------- */

static char *
read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r"), *m;
	char *text = NULL;
	int c;

	if (!f)
		return NULL;
	m = must(open_memstream(&text, len));
	while ((c = getc(f)) != EOF)
		putc(c, m);
	fclose(f);
	fclose(m);
	return text;
}

static bool
is_golden(struct script *s, const void *path)
{
	char *have = NULL, *want;
	size_t nhave = 0, nwant = 0;
	FILE *m = must(open_memstream(&have, &nhave));
	bool same;

	dump(&s->t, m, "", false);
	fclose(m);
	want = read_file(path, &nwant);
	same = want && nhave == nwant && !memcmp(have, want, nhave);
	free(have);
	free(want);
	return same;
}

/* A data file's path: below $srcdir unless it is absolute. */
static void
data_path(char *out, size_t size, const char *name)
{
	const char *dir = getenv("srcdir");

	if (*name == '/' || !dir)
		snprintf(out, size, "%s", name);
	else
		snprintf(out, size, "%s/%s", dir, name);
}

/* Shows the golden's rows that differ; the screen itself is shown by result. */
static void
golden_diff(struct script *s, const char *path)
{
	size_t len = 0;
	char *want = read_file(path, &len), *row = want, *next;
	int r;

	if (!want)
		printf("# %s: %s; SCREEN_UPDATE=1 writes it\n", path, strerror(errno));
	for (r = 0; want && row < want + len; r++, row = next) {
		next = row + strcspn(row, "\n");
		if (*next)
			*next++ = 0;
		if (r >= s->t.rows || strcmp(row, text_from(&s->t, r, 0)))
			printf("# golden row %d |%s\n", r, row);
	}
	free(want);
}

/* --- the words -------------------------------------------------------------------------------- */

/* "a\e[A\x03" -> bytes, in place; returns what follows.  Without quotes a text ends at a blank. */
static char *
unquote(char *s)
{
	static const char from[] = "enrtb0", to[] = "\033\n\r\t\b";
	char *o = s, *p = s;
	bool quoted = *p == '"';
	const char *k;

	if (quoted)
		p++;
	while (*p && (quoted ? *p != '"' : !isspace((unsigned char)*p))) {
		if (*p != '\\' || !p[1]) {
			*o++ = *p++;
			continue;
		}
		p++;
		k = strchr(from, *p);
		if (*p == 'x' && isxdigit((unsigned char)p[1])) {
			char hex[3] = { p[1], isxdigit((unsigned char)p[2]) ? p[2] : 0, 0 };

			*o++ = (char)strtol(hex, NULL, 16);
			p += 1 + strlen(hex);
		} else {
			*o++ = k ? to[k - from] : *p;
			p++;
		}
	}
	if (*p)
		p++;
	*o = 0;
	while (*p == ' ')
		p++;
	return p;
}

static bool
two_numbers(char **arg, int *a, int *b)
{
	char *end;

	*a = (int)strtol(*arg, &end, 10);
	if (end == *arg)
		return false;
	*arg = end;
	*b = (int)strtol(*arg, &end, 10);
	if (end == *arg)
		return false;
	while (*end == ' ')
		end++;
	*arg = end;
	return true;
}

static bool
good_size(struct script *s, char *arg, const char *what, int *rows, int *cols)
{
	if (two_numbers(&arg, rows, cols) && *rows > 0 && *cols > 0 && *rows < 1000 && *cols < 1000)
		return true;
	result(s, false, "%s (wants ROWS COLUMNS)", what);
	return false;
}

static void
word_size(struct script *s, char *arg, const char *what)
{
	int rows, cols;

	if (good_size(s, arg, what, &rows, &cols)) {
		s->t.rows = rows;
		s->t.cols = cols;
	}
}

/* In place: the content must stay, as on a real terminal. */
static void
word_resize(struct script *s, char *arg, const char *what)
{
	if (!good_size(s, arg, what, &s->t.rows, &s->t.cols))
		return;
	if (s->t.vt)
		vterm_set_size(s->t.vt, s->t.rows, s->t.cols);
	set_size(&s->t, s->t.rows, s->t.cols);
}

static void
word_storm(struct script *s, char *arg, const char *what)
{
	long k = strtol(arg, NULL, 10);
	unsigned seed = 1;

	(void)what;
	while (k-- > 0 && s->t.master >= 0 && !s->t.eof) {
		seed = seed * 1103515245u + 12345u;
		set_size(&s->t, (int)(1 + (seed >> 16) % 60), (int)(1 + (seed >> 8) % 200));
		pump(&s->t, k % 50 ? 0 : 1);
	}
	set_size(&s->t, s->t.rows, s->t.cols);
}

static void
word_timeout(struct script *s, char *arg, const char *what)
{
	(void)what;
	s->timeout_ms = (int)strtol(arg, NULL, 10);
}

static void
word_quiet(struct script *s, char *arg, const char *what)
{
	(void)what;
	s->quiet_ms = (int)strtol(arg, NULL, 10);
}

static void
word_env(struct script *s, char *arg, const char *what)
{
	char *eq = strchr(arg, '=');

	(void)s;
	(void)what;
	if (!eq) {
		unsetenv(arg);
		return;
	}
	*eq++ = 0;
	unquote(eq);
	setenv(arg, eq, 1);
}

static void
word_run(struct script *s, char *arg, const char *what)
{
	(void)what;
	start(&s->t, arg);
}

static void
word_keys(struct script *s, char *arg, const char *what)
{
	(void)what;
	unquote(arg);
	type_bytes(&s->t, arg, strlen(arg));
}

static void
word_settle(struct script *s, char *arg, const char *what)
{
	(void)arg;
	(void)what;
	settle(s);
}

static void
word_wait(struct script *s, char *arg, const char *what)
{
	unquote(arg);
	result(s, until(s, is_shown, arg), "%s", what);
}

/* A frame comes in pieces: what is not there in the middle of one may be there at its end, and the next
 * key would come too early (Esc and ^T at once are Alt-^T). So it is gone when it is gone in peace. */
static void
word_gone(struct script *s, char *arg, const char *what)
{
	long end = now_ms() + s->timeout_ms;
	bool gone;

	unquote(arg);
	do {
		gone = until(s, is_not_shown, arg);
		settle(s);
		gone = gone && is_not_shown(s, arg);
	} while (!gone && now_ms() < end);
	result(s, gone, "%s", what);
}

static void
word_absent(struct script *s, char *arg, const char *what)
{
	unquote(arg);
	settle(s);
	result(s, !is_shown(s, arg), "%s", what);
}

static void
word_match(struct script *s, char *arg, const char *what)
{
	regex_t re;

	unquote(arg);
	if (regcomp(&re, arg, REG_EXTENDED | REG_NOSUB)) {
		result(s, false, "%s (not a regular expression)", what);
		return;
	}
	result(s, until(s, is_matched, &re), "%s", what);
	regfree(&re);
}

static void
word_at(struct script *s, char *arg, const char *what)
{
	struct place p = { 0 };

	if (!two_numbers(&arg, &p.row, &p.col)) {
		result(s, false, "%s (wants ROW COLUMN TEXT)", what);
		return;
	}
	unquote(arg);
	p.text = arg;
	result(s, until(s, is_at, &p), "%s", what);
}

static void
word_attr(struct script *s, char *arg, const char *what)
{
	struct place p = { 0 };

	if (!two_numbers(&arg, &p.row, &p.col)) {
		result(s, false, "%s (wants ROW COLUMN NAME...)", what);
		return;
	}
	p.text = arg;
	result(s, until(s, has_attrs, &p), "%s", what);
}

static void
word_cursor(struct script *s, char *arg, const char *what)
{
	struct place p = { 0 };

	if (!two_numbers(&arg, &p.row, &p.col)) {
		result(s, false, "%s (wants ROW COLUMN)", what);
		return;
	}
	result(s, until(s, is_cursor_at, &p), "%s", what);
}

static bool
is_mode(struct script *s, const void *arg)
{
	const struct place *p = arg;

	return s->t.modes[p->row] == p->col;
}

static void
word_mode(struct script *s, char *arg, const char *what)
{
	static const char *const names[MODE_COUNT] = { "cursor", "altscreen", "mouse", "title" };
	struct place p = { .row = -1 };
	char *rest = unquote(arg);
	int i;

	unquote(rest);
	for (i = 0; i < MODE_COUNT; i++)
		if (!strcmp(arg, names[i]))
			p.row = i;
	p.col = !strcmp(rest, "on");
	if (p.row < 0 || (!p.col && strcmp(rest, "off") != 0)) {
		result(s, false, "%s (wants cursor|altscreen|mouse|title on|off)", what);
		return;
	}
	result(s, until(s, is_mode, &p), "%s", what);
}

static void
word_golden(struct script *s, char *arg, const char *what)
{
	char path[4096];
	bool same;
	FILE *f;

	unquote(arg);
	data_path(path, sizeof(path), arg);
	if (getenv("SCREEN_UPDATE")) {
		settle(s);
		f = fopen(path, "w");
		if (f) {
			dump(&s->t, f, "", false);
			fclose(f);
		}
		result(s, f != NULL, "%s (written)", what);
		return;
	}
	same = until(s, is_golden, path);
	result(s, same, "%s", what);
	if (!same)
		golden_diff(s, path);
}

static void
word_signal(struct script *s, char *arg, const char *what)
{
	static const struct {
		const char *name;
		int number;
	} names[] = {
		{ "HUP", SIGHUP },   { "INT", SIGINT },	  { "TERM", SIGTERM },
		{ "KILL", SIGKILL }, { "STOP", SIGSTOP }, { "CONT", SIGCONT },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "WINCH", SIGWINCH },
		{ "QUIT", SIGQUIT }, { "TSTP", SIGTSTP }, { "PIPE", SIGPIPE },
	};
	int number = (int)strtol(arg, NULL, 10);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(arg, names[i].name))
			number = names[i].number;
	if (number <= 0 || s->t.pid <= 0 || s->t.gone || kill(s->t.pid, number))
		result(s, false, "%s (no such signal or no program)", what);
}

static void
word_hangup(struct script *s, char *arg, const char *what)
{
	(void)arg;
	(void)what;
	if (s->t.master >= 0)
		close(s->t.master);
	s->t.master = -1;
}

static void
word_alive(struct script *s, char *arg, const char *what)
{
	(void)arg;
	settle(s);
	reap(&s->t, WNOHANG);
	result(s, s->t.pid > 0 && !s->t.gone, "%s", what);
}

/* exit N, or exit *: any status that is not a signal. */
static void
word_exit(struct script *s, char *arg, const char *what)
{
	long end = now_ms() + s->timeout_ms;
	bool good;

	while (!is_gone(s, NULL) && now_ms() < end)
		pump(&s->t, 20);
	while (s->t.gone && pump(&s->t, 0))		/* its last words */
		;
	good = s->t.gone;
	good = good && (*arg == '*' ? s->t.status < 128 : s->t.status == strtol(arg, NULL, 10));
	result(s, good, "%s (got %d)", what, s->t.gone ? s->t.status : -1);
}

static void
word_show(struct script *s, char *arg, const char *what)
{
	(void)arg;
	(void)what;
	settle(s);
	dump(&s->t, stdout, "# |", false);
}

static void
word_raw(struct script *s, char *arg, const char *what)
{
	unquote(arg);
	result(s, until(s, is_raw, arg), "%s", what);
}

static void
word_raw_absent(struct script *s, char *arg, const char *what)
{
	unquote(arg);
	settle(s);
	result(s, s->t.vt && *arg && !is_raw(s, arg), "%s", what);
}

/* The line discipline as the program found it; libvterm's view of modes is the word mode. */
static void
word_termios_restored(struct script *s, char *arg, const char *what)
{
	const struct termios *b = &s->t.before;
	struct termios a;
	bool same;

	(void)arg;
	if (s->t.master < 0 || tcgetattr(s->t.master, &a)) {
		result(s, false, "%s (no terminal)", what);
		return;
	}
	same = a.c_iflag == b->c_iflag && a.c_oflag == b->c_oflag && a.c_cflag == b->c_cflag &&
	       a.c_lflag == b->c_lflag && !memcmp(a.c_cc, b->c_cc, sizeof(a.c_cc));
	result(s, same, "%s (iflag %x %x, oflag %x %x, lflag %x %x)", what, b->c_iflag, a.c_iflag,
	       b->c_oflag, a.c_oflag, b->c_lflag, a.c_lflag);
}

static void
word_capture(struct script *s, char *arg, const char *what)
{
	FILE *f;

	unquote(arg);
	settle(s);
	f = fopen(arg, "w");
	if (!f || fwrite(s->t.raw, 1, s->t.raw_len, f) != s->t.raw_len)
		result(s, false, "%s (%s)", what, strerror(errno));
	if (f)
		fclose(f);
}

static const struct word words[] = {
	{ "size", word_size, 2 },
	{ "timeout", word_timeout, 1 },
	{ "quiet", word_quiet, 1 },
	{ "env", word_env, 1 },
	{ "run", word_run, 1 },
	{ "keys", word_keys, 1 },
	{ "settle", word_settle, 0 },
	{ "wait", word_wait, 1 },
	{ "gone", word_gone, 1 },
	{ "absent", word_absent, 1 },
	{ "match", word_match, 1 },
	{ "at", word_at, 3 },
	{ "attr", word_attr, 3 },
	{ "cursor", word_cursor, 2 },
	{ "mode", word_mode, 2 },
	{ "golden", word_golden, 1 },
	{ "resize", word_resize, 2 },
	{ "storm", word_storm, 1 },
	{ "signal", word_signal, 1 },
	{ "hangup", word_hangup, 0 },
	{ "alive", word_alive, 0 },
	{ "exit", word_exit, 1 },
	{ "show", word_show, 0 },
	{ "raw", word_raw, 1 },
	{ "raw-absent", word_raw_absent, 1 },
	{ "termios-restored", word_termios_restored, 0 },
	{ "capture", word_capture, 1 },
};

/* True when arg has at least n parts, "" being none. */
static bool
has_parts(const char *arg, int n)
{
	for (; n > 0; n--) {
		arg += strspn(arg, " \t");
		if (!*arg || !strcmp(arg, "\"\""))
			return false;
		arg += strcspn(arg, " \t");
	}
	return true;
}

/* One line of a script.  "need PROGRAM PACKAGE" ends it as skipped: returns false. */
static bool
do_line(struct script *s, char *line)
{
	char name[32] = "", what[256], command[4200];
	size_t i;
	int n = 0;
	char *arg;

	if (sscanf(line, "%31s%n", name, &n) < 1 || *name == '#')
		return true;
	arg = line + n;
	while (*arg == ' ' || *arg == '\t')
		arg++;
	snprintf(what, sizeof(what), "%.200s", line);
	for (i = 0; what[i]; i++)		/* a # would be read as a TAP directive */
		what[i] = what[i] == '#' ? '+' : what[i];
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(name, words[i].name) != 0)
			continue;
		if (has_parts(arg, words[i].args))
			words[i].run(s, arg, what);
		else
			result(s, false, "%s (something is missing)", what);
		return true;
	}
	if (strcmp(name, "need") != 0) {
		result(s, false, "%s (unknown word)", what);
		return true;
	}
	snprintf(command, sizeof(command), "run command -v %.*s >/dev/null",
		 (int)strcspn(arg, " \t"), arg);
	start(&s->t, command + 4);
	until(s, is_gone, NULL);
	if (s->t.status == 0)
		return true;
	printf("ok %d # SKIP %s: needs %s\n", ++s->tests, s->file, arg);
	return false;
}

static int
run_script(struct script *s, const char *path)
{
	char line[LINE_MAX_BYTES];
	FILE *f = fopen(path, "r");

	if (!f) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		return 99;
	}
	s->file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	s->t.rows = 24;
	s->t.cols = 80;
	s->timeout_ms = 15000;
	s->quiet_ms = 50;
	set_environment();
	for (s->line = 1; fgets(line, sizeof(line), f); s->line++) {
		line[strcspn(line, "\n")] = 0;
		if (!do_line(s, line))
			break;
	}
	fclose(f);
	stop(&s->t);
	return 0;
}

int
main(int argc, char **argv)
{
	struct script s = { .t = { .master = -1 } };
	int i, rc = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: screen SCRIPT.scr ...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	for (i = 1; i < argc && !rc; i++)
		rc = run_script(&s, argv[i]);
	printf("1..%d\n", s.tests);
	if (s.t.vt)
		vterm_free(s.t.vt);
	free(s.t.raw);
	return rc ? rc : s.failed != 0;
}
