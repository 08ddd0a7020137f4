/* cli_at.c - `vise at`. */
#include "cli/cli_at.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/args.h"
#include "cli/door.h"
#include "cli/place_use.h"
#include "cli/say.h"
#include "sys/io.h"

enum { DATA_MAX = 64 << 10, HEX_ROW = 16 };

struct at_options {
	const char *expect, *timeout, *baud, *data, *idle, *eol;
	char *hex;                      /* of the data, or NULL */
};

/* ---- the result */

static void
print_bytes(const json_t *p)
{
	const char *hex = json_get_str(p, "hex", "");
	const size_t n = strlen(hex) / 2;

	for (size_t at = 0; at < n; at += HEX_ROW) {
		char text[HEX_ROW + 1] = "";

		printf("  %04zx ", at);
		for (size_t i = 0; i < HEX_ROW; i++) {
			unsigned byte = 0;

			if (at + i >= n) {
				printf("   ");
				continue;
			}
			(void)sscanf(hex + 2 * (at + i), "%2x", &byte);
			printf(" %02x", byte);
			text[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
		}
		printf("  %s\n", text);
	}
}

/* Raw bytes stand behind the line that announced them. */
static void
print_payloads(const json_t *r, size_t after)
{
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(r, "payloads"), i, p)
		if (json_get_int(p, "after", 0) == (int64_t)after)
			print_bytes(p);
}

static void
print_lines(const json_t *r)
{
	const json_t *lines = json_object_get(r, "lines"), *l;
	size_t i;

	print_payloads(r, 0);
	json_array_foreach(lines, i, l) {
		say_text(stdout, json_string_value(l), json_string_length(l));
		putchar('\n');
		print_payloads(r, i + 1);
	}
	if (json_get_int(r, "dropped", 0) != 0)
		printf("... %lld more lines\n", (long long)json_get_int(r, "dropped", 0));
}

static void
print_captures(const json_t *r)
{
	json_t *captures = json_object_get(r, "captures"), *v;
	const char *name;

	json_object_foreach(captures, name, v) {
		if (name[0] >= '0' && name[0] <= '9')
			continue;
		printf("%s=", name);
		say_text(stdout, json_string_value(v), json_string_length(v));
		putchar('\n');
	}
}

static void
print_result(const struct cli_call *c, const json_t *r)
{
	const char *meaning = json_get_str(r, "meaning", NULL);
	const char *result = json_get_str(r, "result", "");
	char took[32];

	if (c->json) {
		say_json(r);
		return;
	}
	print_lines(r);
	print_captures(r);
	clock_fmt_span((uint64_t)(json_get_num(r, "ms", 0) * (double)NS_PER_MS), took, sizeof took);
	say_str(stdout, result[0] != '\0' ? result : json_get_str(r, "code", "?"));
	if (meaning != NULL && strstr(result, meaning) == NULL)
		printf("  %s", meaning);
	printf("  %s\n", took);
	(void)fflush(stdout);
}

struct code_row { const char *code; enum err e; };

/* What a code means for the exit status; a code that is none of these is the device's refusal. */
static const struct code_row codes[] = {
	{ "ok", ERR_OK }, { "connect", ERR_OK }, { "timeout", ERR_TIMEOUT }, { "lost", ERR_LOST },
	{ "cancelled", ERR_CANCELLED },
};

static enum err
verdict(const json_t *r, struct err_msg *why)
{
	const char *code = json_get_str(r, "code", "?"), *said = json_get_str(r, "meaning", NULL);
	const char *final = json_get_str(r, "result", "");
	enum err e = ERR_AT;

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(codes[i].code, code) == 0)
			e = codes[i].e;
	if (e == ERR_OK)
		return ERR_OK;
	if (said == NULL)
		said = json_get_str(r, "why", "");
	return err_set(why, e, json_get_str(r, "command", "AT"), strcmp(code, "prompt") == 0
	    ? "give it with --data FILE" : NULL, "%s%s%s", final,
	    final[0] != '\0' && said[0] != '\0' ? ": " : "", said);
}

/* ---- asking */

/* "+CSQ:" is meant as it stands; no expression can begin so. */
static void
add_match(struct buf *line, const char *text)
{
	char *plain = text[0] == '+' || text[0] == '*' || text[0] == '?' ?
	    mem_fmt("\\%s", text) : mem_str(text);

	door_add(line, "match", plain);
	mem_free(plain);
}

static enum err
transaction(const struct cli_call *c, struct door *d, const char *command,
    const struct at_options *o, bool last, struct err_msg *why)
{
	json_t *result = NULL;
	struct buf line;
	enum err e;

	buf_init(&line, 4 * DATA_MAX);
	(void)buf_add_str(&line, "at.send");
	door_add(&line, NULL, command);
	door_add(&line, "console", d->console);
	door_add(&line, "report", "on");
	if (o->timeout != NULL)
		door_add(&line, "timeout", o->timeout);
	if (o->expect != NULL && last)
		add_match(&line, o->expect);
	if (o->idle != NULL)
		door_add(&line, "idle", o->idle);
	if (o->eol != NULL)
		door_add(&line, "eol", o->eol);
	if (o->hex != NULL && last)
		door_add(&line, "hex", o->hex);
	e = client_line(d->client, buf_str(&line), 0, &result, why);
	buf_fini(&line);
	if (e == ERR_OK) {
		print_result(c, result);
		e = verdict(result, why);
	}
	json_decref(result);
	return e;
}

static enum err
read_stdin(struct buf *out, struct err_msg *why)
{
	char part[4096];
	ssize_t n;

	while ((n = sys_read(STDIN_FILENO, part, sizeof part)) > 0)
		if (buf_add(out, part, (size_t)n) != ERR_OK)
			return err_set(why, ERR_LIMIT, "--data", NULL, "more than %d bytes",
			    DATA_MAX);
	return ERR_OK;
}

static enum err
read_data(struct at_options *o, struct err_msg *why)
{
	struct buf data;
	enum err e;

	if (o->data == NULL)
		return ERR_OK;
	buf_init(&data, 2 * DATA_MAX);
	e = strcmp(o->data, "-") == 0 ? read_stdin(&data, why)
	    : sys_file_read(o->data, DATA_MAX, &data, why);
	if (e == ERR_OK) {
		o->hex = mem_zero(1, 2 * data.len + 1);
		for (size_t i = 0; i < data.len; i++)
			snprintf(o->hex + 2 * i, 3, "%02x", (unsigned char)data.data[i]);
	}
	buf_fini(&data);
	return e;
}

int
cli_at(struct cli_call *c)
{
	struct at_options o = { .hex = NULL };
	const struct args_option options[] = {
		{ "--expect", ARGS_TEXT, &o.expect },
		{ "--timeout", ARGS_SPAN, &o.timeout },
		{ "--data", ARGS_TEXT, &o.data },
		{ "--idle", ARGS_SPAN, &o.idle },
		{ "--eol", ARGS_TEXT, &o.eol },
		{ "--baud", ARGS_COUNT, &o.baud },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct place_args place = { .wait = NULL };
	struct place_use use = { .rows = NULL };
	struct door d = { .client = NULL };
	const char *target;
	struct err_msg why;
	enum err e = args_parse(c, options, 2, ARGS_MANY, &why);

	target = e == ERR_OK ? c->word[0] : NULL;
	if (e == ERR_OK)
		e = read_data(&o, &why);
	if (e == ERR_OK)
		e = place_use_target(&use, &place, "at", true, &target, &o.baud, &why);
	if (e == ERR_OK)
		e = door_open(&d, c->bench, target, true, &why);
	if (e == ERR_OK)
		e = door_console(&d, target, o.baud, &why);
	for (size_t i = 1; e == ERR_OK && i < c->words; i++)
		e = transaction(c, &d, c->word[i], &o, i + 1 == c->words, &why);
	door_close(&d);
	place_use_close(&use);
	mem_free(o.hex);
	return say_end(c, e, &why);
}
