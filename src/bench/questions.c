/* questions.c - questions of scripts to the people at the screens. */
#include "bench/questions.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/clients.h"
#include "bench/consoles.h"
#include "bench/consoles_lend.h"
#include "bench/news.h"

struct question {
	struct list node;
	struct command_call *call;
	const struct client *by;        /* NULL: nobody that could leave */
	json_t *row;                    /* what viewers see */
	char *key;                      /* by which who asked drops it */
	uint32_t id, stream;            /* stream: of interact, or 0 */
	char until;                     /* of interact: the key that ends it */
};

struct questions { struct list list; uint32_t next; };

static struct question *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct question, node);
}

json_t *
questions_json(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->questions->list)
		(void)json_array_append(list, entry(n)->row);
	return list;
}

static void
tell(struct bench *b)
{
	bench_news(b, "asks", json_pack("{s:o}", "asks", questions_json(b)));
}

/* Takes it off the list; its call is the caller's to answer. */
static struct command_call *
take(struct question *q)
{
	struct command_call *c = q->call;

	list_del(&q->node);
	json_decref(q->row);
	mem_free(q->key);
	mem_free(q);
	return c;
}

static void
drop(struct question *q, const char *text)
{
	struct err_msg why;

	(void)err_set(&why, ERR_CANCELLED, "question", NULL, "%s", text);
	command_fail(take(q), &why);
}

void
questions_open(struct bench *b)
{
	b->questions = mem_zero(1, sizeof *b->questions);
	list_init(&b->questions->list);
}

void
questions_close(struct bench *b)
{
	if (b->questions == NULL)
		return;
	while (!list_empty(&b->questions->list))
		drop(entry(b->questions->list.next), "the bench ends");
	mem_free(b->questions);
	b->questions = NULL;
}

void
questions_client_gone(struct bench *b, const struct client *c)
{
	bool any = false;

	LIST_EACH_SAFE(n, &b->questions->list)
		if (entry(n)->by == c) {
			drop(entry(n), "who asked is gone");
			any = true;
		}
	if (any)
		tell(b);
}

size_t
questions_typed(struct bench *b, uint32_t stream, const char *p, size_t n)
{
	LIST_EACH(at, &b->questions->list) {
		struct question *q = entry(at);
		const char *end = q->stream == stream ? memchr(p, q->until, n) : NULL;

		if (end == NULL)
			continue;
		command_done(take(q), json_true());
		tell(b);
		return (size_t)(end - p);
	}
	return n;
}

/* ---- asking */

static bool
anybody(const struct bench *b)
{
	LIST_EACH(n, &b->clients) {
		const struct client *c = LIST_ENTRY(n, struct client, node);

		if (c->attached && !c->observe && strcmp(peer_role(c->peer), "viewer") == 0)
			return true;
	}
	return false;
}

static void
put_text(json_t *row, const json_t *args, const char *key)
{
	const char *text = json_get_str(args, key, NULL);

	if (text != NULL)
		json_put(row, key, json_text(text, strnlen(text, QUESTION_TEXT)));
}

static json_t *
row_of(uint32_t id, const json_t *args, const char *by)
{
	static const char *const texts[] = { "what", "title", "text", "default", "console" };
	json_t *row = json_object(), *items = json_array(), *v;
	size_t i;

	json_put_int(row, "id", id);
	json_put_str(row, "by", by);
	for (i = 0; i < sizeof texts / sizeof *texts; i++)
		put_text(row, args, texts[i]);
	json_put_bool(row, "secret", json_get_bool(args, "secret", false));
	json_put_bool(row, "multi", json_get_bool(args, "multi", false));
	json_array_foreach(json_object_get(args, "items"), i, v)
		if (i < QUESTION_ITEMS)
			(void)json_array_append(items, v);
	json_put(row, "items", items);
	return row;
}

/* Of interact: whose keys end it. */
static enum err
hand_over(struct question *q, struct command_call *c, struct err_msg *why)
{
	const int64_t until = json_get_int(c->args, "until", 4);
	const struct bench_console *k = consoles_named(c->ctx, json_get_str(c->args, "console",
	    ""));

	if (k == NULL)
		return err_set(why, ERR_NOENT, json_get_str(c->args, "console", ""),
		    "console.list names them", "no console of this name");
	if (until < 1 || until > 126)
		return err_set(why, ERR_USAGE, "until", NULL, "is the byte of a key, 1 to 126");
	q->stream = k->stream;
	q->until = (char)until;
	json_put_int(q->row, "until", until);
	return ERR_OK;
}

static enum err
may_ask(struct command_call *c, struct err_msg *why)
{
	static const char *const kinds[] = { "prompt", "choose", "confirm", "interact" };
	const struct bench *b = c->ctx;
	const char *what = json_get_str(c->args, "what", "");
	bool known = false;
	size_t many = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		known = known || strcmp(kinds[i], what) == 0;
	LIST_EACH(n, &b->questions->list)
		many++;
	if (!known)
		return err_set(why, ERR_USAGE, what, NULL,
		    "a question is prompt, choose, confirm or interact");
	if (!anybody(b))
		return err_set(why, ERR_DENIED, json_get_str(c->args, "title", what),
		    "open a screen with vise attach, or give the answer with --answer ID=VALUE",
		    "there is nobody to ask");
	if (many >= QUESTIONS_MAX)
		return err_set(why, ERR_BUSY, "question", "ask.list shows them",
		    "%d questions wait already", QUESTIONS_MAX);
	return ERR_OK;
}

static void
cmd_open(struct command_call *c)
{
	struct bench *b = c->ctx;
	const struct client *by = c->client;
	struct question *q;
	struct err_msg why;
	enum err e = may_ask(c, &why);

	if (e == ERR_OK) {
		q = mem_zero(1, sizeof *q);
		q->id = ++b->questions->next;
		q->by = by;
		q->call = c;
		q->key = mem_str(json_get_str(c->args, "key", NULL));
		q->row = row_of(q->id, c->args, by != NULL ? peer_name(by->peer) : "bench");
		list_add_tail(&b->questions->list, &q->node);
		if (strcmp(json_get_str(c->args, "what", ""), "interact") == 0)
			e = hand_over(q, c, &why);
		if (e != ERR_OK)
			(void)take(q);
	}
	if (e != ERR_OK)
		command_fail(c, &why);
	else
		tell(b);
}

/* ---- answering */

static struct question *
of_call(struct command_call *c)
{
	const struct bench *b = c->ctx;
	const int64_t id = json_get_int(c->args, "id", 0);
	struct err_msg why;
	char text[24];

	LIST_EACH(n, &b->questions->list)
		if ((int64_t)entry(n)->id == id)
			return entry(n);
	snprintf(text, sizeof text, "%lld", (long long)id);
	(void)err_set(&why, ERR_NOENT, text, "ask.list shows them",
	    "no question of this number waits");
	command_fail(c, &why);
	return NULL;
}

/* The number of an item, from 1, by its number or its text; 0: none of them. */
static size_t
item_of(const json_t *items, const char *word)
{
	const json_t *v;
	size_t i;
	uint64_t n;

	json_array_foreach(items, i, v)
		if (strcmp(json_string_value(v), word) == 0)
			return i + 1;
	return slice_u64(slice_of(word), json_array_size(items), &n) ? (size_t)n : 0;
}

static enum err
chosen(const struct question *q, const json_t *words, json_t **out, struct err_msg *why)
{
	const json_t *items = json_object_get(q->row, "items"), *v;
	size_t i, n;

	*out = json_array();
	json_array_foreach(words, i, v) {
		n = item_of(items, json_string_value(v));
		if (n == 0)
			return err_set(why, ERR_USAGE, json_string_value(v), NULL,
			    "is none of the %zu items", json_array_size(items));
		(void)json_array_append_new(*out, json_integer((json_int_t)n));
	}
	if (json_array_size(*out) != 1 && !json_get_bool(q->row, "multi", false))
		return err_set(why, ERR_USAGE, "ask.answer", NULL, "one item is to be chosen");
	return ERR_OK;
}

static enum err
yes_or_no(const char *word, json_t **out, struct err_msg *why)
{
	static const char *const yes[] = { "yes", "y", "on", "true", "1" },
				 *const no[] = { "no", "n", "off", "false", "0" };

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (strcmp(word, yes[i]) == 0 || strcmp(word, no[i]) == 0) {
			*out = json_boolean(strcmp(word, yes[i]) == 0);
			return ERR_OK;
		}
	return err_set(why, ERR_USAGE, word, NULL, "yes or no is needed");
}

/* What the words mean as an answer. */
static enum err
read_answer(const struct question *q, const json_t *words, json_t **out, struct err_msg *why)
{
	const char *what = json_get_str(q->row, "what", ""),
		   *first = json_string_value(json_array_get(words, 0));

	if (strcmp(what, "choose") == 0)
		return chosen(q, words, out, why);
	if (strcmp(what, "interact") == 0) {
		*out = json_true();
		return ERR_OK;
	}
	if (json_array_size(words) > 1)
		return err_set(why, ERR_USAGE, "ask.answer", "quote a text with blanks",
		    "one answer is enough");
	if (strcmp(what, "confirm") == 0)
		return yes_or_no(first != NULL ? first : "", out, why);
	*out = json_string(first != NULL ? first : "");
	return ERR_OK;
}

static void
cmd_answer(struct command_call *c)
{
	struct question *q = of_call(c);
	json_t *answer = NULL;
	struct err_msg why;

	if (q == NULL)
		return;
	if (read_answer(q, json_object_get(c->args, "value"), &answer, &why) != ERR_OK) {
		json_decref(answer);
		command_fail(c, &why);
		return;
	}
	command_done(take(q), answer);
	tell(c->ctx);
	command_done(c, NULL);
}

static void
cmd_decline(struct command_call *c)
{
	struct question *q = of_call(c);

	if (q == NULL)
		return;
	command_done(take(q), NULL);
	tell(c->ctx);
	command_done(c, NULL);
}

/* By who asked: it waits no longer. */
static void
cmd_drop(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *key = json_get_str(c->args, "key", "");
	bool any = false;

	LIST_EACH_SAFE(n, &b->questions->list)
		if (entry(n)->by == c->client && entry(n)->key != NULL &&
		    strcmp(entry(n)->key, key) == 0) {
			drop(entry(n), "who asked waits no longer");
			any = true;
		}
	if (any)
		tell(b);
	command_done(c, NULL);
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, questions_json(c->ctx));
}

static const struct command_arg open_args[] = {
	{ "what", ARG_WORD, ARG_MUST, NULL, "prompt, choose, confirm or interact" },
	{ "title", ARG_WORD, 0, "", "the question" },
	{ "text", ARG_WORD, 0, NULL, "more about it" },
	{ "default", ARG_WORD, 0, NULL, "of a prompt" },
	{ "secret", ARG_BOOL, 0, "off", "what is typed is not shown" },
	{ "multi", ARG_BOOL, 0, "off", "several items may be chosen" },
	{ "console", ARG_WORD, 0, NULL, "of interact" },
	{ "until", ARG_INT, 0, "4", "of interact: the byte of the key that ends it" },
	{ "key", ARG_WORD, 0, NULL, "by which ask.drop means it" },
	{ "items", ARG_REST, 0, NULL, "to choose from" },
	{ .name = NULL },
};
static const struct command_arg answer_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "of ask.list" },
	{ "value", ARG_REST, 0, NULL, "a text; yes or no; items by number or text" },
	{ .name = NULL },
};
static const struct command_arg id_args[] = {
	{ "id", ARG_INT, ARG_MUST, NULL, "of ask.list" }, { .name = NULL } };
static const struct command_arg key_args[] = {
	{ "key", ARG_WORD, ARG_MUST, NULL, "of ask.open" }, { .name = NULL } };

const struct command bench_question_commands[] = {
	{ "ask.list", "questions of scripts and plugins that wait for an answer", NULL, 0,
	    cmd_list },
	{ "ask.answer", "answer a question", answer_args, 0, cmd_answer },
	{ "ask.decline", "leave a question without an answer", id_args, 0, cmd_decline },
	{ "ask.open", "a script asks", open_args, COMMAND_HIDDEN, cmd_open },
	{ "ask.drop", "and waits no longer", key_args, COMMAND_HIDDEN, cmd_drop },
	{ .name = NULL },
};
