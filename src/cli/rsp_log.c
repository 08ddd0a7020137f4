/* rsp_log.c - packets with time and meaning, findings, and the sums at the end. */
#include "cli/rsp_log.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/say.h"
#include "sys/terminal.h"
#include "sys/time.h"

/* Columns of a packet's body, and of time and side before it. */
enum { SHOWN = 44, BEFORE = 22 };

const char *
rsp_log_side(enum rsp_side by)
{
	return by == RSP_CLIENT ? "gdb" : "server";
}

void
rsp_log_init(struct rsp_log *l, uint64_t start)
{
	memset(l, 0, sizeof *l);
	l->start = start;
	l->took = mem_zero(RSP_LOG_KEPT, sizeof *l->took);
}

void
rsp_log_fini(struct rsp_log *l)
{
	if (l->save != NULL)
		fclose(l->save);
	mem_free(l->save_path);
	mem_free(l->took);
}

void
rsp_log_width(struct rsp_log *l)
{
	int rows = 0, cols = 0;

	if (terminal_is(1))
		terminal_size(1, &rows, &cols);
	l->cols = cols > 0 ? (unsigned)cols : 0;
}

static void
put_line(FILE *f, json_t *o)
{
	struct buf line;

	buf_init(&line, 8 << 20);
	if (json_write(o, &line) == ERR_OK)
		fprintf(f, "%s\n", buf_str(&line));
	buf_fini(&line);
	json_decref(o);
}

enum err
rsp_log_save(struct rsp_log *l, const char *path, const char *server, struct err_msg *why)
{
	json_t *head;

	l->save = fopen(path, "we");
	if (l->save == NULL)
		return err_errno(why, errno, path, "creating");
	l->save_path = mem_str(path);
	head = json_pack("{s:i,s:s}", "vise_rsp", 1, "server", server);
	json_put_int(head, "wall_ns", (int64_t)sys_wall());
	put_line(l->save, head);
	if (fflush(l->save) == 0)
		return ERR_OK;
	(void)err_errno(why, errno, path, "writing the record");
	(void)fclose(l->save);
	l->save = NULL;
	return why->code;
}

void
rsp_log_bytes(struct rsp_log *l, uint64_t now, enum rsp_side by, const void *p, size_t n)
{
	struct buf hex;

	if (l->save == NULL)
		return;
	buf_init(&hex, 2 * n + 1);
	rsp_to_hex(p, n, &hex);
	fprintf(l->save, "{\"t\":%" PRIu64 ",\"by\":\"%s\",\"x\":\"%s\"}\n", now - l->start,
	    rsp_log_side(by), buf_str(&hex));
	buf_fini(&hex);
}

void
rsp_log_silence(struct rsp_log *l, uint64_t now)
{
	if (l->save != NULL)
		fprintf(l->save, "{\"t\":%" PRIu64 ",\"silence\":true}\n", now - l->start);
}

void
rsp_log_rest(struct rsp_log *l)
{
	(void)fflush(stdout);
	if (l->save == NULL || (fflush(l->save) == 0 && ferror(l->save) == 0))
		return;
	(void)err_errno(&l->save_why, errno, l->save_path, "writing the record");
	snprintf(l->save_why.next, sizeof l->save_why.next,
	    "it ends here; the tap goes on without it");
	(void)say_end(NULL, l->save_why.code, &l->save_why);
	(void)fclose(l->save);
	l->save = NULL;
}

/* The rest of a line that has `at` columns so far: broken at blanks where the terminal ends. */
static void
put_wrapped(const struct rsp_log *l, size_t at, const char *text)
{
	static const size_t indent = BEFORE + 2;

	while (*text != '\0') {
		const size_t n = strcspn(text, " ") + strspn(text + strcspn(text, " "), " "),
			     word = strcspn(text, " ");

		if (l->cols > indent + 20 && at > indent && at + word > l->cols) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		}
		say_text(stdout, text, n);
		at += n;
		text += n;
	}
	putchar('\n');
}

void
rsp_log_event(struct rsp_log *l, uint64_t now, const char *event, const char *why)
{
	json_t *o = json_object();

	json_put_int(o, "t", (int64_t)(now - l->start));
	if (why != NULL)
		json_put_str(o, event, why);
	else
		json_put_bool(o, event, true);
	if (l->save != NULL)
		put_line(l->save, json_incref(o));
	if (l->json)
		put_line(stdout, json_incref(o));
	else if (!l->quiet || why != NULL)
		put_wrapped(l, (size_t)printf("%12.6f  %s", (double)(now - l->start) / 1e9,
		    why == NULL ? "" : "ended: "), why == NULL ? "gdb connected" : why);
	json_decref(o);
	rsp_log_rest(l);
}

/* ---- packets */

static void
words_of(enum rsp_side by, const struct rsp_unit *u, struct slice request, char out[RSP_WORDS_MAX])
{
	struct buf body;

	out[0] = '\0';
	if (u->kind != RSP_PACKET && u->kind != RSP_NOTIFICATION) {
		static const char *const words[] = { "", "", "taken", "again, please", "interrupt",
			"no packet" };

		snprintf(out, RSP_WORDS_MAX, "%s", words[u->kind]);
		return;
	}
	buf_init(&body, RSP_BODY_MAX);
	(void)rsp_expand(u->body, u->n, &body);
	if (by == RSP_CLIENT)
		rsp_request_words(slice_make(buf_str(&body), body.len), out);
	else
		rsp_reply_words(request, slice_make(buf_str(&body), body.len), out);
	buf_fini(&body);
}

static const char *
sign_of(const struct rsp_unit *u)
{
	static const char *const signs[] = { "", "%", "+", "-", "^C", "" };

	return signs[u->kind];
}

/* Of a narrow terminal two fifths: the words say more than the packet. */
static size_t
body_columns(const struct rsp_log *l)
{
	const size_t left = l->cols > BEFORE + 20 ? l->cols - BEFORE : 20;

	return l->cols == 0 || left * 2 / 5 > SHOWN ? SHOWN : left * 2 / 5;
}

static void
print_unit(const struct rsp_log *l, uint64_t now, enum rsp_side by, const struct rsp_unit *u,
    const char *words)
{
	const char *sign = sign_of(u);
	const size_t shown = body_columns(l), n = u->n > shown ? shown - 2 : u->n;
	char body[SHOWN + 1];
	int room = INT_MAX;

	for (size_t i = 0; i < n; i++)
		body[i] = u->body[i] >= ' ' && u->body[i] < 0x7f ? u->body[i] : '.';
	snprintf(body + n, sizeof body - n, "%s", u->n > shown ? ".." : "");
	if (l->cols != 0)
		room = (int)l->cols - BEFORE - (int)shown - 2;
	printf("%12.6f  %-6s  %s%-*s  %.*s\n", (double)(now - l->start) / 1e9, rsp_log_side(by),
	    sign, (int)shown - (int)strlen(sign), body, room, words);
}

void
rsp_log_unit(struct rsp_log *l, uint64_t now, enum rsp_side by, const struct rsp_unit *u,
    struct slice request)
{
	static const char *const kinds[] = { "packet", "notification", "ack", "nak", "interrupt",
		"stray" };
	char words[RSP_WORDS_MAX];
	json_t *o;

	if (l->quiet || (!l->all && (u->kind == RSP_ACK || u->kind == RSP_NAK)))
		return;
	if (u->kind == RSP_STRAY && !l->json)
		return;                 /* the finding shows them */
	words_of(by, u, request, words);
	if (!l->json) {
		print_unit(l, now, by, u, words);
		return;
	}
	o = json_pack("{s:s,s:s}", "by", rsp_log_side(by), "kind", kinds[u->kind]);
	json_put_int(o, "t", (int64_t)(now - l->start));
	json_put_strn(o, "body", u->body, u->n);
	json_put_str(o, "means", words);
	put_line(stdout, o);
}

void
rsp_log_found(struct rsp_log *l, uint64_t now, enum rsp_side by, enum rsp_finding f,
    const char *detail)
{
	char text[400];
	json_t *o;

	l->findings++;
	if (!l->json) {
		snprintf(text, sizeof text, detail[0] != '\0' ? "%s: %s (%s)" : "%s: %s",
		    rsp_finding_word(f), rsp_finding_text(f), detail);
		put_wrapped(l, (size_t)printf("%12.6f  %-6s  ! ", (double)(now - l->start) / 1e9,
		    rsp_log_side(by)), text);
	} else {
		o = json_pack("{s:s,s:s}", "by", rsp_log_side(by), "finding",
		    rsp_finding_word(f));
		json_put_int(o, "t", (int64_t)(now - l->start));
		json_put_str(o, "detail", detail);
		put_line(stdout, o);
	}
}

/* ---- sums */

void
rsp_log_answered(struct rsp_log *l, uint64_t took)
{
	const uint64_t us = took / NS_PER_US;

	l->took[l->trips++ % RSP_LOG_KEPT] = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

void
rsp_log_add(struct rsp_log *l, const struct rsp_audit *a)
{
	for (int i = 0; i < RSP_FINDING_COUNT; i++)
		l->count[i] += a->count[i];
	for (int i = 0; i < 2; i++) {
		l->packets[i] += a->packets[i];
		l->bytes[i] += a->bytes[i];
	}
	if (a->silence > l->silence)
		l->silence = a->silence;
}

static int
by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static json_t *
summary_json(const struct rsp_log *l, size_t n)
{
	json_t *o = json_object(), *found = json_object();

	json_put_int(o, "conversations", (int64_t)l->conversations);
	json_put_int(o, "unreached", (int64_t)l->unreached);
	json_put_int(o, "requests", (int64_t)l->packets[RSP_CLIENT]);
	json_put_int(o, "replies", (int64_t)l->packets[RSP_SERVER]);
	json_put_int(o, "bytes_to_server", (int64_t)l->bytes[RSP_CLIENT]);
	json_put_int(o, "bytes_to_gdb", (int64_t)l->bytes[RSP_SERVER]);
	json_put_int(o, "round_trips", (int64_t)l->trips);
	json_put_int(o, "p50_us", n != 0 ? l->took[n / 2] : 0);
	json_put_int(o, "p99_us", n != 0 ? l->took[(n * 99 + 99) / 100 - 1] : 0);
	json_put_int(o, "longest_silence_ms", (int64_t)(l->silence / NS_PER_MS));
	for (int i = 0; i < RSP_FINDING_COUNT; i++)
		if (l->count[i] != 0)
			json_put_int(found, rsp_finding_word((enum rsp_finding)i),
			    (int64_t)l->count[i]);
	json_put(o, "findings", found);
	return json_pack("{s:o}", "summary", o);
}

void
rsp_log_summary(struct rsp_log *l)
{
	const size_t n = l->trips < RSP_LOG_KEPT ? (size_t)l->trips : RSP_LOG_KEPT;
	bool any = l->unreached != 0;

	qsort(l->took, n, sizeof *l->took, by_size);
	if (l->json) {
		put_line(stdout, summary_json(l, n));
		return;
	}
	printf("\n%" PRIu64 " requests, %" PRIu64 " replies; %" PRIu64 " bytes to the server, %"
	    PRIu64 " to gdb\n", l->packets[RSP_CLIENT], l->packets[RSP_SERVER],
	    l->bytes[RSP_CLIENT], l->bytes[RSP_SERVER]);
	if (n != 0)
		printf("round trip: median %.3f ms, p99 %.3f ms; longest silence %.3f s\n",
		    l->took[n / 2] / 1e3, l->took[(n * 99 + 99) / 100 - 1] / 1e3,
		    (double)l->silence / 1e9);
	if (l->unreached != 0)
		printf("findings: server not reached %" PRIu64, l->unreached);
	for (int i = 0; i < RSP_FINDING_COUNT; i++)
		if (l->count[i] != 0) {
			printf("%s%s %" PRIu64, any ? ", " : "findings: ",
			    rsp_finding_word((enum rsp_finding)i), l->count[i]);
			any = true;
		}
	puts(any ? "" : l->conversations == 0 ? "no gdb came" : "nothing was wrong");
}
