/* test_core_plugin.c - the hash of a tree, what may be trusted, manifests good and bad, which of
 * several plugins of a name is it. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/jsonline.h"
#include "core/lone.h"
#include "core/plugin.h"
#include "core/project.h"
#include "core/trust.h"
#include "sys/io.h"
#include "sys/path.h"

static char top[64];

static char *
under(const char *path)
{
	return path_join(top, path);
}

static void
put(const char *path, const char *text)
{
	char *full = under(path), *dir = mem_str(full);

	*strrchr(dir, '/') = '\0';
	for (char *p = dir + strlen(top); (p = strchr(p + 1, '/')) != NULL; *p = '/') {
		*p = '\0';
		(void)mkdir(dir, 0700);
	}
	(void)mkdir(dir, 0700);
	assert_int_equal(sys_file_replace(full, text, strlen(text), NULL), ERR_OK);
	mem_free(full);
	mem_free(dir);
}

static int
begin(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/vise-test-XXXXXX");
	if (mkdtemp(top) == NULL)
		return -1;
	(void)setenv("XDG_STATE_HOME", top, 1);
	(void)setenv("XDG_CONFIG_HOME", top, 1);
	return 0;
}

static int
drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int
end(void **state)
{
	(void)state;
	return nftw(top, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static void
digests(void **state)
{
	static const struct { const char *text, *hex; } rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char out[SHA256_HEX];
	struct sha256 s;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		sha256_init(&s);
		for (const char *p = rows[i].text; *p != '\0'; p++)
			sha256_add(&s, p, 1);
		sha256_hex(&s, out);
		assert_string_equal(out, rows[i].hex);
	}
	sha256_init(&s);
	for (int i = 0; i < 1000; i++) {
		char many[1000];

		memset(many, 'a', sizeof many);
		sha256_add(&s, many, sizeof many);
	}
	sha256_hex(&s, out);
	assert_string_equal(out, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The hash of the tree p/.vise now, and what the trust file makes of it. */
static enum trust
hash_now(const char *project, const char *given, char out[SHA256_HEX])
{
	char *root = under(project);
	struct err_msg why;
	struct tree t;
	const enum trust trust = trust_look(root, given, &t, &why);

	memcpy(out, t.hash, SHA256_HEX);
	tree_fini(&t);
	mem_free(root);
	return trust;
}

static void
say(const char *project, const char *hash, enum trust_act act)
{
	char *root = under(project);
	struct err_msg why;

	assert_int_equal(trust_say(root, hash, act, &why), ERR_OK);
	mem_free(root);
}

static void
trust(void **state)
{
	char h[SHA256_HEX], other[SHA256_HEX], *link, *deep, *found;
	struct tree t;

	(void)state;
	put("p/.vise/plugins/a/init.lua", "return 1\n");
	put("p/.vise/plugins/a/plugin.json", "{}");
	put("q/.vise/plugins/a/init.lua", "return 1\n");
	put("q/.vise/plugins/a/plugin.json", "{}");
	assert_int_equal(hash_now("p/.vise", NULL, h), TRUST_UNKNOWN);
	assert_int_equal(hash_now("q/.vise", NULL, other), TRUST_UNKNOWN);
	assert_string_equal(h, other);                  /* where it lies is not in the hash */
	say("p/.vise", h, TRUST_ALLOW);
	assert_int_equal(hash_now("p/.vise", NULL, h), TRUST_ALLOWED);
	assert_int_equal(hash_now("q/.vise", NULL, h), TRUST_UNKNOWN);  /* but in the file it is */
	put("p/.vise/plugins/a/more.lua", "");          /* a file that another one could load */
	assert_int_equal(hash_now("p/.vise", NULL, other), TRUST_CHANGED);
	assert_string_not_equal(h, other);
	assert_int_equal(hash_now("p/.vise", other, other), TRUST_ALLOWED);     /* --trust-hash */
	assert_int_equal(hash_now("p/.vise", "sha256:12", other), TRUST_CHANGED);
	say("p/.vise", other, TRUST_DENY);
	put("p/.vise/plugins/a/more.lua", "x");
	assert_int_equal(hash_now("p/.vise", NULL, other), TRUST_DENIED);
	say("p/.vise", "", TRUST_FORGET);
	assert_int_equal(hash_now("p/.vise", NULL, other), TRUST_UNKNOWN);
	assert_true(trust_same("sha256:248d6a61d206", "248d6a61d20638b8"));
	assert_false(trust_same("248d6a61d20", "248d6a61d20638b8"));    /* too short */
	deep = under("p/.vise/plugins/a");
	found = trust_project(deep);
	assert_string_equal(strrchr(found, '/'), "/.vise");
	link = under("p/.vise/plugins/a/link.lua");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(hash_now("p/.vise", NULL, other), TRUST_REFUSED);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(tree_read(&t, found, NULL), ERR_OK);
	assert_null(tree_find(&t, "/etc/passwd"));
	mem_free(link);
	link = path_join(found, "plugins/a/more.lua");
	assert_string_equal(tree_find(&t, link)->data, "x");
	tree_fini(&t);
	mem_free(link);
	mem_free(deep);
	mem_free(found);
}

/* Another owner: only root can make one. */
static void
owners(void **state)
{
	char h[SHA256_HEX], *file;

	(void)state;
	put("o/.vise/plugins/a/init.lua", "");
	file = under("o/.vise/plugins/a/init.lua");
	if (chown(file, 65534, 65534) == 0 && getuid() != 65534)
		assert_int_equal(hash_now("o/.vise", NULL, h), TRUST_REFUSED);
	mem_free(file);
}

static void
broken_file(void **state)
{
	char h[SHA256_HEX];

	(void)state;
	put("b/.vise/x", "1");
	(void)hash_now("b/.vise", NULL, h);
	for (size_t i = 0; i < 90; i++) {               /* each prefix of a good line */
		char *root = under("b/.vise"), *line = mem_fmt("%s %u %s\n", h, (unsigned)getuid(), root);

		line[i < strlen(line) ? i : 0] = '\0';
		put("vise/trust", line);
		assert_int_equal(hash_now("b/.vise", NULL, h), TRUST_UNKNOWN);
		mem_free(line);
		mem_free(root);
	}
	put("vise/trust", "!\n!!\n  \n\n0 0 0\n");
	assert_int_equal(hash_now("b/.vise", NULL, h), TRUST_UNKNOWN);
}

static void
manifests(void **state)
{
#define HEAD "{\"name\":\"x\",\"version\":\"1\",\"api\":\"1.0\""
	static const struct { const char *text, *problem; } rows[] = {
		{ HEAD "}", NULL },
		{ HEAD ",\"provides\":[\"board:x\",\"command:y.z\"],\"needs\":{\"serial\":true}}", NULL },
		{ HEAD ",\"needs\":{\"exec\":[\"openocd\"],\"net\":[\"127.0.0.1:*\"]}}", NULL },
		{ "{\"version\":\"1\",\"api\":\"1.0\"}", "has no \"name\"" },
		{ "{\"name\":\"x\",\"api\":\"1.0\"}", "has no \"version\"" },
		{ "{\"name\":\"x\",\"version\":\"1\"}", "has no \"api\"" },
		{ "{\"name\":\"x\",\"version\":\"1\",\"api\":\"2.0\"}", "needs API 2.0" },
		{ "{\"name\":\"x\",\"version\":\"1\",\"api\":\"1.99\"}", "needs API 1.99" },
		{ "{\"name\":\"x\",\"version\":\"1\",\"api\":\"0.9\"}", "needs API 0.9" },
		{ "{\"name\":\"x\",\"version\":\"1\",\"api\":\"one\"}", "major.minor" },
		{ "{\"name\":\"../x\",\"version\":\"1\",\"api\":\"1.0\"}", "is no name" },
		{ "[]", "not a JSON object" },
		{ HEAD ",\"provides\":\"board:x\"}", "\"provides\" is not a list" },
		{ HEAD ",\"provides\":[7]}", "list of texts" },
		{ HEAD ",\"provides\":[\"bored:x\"]}", "nothing known" },
		{ HEAD ",\"prvides\":[]}", "no field named \"prvides\"" },
		{ HEAD ",\"needs\":{\"root\":true}}", "no field named \"root\"" },
		{ HEAD ",\"needs\":{\"exec\":true}}", "\"exec\" is not a list" },
		{ HEAD ",\"options\":{\"p\":{\"type\":\"int\",\"default\":9,\"min\":1,\"doc\":\"x\"}}}", NULL },
		{ HEAD ",\"options\":{\"p\":{\"type\":\"integr\"}}}", "\"type\" is \"integr\"" },
		{ HEAD ",\"options\":{\"p\":{\"default\":1}}}", "has no \"type\"" },
		{ HEAD ",\"options\":{\"p\":{\"type\":\"int\",\"dflt\":1}}}", "no field named \"dflt\"" },
		{ HEAD ",\"options\":{\"p\":9090}}", "is not an object" },
		{ HEAD ",\"requires\":{\"x\":1}}", "requires.x is not text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *o = json_loads(rows[i].text, 0, NULL);
		struct err_msg why = { .why = "" };
		const enum err e = plugin_check(o, "plugin.json", &why);

		assert_true((e == ERR_OK) == (rows[i].problem == NULL));
		if (e != ERR_OK && strstr(why.why, rows[i].problem) == NULL)
			fail_msg("%s: %s", rows[i].text, why.why);
		json_decref(o);
	}
	assert_true(plugin_version("1.10", ">=1.9"));
	assert_false(plugin_version("1.0", ">1.0.0"));
	assert_true(plugin_version("2", "1.5") && plugin_version("1.5.0", "=1.5"));
	assert_false(plugin_version("1.4", "1.5") || plugin_version("2.1", "<=2"));
}

/* The row of a name that lies in a place. */
static const json_t *
row_of(const json_t *rows, const char *name, const char *place)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (strcmp(json_get_str(row, "name", ""), name) == 0 &&
		    strcmp(json_get_str(row, "place", ""), place) == 0)
			return row;
	fail_msg("no %s in %s", name, place);
	return NULL;
}

static void
places(void **state)
{
	static const char board[] = HEAD ",\"provides\":[\"board:b\"],\"boards\":{\"b\":{\"name\":\"B\"}}}";
	static const char needy[] = "{\"name\":\"needy\",\"version\":\"1\",\"api\":\"1.0\",\"requires\":"
	    "{\"x\":\">=1\"}}", never[] = "{\"name\":\"never\",\"version\":\"1\",\"api\":\"1.0\","
	    "\"requires\":{\"x\":\">=9\"}}";
	char h[SHA256_HEX], *project = under("w/sub");
	const struct plugin_where w = { .from = project };
	json_t *rows, *list, *argv;

	(void)state;
	put("w/.vise/plugins/x/plugin.json", board);
	put("w/sub/file", "");
	put("vise/plugins/x/plugin.json", board);
	put("vise/plugins/needy/plugin.json", needy);
	put("vise/plugins/never/plugin.json", never);
	rows = plugin_rows(&w);
	assert_string_equal(json_get_str(row_of(rows, "x", "project"), "trust", ""), "unknown");
	assert_false(plugin_usable(row_of(rows, "x", "project")));
	assert_true(plugin_usable(row_of(rows, "x", "user")));   /* not shadowed by what may not run */
	assert_non_null(strstr(json_get_str(row_of(rows, "never", "user"), "problem", ""), ">=9"));
	argv = plugin_argv(rows, row_of(rows, "needy", "user"));
	assert_int_equal(json_array_size(argv), 4);
	assert_string_equal(json_string_value(json_array_get(argv, 2)), "--uses");
	json_decref(argv);
	json_decref(rows);
	(void)hash_now("w/.vise", NULL, h);
	say("w/.vise", h, TRUST_ALLOW);
	rows = plugin_rows(&w);
	assert_true(plugin_usable(row_of(rows, "x", "project")));
	assert_false(plugin_usable(row_of(rows, "x", "user")));
	assert_string_equal(json_get_str(plugin_find(rows, "board", "b"), "place", ""), "project");
	list = plugin_kind(rows, "board");
	assert_string_equal(json_get_str(json_array_get(list, 0), "name", ""), "B");
	argv = plugin_argv(rows, plugin_find(rows, "board", "b"));
	assert_int_equal(json_array_size(argv), 6);
	assert_string_equal(json_string_value(json_array_get(argv, 5)), h);
	json_decref(argv);
	json_decref(list);
	json_decref(rows);
	mem_free(project);
}

/* Lua files without a manifest: what they are taken for, which come first, whose they must be. */
static void
lone(void **state)
{
	char *project = under("l"), *init = under("vise/init.lua");
	const struct plugin_where w = { .from = project }, clean = { .from = project, .clean = true };
	char h[SHA256_HEX];
	json_t *rows, *list, *argv;

	(void)state;
	put("vise/init.lua", "");
	put("vise/boards/cam.lua", "");
	put("vise/boards/_mod.lua", "");
	put("vise/boards/cam_test.lua", "");
	put("vise/boards/odd name.lua", "");
	put("l/.vise/boards/cam.lua", "");
	put("l/.vise/project.json", "{\"plugins\":{\"x\":{\"enabled\":false}}}");
	rows = plugin_rows(&w);
	assert_string_equal(json_get_str(json_array_get(rows, 0), "name", ""), "init");
	assert_true(json_get_bool(json_array_get(rows, 0), "eager", false));
	assert_string_equal(json_get_str(plugin_find(rows, "board", "cam"), "place", ""), "user");
	assert_null(plugin_find(rows, "board", "_mod"));
	assert_null(plugin_find(rows, "board", "cam_test"));
	assert_false(plugin_usable(row_of(rows, "board.odd name", "user")));
	assert_true(plugin_usable(row_of(rows, "x", "user")));
	json_decref(rows);
	(void)hash_now("l/.vise", NULL, h);
	say("l/.vise", h, TRUST_ALLOW);
	rows = plugin_rows(&w);
	assert_string_equal(json_get_str(plugin_find(rows, "board", "cam"), "place", ""), "project");
	list = plugin_shadowed(rows, "board");
	assert_string_equal(json_get_str(json_row(list, "cam"), "place", ""), "user");
	json_decref(list);
	list = plugin_kind(rows, "board");
	assert_string_equal(json_get_str(json_row(list, "cam"), "plugin", ""), "board.cam");
	json_decref(list);
	argv = plugin_argv(rows, plugin_find(rows, "board", "cam"));
	assert_true(lone_is(json_string_value(json_array_get(argv, 1))));
	json_decref(argv);
	assert_non_null(strstr(json_get_str(row_of(rows, "x", "user"), "problem", ""), "switched off"));
	json_decref(rows);
	rows = plugin_rows(&clean);
	assert_null(plugin_find(rows, "board", "cam"));
	json_decref(rows);
	assert_int_equal(chmod(init, 0666), 0);
	rows = plugin_rows(&w);
	assert_non_null(strstr(json_get_str(row_of(rows, "init", "user"), "problem", ""), "others may"));
	json_decref(rows);
	mem_free(init);
	mem_free(project);
}

/* The data of a text, or the first words of what is wrong with it. */
static json_t *
settings(const char *text, struct err_msg *why)
{
	why->why[0] = why->what[0] = '\0';
	return project_check(text, strlen(text), "p.json", "/p", why);
}

static void
project(void **state)
{
	static const struct { const char *text, *what, *problem; } rows[] = {
		{ "{\n\"board\": 7}", "p.json:2", "board must be a text" },
		{ "{\"build\": {\n\"rows\": [1]}}", "p.json:2", "build.rows must be" },
		{ "{\"a\": [[{\"board\": 1}]]}", "p.json:1", "a is no field" },
		{ "{\"gauges\": []}", "p.json:1", "gauges must be" },
		{ "{\"elf\": \"a/../../b\"}", "p.json:1", "leads out" },
		{ "{\"elf\": \"/etc/x\"}", "p.json:1", "leads out" },
		{ "{\"baud\": 0}", "p.json:1", "baud must be" },
		{ "{\"plugins\": {\n\"x\": {\"options\": {\"a\": []}}}}", "p.json:2", "must be" },
		{ "{\"plugins\": {\n\"x\": 1}}", "p.json:2", "plugins.x must be" },
		{ "[]", "p.json", "no JSON object" }, { "{", "p.json", "not valid JSON" },
	};
	static const char good[] = "{\"elf\": \"./a\", \"gauges\": \"local\", \"build\": "
	    "{\"package\": \"./cmd\"}, \"plugins\": {\"x\": {\"options\": {\"a\": 1}}}}";
	const char *const path[] = { "plugins", "x", "options", NULL };
	struct err_msg why;
	json_t *o;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_null(settings(rows[i].text, &why));
		assert_int_equal(why.code, ERR_CONFIG);
		assert_string_equal(why.what, rows[i].what);
		if (strstr(why.why, rows[i].problem) == NULL)
			fail_msg("%s: %s", rows[i].text, why.why);
	}
	o = settings(good, &why);
	assert_string_equal(json_get_str(o, "elf", ""), "/p/a");
	assert_int_equal(json_array_size(json_object_get(o, "gauges")), 1);
	assert_string_equal(json_get_str(json_object_get(o, "build"), "package", ""), "/p/cmd");
	json_decref(o);
	assert_int_equal(jsonline_find(good, strlen(good), path), 1);
	for (size_t i = 0; i < strlen(good); i++) {     /* each prefix: no data, no crash */
		char *part = mem_strn(good, i);

		(void)jsonline_find(part, i, path);
		assert_null(settings(part, &why));
		mem_free(part);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests), cmocka_unit_test(trust), cmocka_unit_test(owners),
		cmocka_unit_test(broken_file), cmocka_unit_test(manifests), cmocka_unit_test(places),
		cmocka_unit_test(project), cmocka_unit_test(lone),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
