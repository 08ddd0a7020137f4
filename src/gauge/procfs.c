/* procfs.c - parsers of the text files under /proc. */
#include "gauge/procfs.h"

#include <string.h>

#include "base/slice.h"

static const char *const mem_name[MEM_FIELDS] = {
	[MEM_TOTAL] = "MemTotal", [MEM_FREE] = "MemFree", [MEM_AVAILABLE] = "MemAvailable",
	[MEM_BUFFERS] = "Buffers", [MEM_CACHED] = "Cached", [MEM_ACTIVE_FILE] = "Active(file)",
	[MEM_INACTIVE_FILE] = "Inactive(file)", [MEM_SWAP_TOTAL] = "SwapTotal",
	[MEM_SWAP_FREE] = "SwapFree", [MEM_ANON] = "AnonPages", [MEM_SHMEM] = "Shmem",
	[MEM_SLAB] = "Slab", [MEM_SRECLAIMABLE] = "SReclaimable",
};

static const char *const status_name[STATUS_FIELDS] = {
	[STATUS_VMSIZE] = "VmSize", [STATUS_VMRSS] = "VmRSS", [STATUS_ANON] = "RssAnon",
	[STATUS_FILE] = "RssFile", [STATUS_SHMEM] = "RssShmem", [STATUS_THREADS] = "Threads",
	[STATUS_VOLUNTARY] = "voluntary_ctxt_switches",
	[STATUS_INVOLUNTARY] = "nonvoluntary_ctxt_switches",
};

static const char *const rollup_name[ROLLUP_FIELDS] = {
	[ROLLUP_RSS] = "Rss", [ROLLUP_PSS] = "Pss", [ROLLUP_PRIVATE_CLEAN] = "Private_Clean",
	[ROLLUP_PRIVATE_DIRTY] = "Private_Dirty", [ROLLUP_LAZYFREE] = "LazyFree",
};

/* The decimal number at s; the end of it in *end, which is s when there is none or it is too
 * large. */
static uint64_t
number(const char *s, const char **end)
{
	const char *p = s;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		if (v > (UINT64_MAX - 9) / 10) {
			*end = s;
			return 0;
		}
		v = v * 10 + (uint64_t)(*p - '0');
	}
	*end = p;
	return v;
}

static const char *
blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* Where the value stands when the line begins with the name and a colon, else NULL. */
static const char *
value_of(const char *line, const char *name)
{
	while (*name != '\0' && *line == *name) {
		line++;
		name++;
	}
	return *name == '\0' && *line == ':' ? line + 1 : NULL;
}

/* The files list their lines in a fixed order, so the search goes on from the last hit; behind the
 * last that is wanted nobody looks. */
static void
fields(const char *text, const char *const *name, size_t n, int64_t *out)
{
	size_t next = 0, found = 0;

	for (size_t i = 0; i < n; i++)
		out[i] = -1;
	for (const char *line = text, *end, *at; *line != '\0' && found < n; line++) {
		for (size_t k = 0; k < n; k++) {
			const size_t f = next + k < n ? next + k : next + k - n;

			at = value_of(line, name[f]);
			if (at == NULL)
				continue;
			at = blanks(at);
			const uint64_t v = number(at, &end);

			if (end != at && v <= INT64_MAX / 1024)
				out[f] = (int64_t)v;
			next = f + 1;
			found++;
			line = end;
			break;
		}
		while (*line != '\n' && *line != '\0')
			line++;
		if (*line == '\0')
			return;
	}
}

void
procfs_meminfo(const char *text, int64_t out[MEM_FIELDS])
{
	fields(text, mem_name, MEM_FIELDS, out);
}

void
procfs_status(const char *text, int64_t out[STATUS_FIELDS])
{
	fields(text, status_name, STATUS_FIELDS, out);
}

void
procfs_rollup(const char *text, int64_t out[ROLLUP_FIELDS])
{
	fields(text, rollup_name, ROLLUP_FIELDS, out);
}

/* user nice system idle iowait irq softirq steal; what follows is inside user. */
static bool
ticks(const char *s, struct procfs_cpu *out)
{
	uint64_t all = 0, idle = 0;
	const char *end;
	int i;

	for (i = 0; i < 8; i++, s = end) {
		s = blanks(s);
		const uint64_t v = number(s, &end);

		if (end == s)
			break;
		all += v;
		idle += i == 3 || i == 4 ? v : 0;
	}
	*out = (struct procfs_cpu){ .there = i >= 4, .busy = all - idle, .all = all };
	return i >= 4;
}

/* CPU n is to be filled in: those that were left out before it are not there. */
static struct procfs_cpu *
cpu_of(struct procfs_stat *s, uint64_t n)
{
	while (s->end <= n)
		s->cpu[s->end++].there = false;
	return &s->cpu[n];
}

bool
procfs_stat(const char *text, struct procfs_stat *out)
{
	out->seen = out->end = 0;
	out->total.there = false;
	for (const char *line = text, *nl, *end; strncmp(line, "cpu", 3) == 0; line = nl + 1) {
		const uint64_t n = number(line + 3, &end);

		nl = strchr(line, '\n');
		if (nl == NULL)
			break;          /* a cut line has wrong numbers */
		if (end == line + 3) {
			(void)ticks(end, &out->total);
		} else {
			out->seen++;
			if (n < PROCFS_CPUS)
				(void)ticks(end, cpu_of(out, n));
		}
	}
	return out->total.there;
}

/* "12.34": up to nine digits behind the point. False when no number stands there. */
static bool
hundredths(const char **s, double *out)
{
	static const double one[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
	const char *at = blanks(*s), *end, *point;
	const uint64_t whole = number(at, &end);
	uint64_t part = 0;

	if (end == at)
		return false;
	*out = (double)whole;
	if (*end == '.') {
		point = end + 1;
		part = number(point, &end);
		if (end == point || end - point > 9)
			return false;
		*out += (double)part / one[end - point];
	}
	*s = end;
	return *end == '\0' || *end == ' ' || *end == '\t' || *end == '\n';
}

bool
procfs_loadavg(const char *text, double out[3])
{
	return hundredths(&text, &out[0]) && hundredths(&text, &out[1]) &&
	       hundredths(&text, &out[2]);
}

bool
procfs_uptime(const char *text, double *seconds)
{
	return hundredths(&text, seconds);
}

bool
procfs_psi_some(const char *text, uint64_t *total_us)
{
	const char *at = text, *end;

	if (strncmp(text, "some ", 5) != 0)
		return false;
	while (*at != '\n' && *at != '\0' && *at != 't')
		at++;                   /* avg10= avg60= avg300= have none */
	if (strncmp(at, "total=", 6) != 0)
		return false;
	*total_us = number(at + 6, &end);
	return end != at + 6;
}

bool
procfs_release(const char *text, unsigned version[2])
{
	const char *end;
	const uint64_t major = number(text, &end);
	const char *rest = end + 1;

	if (end == text || *end != '.' || major > 1000)
		return false;
	const uint64_t minor = number(rest, &end);

	if (end == rest || minor > 1000)
		return false;
	version[0] = (unsigned)major;
	version[1] = (unsigned)minor;
	return true;
}

bool
procfs_zram(const char *text, struct procfs_zram *out)
{
	struct slice rest = slice_of(text);

	return slice_u64(slice_word(&rest), UINT64_MAX, &out->orig) &&
	       slice_u64(slice_word(&rest), UINT64_MAX, &out->compressed) &&
	       slice_u64(slice_word(&rest), UINT64_MAX, &out->used);
}

bool
procfs_time_in_state(const char *text, uint64_t *khz_ticks, uint64_t *ticks)
{
	struct slice rest = slice_of(text);

	*khz_ticks = *ticks = 0;
	while (rest.n != 0) {
		struct slice line = slice_cut(rest, '\n', &rest);
		uint64_t khz, t;

		if (!slice_u64(slice_word(&line), UINT32_MAX, &khz) ||
		    !slice_u64(slice_word(&line), UINT64_C(1) << 40, &t) || khz == 0 ||
		    (t != 0 && khz > (INT64_MAX - *khz_ticks) / t))
			return false;
		*khz_ticks += khz * t;
		*ticks += t;
	}
	return *ticks != 0;
}

bool
procfs_pid_stat(const char *text, struct procfs_pid *out)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	struct slice rest, w;
	uint64_t t[4] = { 0 };          /* utime stime cutime cstime: fields 14 to 17 */
	size_t n;

	if (open == NULL || close == NULL || close < open)
		return false;
	n = (size_t)(close - open - 1);
	n = n < sizeof out->comm ? n : sizeof out->comm - 1;
	memcpy(out->comm, open + 1, n);
	out->comm[n] = '\0';
	rest = slice_of(close + 1);
	w = slice_word(&rest);
	out->state = w.n == 1 ? w.p[0] : '?';
	for (int field = 4; field <= 22; field++) {
		w = slice_word(&rest);
		if ((field >= 14 && field <= 17 &&
		    !slice_u64(w, UINT64_MAX, &t[field - 14])) ||
		    (field == 20 && !slice_u64(w, INT32_MAX, &out->threads)) ||
		    (field == 22 && !slice_u64(w, UINT64_MAX, &out->starttime)))
			return false;
	}
	out->cpu_ticks = t[0] + t[1];
	out->child_ticks = t[2] + t[3];
	return true;
}
