/* test_core_command.c - the grammar of command lines, typed arguments, sequences, quoting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "core/command.h"
#include "core/token.h"

static struct { unsigned runs, answers; struct command_call *waiting; json_t *result; struct err_msg err; } w;

static void
run_echo(struct command_call *c)
{
	w.runs++;
	command_done(c, json_incref(c->args));
}

static void
run_fail(struct command_call *c)
{
	struct err_msg why;

	(void)err_set(&why, ERR_BUSY, "x", NULL, "taken");
	command_fail(c, &why);
	/* as one does that looked for its console first */
	assert_string_equal(json_get_str(c->args, "v", "?"), "seven");
}

static void
run_later(struct command_call *c)
{
	w.waiting = c;
}

static const struct command_arg all[] = {
	{ "text", ARG_WORD, ARG_MUST, NULL, "t" }, { "n", ARG_INT, 0, "4K", "n" }, { "f", ARG_NUM, 0, NULL, "f" },
	{ "on", ARG_BOOL, 0, "off", "b" }, { "wait", ARG_DURATION, 0, "2s", "w" }, { "more", ARG_REST, 0, NULL, "r" },
	{ NULL, ARG_WORD, 0, NULL, NULL },
};
static const struct command_arg flat[] = {
	{ "text", ARG_WORD, ARG_MUST, NULL, "t" }, { "n", ARG_INT, 0, "4K", "n" }, { "f", ARG_NUM, 0, NULL, "f" },
	{ "on", ARG_BOOL, 0, "off", "b" }, { "wait", ARG_DURATION, 0, "2s", "w" },
	{ NULL, ARG_WORD, 0, NULL, NULL },
};
static const struct command_arg one[] = { { "v", ARG_WORD, 0, NULL, "v" }, { NULL, ARG_WORD, 0, NULL, NULL } };
static const struct command_arg fails[] = {
	{ "v", ARG_WORD, 0, "seven", "v" }, { NULL, ARG_WORD, 0, NULL, NULL },
};
static const struct command first[] = {
	{ "t.all", "all types", all, 0, run_echo }, { "t.one", "one", one, 0, run_echo },
	{ NULL, NULL, NULL, 0, NULL } };
static const struct command second[] = {
	{ "t.fail", "fails", fails, 0, run_fail }, { "t.later", "later", NULL, 0, run_later },
	{ "t.none", "none", NULL, 0, run_echo }, { "t.asks", "asks", one, COMMAND_ASKS, run_echo },
	{ "t.flat", "flat", flat, 0, run_echo }, { "t.secret", "s", NULL, COMMAND_HIDDEN, run_echo },
	{ NULL, NULL, NULL, 0, NULL } };
static const struct command *const tables[] = { first, second, NULL };

static void
answered(void *arg, json_t *result, const struct err_msg *err)
{
	assert_ptr_equal(arg, &w);
	w.answers++;
	json_decref(w.result);
	w.result = json_incref(result);
	w.err = err != NULL ? *err : (struct err_msg){ .code = ERR_OK };
}

static int
fresh(void **state)
{
	(void)state;
	json_decref(w.result);
	memset(&w, 0, sizeof w);
	return 0;
}

static enum err
line(const char *text)
{
	(void)fresh(NULL);
	command_line(tables, text, NULL, NULL, answered, &w);
	assert_int_equal(w.answers, w.waiting == NULL);
	return w.err.code;
}

static void
gives(const char *text, const char *want)
{
	char *got;

	assert_int_equal(line(text), ERR_OK);
	got = json_dumps(w.result, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	assert_string_equal(got, want);
	free(got);
}

static void
grammar(void **state)
{
	(void)state;
	gives("t.one a", "{\"v\":\"a\"}");
	gives(" \t t.one\ta \r\n", "{\"v\":\"a\"}");
	gives("t.one v=a=b", "{\"v\":\"a=b\"}");
	gives("t.one x=b", "{\"v\":\"x=b\"}");          /* no argument of that name: a plain word */
	gives("t.one \"a ; b\"", "{\"v\":\"a ; b\"}");
	gives("t.one v=\"a b\"c", "{\"v\":\"a bc\"}");
	gives("t.one \"\"", "{\"v\":\"\"}");
	gives("t.one -- v=1", "{\"v\":\"v=1\"}");
	gives("t.one \"--\"", "{\"v\":\"--\"}");
	gives("t.one --x", "{\"v\":\"--x\"}");
	gives("t.one \"\\r\\n\\t\\\"\\\\\\x41\"", "{\"v\":\"\\r\\n\\t\\\"\\\\A\"}");
	gives("t.one \"\\x03\\e\"", "{\"v\":\"\\u0003\\u001B\"}");       /* the bytes themselves */
	gives("t.one \xc3\xa9", "{\"v\":\"\xc3\xa9\"}");
	gives("t.one a confirm=on", "{\"v\":\"a\"}");
	gives("t.none", "{}");
}

static enum err from_json(const char *name, const char *args);

/* What changes the board runs only when it was said so. */
static void
confirmed(void **state)
{
	static const char *const no[] = { "t.asks", "t.asks a", "t.asks confirm=off", "t.asks confirm=maybe",
		"t.asks \"confirm=on\"" };

	(void)state;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		assert_int_equal(line(no[i]), ERR_DENIED);
		assert_int_equal(w.runs, 0);
	}
	gives("t.asks a confirm=on", "{\"v\":\"a\"}");
	assert_int_equal(from_json("t.asks", "{\"confirm\":true}"), ERR_OK);
	assert_int_equal(from_json("t.asks", "{\"confirm\":false}"), ERR_DENIED);
	assert_int_equal(from_json("t.asks", "{\"confirm\":{}}"), ERR_DENIED);
}

static void
types(void **state)
{
	(void)state;
	gives("t.all x", "{\"n\":4096,\"on\":false,\"text\":\"x\",\"wait\":2000000000}");
	/* in front of a rest, optional arguments go by name */
	gives("t.all x n=-7 f=1.5 on=yes wait=10ms a b c=d",
	    "{\"f\":1.5,\"more\":[\"a\",\"b\",\"c=d\"],\"n\":-7,\"on\":true,\"text\":\"x\",\"wait\":10000000}");
	gives("t.all n=1M text=y -- n=2 -- z",
	    "{\"more\":[\"n=2\",\"--\",\"z\"],\"n\":1048576,\"on\":false,\"text\":\"y\",\"wait\":2000000000}");
}

static void
refusals(void **state)
{
	static const char *const bad[] = { "", "   ", ";", "no.such", "t.one a b", "t.one \"a", "t.one \"\\q\"",
		"t.one \"a\\", "t.one \"\\x4\"", "t.all", "t.all x n=x", "t.all x f=1k", "t.all x on=maybe",
		"t.all x wait=-1s", "t.none x", "t.one a;;t.one b", "t.all x n=9223372036854775808" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(line(bad[i]), ERR_USAGE);
		assert_true(strlen(w.err.why) > 0);
	}
	assert_int_equal(line("t.all x n=x"), ERR_USAGE);
	assert_non_null(strstr(w.err.why, "argument n is not a int"));
}

static void
sequences(void **state)
{
	(void)state;
	gives("t.one a; t.one b ;t.one c;", "{\"v\":\"c\"}");
	assert_int_equal(w.runs, 3);
	assert_int_equal(line("t.one a; t.fail; t.one b"), ERR_BUSY);
	assert_int_equal(w.runs, 1);
	assert_int_equal(line("t.one a; t.later; t.one b"), ERR_OK);
	assert_int_equal(w.runs, 1);
	command_done(w.waiting, NULL);
	assert_int_equal(w.runs, 2);
	assert_int_equal(w.answers, 1);
	assert_int_equal(line("t.later"), ERR_OK);
	command_done(w.waiting, NULL);
	assert_true(json_is_null(w.result));
}

/* Thousands of commands that answer at once must not eat the stack. */
static void
long_lines(void **state)
{
	char *text = mem_zero(LIMIT_COMMAND_LINE + 2, 1);
	size_t n = 0;

	(void)state;
	while (n + 7 <= LIMIT_COMMAND_LINE) {
		memcpy(text + n, "t.none;", 7);
		n += 7;
	}
	assert_int_equal(line(text), ERR_OK);
	assert_int_equal(w.runs, n / 7);
	for (size_t len = LIMIT_COMMAND_LINE - 1; len <= LIMIT_COMMAND_LINE + 1; len++) {
		memset(text, 'x', len);
		memcpy(text, "t.one ", 6);
		assert_int_equal(line(text), len <= LIMIT_COMMAND_LINE ? ERR_OK : ERR_LIMIT);
	}
	mem_free(text);
}

static void
many_words(void **state)
{
	(void)state;
	for (size_t words = LIMIT_ARGV - 1; words <= LIMIT_ARGV + 1; words++) {
		char *text = mem_zero(words * 2 + 8, 1);

		memcpy(text, "t.all", 5);
		for (size_t i = 1; i < words; i++)
			memcpy(text + 5 + (i - 1) * 2, i > 4 ? " x" : " 1", 2);
		text[5 + 5 * 2 - 1] = '1';
		assert_int_equal(line(text), words <= LIMIT_ARGV ? ERR_OK : ERR_LIMIT);
		mem_free(text);
	}
}

/* Any string without NUL, quoted, is one word and parses back to itself. */
static void
quote_back(void **state)
{
	static const char marks[] = " \t\r\n;\"\\=-x\033\177ab#'$";

	(void)state;
	srand(3);
	for (int round = 0; round < 20000; round++) {
		char value[40] = "";
		const size_t n = (size_t)rand() % sizeof value;
		struct token_list t;
		struct err_msg why;
		struct buf b;
		size_t at = 0;

		for (size_t i = 0; i + 1 < n; i++)
			value[i] = (char)(rand() % 2 == 0 ? marks[(size_t)rand() % (sizeof marks - 1)] :
			    1 + rand() % 255);
		buf_init(&b, 1000);
		command_quote(value, &b);
		assert_int_equal(token_parse(buf_str(&b), &at, &t, &why), ERR_OK);
		assert_int_equal(t.n, 1);
		assert_null(t.item[0].key);
		assert_string_equal(t.item[0].whole, value);
		assert_int_equal(at, b.len);
		token_free(&t);
		buf_fini(&b);
	}
}

static enum err
from_json(const char *name, const char *args)
{
	json_t *o = args != NULL ? json_loads(args, 0, NULL) : NULL;

	assert_true(args == NULL || o != NULL);
	(void)fresh(NULL);
	command_json(tables, name, o, NULL, NULL, answered, &w);
	assert_int_equal(w.answers, 1);
	json_decref(o);
	return w.err.code;
}

static void
json_args(void **state)
{
	(void)state;
	assert_int_equal(from_json("t.all", "{\"text\":5,\"n\":\"2K\",\"f\":3,\"on\":\"yes\",\"wait\":0.5,"
	    "\"more\":[\"a\"],\"confirm\":true}"), ERR_OK);
	assert_string_equal(json_get_str(w.result, "text", ""), "5");
	assert_int_equal(json_get_int(w.result, "n", 0), 2048);
	assert_int_equal(json_get_int(w.result, "wait", 0), 500000000);
	assert_true(json_get_bool(w.result, "on", false) && json_get_num(w.result, "f", 0) > 2.9);
	assert_int_equal(from_json("t.one", NULL), ERR_OK);
	assert_int_equal(from_json("t.one", "{\"v\":null}"), ERR_OK);
	assert_int_equal(from_json("t.one", "{\"x\":1}"), ERR_USAGE);
	assert_int_equal(from_json("t.one", "{\"v\":{}}"), ERR_USAGE);
	assert_int_equal(from_json("t.all", "{\"text\":\"x\",\"more\":\"a\"}"), ERR_USAGE);
	assert_int_equal(from_json("t.all", "{\"text\":\"x\",\"more\":[1]}"), ERR_USAGE);
	assert_int_equal(from_json("t.all", "{\"text\":\"x\",\"wait\":-1}"), ERR_USAGE);
	assert_int_equal(from_json("t.all", "{\"text\":\"x\",\"n\":1.5}"), ERR_USAGE);
	assert_int_equal(from_json("no.such", "{}"), ERR_USAGE);
}

static void
lists(void **state)
{
	json_t *list = command_list(tables);
	char usage[200], name[8];
	struct err_msg why;

	(void)state;
	assert_int_equal(json_array_size(list), 7);      /* the hidden one is not told */
	assert_true(json_get_bool(json_array_get(list, 5), "asks", false));
	assert_int_equal(json_array_size(json_object_get(json_array_get(list, 0), "args")), 6);
	json_decref(list);
	command_usage(&first[0], usage, sizeof usage);
	assert_string_equal(usage, "t.all text [n=4K] [f=] [on=off] [wait=2s] [-- more...]");
	command_usage(&first[0], usage, 9);
	assert_int_equal(strlen(usage), 8);
	assert_int_equal(command_check("t.one a; b \"c\"", name, sizeof name, &why), ERR_OK);
	assert_string_equal(name, "t.one");
	assert_int_equal(command_check("a.long.name", name, sizeof name, &why), ERR_OK);
	assert_string_equal(name, "a.long.");
	assert_int_equal(command_check("a; \"", name, sizeof name, &why), ERR_USAGE);
	assert_int_equal(command_check("", name, sizeof name, &why), ERR_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grammar), cmocka_unit_test(confirmed), cmocka_unit_test(types), cmocka_unit_test(refusals),
		cmocka_unit_test(sequences), cmocka_unit_test(long_lines), cmocka_unit_test(many_words),
		cmocka_unit_test(quote_back), cmocka_unit_test(json_args), cmocka_unit_test_teardown(lists, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
