/* remote.c - the sampling protocol with a shell on a board. */
#include "gauge/remote.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "gauge/procfs.h"
#include "sys/time.h"

enum { FRAME_MAX = 512 << 10, HEAD_MAX = 64, MISSES = 3, COMM_MAX = 15 };
enum { ROLLUP_ANON_KB = 240 << 10 };    /* as in source_pss.h */

static const uint64_t HELLO_NS = 20 * NS_PER_S, ANSWER_NS = 3 * NS_PER_S,
		      DISCOVER_EVERY = 60 * NS_PER_S, NAMES_EVERY = 2 * NS_PER_S,
		      FIRMWARE_EVERY = 5 * NS_PER_S, PROCESS_EVERY = 10 * NS_PER_S,
		      SELF_EVERY = 30 * NS_PER_S;

/* Lines stay under 160 bytes: a line editor and the tty's own line limit see them (2.4). The blank
 * in front keeps them out of the history. The marker is written \074: no echo ever shows one. */
#define BEGIN " LC_ALL=C; export LC_ALL; PS1=; PS2=; unset HISTFILE; stty -echo 2>/dev/null\n"
#define HELPERS \
	" vh() { echo \"/vise/shell:$$\"; echo \"/vise/system:$(uname -srm)\"\n" \
	" echo \"/vise/model:$(tr -d '\\000\\n' 2>/dev/null </proc/device-tree/model ||\n" \
	" uname -n)\"\n" \
	" command -v vcgencmd >/dev/null 2>&1 && echo /vise/firmware:yes; }\n" \
	" vf() { echo \"/vise/throttled:$(vcgencmd get_throttled 2>&1)\"\n" \
	" echo \"/vise/clock:$(vcgencmd measure_clock arm 2>&1)\"; }\n" \
	" vp() { read -r u x </proc/uptime\n" \
	" echo \"/vise/threads:$u $(cat /proc/$1/task/[0-9]*/status |\n" \
	" awk '/^v.*ctxt/{v+=$2;n++}/^n.*ctxt/{w+=$2}END{printf \"%d %.0f %.0f\",n,v,w}')\"\n" \
	" test \"$2\" || return\n" \
	" awk '/^(Rss|Pss|Private_Clean|Private_Dirty|LazyFree):/{s[$1]+=$2}\n" \
	" END{for(k in s)printf \"%s/smaps_sum:%s %.0f kB\\n\",p,k,s[k]}'" \
	" p=/proc/$1 /proc/$1/smaps; }\n"
#define ANSWER \
	" case $q in q) break;; esac\n" \
	" case $p in @) s=$(vh);; %) s=$(vf);; +) s=$(vp $a 2>/dev/null);;\n" \
	" *) s=$(grep -HsE \"$p\" $a /dev/null);; esac\n" \
	" printf '\\074vs %s %s\\n%s\\nvs %s\\076\\n' \"$q\" \"${#s}\" \"$s\" \"$q\"\n"

static const char loop_script[] =
    BEGIN HELPERS " vs() { q=$1 p=@ a=; while :; do s=\n" ANSWER
    " read -r q p a || break; done; stty echo 2>/dev/null; }\n";
const char remote_shared_script[] =
    " vs() (\n LC_ALL=C; export LC_ALL; stty -echo 2>/dev/null\n" HELPERS
    " printf '\\074vr\\076\\n'\n while read -r q p a; do s=\n" ANSWER
    " done; stty echo 2>/dev/null\n )\n";
/* Then " vs SEQ": the first request is the loop's argument. A request of its own could come in one
 * read with the script, and then it is in the shell's buffer, where `read` does not look. */

/* No blank in a pattern, and [-0-9]: temperatures may be below zero. */
static const char sample_pattern[] =
    "^(Mem[TFA]|Buffers|Cached|Active.f|Inactive.f|Swap[TF]|Anon[PH]|Shmem:|Slab|SRec|cpu|some|"
    "Vm[SRP]|Rss|Threads|State|[a-z]*ctxt|max|nr_|oom_|Cpus_allowed_l|(total_)?inactive_f|[-0-9])";
static const char sample_files[] =
    "/proc/uptime /proc/meminfo /proc/stat /proc/loadavg /proc/pressure/cpu /proc/pressure/memory "
    "/proc/pressure/io /sys/class/thermal/thermal_zone*/temp "
    "/sys/class/thermal/cooling_device*/cur_state /sys/class/hwmon/hwmon*/temp*_input "
    "/sys/devices/system/cpu/cpufreq/policy*/scaling_cur_freq "
    "/sys/devices/system/cpu/cpufreq/policy*/scaling_max_freq";
/* Two lines for each process. */
static const char list_files[] =
    "^([0-9]|VmRSS) /proc/uptime /proc/[0-9]*/stat /proc/[0-9]*/status";
static const char discover_files[] =
    "/sys/class/thermal/thermal_zone*/type /sys/class/thermal/thermal_zone*/trip_point_*_temp "
    "/sys/class/thermal/thermal_zone*/trip_point_*_type /sys/class/thermal/cooling_device*/type "
    "/sys/class/thermal/cooling_device*/max_state /sys/class/hwmon/hwmon*/name "
    "/sys/class/hwmon/hwmon*/temp*_label /sys/class/hwmon/hwmon*/temp*_max "
    "/sys/class/hwmon/hwmon*/temp*_crit /sys/class/hwmon/hwmon*/temp*_input "
    "/sys/devices/system/cpu/cpufreq/policy*/cpuinfo_max_freq "
    "/sys/devices/system/cpu/cpufreq/policy*/cpuinfo_min_freq "
    "/sys/devices/system/cpu/cpufreq/policy*/scaling_cur_freq "
    "/sys/devices/system/cpu/online /sys/devices/system/cpu/isolated "
    "/proc/sys/kernel/osrelease /proc/sys/kernel/random/poolsize /sys/block/zram*/disksize "
    "/sys/block/zram*/mm_stat /sys/devices/system/cpu/cpufreq/policy*/related_cpus "
    "/sys/devices/system/cpu/cpufreq/policy*/stats/total_trans "
    "/sys/devices/system/cpu/cpufreq/policy*/cpuinfo_avg_freq "
    "/sys/devices/system/cpu/cpu[0-7]/thermal_throttle/*_throttle_count "
    "/sys/class/hwmon/hwmon*/in0_lcrit_alarm /sys/class/hwmon/hwmon*/fan*_[il]* "
    "/sys/class/hwmon/hwmon*/power*_[ila]*";

enum ask {
	ASK_HELLO,
	ASK_DISCOVER,
	ASK_NAMES,
	ASK_FIRMWARE,
	ASK_PROCESS,
	ASK_THREADS,                    /* and the sum of smaps, where there is no rollup */
	ASK_LIST,                       /* of all processes */
	ASK_SAMPLE
};

struct remote {
	struct loop *loop;
	struct mirror *mirror;
	unsigned baud;
	struct remote_cb cb;
	void *arg;
	struct buf in;
	struct loop_timer *timer;
	bool shared, begun, looping, hello, round, found, firmware, list;
	enum ask ask;
	unsigned seq, misses;
	uint64_t asked_at, discovered_at, named_at, firmware_at, process_at, threads_at, wire;
	pid_t pid, shell;
	char *name, *more, model[128], system[128];
	uint64_t uptime, self_at, self_ticks;
	double self;
};

static void next(struct remote *r);

struct remote *
remote_new(struct loop *l, struct mirror *m, const struct remote_cb *cb, void *arg)
{
	struct remote *r = mem_zero(1, sizeof *r);

	r->loop = l;
	r->mirror = m;
	r->cb = *cb;
	r->arg = arg;
	r->self = (double)NAN;
	buf_init(&r->in, FRAME_MAX + 4096);
	return r;
}

void
remote_free(struct remote *r)
{
	if (r == NULL)
		return;
	loop_timer_stop(r->timer);
	buf_fini(&r->in);
	mem_free(r->name);
	mem_free(r->more);
	mem_free(r);
}

void
remote_baud(struct remote *r, unsigned baud)
{
	r->baud = baud;
}

void
remote_share(struct remote *r)
{
	r->shared = true;
}

static void
say(struct remote *r, const char *text)
{
	r->cb.write(r->arg, text, strlen(text));
}

void
remote_begin(struct remote *r)
{
	buf_clear(&r->in);
	r->begun = true;
	r->looping = r->shared;
	r->hello = false;
	r->misses = 0;
	r->discovered_at = r->named_at = r->firmware_at = r->process_at = 0;
	r->threads_at = 0;
	r->self_at = 0;
	r->self = (double)NAN;
	if (!r->shared)
		say(r, loop_script);
}

void
remote_end(struct remote *r)
{
	if (r->begun && !r->shared)
		say(r, "q\n");
	r->begun = false;
}

static void
round_over(struct remote *r, const struct err_msg *why)
{
	loop_timer_stop(r->timer);
	r->timer = NULL;
	if (!r->round)
		return;
	r->round = false;
	r->cb.done(r->arg, why);
}

void
remote_cut(struct remote *r, const struct err_msg *why)
{
	r->begun = false;
	round_over(r, why);
}

/* ---- asking ---- */

static void
on_timeout(void *arg)
{
	struct remote *r = arg;
	const bool over = ++r->misses >= MISSES;
	struct err_msg why;

	r->timer = NULL;
	(void)err_set(&why, ERR_TIMEOUT, "board", NULL, "no answer for %.1f s",
	    (double)(sys_mono() - r->asked_at) / 1e9);
	round_over(r, &why);
	if (over) {
		r->misses = 0;
		r->cb.dead(r->arg, &why);
	}
}

static uint64_t
patience(const struct remote *r)
{
	if (!r->hello)
		return HELLO_NS;
	return r->baud != 0 ? 2 * (r->wire + 300 * NS_PER_MS) + NS_PER_S : ANSWER_NS;
}

/* The lowest process of the wanted name among those that the names frame told. */
static bool
name_one(const char *entry, void *arg)
{
	struct remote *r = arg;
	char path[64], comm[64];
	uint64_t pid;
	long n;

	if (!slice_u64(slice_of(entry), INT32_MAX, &pid) || pid == 0)
		return true;
	snprintf(path, sizeof path, "/proc/%s/comm", entry);
	n = mirror_read(r->mirror, path, comm, sizeof comm);
	if (n <= 0)
		return true;
	comm[strcspn(comm, "\n")] = '\0';
	if (strncmp(comm, r->name, COMM_MAX) == 0 && (r->pid == 0 || (pid_t)pid < r->pid))
		r->pid = (pid_t)pid;
	return true;
}

/* Samples do not tell names: whoever looks for the process in the mirror finds it by this. */
static void
keep_name(struct remote *r)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/comm", (long)r->pid);
	if (r->pid > 0)
		(void)mirror_file(r->mirror, path, slice_of(r->name));
}

/* The age of what is seldom asked for is told by it. */
static void
keep_time(struct remote *r, uint64_t now)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)now);
	(void)mirror_file(r->mirror, "/vise/process_at", slice_of(text));
}

static void
sample_request(const struct remote *r, struct buf *b, uint64_t now)
{
	(void)buf_add_fmt(b, "%u %s %s%s", r->seq, sample_pattern, sample_files,
	    r->more != NULL ? r->more : "");
	if (r->pid > 0)
		(void)buf_add_fmt(
		    b, " /proc/%ld/stat /proc/%ld/status", (long)r->pid, (long)r->pid);
	if (r->shell > 0 && (r->self_at == 0 || now - r->self_at >= SELF_EVERY))
		(void)buf_add_fmt(b, " /proc/%ld/stat", (long)r->shell);
}

static bool
too_large(const struct remote *r)
{
	char path[64], text[4096];
	int64_t f[STATUS_FIELDS] = { [STATUS_ANON] = -1 };

	snprintf(path, sizeof path, "/proc/%ld/status", (long)r->pid);
	if (mirror_read(r->mirror, path, text, sizeof text) > 0)
		procfs_status(text, f);
	/* RssAnon came with 4.5: before that what is resident has to do. */
	return f[STATUS_ANON] >= ROLLUP_ANON_KB ||
	       (f[STATUS_ANON] < 0 && f[STATUS_VMRSS] >= ROLLUP_ANON_KB);
}

static bool
has_rollup(const struct remote *r)
{
	char path[64], text[256];

	snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)r->pid);
	return mirror_read(r->mirror, path, text, sizeof text) > 0;
}

/* What is dear or seldom changes. smaps_rollup stalls a large process: left out for those. */
static void
process_request(const struct remote *r, struct buf *b)
{
	(void)buf_add_fmt(b, "%u . /proc/%ld/cgroup", r->seq, (long)r->pid);
	if (!too_large(r))
		(void)buf_add_fmt(b, " /proc/%ld/smaps_rollup", (long)r->pid);
}

static void
request(struct remote *r, enum ask ask, uint64_t now)
{
	struct buf b;

	buf_init(&b, 4096);
	r->ask = ask;
	r->seq++;
	r->asked_at = now;
	switch (ask) {
	case ASK_HELLO:
		(void)buf_add_fmt(&b, r->looping ? "%u @" : " vs %u", r->seq);
		r->looping = true;
		break;
	case ASK_DISCOVER:
		(void)buf_add_fmt(&b, "%u ^ %s", r->seq, discover_files);
		break;
	case ASK_NAMES:
		(void)buf_add_fmt(&b, "%u . /proc/[0-9]*/comm", r->seq);
		break;
	case ASK_FIRMWARE:
		(void)buf_add_fmt(&b, "%u %%", r->seq);
		break;
	case ASK_PROCESS:
		process_request(r, &b);
		break;
	case ASK_THREADS:
		(void)buf_add_fmt(&b, "%u + %ld%s", r->seq, (long)r->pid,
		    has_rollup(r) || too_large(r) ? "" : " s");
		break;
	case ASK_LIST:
		r->list = false;
		(void)buf_add_fmt(&b, "%u %s", r->seq, list_files);
		break;
	case ASK_SAMPLE:
		sample_request(r, &b, now);
		break;
	}
	(void)buf_add_byte(&b, '\n');
	r->timer = loop_timer_start(r->loop, patience(r), 0, on_timeout, r);
	r->cb.write(r->arg, b.data, b.len);
	buf_fini(&b);
}

static bool
due(uint64_t now, uint64_t last, uint64_t every)
{
	return last == 0 || now - last >= every;
}

static void
next(struct remote *r)
{
	const uint64_t now = sys_mono();

	if (!r->hello)
		request(r, ASK_HELLO, now);
	else if (due(now, r->discovered_at, DISCOVER_EVERY))
		request(r, ASK_DISCOVER, now);
	else if (r->name != NULL && r->pid == 0 && due(now, r->named_at, NAMES_EVERY))
		request(r, ASK_NAMES, now);
	else if (r->pid > 0 && due(now, r->process_at, PROCESS_EVERY))
		request(r, ASK_PROCESS, now);
	else if (r->pid > 0 && due(now, r->threads_at, PROCESS_EVERY))
		request(r, ASK_THREADS, now);
	else if (r->firmware && due(now, r->firmware_at, FIRMWARE_EVERY))
		request(r, ASK_FIRMWARE, now);
	else if (r->list && r->cb.list != NULL)
		request(r, ASK_LIST, now);
	else
		request(r, ASK_SAMPLE, now);
}

void
remote_list(struct remote *r)
{
	r->list = true;
}

bool
remote_begun(const struct remote *r)
{
	return r->begun;
}

bool
remote_sample(struct remote *r)
{
	struct err_msg why;

	if (r->round)
		return false;
	r->round = true;
	if (r->begun) {
		next(r);
	} else {
		(void)err_set(&why, ERR_LOST, "board", NULL, "not connected");
		round_over(r, &why);
	}
	return true;
}

void
remote_process(struct remote *r, pid_t pid, const char *name)
{
	mem_free(r->name);
	r->name = pid > 0 ? NULL : mem_str(name);
	r->pid = pid;
	r->named_at = r->process_at = r->threads_at = 0;
}

void
remote_more(struct remote *r, const char *files)
{
	if (r->more != NULL && strcmp(r->more, files) == 0)
		return;
	mem_free(r->more);
	r->more = mem_str(files);
}

/* ---- answers ---- */

static void
text_of(const struct remote *r, const char *path, char *out, size_t size)
{
	if (mirror_read(r->mirror, path, out, size) < 0)
		out[0] = '\0';
	for (char *c = out; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = c[1] == '\0' ? '\0' : ' ';
}

static void
take_hello(struct remote *r)
{
	char pid[32], yes[8];
	uint64_t n;

	text_of(r, "/vise/model", r->model, sizeof r->model);
	text_of(r, "/vise/system", r->system, sizeof r->system);
	text_of(r, "/vise/shell", pid, sizeof pid);
	text_of(r, "/vise/firmware", yes, sizeof yes);
	r->firmware = strcmp(yes, "yes") == 0;
	r->shell = slice_u64(slice_trim(slice_of(pid)), INT32_MAX, &n) ? (pid_t)n : 0;
	r->hello = true;
}

static void
take_self(struct remote *r, uint64_t now)
{
	char path[64], text[1024];
	struct procfs_pid p;
	uint64_t ticks;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)r->shell);
	if (r->shell <= 0 || mirror_read(r->mirror, path, text, sizeof text) <= 0 ||
	    !procfs_pid_stat(text, &p))
		return;
	ticks = p.cpu_ticks + p.child_ticks;
	if (r->self_at != 0 && now > r->self_at && ticks >= r->self_ticks)
		r->self = (double)(ticks - r->self_ticks) * 1e9 / (double)(now - r->self_at);
	r->self_at = now;
	r->self_ticks = ticks;
}

static void
take_sample(struct remote *r, uint64_t now)
{
	char text[1024], path[64];
	struct procfs_pid p;
	double up;

	if (mirror_read(r->mirror, "/proc/uptime", text, sizeof text) > 0 &&
	    procfs_uptime(text, &up))
		r->uptime = (uint64_t)(up * 1e9);
	take_self(r, now);
	if (r->name == NULL || r->pid <= 0)
		return;
	snprintf(path, sizeof path, "/proc/%ld/stat", (long)r->pid);
	if (mirror_read(r->mirror, path, text, sizeof text) > 0 && procfs_pid_stat(text, &p) &&
	    strncmp(p.comm, r->name, COMM_MAX) == 0)
		return;
	snprintf(path, sizeof path, "/proc/%ld/comm", (long)r->pid);
	(void)mirror_file(r->mirror, path, slice_of("")); /* another may get its number */
	r->pid = 0;                     /* it has ended: look for the next of that name */
}

/* The board's own clock comes first. */
static void
take_list(struct remote *r, struct slice lines)
{
	static const char path[] = "/proc/uptime:";
	struct slice rest, first = slice_cut(lines, '\n', &rest);
	char text[64];
	double up;

	if (!slice_starts(first, path) || first.n >= sizeof text)
		return;
	memcpy(text, first.p, first.n);
	text[first.n] = '\0';
	if (procfs_uptime(text + sizeof path - 1, &up))
		r->cb.list(r->arg, rest, (uint64_t)(up * 1e9));
}

static void
take(struct remote *r, struct slice lines)
{
	const uint64_t now = sys_mono();

	if (r->ask == ASK_LIST) {       /* so many files would not all go into the mirror */
		loop_timer_stop(r->timer);
		r->timer = NULL;
		r->misses = 0;
		take_list(r, lines);
		if (r->round)
			next(r);
		return;
	}
	if (!mirror_take(r->mirror, lines, r->ask != ASK_SAMPLE && r->ask != ASK_NAMES))
		return;                 /* damaged: the deadline speaks */
	loop_timer_stop(r->timer);
	r->timer = NULL;
	r->misses = 0;
	switch (r->ask) {
	case ASK_HELLO:
		take_hello(r);
		break;
	case ASK_DISCOVER:
		r->discovered_at = now;
		r->found = true;
		break;
	case ASK_NAMES:
		r->named_at = now;
		mirror_each(r->mirror, "/proc", name_one, r);
		keep_name(r);
		break;
	case ASK_FIRMWARE:
		r->firmware_at = now;
		break;
	case ASK_PROCESS:
		r->process_at = now;
		keep_time(r, now);
		break;
	case ASK_THREADS:
		r->threads_at = now;
		break;
	case ASK_LIST:
		return;
	case ASK_SAMPLE:
		take_sample(r, now);
		round_over(r, NULL);
		return;
	}
	if (r->round)
		next(r);
}

static void
outside(struct remote *r, size_t n)
{
	/* Before the hello it is the echo of our own script. */
	if (n != 0 && r->cb.console != NULL && r->hello)
		r->cb.console(r->arg, r->in.data, n);
	buf_eat(&r->in, n);
}

/* "<vs SEQ LEN\n" at the start: its length, 0 when it is none, -1 when more has to come. */
static int
head(struct slice in, uint64_t *seq, uint64_t *len)
{
	struct slice rest, line, s = slice_make(in.p, in.n < HEAD_MAX ? in.n : HEAD_MAX);
	const int64_t end = slice_find(s, slice_of("\n"));

	if (end < 0)
		return s.n < HEAD_MAX ? -1 : 0;
	line = slice_make(in.p + 4, (size_t)end - 4);
	if (!slice_u64(slice_cut(line, ' ', &rest), UINT32_MAX, seq) ||
	    !slice_u64(rest, FRAME_MAX, len))
		return 0;
	return (int)end + 1;
}

/* One step through what came; false when more has to come. */
static bool
step(struct remote *r)
{
	const struct slice in = slice_make(r->in.data, r->in.len);
	const int64_t at = slice_find(in, slice_of("<vs "));
	uint64_t seq, len;
	char tail[40];
	size_t k;
	int h;

	if (at != 0) {
		/* The start of a marker may stand at the end. */
		outside(r, at > 0 ? (size_t)at : in.n > 3 ? in.n - 3 : 0);
		return at > 0;
	}
	h = head(in, &seq, &len);
	if (h < 0)
		return false;
	if (h == 0) {
		outside(r, 4);
		return true;
	}
	k = (size_t)snprintf(tail, sizeof tail, "\nvs %u>", (unsigned)seq);
	if (in.n < (size_t)h + len + k)
		return false;
	if (seq != r->seq || memcmp(in.p + h + len, tail, k) != 0) {
		outside(r, (size_t)h);
		return true;
	}
	r->wire = r->baud != 0 ? ((size_t)h + len + k) * 10 * NS_PER_S / r->baud : 0;
	if (r->timer != NULL)
		take(r, slice_make(in.p + h, len));
	buf_eat(&r->in, (size_t)h + len + k < r->in.len && r->in.data[(size_t)h + len + k] == '\n'
	    ? (size_t)h + len + k + 1 : (size_t)h + len + k);
	return true;
}

void
remote_feed(struct remote *r, const char *p, size_t n)
{
	while (n != 0) {
		const char *cr = r->baud != 0 ? memchr(p, '\r', n) : NULL;
		const size_t k = cr != NULL ? (size_t)(cr - p) : n;

		if (buf_add(&r->in, p, k) != ERR_OK)
			outside(r, r->in.len);  /* longer than any frame: no frame */
		p += cr != NULL ? k + 1 : k;
		n -= cr != NULL ? k + 1 : k;
	}
	while (r->in.len != 0 && step(r))
		;
}

/* ---- what is known ---- */

const char *
remote_model(const struct remote *r)
{
	return r->model;
}

const char *
remote_system(const struct remote *r)
{
	return r->system;
}

const char *
remote_kernel(const struct remote *r)
{
	const char *at = strchr(r->system, ' ');

	return at != NULL ? at + 1 : "";
}

uint64_t
remote_uptime(const struct remote *r)
{
	return r->uptime;
}

double
remote_self(const struct remote *r)
{
	return r->self;
}

uint64_t
remote_wire_ns(const struct remote *r)
{
	return r->wire;
}

bool
remote_found(struct remote *r)
{
	const bool found = r->found;

	r->found = false;
	return found;
}
