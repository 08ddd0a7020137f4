/* progress.c - percentages, counts and stages out of a tool's output. */
#include "launch/progress.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"

/* ---- what each tool says */

enum {
	SIZE = 1,       /* "writing 6000 bytes": how much this pass is */
	AFTER = 2,      /* only after something was written: reading back is verifying then */
	COPIED = 4,     /* "12288 bytes (12 kB) copied" */
	LIVE = 8,       /* several bars at once: only the one that tells its time left counts */
	HASHES = 16,    /* one # for each two percent of a line that is not at its end yet */
	EQUALS = 32,    /* the same with forty = */
};

/* word: what stands in the line; "" is any line. stage: NULL, the stage goes on. */
struct rule { const char *word, *stage; unsigned flags; };
struct progress_tool { const char *name; const struct rule *rules; };

#define RULES static const struct rule
#define END { NULL, NULL, 0 }

/* The order matters: the first that stands in the line wins. */
RULES avrdude[] = { { "Writing |", "write", HASHES }, { "Reading |", "verify", AFTER | HASHES },
	{ "Erasing |", "erase", 0 }, { "erasing chip", "erase", 0 }, { "writing ", "write", SIZE },
	{ "Writing ", "write", SIZE }, { "verifying ", "verify", AFTER }, END };
RULES bossac[] = { { "Erase flash", "erase", 0 }, { "Write ", "write", SIZE },
	{ "Verify ", "verify", SIZE }, { " pages)", NULL, 0 }, { "CPU reset", "reset", 0 }, END };
RULES stm32flash[] = { { "Wrote and verified address", "write", 0 },
	{ "Wrote address", "write", 0 }, { "Erasing memory", "erase", 0 },
	{ "Starting execution", "reset", 0 }, END };
RULES dfu_util[] = { { "Erase ", "erase", 0 }, { "Download ", "write", 0 },
	{ "Download done", "write", 0 }, { "Submitting leave", "reset", 0 }, END };
RULES openocd[] = { { "** Programming Started **", "write", 0 },
	{ "** Verify Started **", "verify", 0 }, { "** Verified OK **", "verify", 0 },
	{ "** Resetting Target **", "reset", 0 }, { "erased sectors", "erase", 0 }, END };
RULES esptool[] = { { "Writing at 0x", "write", 0 }, { "Erasing flash", "erase", 0 },
	{ "Verifying", "verify", 0 }, { "Hash of data verified", "verify", 0 },
	{ "Hard resetting", "reset", 0 }, END };
RULES picotool[] = { { "Loading into", "write", 0 }, { "Verifying", "verify", 0 },
	{ "rebooted", "reset", 0 }, END };
RULES probe_rs[] = { { "Erasing", "erase", LIVE }, { "Programming", "write", LIVE },
	{ "Verifying", "verify", LIVE }, { "Finished", "reset", 0 }, END };
RULES pyocd[] = { { "Erasing", "erase", 0 }, { "[---|---|", "write", 0 },
	{ "[=", "write", EQUALS }, { "[ ", "write", 0 }, END };
RULES nrfjprog[] = { { "Erase", "erase", 0 }, { "Program", "write", 0 }, { "Verif", "verify", 0 },
	{ "reset", "reset", 0 }, END };
RULES nrfutil[] = { { "Verif", "verify", 0 }, { "Reset", "reset", 0 }, { "Erasing", "erase", 0 },
	{ "Program", "write", 0 }, { "] ", "write", 0 }, { "Device programmed", "reset", 0 }, END };
RULES st_flash[] = { { "pages written", "write", 0 }, { "erased", "erase", 0 },
	{ "Starting verification", "verify", 0 }, END };
RULES micronucleus[] = { { "erasing", "erase", 0 }, { "writing", "write", 0 },
	{ "Starting the user app", "reset", 0 }, END };
RULES kflash[] = { { "Programming", "write", 0 }, { "Erasing", "erase", 0 },
	{ "Rebooting", "reset", 0 }, END };
RULES teensy[] = { { "Programming", "write", 0 }, { "Booting", "reset", 0 }, END };
RULES pymcuprog[] = { { "Erasing", "erase", 0 }, { "Writing", "write", 0 },
	{ "Verifying", "verify", 0 }, END };
RULES dd[] = { { " copied, ", "write", COPIED }, END };
RULES copy[] = { { "%", "write", 0 }, END };            /* scp, rsync --info=progress2 */
RULES gdb[] = { { "Loading section", "write", 0 }, { "matched.", "verify", 0 }, END };

/* A tool that is not known, or that runs another (tinygo flash). */
RULES any[] = { { "Writing |", "write", HASHES }, { "Reading |", "verify", AFTER | HASHES },
	{ "Verify Started", "verify", 0 }, { "Verified OK", "verify", 0 },
	{ "Verifying", "verify", 0 }, { "Verify", "verify", 0 }, { "verifying", "verify", 0 },
	{ "Programming Started", "write", 0 }, { "Resetting", "reset", 0 },
	{ "Hard resetting", "reset", 0 }, { "Erasing", "erase", 0 }, { "Erase", "erase", 0 },
	{ "erase", "erase", 0 }, { "Writing", "write", 0 }, { "Wrote", "write", 0 },
	{ "Download", "write", 0 }, { "Programming", "write", 0 },
	{ "Loading section", "write", 0 }, { "pages written", "write", 0 },
	{ "Loading into Flash", "write", 0 }, { "", NULL, 0 }, END };

static const struct progress_tool tools[] = {
	{ "", any }, { "avrdude", avrdude }, { "bossac", bossac }, { "bossac_arduino2", bossac },
	{ "dd", dd }, { "dfu-util", dfu_util }, { "esptool", esptool }, { "esptool.py", esptool },
	{ "gdb", gdb }, { "gdb-multiarch", gdb }, { "kflash", kflash },
	{ "micronucleus", micronucleus }, { "nrfjprog", nrfjprog }, { "nrfutil", nrfutil },
	{ "openocd", openocd }, { "picotool", picotool }, { "probe-rs", probe_rs },
	{ "pymcuprog", pymcuprog }, { "pyocd", pyocd }, { "rsync", copy }, { "scp", copy },
	{ "st-flash", st_flash }, { "stm32flash", stm32flash }, { "teensy_loader_cli", teensy },
};

static const char *const error_words[] = { "Error", "error:", "ERROR", "FAILED", "Failed", "fatal",
	"Cannot", "No such" };

void
progress_init(struct progress *p, const char *program)
{
	const char *slash = program != NULL ? strrchr(program, '/') : NULL;
	const char *name = slash != NULL ? slash + 1 : program != NULL ? program : "";

	*p = (struct progress){ .percent = -1, .tool = &tools[0] };
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (strcmp(tools[i].name, name) == 0)
			p->tool = &tools[i];
}

void
progress_take(struct progress *p, const struct progress *part)
{
	p->percent = part->percent;
	p->done = part->done;
	p->total = part->total;
	memcpy(p->stage, part->stage, sizeof p->stage);
	memcpy(p->last, part->last, sizeof p->last);
}

/* ---- numbers in a line */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "37 %", "33.3%", "( 4.27%)": the last percentage of the line. */
static bool
read_percent(struct slice line, double *out)
{
	bool found = false;

	for (size_t i = 0; i < line.n; i++) {
		size_t end = i, from;
		double v;

		if (line.p[i] != '%')
			continue;
		while (end > 0 && line.p[end - 1] == ' ')
			end--;
		for (from = end;
		     from > 0 && (is_digit(line.p[from - 1]) || line.p[from - 1] == '.'); from--)
			;
		/* "-5 %" is no 5 */
		if (from > 0 && line.p[from - 1] == '-' && (from < 2 || line.p[from - 2] != '-'))
			continue;
		if (slice_f64(slice_make(line.p + from, end - from), &v) && v >= 0 && v <= 100) {
			*out = v;
			found = true;
		}
	}
	return found;
}

struct count { uint64_t done, total; bool bytes; };

/* "16384/49152 bytes", "(64/94 pages)", "6/ 12 pages" */
static bool
read_counts(struct slice line, struct count *out)
{
	for (size_t i = 1; i + 1 < line.n; i++) {
		size_t from = i, to = i + 1;
		uint64_t a, b;

		if (line.p[i] != '/')
			continue;
		while (from > 0 && is_digit(line.p[from - 1]))
			from--;
		while (to < line.n && line.p[to] == ' ')
			to++;
		const size_t start = to;

		while (to < line.n && is_digit(line.p[to]))
			to++;
		const struct slice rest = slice_skip(line, to);
		const bool bytes = slice_find(rest, slice_of("bytes")) >= 0;

		if (slice_u64(slice_make(line.p + from, i - from), UINT64_MAX, &a) &&
		    slice_u64(slice_make(line.p + start, to - start), UINT64_MAX, &b) && b != 0 &&
		    a <= b && (bytes || slice_find(rest, slice_of("pages")) >= 0)) {
			*out = (struct count){ a, b, bytes };
			return true;
		}
	}
	return false;
}

/* The number before " bytes"; 0: there is none. */
static uint64_t
read_bytes(struct slice line)
{
	const int64_t at = slice_find(line, slice_of(" bytes"));
	size_t from = at > 0 ? (size_t)at : 0;
	uint64_t n = 0;

	while (from > 0 && is_digit(line.p[from - 1]))
		from--;
	if (at <= 0 || !slice_u64(slice_make(line.p + from, (size_t)at - from), UINT64_MAX, &n))
		return 0;
	return n;
}

/* ---- a line */

static const struct rule *
rule_of(const struct progress *p, struct slice line)
{
	const bool written = strcmp(p->stage, "write") == 0 || strcmp(p->stage, "verify") == 0;

	const bool live = slice_find(line, slice_of("(ETA ")) >= 0 ||
	    slice_find(line, slice_of("(eta ")) >= 0;

	for (const struct rule *r = p->tool->rules; r->word != NULL; r++)
		if ((r->word[0] == '\0' || slice_find(line, slice_of(r->word)) >= 0) &&
		    ((r->flags & AFTER) == 0 || written) && ((r->flags & LIVE) == 0 || live))
			return r;
	return NULL;
}

static bool
begin_stage(struct progress *p, const char *stage)
{
	if (stage == NULL || strcmp(p->stage, stage) == 0)
		return false;
	snprintf(p->stage, sizeof p->stage, "%s", stage);
	p->percent = -1;                /* each stage counts from its own start */
	p->done = p->total = 0;
	p->pass++;
	return true;
}

static void
set_percent(struct progress *p, double percent)
{
	/* the next segment begins; rounding that wavers does not */
	if (p->percent >= 0 && percent < p->percent - 2)
		p->pass++;
	p->percent = percent;
	if (p->total != 0)
		p->done = (uint64_t)((double)p->total * percent / 100);
}

static void
read_numbers(struct progress *p, const struct rule *r, struct slice line)
{
	const uint64_t bytes = (r->flags & (SIZE | COPIED)) != 0 ? read_bytes(line) : 0;
	struct count c;
	double percent;

	if ((r->flags & SIZE) != 0 && bytes != 0)
		p->total = bytes;
	if ((r->flags & COPIED) != 0)
		p->done = bytes;
	if ((r->flags & COPIED) != 0)
		return;
	if (read_counts(line, &c)) {
		set_percent(p, 100.0 * (double)c.done / (double)c.total);
		if (c.bytes) {
			p->done = c.done;
			p->total = c.total;
		}
	} else if (read_percent(line, &percent)) {
		set_percent(p, percent);
	}
}

/* Of a bar that grows by single marks, without a number before its end. */
static void
read_marks(struct progress *p, const struct rule *r, struct slice line)
{
	const char mark = (r->flags & HASHES) != 0 ? '#' : '=';
	const double each = (r->flags & HASHES) != 0 ? 2 : 2.5;
	size_t n = 0;

	if (slice_find(line, slice_of("%")) >= 0 || slice_find(line, slice_of("]")) >= 0)
		return;
	for (size_t i = 0; i < line.n; i++)
		n += line.p[i] == mark;
	if (n != 0 && (double)n * each <= 100)
		set_percent(p, (double)n * each);
}

static void
read_error(struct progress *p, struct slice line)
{
	for (size_t i = 0; p->error[0] == '\0' && i < sizeof error_words / sizeof *error_words; i++)
		if (slice_starts(line, error_words[i]) || slice_starts(line, "** ") ||
		    slice_starts(line, "Info : "))
			if (slice_find(line, slice_of(error_words[i])) >= 0)
				snprintf(p->error, sizeof p->error, "%.*s",
				    (int)(line.n < 150 ? line.n : 150), line.p);
}

static bool
end_line(struct progress *p)
{
	const struct slice line = slice_trim(slice_make(p->line, p->len));
	const double before = p->percent;
	const uint64_t done = p->done;
	const struct rule *r;
	bool changed = false;

	p->len = 0;
	if (line.n == 0)
		return false;
	r = rule_of(p, line);
	if (r != NULL) {
		changed = begin_stage(p, r->stage);
		read_numbers(p, r, line);
	}
	changed |= p->percent < before || p->percent > before || p->done != done;
	read_error(p, line);
	snprintf(p->last, sizeof p->last, "%.*s", (int)(line.n < 150 ? line.n : 150), line.p);
	return changed;
}

/* What stands in the line so far. */
static bool
part_line(struct progress *p)
{
	const struct slice line = slice_trim(slice_make(p->line, p->len));
	const double before = p->percent;
	const struct rule *r = line.n != 0 ? rule_of(p, line) : NULL;
	bool changed;

	if (r == NULL || (r->flags & (HASHES | EQUALS)) == 0)
		return false;
	changed = begin_stage(p, r->stage);
	read_marks(p, r, line);
	return changed || p->percent < before || p->percent > before;
}

/* ---- bytes */

enum { TEXT, ESCAPE, CSI, STRING };     /* where in an escape sequence it is */
enum { ESCAPE_MAX = 256 };              /* none is longer; what goes on is text again */

/* True when the sequence that ends here moves to another line or clears this one. */
static bool
escape_byte(struct progress *p, char c)
{
	if (++p->escaped > ESCAPE_MAX || c == '\033') {
		p->escape = c == '\033' ? ESCAPE : TEXT;
		p->escaped = 0;
	} else if (p->escape == ESCAPE) {
		p->escape = c == '[' ? CSI : c != '\0' && strchr("]PX^_", c) != NULL ? STRING :
		    TEXT;
	} else if (p->escape == CSI && c >= 0x40 && c <= 0x7e) {
		p->escape = TEXT;
		return strchr("ABEFGHJKdf", c) != NULL;
	} else if (p->escape == STRING && c == '\a') {
		p->escape = TEXT;
	}
	return false;
}

bool
progress_feed(struct progress *p, const char *bytes, size_t n)
{
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		const char c = bytes[i];

		if (c == '\r' || c == '\n') {
			p->escape = TEXT;
			changed |= end_line(p);
		} else if (p->escape != TEXT || c == '\033') {
			if (escape_byte(p, c))
				changed |= end_line(p);
		} else if (p->len < sizeof p->line) {
			p->line[p->len++] = (unsigned char)c >= 0x20 && c != 0x7f ? c : ' ';
		}
	}
	if (p->escape == TEXT)
		changed |= part_line(p);
	return changed;
}
