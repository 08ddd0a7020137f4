/* preflight.c - one round of questions to a shell on a board. */
#include "gauge/preflight.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "gauge/link.h"
#include "sys/time.h"

enum { INPUT_MAX = 256 << 10, KEY_MAX = 24, ROUNDS = 2, CHUNK = 900 };

static const uint64_t PATIENCE = 20 * NS_PER_S;

/* Lines under 160 bytes, a blank in front: a line editor and a history may stand there. v prints
 * one fact, o makes one line of many and drops what is no text. The header of the shell itself
 * tells the userland's machine, word, byte order and float ABI, whatever kernel is below it. */
static const char begin_script[] =
    " LC_ALL=C; export LC_ALL; PS1=; PS2=; unset HISTFILE; stty -echo 2>/dev/null\n"
    " v() { printf '\\074vp %s %s %s\\076\\n' \"$1\" \"${#2}\" \"$2\"; }\n"
    " o() { tr '\\n\\t\\000' '|  ' 2>/dev/null | cut -b1-6000; }\n"
    " c() { for f in /lib/libc.so.6 /lib64/libc.so.6 /usr/lib/libc.so.6 /lib/*/libc.so.6; do\n"
    " test -x \"$f\" && echo \"$f\" && return; done; }\n";
static const char ask_script[] =
    " v date \"$(date +%s 2>/dev/null)\"\n"
    " v release \"$(uname -r)\"; v system \"$(uname -s)\"; v machine \"$(uname -m)\"\n"
    " v model \"$(tr -d '\\000\\n' </proc/device-tree/model 2>/dev/null || uname -n)\"\n"
    " v user \"$(id -u 2>/dev/null)\"\n"
    " v ldd \"$(ldd --version 2>&1 | head -n 2 | o)\"\n"
    " f=$(c); test \"$f\" && v libc \"$(\"$f\" 2>/dev/null | head -n 1)\"\n"
    " v loaders \"$(ls -d /lib/ld-* /lib64/ld-* /lib/ld.so.1 /lib/*/ld-* 2>/dev/null | o)\"\n"
    " v glibc \"$(grep -o 'GLIBC_2[.0-9]*' \"$f\" 2>/dev/null | sort -u | o)\"\n"
    " s=$(readlink -f /proc/$$/exe 2>/dev/null || echo /bin/sh)\n"
    " v shell \"$(od -An -v -tx1 -N52 \"$s\" 2>/dev/null | o)\"\n"
    " v shelld \"$(head -c 52 \"$s\" 2>/dev/null | hexdump -v -e '1/1 \" %02x\"' 2>/dev/null)\"\n"
    " v entropy \"$(cat /proc/sys/kernel/random/entropy_avail 2>/dev/null)\"\n"
    " v pool \"$(cat /proc/sys/kernel/random/poolsize 2>/dev/null)\"\n"
    " v memory \"$(grep -E '^(Mem[TFA]|Buffers|Cached|SRec|Shmem:|SwapT)' /proc/meminfo | o)\"\n"
    " v cmdline \"$(cat /proc/cmdline 2>/dev/null | o)\"\n"
    " v cgroups \"$(cat /proc/cgroups 2>/dev/null | o)\"\n"
    " v cgroup2 \"$(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null)\"\n"
    " v mounts \"$(grep -E ' (/|/tmp|/home|/root|/sys/fs/cgroup[^ ]*) ' /proc/mounts | o)\"\n"
    " test -e /proc/pressure/memory && v psi \"$(cat /proc/pressure/memory 2>&1 | o)\"\n"
    " v disk \"$(df -k / /tmp . 2>/dev/null | o)\"\n"
    " v cpu \"$(grep -m1 -iE '^(features|flags|isa)' /proc/cpuinfo | o)\"\n";

struct fact { char key[KEY_MAX]; char *value; };

struct preflight {
	struct loop *loop;
	const struct link_ops *ops;
	struct link *link;
	preflight_done done;
	void *arg;
	struct preflight_ask ask;
	char *interp, **lib;
	struct buf in, out;             /* out: what is still to be asked, whole lines */
	struct loop_timer *timer;
	struct fact fact[PREFLIGHT_FACTS];
	size_t facts;
	unsigned damaged, rounds;
	bool ended, go, over;
	uint64_t wall;
};

const char *
preflight_fact(const struct preflight *p, const char *key)
{
	for (size_t i = 0; i < p->facts; i++)
		if (strcmp(p->fact[i].key, key) == 0)
			return p->fact[i].value[0] != '\0' ? p->fact[i].value : NULL;
	return NULL;
}

uint64_t
preflight_wall(const struct preflight *p)
{
	return p->wall;
}

/* The newest counts; control bytes never reach a screen. */
static void
put(struct preflight *p, struct slice key, struct slice value)
{
	struct fact *f = NULL;

	for (size_t i = 0; i < p->facts && f == NULL; i++)
		if (slice_is(key, p->fact[i].key))
			f = &p->fact[i];
	if (f == NULL) {
		if (p->facts == PREFLIGHT_FACTS)
			return;
		f = &p->fact[p->facts++];
		snprintf(f->key, sizeof f->key, "%.*s", (int)key.n, key.p);
	}
	mem_free(f->value);
	f->value = mem_strn(value.p, value.n);
	for (char *c = f->value; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	if (strcmp(f->key, "date") == 0)
		p->wall = sys_wall();
}

bool
preflight_line(struct preflight *p, const char *line, size_t n)
{
	struct slice s = slice_make(line, n), key, len, value;
	const int64_t at = slice_find(s, slice_of("<vp "));
	uint64_t size;

	if (at < 0)
		return false;
	s = slice_skip(s, (size_t)at + 4);
	key = slice_cut(s, ' ', &s);
	len = slice_cut(s, ' ', &value);
	/* The value may end in a blank, a part of it; what a board printed behind it is not. */
	if (key.n == 0 || key.n >= KEY_MAX || !slice_u64(len, PREFLIGHT_VALUE, &size) ||
	    value.n < size + 1 || value.p[size] != '>') {
		p->damaged++;
		return false;
	}
	if (slice_is(key, "end"))
		p->ended = true;
	else if (slice_is(key, "go"))
		p->go = true;
	else
		put(p, key, slice_make(value.p, (size_t)size));
	return true;
}

/* ---- the round ---- */

static void
finish(struct preflight *p, const struct err_msg *why)
{
	if (p->over)
		return;
	p->over = true;
	loop_timer_stop(p->timer);
	p->timer = NULL;
	p->done(p->arg, why);
}

static void
say(struct preflight *p, const char *text)
{
	p->ops->write(p->link, text, strlen(text));
}

/* A name that goes into the board's command line as it is: nothing a shell would take apart. */
static bool
plain(const char *s)
{
	return *s != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._+-/")] == '\0' && strlen(s) < 100;
}

/* The next lines. A terminal's input holds 4095 bytes while the shell is busy: so many, and the
 * rest when it says go. */
static void
go_on(struct preflight *p)
{
	size_t n = p->out.len < CHUNK ? p->out.len : CHUNK;

	p->go = false;
	if (n == 0)
		return;
	while (n < p->out.len && n > 0 && p->out.data[n - 1] != '\n')
		n--;
	p->ops->write(p->link, p->out.data, n);
	buf_eat(&p->out, n);
	if (p->out.len != 0)
		say(p, " v go .\n");
}

static void
ask(struct preflight *p)
{
	p->rounds++;
	p->ended = false;
	p->damaged = 0;
	(void)buf_add_str(&p->out, ask_script);
	if (p->interp != NULL && plain(p->interp)) {
		(void)buf_add_fmt(&p->out, " test -e %s && v interp yes || v interp no\n",
		    p->interp);
	}
	for (size_t i = 0; p->lib != NULL && p->lib[i] != NULL; i++) {
		if (!plain(p->lib[i]))
			continue;
		(void)buf_add_fmt(&p->out, " l=%s; v lib%zu \"$(ls -d /lib/$l /usr/lib/$l "
		    "/lib64/$l /lib/*/$l /usr/lib/*/$l 2>/dev/null | head -n 1)\"\n", p->lib[i],
		    i);
	}
	(void)buf_add_str(&p->out, " v end .\n");
	go_on(p);
}

static void
on_ready(void *arg)
{
	struct preflight *p = arg;

	say(p, begin_script);
	ask(p);
}

static void
end_of_round(struct preflight *p)
{
	if (p->damaged != 0 && p->rounds < ROUNDS) {
		ask(p);
		return;
	}
	say(p, " stty echo 2>/dev/null\n");
	finish(p, NULL);
}

static void
on_bytes(void *arg, const char *bytes, size_t n)
{
	struct preflight *p = arg;
	struct slice rest, line;

	if (p->over)
		return;
	if (buf_add(&p->in, bytes, n) != ERR_OK) {
		buf_clear(&p->in);      /* a flood: nothing of ours is so long */
		p->damaged++;
		return;
	}
	rest = slice_make(p->in.data, p->in.len);
	while (slice_find(rest, slice_of("\n")) >= 0) {
		line = slice_trim(slice_cut(rest, '\n', &rest));
		(void)preflight_line(p, line.p, line.n);
	}
	buf_eat(&p->in, p->in.len - rest.n);
	if (p->go)
		go_on(p);
	if (p->ended) {
		p->ended = false;
		end_of_round(p);
	}
}

static void
on_over(void *arg, const struct err_msg *why)
{
	finish(arg, why);
}

static void
on_late(void *arg)
{
	struct preflight *p = arg;
	struct err_msg why;

	p->timer = NULL;
	(void)err_set(&why, ERR_TIMEOUT, p->ask.spec, NULL, "no answer for %.0f s",
	    (double)p->ask.timeout_ns / 1e9);
	finish(p, &why);
}

static char **
libs(const char *const *lib)
{
	size_t n = 0;
	char **out;

	if (lib == NULL)
		return NULL;
	while (lib[n] != NULL)
		n++;
	out = mem_zero(n + 1, sizeof *out);
	for (size_t i = 0; i < n; i++)
		out[i] = mem_str(lib[i]);
	return out;
}

struct preflight *
preflight_new(struct loop *l, const struct preflight_ask *ask, preflight_done done, void *arg,
    struct err_msg *why)
{
	static const struct link_cb cb = { .ready = on_ready, .bytes = on_bytes, .over = on_over };
	struct preflight *p = mem_zero(1, sizeof *p);

	p->loop = l;
	p->ask = *ask;
	if (strcmp(ask->spec, "local") == 0)
		p->ask.spec = "exec:sh";
	if (p->ask.timeout_ns == 0)
		p->ask.timeout_ns = PATIENCE;
	p->done = done;
	p->arg = arg;
	p->interp = mem_str(ask->interp);
	p->lib = libs(ask->lib);
	buf_init(&p->in, INPUT_MAX);
	buf_init(&p->out, INPUT_MAX);
	p->ops = link_find(p->ask.spec, why);
	if (p->ops != NULL)
		p->link = p->ops->open(l, p->ask.spec, NULL, &cb, p, why);
	if (p->link == NULL) {
		preflight_free(p);
		return NULL;
	}
	p->timer = loop_timer_start(l, p->ask.timeout_ns, 0, on_late, p);
	return p;
}

void
preflight_free(struct preflight *p)
{
	if (p == NULL)
		return;
	loop_timer_stop(p->timer);
	if (p->link != NULL)
		p->ops->close(p->link);
	for (size_t i = 0; i < p->facts; i++)
		mem_free(p->fact[i].value);
	for (size_t i = 0; p->lib != NULL && p->lib[i] != NULL; i++)
		mem_free(p->lib[i]);
	mem_free(p->lib);
	mem_free(p->interp);
	buf_fini(&p->in);
	buf_fini(&p->out);
	mem_free(p);
}
