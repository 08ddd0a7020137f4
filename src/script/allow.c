/* allow.c - the table of what each command of the bench needs. */
#include "script/allow.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/slice.h"
#include "core/token.h"
#include "sys/path.h"

enum { NESTED = 2 };

enum rule_kind { FREE, SERIAL, EXEC, DEBUG, OPEN, TRIGGER, HTTP, OPENOCD };

/* The first row whose name it is, or begins with (a name that ends in a dot). */
static const struct rule { const char *name; enum rule_kind kind; } rules[] = {
	{ "ask.drop", FREE }, { "ask.list", FREE }, { "ask.open", FREE },
	{ "at.", SERIAL }, { "bench.info", FREE }, { "board.list", FREE },
	{ "console.list", FREE }, { "console.open", OPEN },
	{ "console.borrow", SERIAL }, { "console.break", SERIAL }, { "console.cancel", SERIAL },
	{ "console.close", SERIAL }, { "console.line", SERIAL }, { "console.lines", SERIAL },
	{ "console.map", SERIAL }, { "console.pace", SERIAL }, { "console.pulse", SERIAL },
	{ "console.purge", SERIAL }, { "console.reset", SERIAL }, { "console.retry", SERIAL },
	{ "console.return", FREE }, { "console.send", SERIAL }, { "console.set", SERIAL },
	{ "console.size", SERIAL }, { "console.toggle", SERIAL }, { "console.touch", SERIAL },
	{ "debug.list", FREE }, { "debug.start", DEBUG }, { "debug.stop", EXEC },
	{ "debug.wait", FREE },
	{ "decode.list", FREE }, { "decoder.", FREE }, { "gauge.", FREE },
	{ "http.request", HTTP }, { "image.", FREE },
	{ "job.eof", FREE }, { "job.fail", FREE }, { "job.list", FREE }, { "job.output", FREE },
	{ "job.progress", FREE },
	{ "job.run", EXEC }, { "job.size", FREE }, { "job.stop", EXEC }, { "job.wait", FREE },
	{ "macro.begin", FREE }, { "macro.end", FREE }, { "macro.list", FREE },
	{ "macro.runs", FREE }, { "macro.step", FREE }, { "mark.", FREE }, { "notice.", FREE },
	{ "ocd.", OPENOCD }, { "option.list", FREE }, { "plugin.answer", FREE },
	{ "plugin.call", FREE }, { "plugin.fail", FREE }, { "plugin.gauge", FREE },
	{ "plugin.hosts", FREE }, { "plugin.next", FREE }, { "plugin.pane", FREE },
	{ "plugin.ready", FREE }, { "plugin.run", FREE }, { "plugin.say", FREE },
	{ "plugin.segment", FREE }, { "plugin.show", FREE }, { "plugin.state", FREE },
	{ "port.list", FREE },
	{ "profile.list", FREE }, { "snapshot.list", FREE }, { "snapshot.show", FREE },
	{ "trigger.add", TRIGGER }, { "trigger.list", FREE }, { "watch.list", FREE },
	{ "usb.list", FREE }, { "workflow.list", FREE },
};

static const json_t *
need_of(const json_t *manifest, const char *need)
{
	return json_object_get(json_object_get(manifest, "needs"), need);
}

static enum err
refuse(const json_t *manifest, const char *need, const char *value, struct err_msg *why)
{
	const char *name = json_get_str(manifest, "name", "plugin");
	char *list = value != NULL ? mem_fmt("[\"%.80s\"]", value) : mem_str("true");
	char *next = mem_fmt("\"needs\": { \"%s\": %s } in its plugin.json would allow it",
	    need, list);

	(void)err_set(why, ERR_DENIED, "not allowed", next,
	    "the plugin %.60s does not declare %s%s%.80s", name, need, value != NULL ? " " : "",
	    value != NULL ? value : "");
	mem_free(next);
	mem_free(list);
	return ERR_DENIED;
}

enum err
allow_need(const json_t *manifest, const char *need, struct err_msg *why)
{
	if (manifest == NULL || json_is_true(need_of(manifest, need)))
		return ERR_OK;
	return refuse(manifest, need, NULL, why);
}

static bool
matches(const char *entry, const char *value)
{
	const size_t n = strlen(entry);

	if (n != 0 && entry[n - 1] == '*')
		return strncmp(entry, value, n - 1) == 0;
	return strcmp(entry, value) == 0;
}

enum err
allow_value(const json_t *manifest, const char *need, const char *value, struct err_msg *why)
{
	const json_t *list = need_of(manifest, need), *v;
	size_t i;

	if (manifest == NULL)
		return ERR_OK;
	json_array_foreach(list, i, v)
		if (matches(json_string_value(v), value))
			return ERR_OK;
	return refuse(manifest, need, value, why);
}

/* A program of ours is meant by its name, wherever it lies. */
static bool
is_ours(const char *path, const char **name)
{
	const char *base = strrchr(path, '/');
	char *full;
	bool same;

	if (base == NULL || (strncmp(base, "/vise-", 6) != 0 && strcmp(base, "/vise") != 0))
		return false;
	*name = base + 1;
	full = path_program(*name);
	same = full != NULL && strcmp(full, path) == 0;
	mem_free(full);
	return same;
}

/* A program and the words behind it. `vise` is many programs, and some run anything: each is named,
 * "vise build". What `vise run` runs must be allowed as well; places have a need of their own. */
static enum err
check_words(const json_t *manifest, const char *const *word, size_t n, struct err_msg *why)
{
	const char *program = word[0], *verb = n > 1 ? word[1] : "";
	char *both;
	enum err e;
	size_t i = 2;

	(void)is_ours(program, &program);
	if (strcmp(program, "vise") != 0)
		return allow_value(manifest, "exec", program, why);
	if (n > 3 && strcmp(verb, "place") == 0 && (strcmp(word[2], "hold") == 0 ||
	    strcmp(word[2], "lease") == 0))
		return allow_value(manifest, "places", word[3], why);
	both = mem_fmt("vise %.40s", verb);
	e = allow_value(manifest, "exec", both, why);
	mem_free(both);
	if (e != ERR_OK || strcmp(verb, "run") != 0)
		return e;
	while (i < n && strcmp(word[i], "--") != 0)
		i++;
	return i + 1 < n ? check_words(manifest, word + i + 1, n - i - 1, why) :
	    refuse(manifest, "exec", "*", why);
}

/* Is it NAME=VALUE of an argument the command has? All else is a word (core/command.c). */
static bool
is_named(const struct token *k, const char *const *names)
{
	for (; k->key != NULL && *names != NULL; names++)
		if (strcmp(k->key, *names) == 0)
			return true;
	return false;
}

/* job.run ... [--] [env NAME=VALUE...] PROGRAM ARGS */
static enum err
check_exec(const json_t *manifest, const struct token_list *t, struct err_msg *why)
{
	static const char *const names[] = { "name", "kind", "pty", "cwd", "timeout", "wait",
		"port", "part", "quiet", "mine", "confirm", NULL };
	const char *words[LIMIT_ARGV];
	size_t n = 0;
	bool env = false;

	for (size_t i = 1; i < t->n && n < LIMIT_ARGV; i++) {
		const struct token *k = &t->item[i];

		if (n == 0 && is_named(k, names))
			continue;
		if (n == 0 && !env && strcmp(k->whole, "env") == 0)
			env = true;
		else if (n != 0 || !env || strchr(k->whole, '=') == NULL)
			words[n++] = k->whole;
	}
	/* without one the bench says what is missing */
	return n == 0 ? ERR_OK : check_words(manifest, words, n, why);
}

/* The first word, or what is named so. */
static const char *
first(const struct token_list *t, const char *name)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->item[i].key == NULL)
			return t->item[i].whole;
		else if (strcmp(t->item[i].key, name) == 0)
			return t->item[i].value;
	return "";
}

/* exec:PROGRAM ARGS */
static enum err
check_exec_spec(const json_t *manifest, const char *spec, struct err_msg *why)
{
	const char *words[LIMIT_ARGV];
	char *copy = mem_str(spec), *p = copy + strspn(copy, " \t");
	size_t n = 0;
	enum err e;

	while (n < LIMIT_ARGV && *p != '\0') {
		words[n++] = p;
		p += strcspn(p, " \t");
		if (*p != '\0')
			*p++ = '\0';
		p += strspn(p, " \t");
	}
	e = n != 0 ? check_words(manifest, words, n, why) : allow_value(manifest, "exec", "", why);
	mem_free(copy);
	return e;
}

/* console.open SPEC: a port, or a program or an address in its place. */
static enum err
check_open(const json_t *manifest, const struct token_list *t, struct err_msg *why)
{
	static const char *const far[] = { "tcp:", "rfc2217:", "telnet:", "rtt:" };
	const char *spec = first(t, "spec");

	if (strncmp(spec, "shell:", 6) == 0)
		return allow_value(manifest, "exec", "sh", why);
	if (strncmp(spec, "exec:", 5) == 0)
		return check_exec_spec(manifest, spec + 5, why);
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		if (strncmp(spec, far[i], strlen(far[i])) == 0)
			return allow_value(manifest, "net", spec + strlen(far[i]), why);
	return allow_need(manifest, "serial", why);
}

/* http://HOST[:PORT]/...: HOST:PORT is what is allowed, as for tcp: */
static enum err
check_http(const json_t *manifest, const char *url, struct err_msg *why)
{
	const char *host = strstr(url, "://"), *at, *port = strncmp(url, "https", 5) == 0 ?
	    "443" : "80";
	char *address;
	size_t n;
	enum err e;

	host = host != NULL ? host + 3 : url;
	n = strcspn(host, "/?#\\");
	at = memchr(host, '@', n);
	if (at != NULL)                 /* it may hide whom it is really for */
		return err_set(why, ERR_DENIED, "http.request", NULL,
		    "a plugin's address has no user and password in it");
	address = strchr(host, ':') != NULL && (size_t)(strrchr(host, ':') - host) < n &&
	    host[n - 1] != ']' ? mem_strn(host, n) : mem_fmt("%.*s:%s", (int)n, host, port);
	e = allow_value(manifest, "net", address, why);
	mem_free(address);
	return e;
}

static const char *
value_of(const struct token_list *t, const char *key)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->item[i].key != NULL && strcmp(t->item[i].key, key) == 0)
			return t->item[i].value;
	return "";
}

/* Whatever build of gdb the user wants, where the plugin may run one. */
static enum err
check_debugger(const json_t *manifest, const char *program, struct err_msg *why)
{
	if (program == NULL || slice_ends(slice_of(program), "gdb"))
		program = "gdb-multiarch";
	return allow_value(manifest, "exec", program, why);
}

/* Each program of the plan; the tap between gdb and a server is ours. */
static enum err
check_debug(const json_t *manifest, const struct token_list *t, struct err_msg *why)
{
	const char *text = value_of(t, "plan");
	json_t *plan = json_read(text, strlen(text), "plan", why);
	const json_t *servers = json_object_get(plan, "servers"), *m, *debugger;
	enum err e = plan != NULL ? ERR_OK : ERR_FORMAT;
	size_t i;

	json_array_foreach(servers, i, m) {
		const json_t *argv = json_object_get(m, "argv");
		const char *words[] = { json_string_value(json_array_get(argv, 0)),
			json_string_value(json_array_get(argv, 1)) };

		if (e == ERR_OK && words[0] != NULL && (strcmp(words[0], "vise") != 0 ||
		    words[1] == NULL || strcmp(words[1], "rsp") != 0))
			e = check_words(manifest, words, 1 + (words[1] != NULL), why);
	}
	debugger = json_object_get(plan, "debugger");
	m = json_array_get(json_object_get(debugger, "argv"), 0);
	if (e == ERR_OK)
		e = check_debugger(manifest, json_string_value(m), why);
	json_array_foreach(json_object_get(debugger, "or"), i, m)
		if (e == ERR_OK)
			e = check_debugger(manifest, json_string_value(m), why);
	json_decref(plan);
	return e;
}

static enum err check_line(const json_t *manifest, const char *line, int depth,
    struct err_msg *why);

/* What a trigger does later is asked for now. */
static enum err
check_trigger(const json_t *manifest, const struct token_list *t, int depth, struct err_msg *why)
{
	static const char *const plain[] = { "", "notice", "alarm", "mark", "stop", "event" };
	static const char *const names[] = { "pattern", "action", "arg", "console", "once",
		"cooldown", "literal", "mine", "confirm", NULL };
	const char *action = value_of(t, "action");
	size_t words = 0;
	char *later;
	enum err e = allow_need(manifest, "serial", why);

	for (size_t i = 1; i < t->n; i++)
		words += !is_named(&t->item[i], names);
	if (e == ERR_OK && words > 1)
		e = err_set(why, ERR_USAGE, "trigger.add", NULL,
		    "a plugin names each argument but the pattern: action=... arg=...");
	for (size_t i = 0; e == ERR_OK && i < sizeof plain / sizeof *plain; i++)
		if (strcmp(action, plain[i]) == 0)
			return ERR_OK;
	if (e != ERR_OK)
		return e;
	if (strcmp(action, "command") == 0)
		return check_line(manifest, value_of(t, "arg"), depth + 1, why);
	later = strncmp(action, "log", 3) == 0 ? mem_str("console.log") : mem_fmt("%s.run", action);
	e = allow_value(manifest, "commands", later, why);
	mem_free(later);
	return e;
}

static const struct rule *
rule_of(const char *name)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const size_t n = strlen(rules[i].name);

		if (strcmp(rules[i].name, name) == 0 ||
		    (rules[i].name[n - 1] == '.' && strncmp(name, rules[i].name, n) == 0))
			return &rules[i];
	}
	return NULL;
}

static enum err
check_command(const json_t *manifest, const struct token_list *t, int depth, struct err_msg *why)
{
	const char *name = t->item[0].whole;
	const struct rule *r = rule_of(name);

	if (r == NULL)
		return allow_value(manifest, "commands", name, why);
	switch (r->kind) {
	case SERIAL: return allow_need(manifest, "serial", why);
	case EXEC: return strcmp(name, "job.run") == 0 ? check_exec(manifest, t, why) :
	    need_of(manifest, "exec") != NULL ? ERR_OK : refuse(manifest, "exec", name, why);
	case DEBUG: return check_debug(manifest, t, why);
	case OPEN: return check_open(manifest, t, why);
	case TRIGGER: return check_trigger(manifest, t, depth, why);
	case HTTP: return check_http(manifest, first(t, "url"), why);
	case OPENOCD: return allow_value(manifest, "exec", "openocd", why);
	case FREE: break;
	}
	return ERR_OK;
}

static enum err
check_line(const json_t *manifest, const char *line, int depth, struct err_msg *why)
{
	struct token_list t;
	enum err e = ERR_OK;
	size_t at = 0;

	if (depth > NESTED)
		return err_set(why, ERR_DENIED, line, NULL, "nested too deep");
	while (e == ERR_OK && line[at] != '\0') {
		e = token_parse(line, &at, &t, why);
		if (e == ERR_OK && t.n != 0)
			e = check_command(manifest, &t, depth, why);
		token_free(&t);
	}
	return e;
}

enum err
allow_args(const json_t *manifest, const char *name, const json_t *args, struct err_msg *why)
{
	if (manifest == NULL)
		return ERR_OK;
	if (strcmp(name, "http.request") == 0)
		return check_http(manifest, json_get_str(args, "url", ""), why);
	return allow_value(manifest, "commands", name, why);
}

enum err
allow_line(const json_t *manifest, const char *line, struct err_msg *why)
{
	return manifest == NULL ? ERR_OK : check_line(manifest, line, 0, why);
}
