/* target_check.c - will this program run on that board, and what is odd about the board? */
#include "gauge/target_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "gauge/target_elf.h"
#include "gauge/target_words.h"

enum { MIB_KB = 1024, READY_BITS = 128, NEW_POOL = 256 };

static const int64_t CLOCK_OFF = 60, CLOCK_WRONG = 86400;
static const double MEMORY_LOW = 32, DISK_LOW = 16;

/* ---- kernel ---- */

/* When a version came out (kernel.org); for those between, the one before. */
static const struct { unsigned version, year; } released[] = {
	{ 2006032, 2009 }, { 3000000, 2011 }, { 3002000, 2012 }, { 3010000, 2013 },
	{ 3017000, 2014 }, { 4001000, 2015 }, { 4004000, 2016 }, { 4010000, 2017 },
	{ 4015000, 2018 }, { 4020000, 2019 }, { 5005000, 2020 }, { 5010000, 2020 },
	{ 5011000, 2021 }, { 5016000, 2022 }, { 6002000, 2023 }, { 6007000, 2024 },
	{ 6013000, 2025 }, { 6019000, 2026 },
};

static unsigned
year_of(unsigned version)
{
	unsigned year = 0;

	for (size_t i = 0; i < sizeof released / sizeof *released; i++)
		if (version >= released[i].version)
			year = released[i].year;
	return year;
}

static void
check_kernel(struct target *t)
{
	const char *release = target_fact(t, "release");
	const unsigned v = target_version(release), needs = target_elf_kernel(t);
	const unsigned year = year_of(v);

	if (v == 0) {
		target_say(t, TARGET_NOTE, "kernel", "is it Linux?",
		    "%s tells no version of a kernel", target_or(t, "system", "it"));
		return;
	}
	if (needs > v)
		target_say(t, TARGET_BAD, "kernel",
		    "build with an older Go or libc, or bring a newer kernel there",
		    "Linux %s, but the program needs %u.%u.%u and later", release, needs / 1000000,
		    needs / 1000 % 1000, needs % 1000);
	else if (v < 3017000)
		target_say(t, TARGET_NOTE, "kernel", "start the program after the clock and the "
		    "random pool are set up, or write a seed to /dev/urandom at boot",
		    "Linux %s, of about %u: no getrandom(2) (3.17), so keys made early in the boot "
		    "may be guessed", release, year);
	else
		target_say(t, TARGET_GOOD, "kernel", NULL, "Linux %s, of about %u", release, year);
}

/* ---- random numbers ---- */

static void
check_entropy(struct target *t)
{
	const double bits = target_number(t, "entropy"), pool = target_number(t, "pool");

	if (bits < 0)
		target_say(t, TARGET_NOTE, "entropy", NULL, "not told");
	else if (bits >= READY_BITS || (pool > 0 && pool <= NEW_POOL && bits >= pool))
		target_say(t, TARGET_GOOD, "entropy", NULL, "%.0f bits: getrandom(2) does not wait",
		    bits);
	else
		target_say(t, TARGET_NOTE, "entropy",
		    "run rngd or haveged, or keep a seed over boots (systemd-random-seed)",
		    "%.0f bits of %.0f: crypto/rand and TLS may wait at the start, for minutes on "
		    "a board without a source", bits, pool);
}

/* ---- memory and control groups ---- */

static void
check_memory(struct target *t)
{
	const char *text = target_fact(t, "memory");
	const double total = target_kb(text, "MemTotal"), own = target_kb(text, "MemAvailable"),
		     file = target_need_number(t, "size") / 1024;
	double avail = own;

	if (total < 0) {
		target_say(t, TARGET_NOTE, "memory", NULL, "not told");
		return;
	}
	if (avail < 0)                  /* before 3.14 */
		avail = target_kb(text, "MemFree") + target_kb(text, "Buffers") +
		    target_kb(text, "Cached") - target_kb(text, "Shmem");
	if (avail < MEMORY_LOW * MIB_KB || (file > 0 && avail < file * 2))
		target_say(t, TARGET_NOTE, "memory", "vise gauges advise gives a GOMEMLIMIT",
		    "%.0f of %.0f MiB available%s: a Go program needs some 10 MiB besides itself",
		    avail / MIB_KB, total / MIB_KB, own < 0 ? " (estimated)" : "");
	else
		target_say(t, TARGET_GOOD, "memory", NULL, "%.0f of %.0f MiB available%s",
		    avail / MIB_KB, total / MIB_KB, own < 0 ? " (estimated)" : "");
}

/* "memory 0 58 0|" of /proc/cgroups: the last number says whether it is on. */
static bool
memory_group_off(struct target *t)
{
	const char *line = target_fact(t, "cgroups"), *cmdline = target_fact(t, "cmdline");
	struct slice rest, row;

	rest = slice_of(line);
	while (rest.n != 0) {
		row = slice_cut(rest, '|', &rest);
		if (slice_is(slice_word(&row), "memory"))
			return slice_ends(slice_trim(row), " 0");
	}
	return cmdline != NULL && strstr(cmdline, "cgroup_disable=memory") != NULL &&
	    strstr(cmdline, "cgroup_enable=memory") == NULL;
}

static void
check_groups(struct target *t)
{
	const char *mounts = target_fact(t, "mounts"), *two = target_fact(t, "cgroup2"),
		   *psi = target_fact(t, "psi");

	if (memory_group_off(t))
		target_say(t, TARGET_NOTE, "control groups",
		    "cgroup_enable=memory on the kernel's command line (a Pi's cmdline.txt)",
		    "memory limits are switched off at boot: MemoryMax= has no effect");
	else if (two != NULL)
		target_say(t, TARGET_GOOD, "control groups", NULL, "version 2: %s", two);
	else if (mounts != NULL && strstr(mounts, "cgroup") != NULL)
		target_say(t, TARGET_GOOD, "control groups", NULL, "version 1 (or both)");
	else
		target_say(t, TARGET_NOTE, "control groups", NULL,
		    "none are mounted: nothing limits a program but the machine");
	if (psi == NULL)
		target_say(t, TARGET_NOTE, "pressure",
		    "psi=1 on the kernel's command line, where it is built in (4.20 and later)",
		    "is not told: want of memory shows late");
}

/* ---- clock ---- */

static void
check_clock(struct target *t)
{
	const double there = target_number(t, "date");
	const int64_t ours = (int64_t)(t->facts->wall / NS_PER_S);
	char when[40], mend[96];
	int64_t off;

	if (there < 0) {
		target_say(t, TARGET_NOTE, "clock", NULL, "not told");
		return;
	}
	off = (int64_t)there - ours;
	clock_fmt_iso((uint64_t)there * NS_PER_S, when, sizeof when);
	snprintf(mend, sizeof mend, "chronyd or ntpd there; once by hand: date -s @%lld",
	    (long long)ours);
	when[19] = '\0';
	if (off > CLOCK_WRONG || off < -CLOCK_WRONG)
		target_say(t, TARGET_BAD, "clock", mend,
		    "%sZ is %.1f days %s: TLS certificates are refused, files get wrong times",
		    when,
		    (double)(off < 0 ? -off : off) / 86400, off < 0 ? "behind" : "ahead");
	else if (off > CLOCK_OFF || off < -CLOCK_OFF)
		target_say(t, TARGET_NOTE, "clock", mend, "%sZ is %lld s %s", when,
		    (long long)(off < 0 ? -off : off), off < 0 ? "behind" : "ahead");
	else
		target_say(t, TARGET_GOOD, "clock", NULL, "%sZ", when);
}

/* ---- disk ---- */

/* Options of a mount point: " / ext4 rw,noexec,relatime 0 0". */
static bool
mounted(struct target *t, const char *at, const char *option)
{
	struct slice rest = slice_of(target_fact(t, "mounts")), row, options;

	while (rest.n != 0) {
		row = slice_cut(rest, '|', &rest);
		(void)slice_word(&row);
		if (!slice_is(slice_word(&row), at))
			continue;
		(void)slice_word(&row);
		options = slice_word(&row);
		while (options.n != 0)
			if (slice_is(slice_cut(options, ',', &options), option))
				return true;
	}
	return false;
}

static void
check_disk_row(struct target *t, const char *at, double free_kb)
{
	char what[160];
	const double file = target_need_number(t, "size") / 1024;

	snprintf(what, sizeof what, "disk %s", at);
	if (file > free_kb)
		target_say(t, TARGET_NOTE, what, "strip it (-ldflags '-s -w'), or make room",
		    "%.1f MiB free, the program has %.1f", free_kb / MIB_KB, file / MIB_KB);
	else if (mounted(t, at, "ro"))
		target_say(t, TARGET_NOTE, what, "mount -o remount,rw, or another folder",
		    "read-only");
	else if (mounted(t, at, "noexec"))
		target_say(t, TARGET_NOTE, what, "put programs elsewhere",
		    "%.0f MiB free, but programs do not run from there (noexec)", free_kb / MIB_KB);
	else
		target_say(t, free_kb < DISK_LOW * MIB_KB ? TARGET_NOTE : TARGET_GOOD, what,
		    free_kb < DISK_LOW * MIB_KB ? "make room: logs fill what is left" : NULL,
		    "%.0f MiB free", free_kb / MIB_KB);
}

/* "Filesystem ...|dev size used avail 7% /mnt|": a long name may stand in a row of its own. */
static void
check_disk(struct target *t)
{
	struct slice rest = slice_of(target_fact(t, "disk")), row, word[8];
	char seen[8][128];
	size_t seen_n = 0;

	if (rest.n == 0)
		target_say(t, TARGET_NOTE, "disk", NULL, "not told");
	(void)slice_cut(rest, '|', &rest);
	while (rest.n != 0 && seen_n < 8) {
		size_t n = 0, i = 0;
		uint64_t kb;
		char at[128];

		row = slice_cut(rest, '|', &rest);
		while (row.n != 0 && n < 8) {
			word[n] = slice_word(&row);
			n += word[n].n != 0;
		}
		if (n < 5 || word[n - 1].p[0] != '/' || !slice_u64(word[n - 3], UINT64_MAX, &kb))
			continue;
		snprintf(at, sizeof at, "%.*s", (int)word[n - 1].n, word[n - 1].p);
		while (i < seen_n && strcmp(seen[i], at) != 0)
			i++;
		if (i < seen_n)
			continue;
		memcpy(seen[seen_n++], at, sizeof at);
		check_disk_row(t, at, (double)kb);
	}
}

/* ---- all of it ---- */

static void
check_machine(struct target *t)
{
	target_say(t, TARGET_GOOD, "board", NULL, "%s, %s %s %s, user %s",
	    target_or(t, "model", "?"), target_or(t, "system", "?"),
	    target_or(t, "release", "?"), target_or(t, "machine", "?"),
	    target_or(t, "user", "?"));
}

void
target_check(const struct target_facts *f, target_row row, void *arg)
{
	struct target t = { .facts = f, .row = row, .arg = arg };

	check_machine(&t);
	check_kernel(&t);
	target_elf(&t);
	check_entropy(&t);
	check_memory(&t);
	check_groups(&t);
	check_clock(&t);
	check_disk(&t);
}
