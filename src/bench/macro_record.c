/* macro_record.c - AT commands that were typed or sent, turned into a macro. */
#include "bench/macro_record.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"
#include "sys/path.h"

enum { STEPS_MAX = 200, NAME_MAX_LEN = 48, TEXT_MAX = 256 << 10 };

static bool
name_good(const char *name)
{
	const size_t n = name != NULL ? strlen(name) : 0;

	return n != 0 && n <= NAME_MAX_LEN && isalnum((unsigned char)name[0]) &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

static enum err
check_name(const char *name, struct err_msg *why)
{
	if (name_good(name))
		return ERR_OK;
	return err_set(why, ERR_USAGE, name != NULL ? name : "macro.record",
	    "macro.record start NAME", "a name is made of letters, digits, - and _");
}

enum err
macro_record_start(struct macro_record *r, const char *name, struct err_msg *why)
{
	if (r->name != NULL)
		return err_set(why, ERR_BUSY, r->name, "macro.record stop, or drop",
		    "this macro is being recorded");
	r->name = mem_str(name != NULL && name[0] != '\0' ? name : "recorded");
	if (check_name(r->name, why) != ERR_OK) {
		mem_free(r->name);
		r->name = NULL;
		return ERR_USAGE;
	}
	r->steps = json_array();
	return ERR_OK;
}

void
macro_record_fini(struct macro_record *r)
{
	mem_free(r->name);
	json_decref(r->steps);
	*r = (struct macro_record){ .name = NULL };
}

/* ---- a reply as a pattern */

/* Numbers and quoted texts may differ the next time; everything else must stand there again. */
static void
generalise(struct buf *out, const char *s)
{
	(void)buf_add_byte(out, '^');
	while (*s != '\0') {
		if (isdigit((unsigned char)*s)) {
			(void)buf_add_str(out, "\\d+");
			s += strspn(s, "0123456789");
		} else if (*s == '"' && strchr(s + 1, '"') != NULL) {
			(void)buf_add_str(out, "\"[^\"]*\"");
			s = strchr(s + 1, '"') + 1;
		} else {
			if (strchr("\\^$.|?*+()[]{}", *s) != NULL)
				(void)buf_add_byte(out, '\\');
			(void)buf_add_byte(out, *s++);
		}
	}
	(void)buf_add_byte(out, '$');
}

/* The first line that names itself ("+CSQ: ..."), else the only one. */
static const char *
telling_line(const json_t *lines)
{
	const char *first = json_string_value(json_array_get(lines, 0)), *text;
	size_t i;
	json_t *l;

	json_array_foreach(lines, i, l) {
		text = json_string_value(l);
		if (text != NULL && strchr("+^#$%*", text[0]) != NULL && strchr(text, ':') != NULL)
			return text;
	}
	return json_array_size(lines) == 1 && first != NULL && strlen(first) < 200 ? first : NULL;
}

static bool
is_printable(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

void
macro_record_add(struct macro_record *r, const json_t *result)
{
	const char *line = telling_line(json_object_get(result, "lines"));
	const char *code = json_get_str(result, "code", "?");
	const bool good = strcmp(code, "ok") == 0 || strcmp(code, "connect") == 0;
	const bool refused = strcmp(code, "error") == 0 || strcmp(code, "cme") == 0 ||
	    strcmp(code, "cms") == 0;
	json_t *step;
	struct buf rx;

	if (r->name == NULL || (!good && !refused) || json_array_size(r->steps) >= STEPS_MAX)
		return;
	step = json_object();
	json_put_str(step, "at", json_get_str(result, "command", "AT"));
	json_put_bool(step, "fails", refused);
	if (good && line != NULL && is_printable(line)) {
		buf_init(&rx, 4096);
		generalise(&rx, line);
		json_put_str(step, "rx", buf_str(&rx));
		buf_fini(&rx);
	}
	(void)json_array_append_new(r->steps, step);
}

/* ---- writing */

/* Lua text in double quotes. */
static void
quote(struct buf *out, const char *s)
{
	(void)buf_add_byte(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			(void)buf_add_byte(out, '\\');
		if ((unsigned char)*s < 0x20)
			(void)buf_add_fmt(out, "\\%03d", *s);
		else
			(void)buf_add_byte(out, *s);
	}
	(void)buf_add_byte(out, '"');
}

static void
write_lua(const struct macro_record *r, struct buf *out)
{
	json_t *s;
	size_t i;

	(void)buf_add_fmt(out, "-- %s: recorded. Edit it as you like: see vise-lua(7), MACROS.\n"
	    "local vise = require \"vise\"\n\nvise.macro {\n"
	    "  id = \"%s\", title = \"%s (recorded)\",\n  steps = {\n", r->name, r->name, r->name);
	json_array_foreach(r->steps, i, s) {
		const char *rx = json_get_str(s, "rx", NULL);

		(void)buf_add_str(out, "    { at = ");
		quote(out, json_get_str(s, "at", "AT"));
		if (rx != NULL) {
			(void)buf_add_str(out, ", match = vise.rx(");
			quote(out, rx);
			(void)buf_add_str(out, ")");
		}
		if (json_get_bool(s, "fails", false))
			(void)buf_add_str(out, ", fails = true");
		(void)buf_add_str(out, " },\n");
	}
	(void)buf_add_str(out, "  },\n}\n");
}

static enum err
save(const char *dir, const char *file, const char *text, char **path, struct err_msg *why)
{
	*path = path_join(dir, file);
	return sys_file_replace(*path, text, strlen(text), why);
}

static enum err
write_plugin(const struct macro_record *r, json_t **out, struct err_msg *why)
{
	char *config = path_config(), *plugins = config != NULL ? path_join(config, "plugins") :
	    NULL;
	char *dir = plugins != NULL ? path_join(plugins, r->name) : NULL, *lua = NULL, *json = NULL;
	char *manifest = mem_fmt("{\n"
	    "  \"name\": \"%s\", \"version\": \"1.0.0\", \"api\": \"1.0\",\n"
	    "  \"entry\": \"init.lua\", \"needs\": { \"serial\": true },\n"
	    "  \"provides\": [\"macro:%s\"],\n"
	    "  \"macros\": { \"%s\": { \"title\": \"%s (recorded)\", \"steps\": %zu } }\n}\n",
	    r->name, r->name, r->name, r->name, json_array_size(r->steps));
	struct buf text;
	enum err e = ERR_OK;

	buf_init(&text, TEXT_MAX);
	write_lua(r, &text);
	if (dir == NULL)
		e = err_set(why, ERR_CONFIG, "macro.record", "set HOME",
		    "there is no folder for plugins");
	if (e == ERR_OK)
		e = path_make_private(dir, why);
	if (e == ERR_OK)
		e = save(dir, "init.lua", buf_str(&text), &lua, why);
	if (e == ERR_OK)
		e = save(dir, "plugin.json", manifest, &json, why);
	if (e == ERR_OK) {
		*out = json_object();
		json_put_str(*out, "name", r->name);
		json_put_str(*out, "file", lua);
		json_put_int(*out, "steps", (int64_t)json_array_size(r->steps));
		json_put_str(*out, "text", buf_str(&text));
	}
	buf_fini(&text);
	for (size_t i = 0; i < 6; i++)
		mem_free(((char *[]){ config, plugins, dir, lua, json, manifest })[i]);
	return e;
}

enum err
macro_record_stop(struct macro_record *r, const char *name, json_t **out, struct err_msg *why)
{
	enum err e = ERR_OK;

	*out = NULL;
	if (r->name == NULL)
		return err_set(why, ERR_NOENT, "macro.record", "macro.record start NAME",
		    "nothing is being recorded");
	if (json_array_size(r->steps) == 0)
		return err_set(why, ERR_NOTHING, r->name, "type AT commands, or macro.record drop",
		    "no AT command was answered yet");
	if (name != NULL && name[0] != '\0') {
		e = check_name(name, why);
		if (e != ERR_OK)
			return e;
		mem_free(r->name);
		r->name = mem_str(name);
	}
	e = write_plugin(r, out, why);
	if (e == ERR_OK)
		macro_record_fini(r);
	return e;
}
