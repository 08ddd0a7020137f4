/* measure_board.c - a shell on a board: questions, answers, files, and leaving no trace. */
#include "cli/measure_board.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "gauge/link.h"
#include "sys/io.h"
#include "sys/time.h"

enum { REPLY_MAX = 1 << 20, CHUNK = 24576 /* of a file; 32 KB as base64 */, FILE_MAX = 512 << 20,
	ROUNDS = 5 };

struct measure_board {
	struct measure_loop *loop;
	const struct link_ops *ops;
	struct link *link;
	char *spec;
	struct buf in;                  /* of the answer under way */
	unsigned seq;
	bool ready, answered, over;
	int status;
	uint64_t round;
	struct err_msg end;             /* why the link ended */
};

enum err
measure_wait(struct measure_loop *l, const bool *flag, uint64_t ns, struct err_msg *why)
{
	const uint64_t until = sys_mono() + ns;

	while (!*flag && l->signal == 0 && sys_mono() < until)
		(void)loop_turn(l->loop, (int64_t)(until - sys_mono()));
	if (l->signal != 0)
		return err_set(why, ERR_CANCELLED, "measure", NULL, "interrupted");
	return *flag ? ERR_OK : err_set(why, ERR_TIMEOUT, "measure", NULL, "no answer in %.0f s",
	    (double)ns / 1e9);
}

/* ---- the link ---- */

static void
on_ready(void *arg)
{
	struct measure_board *b = arg;

	b->ready = true;
}

/* The last line of an answer is "=vise SEQ STATUS". */
static void
on_bytes(void *arg, const char *p, size_t n)
{
	struct measure_board *b = arg;
	char mark[32];
	int64_t at, status;
	struct slice rest;

	if (buf_add(&b->in, p, n) != ERR_OK)
		buf_clear(&b->in);      /* far more than a command of ours says */
	snprintf(mark, sizeof mark, "\n=vise %u ", b->seq);
	at = slice_find(slice_make(b->in.data, b->in.len), slice_of(mark));
	if (at < 0)
		return;
	rest = slice_skip(slice_make(b->in.data, b->in.len), (size_t)at + strlen(mark));
	if (memchr(rest.p, '\n', rest.n) == NULL)
		return;
	b->status = slice_i64(slice_trim(slice_cut(rest, '\n', &rest)), &status) ? (int)status :
	    255;
	b->in.len = (size_t)at;
	b->answered = true;
}

static void
on_over(void *arg, const struct err_msg *why)
{
	struct measure_board *b = arg;

	b->over = b->answered = b->ready = true;
	b->end = *why;
}

static enum err
send_line(struct measure_board *b, const struct buf *line, uint64_t ns, struct err_msg *why)
{
	enum err e;

	buf_clear(&b->in);
	b->answered = false;
	b->ops->write(b->link, line->data, line->len);
	e = measure_wait(b->loop, &b->answered, ns, why);
	if (b->over) {
		*why = b->end;
		return why->code;
	}
	if (e == ERR_TIMEOUT)
		return err_set(why, ERR_TIMEOUT, b->spec, NULL, "the board's shell is silent");
	return e;
}

enum err
measure_ask(struct measure_board *b, const char *line, uint64_t ns, struct buf *reply, int *status,
    struct err_msg *why)
{
	struct buf text;
	enum err e;

	if (b->over) {
		*why = b->end;
		return why->code;
	}
	buf_init(&text, 128 << 10);
	(void)buf_add_fmt(&text, "{ %s\n} </dev/null 2>&1; printf '\\n=vise %%s %%s\\n' %u $?\n",
	    line, ++b->seq);
	e = send_line(b, &text, ns, why);
	buf_fini(&text);
	if (e != ERR_OK)
		return e;
	if (status != NULL)
		*status = b->status;
	if (reply != NULL) {
		buf_clear(reply);
		(void)buf_add(reply, b->in.data, b->in.len);
	}
	return ERR_OK;
}

/* What is changed is put back by `clean`, when we say so or when the shell's input ends. */
static const char setup[] =
	"D=${TMPDIR:-/tmp}; D=$(mktemp -d \"$D/vise-measure.XXXXXX\" 2>/dev/null) || { "
	"D=/tmp/vise-measure.$$; mkdir -m 700 \"$D\"; }\n"
	"P= L= G=\n"
	"alive() { read -r a 2>/dev/null </proc/$1/stat || return 1; "
	"case $a in *') Z '*) return 1;; esac; }\n"
	/* three seconds to end by itself; a small busybox sleeps whole seconds only */
	"end() { kill $1 2>/dev/null || return 0; i=0; while alive $1 && test $i -lt 30; do "
	"sleep 0.1 2>/dev/null || { sleep 1; i=$((i+9)); }; i=$((i+1)); done; "
	"kill -9 $1 2>/dev/null; wait $1 2>/dev/null; return 0; }\n"
	"calm() { for x in $L; do end $x; done; L=; }\n"
	"clean() { trap : HUP TERM INT PIPE; test -z \"$P\" || end $P; P=; calm; "
	"for x in $G; do echo \"${x#*=}\" >\"${x%%=*}\"; done 2>/dev/null; G=; rm -rf \"$D\"; }\n"
	"trap clean EXIT; trap 'exit 1' HUP TERM INT PIPE; test -d \"$D\"";

static enum err
begin(struct measure_board *b, const char *sys_root, struct err_msg *why)
{
	struct buf line;
	enum err e;
	int status = 0;

	buf_init(&line, 8192);
	(void)buf_add_str(&line, "LC_ALL=C; export LC_ALL; S=");
	measure_quote(sys_root != NULL ? sys_root : "/sys", &line);
	(void)buf_add_fmt(&line, "\n%s", setup);
	e = measure_wait(b->loop, &b->ready, 30 * NS_PER_S, why);
	if (e == ERR_OK)
		e = measure_ask(b, buf_str(&line), 30 * NS_PER_S, NULL, &status, why);
	buf_fini(&line);
	if (e == ERR_OK && status != 0)
		e = err_set(why, ERR_INFRA, b->spec, NULL, "no folder could be made below /tmp");
	return e;
}

static enum err
rounds(struct measure_board *b, struct err_msg *why)
{
	uint64_t least = UINT64_MAX;
	enum err e = ERR_OK;

	for (int i = 0; i < ROUNDS && e == ERR_OK; i++) {
		const uint64_t start = sys_mono();

		e = measure_ask(b, ":", 10 * NS_PER_S, NULL, NULL, why);
		if (sys_mono() - start < least)
			least = sys_mono() - start;
	}
	b->round = least;
	return e;
}

enum err
measure_board_open(struct measure_loop *l, const char *spec, const char *sys_root,
    struct measure_board **out, struct err_msg *why)
{
	static const struct link_cb cb = { .ready = on_ready, .bytes = on_bytes, .over = on_over };
	const char *address = strcmp(spec, "local") == 0 ? "exec:sh" : spec;
	const struct link_ops *ops = link_find(address, why);
	struct measure_board *b;
	enum err e;

	if (ops == NULL)
		return why->code;
	b = mem_zero(1, sizeof *b);
	*b = (struct measure_board){ .loop = l, .ops = ops, .spec = mem_str(spec) };
	buf_init(&b->in, REPLY_MAX);
	b->link = ops->open(l->loop, address, NULL, &cb, b, why);
	e = b->link == NULL ? why->code : begin(b, sys_root, why);
	if (e == ERR_OK)
		e = rounds(b, why);
	if (e != ERR_OK) {
		measure_board_close(b);
		return e;
	}
	*out = b;
	return ERR_OK;
}

void
measure_board_close(struct measure_board *b)
{
	struct err_msg why;
	const int signal = b != NULL ? b->loop->signal : 0;

	if (b == NULL)
		return;
	if (b->link != NULL && b->ready && !b->over) {
		b->loop->signal = 0;            /* the clean-up is waited for */
		(void)measure_ask(b, "clean; trap - EXIT", 20 * NS_PER_S, NULL, NULL, &why);
		b->loop->signal = signal;
	}
	if (b->link != NULL)
		b->ops->close(b->link);
	buf_fini(&b->in);
	mem_free(b->spec);
	mem_free(b);
}

uint64_t
measure_board_round(const struct measure_board *b)
{
	return b->round;
}

/* ---- files ---- */

void
measure_quote(const char *text, struct buf *out)
{
	(void)buf_add_byte(out, '\'');
	for (; *text != '\0'; text++)
		if (*text == '\'')
			(void)buf_add_str(out, "'\\''");
		else
			(void)buf_add_byte(out, *text);
	(void)buf_add_byte(out, '\'');
}

static void
base64(const unsigned char *p, size_t n, struct buf *out)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		const uint32_t b1 = i + 1 < n ? p[i + 1] : 0, b2 = i + 2 < n ? p[i + 2] : 0,
		    v = (uint32_t)p[i] << 16 | b1 << 8 | b2;
		const char four[4] = { digit[v >> 18], digit[v >> 12 & 63],
			i + 1 < n ? digit[v >> 6 & 63] : '=', i + 2 < n ? digit[v & 63] : '=' };

		(void)buf_add(out, four, sizeof four);
		if (i % 57 == 54)
			(void)buf_add_byte(out, '\n');
	}
}

/* A piece as a here-document: nothing of the board's but its shell and base64 is needed. */
static enum err
piece(struct measure_board *b, const char *p, size_t n, struct err_msg *why)
{
	struct buf text;
	enum err e;

	buf_init(&text, 2 * CHUNK + 1024);
	(void)buf_add_str(&text, "base64 -d <<'=end=' >>\"$D/prog\" 2>\"$D/said\"\n");
	base64((const unsigned char *)p, n, &text);
	(void)buf_add_fmt(&text, "\n=end=\nprintf '\\n=vise %%s %%s\\n' %u $?\n", ++b->seq);
	e = send_line(b, &text, 60 * NS_PER_S, why);
	buf_fini(&text);
	if (e == ERR_OK && b->status != 0)
		e = err_set(why, ERR_INFRA, b->spec,
		    "copy it by hand and name it with --there PATH",
		    b->status == 127 ? "the board has no base64 to take a file with" :
		    "the board could not write the file");
	return e;
}

/* CRC of POSIX cksum(1), without the length behind it: what the board's cksum is held against. */
static uint32_t
cksum(const unsigned char *p, size_t n)
{
	uint32_t crc = 0;
	size_t len = n;

	for (size_t i = 0; i < n || len != 0; i++) {
		const unsigned char byte = i < n ? p[i] : (unsigned char)(len & 0xff);

		if (i >= n)
			len >>= 8;
		crc ^= (uint32_t)byte << 24;
		for (int k = 0; k < 8; k++)
			crc = crc & 0x80000000u ? crc << 1 ^ 0x04c11db7u : crc << 1;
	}
	return ~crc;
}

static enum err
check_copy(struct measure_board *b, const struct buf *data, struct err_msg *why)
{
	struct buf said;
	struct slice rest;
	uint64_t sum = 0, size = 0;
	bool same;
	enum err e;

	buf_init(&said, 4096);
	e = measure_ask(b, "chmod 700 \"$D/prog\"; cksum <\"$D/prog\" 2>/dev/null || "
	    "{ printf '0 '; wc -c <\"$D/prog\"; }", 60 * NS_PER_S, &said, NULL, why);
	rest = slice_make(said.data, said.len);
	same = slice_u64(slice_word(&rest), UINT32_MAX, &sum) &&
	    slice_u64(slice_word(&rest), FILE_MAX, &size) && size == data->len &&
	    (sum == 0 || sum == cksum((const unsigned char *)data->data, data->len));
	buf_fini(&said);
	return e != ERR_OK || same ? e : err_set(why, ERR_INFRA, b->spec, NULL,
	    "the program arrived damaged");
}

enum err
measure_upload(struct measure_board *b, const char *file, struct err_msg *why)
{
	struct buf data;
	enum err e;

	buf_init(&data, FILE_MAX);
	e = sys_file_read(file, FILE_MAX, &data, why);
	if (e == ERR_OK && data.len == 0)
		e = err_set(why, ERR_USAGE, file, NULL, "an empty file");
	if (e == ERR_OK)
		e = measure_ask(b, ": >\"$D/prog\"", 10 * NS_PER_S, NULL, NULL, why);
	for (size_t at = 0; at < data.len && e == ERR_OK; at += CHUNK)
		e = piece(b, data.data + at, data.len - at < CHUNK ? data.len - at : CHUNK, why);
	if (e == ERR_OK)
		e = check_copy(b, &data, why);
	buf_fini(&data);
	return e;
}
