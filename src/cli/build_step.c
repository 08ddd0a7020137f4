/* build_step.c - steps of a row. */
#include "cli/build_step.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/build_target.h"
#include "sys/io.h"
#include "sys/path.h"

enum { SAID_MAX = 200 };

void
build_words_add(struct build_words *w, const char *fmt, ...)
{
	char *text = NULL;
	struct buf b;
	va_list ap, again;
	int n;

	if (w->n == BUILD_WORDS_MAX)
		return;
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_init(&b, (size_t)n + 2);
	if (buf_reserve(&b, (size_t)n + 1) == ERR_OK) {
		(void)vsnprintf(b.data, (size_t)n + 1, fmt, again);
		b.len = (size_t)n;
		text = buf_take(&b);
	}
	va_end(again);
	w->v[w->n++] = text;
}

void
build_words_fini(struct build_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		mem_free(w->v[i]);
	w->n = 0;
}

static const char *
get(const json_t *row, const char *key)
{
	return json_get_str(row, key, "");
}

static bool
is_tinygo(const json_t *row)
{
	return json_get_str(row, "tinygo", NULL) != NULL;
}

bool
build_step_native(const struct build_opts *o, const json_t *row)
{
	return strcmp(get(row, "goos"), o->go->hostos) == 0 &&
	    strcmp(get(row, "goarch"), o->go->hostarch) == 0;
}

void
build_step_hash(const char *path, char out[SHA256_HEX])
{
	const int fd = sys_open(path, O_RDONLY, 0);
	struct sha256 s;
	char piece[16384];
	ssize_t n;

	out[0] = '\0';
	if (fd < 0)
		return;
	sha256_init(&s);
	while ((n = sys_read(fd, piece, sizeof piece)) > 0)
		sha256_add(&s, piece, (size_t)n);
	if (n == 0)
		sha256_hex(&s, out);
	sys_close(fd);
}

/* ---- variables */

static void
add_env(const json_t *row, struct build_words *env, bool cgo)
{
	const char *variable = build_target_variable(get(row, "goarch")), *key;
	json_t *v;

	json_object_foreach(json_object_get(row, "env"), key, v)
		build_words_add(env, "%s=%s", key, json_string_value(v));
	if (is_tinygo(row))
		return;
	build_words_add(env, "GOOS=%s", get(row, "goos"));
	build_words_add(env, "GOARCH=%s", get(row, "goarch"));
	if (variable != NULL && get(row, "variant")[0] != '\0')
		build_words_add(env, "%s=%s", variable, get(row, "variant"));
	build_words_add(env, "CGO_ENABLED=%d", cgo ? 1 : 0);
	if (cgo && get(row, "cc")[0] != '\0')
		build_words_add(env, "CC=%s", get(row, "cc"));
	if (cgo && get(row, "cxx")[0] != '\0')
		build_words_add(env, "CXX=%s", get(row, "cxx"));
}

/* ---- list: what it imports */

static bool
list_words(const struct build_opts *o, json_t *row, struct build_words *argv,
    struct build_words *env)
{
	add_env(row, env, true);
	if (is_tinygo(row)) {
		build_words_add(argv, "tinygo");
		build_words_add(argv, "info");
		build_words_add(argv, "-target=%s", get(row, "tinygo"));
		return true;
	}
	build_words_add(argv, "go");
	build_words_add(argv, "list");
	build_words_add(argv, "-deps");
	build_words_add(argv, "-f");
	build_words_add(argv, "%s", BUILD_LIST_FORMAT);
	if (get(row, "tags")[0] != '\0')
		build_words_add(argv, "-tags=%s", get(row, "tags"));
	build_words_add(argv, "--");
	build_words_add(argv, "%s", o->package);
	return true;
}

static void
first_line(struct slice said, char out[SAID_MAX])
{
	struct slice line = { NULL, 0 };

	while (said.n != 0 && line.n == 0)
		line = slice_trim(slice_cut(said, '\n', &said));
	snprintf(out, SAID_MAX, "%.*s", (int)(line.n < SAID_MAX ? line.n : SAID_MAX - 1),
	    line.n != 0 ? line.p : "");
}

/* Of a program that failed: what Go or a shell says of it, else its last words. */
static void
telling_line(struct slice said, char out[SAID_MAX])
{
	static const char *const words[] = { "panic: ", "fatal error: ", "qemu: ", "Error " };
	struct slice best = { NULL, 0 };
	bool telling = false;

	while (said.n != 0 && !telling) {
		const struct slice line = slice_trim(slice_cut(said, '\n', &said));

		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			telling = telling || slice_starts(line, words[i]);
		if (line.n != 0)
			best = line;
	}
	snprintf(out, SAID_MAX, "%.*s", (int)(best.n < SAID_MAX ? best.n : SAID_MAX - 1),
	    best.n != 0 ? best.p : "");
}

static bool
list_ended(const struct build_opts *o, json_t *row, const struct build_proc_end *end,
    const char *before)
{
	char line[SAID_MAX];

	(void)o;
	(void)before;
	if (!is_tinygo(row)) {
		build_check_listed(row, end->status, end->said);
	} else if (end->status != 0) {
		first_line(end->said, line);
		build_finding(row, "bad", "tinygo", "tinygo targets names them", "%s", line);
	}
	return !build_refused(row);
}

/* ---- build */

/* "app" of example.com/app/v2; of a .go file, its name. */
static char *
program_name(const struct build_opts *o, const json_t *row)
{
	const char *path = get(row, "main");
	size_t n, from;
	char *real, *slash, *name;

	if (strcmp(path, "command-line-arguments") == 0 || path[0] == '\0') {
		real = path_real(o->package);
		slash = real != NULL ? strrchr(real, '/') : NULL;
		name = mem_str(slash != NULL && slash[1] != '\0' ? slash + 1 : "program");
		if (slice_ends(slice_of(name), ".go"))
			name[strlen(name) - 3] = '\0';
		mem_free(real);
		return name;
	}
	n = strlen(path);
	for (from = n; from > 0 && path[from - 1] != '/'; from--)
		;
	if (from > 1 && path[from] == 'v' && strspn(path + from + 1, "0123456789") == n - from -
	    1 && n - from > 1)
		for (n = --from; from > 0 && path[from - 1] != '/'; from--)
			;
	return mem_strn(path + from, n - from);
}

static void
choose_file(const struct build_opts *o, json_t *row)
{
	const char *goos = get(row, "goos"), *ending = "";
	char *name = program_name(o, row), *file;

	if (is_tinygo(row))
		ending = strcmp(get(row, "format"), "uf2") == 0 ? ".uf2" :
		    strcmp(get(row, "format"), "hex") == 0 ? ".hex" :
		    strcmp(get(row, "format"), "bin") == 0 ? ".bin" : ".elf";
	else if (strcmp(goos, "windows") == 0)
		ending = ".exe";
	else if (strcmp(get(row, "goarch"), "wasm") == 0)
		ending = ".wasm";
	file = mem_fmt("%s/%s-%s%s", o->dir, name, get(row, "row"), ending);
	json_put_str(row, "file", file);
	mem_free(file);
	mem_free(name);
}

static bool
build_words(const struct build_opts *o, json_t *row, struct build_words *argv,
    struct build_words *env)
{
	static const struct { const char *flag, *key; } flags[] = {
		{ "-tags", "tags" }, { "-ldflags", "ldflags" }, { "-gcflags", "gcflags" },
		{ "-buildmode", "buildmode" },
	};
	const bool tinygo = is_tinygo(row);

	choose_file(o, row);
	add_env(row, env, json_get_bool(row, "cgo", false));
	build_words_add(argv, "%s", tinygo ? "tinygo" : "go");
	build_words_add(argv, "build");
	if (tinygo)
		build_words_add(argv, "-target=%s", get(row, "tinygo"));
	else if (o->jobs > 1 && o->cpus > 1)
		build_words_add(argv, "-p=%u", o->cpus / o->jobs > 0 ? o->cpus / o->jobs : 1);
	build_words_add(argv, "-o");
	build_words_add(argv, "%s", get(row, "file"));
	if (json_get_bool(row, "trimpath", false) && !tinygo)
		build_words_add(argv, "-trimpath");
	for (size_t i = 0; i < (tinygo ? 2 : 4); i++)
		if (get(row, flags[i].key)[0] != '\0')
			build_words_add(argv, "%s=%s", flags[i].flag, get(row, flags[i].key));
	for (size_t i = 0; i < o->extras; i++)
		build_words_add(argv, "%s", o->extra[i]);
	build_words_add(argv, "%s", o->package);
	return true;
}

static bool
build_ended(const struct build_opts *o, json_t *row, const struct build_proc_end *end,
    const char *before)
{
	char now[SHA256_HEX];
	struct path_stamp stamp;

	(void)o;
	json_put_num(row, "seconds", (double)end->took_ns / 1e9);
	build_step_hash(get(row, "file"), now);
	if (end->status != 0 || now[0] == '\0') {
		json_put_str(row, "state", "failed");
		json_put_int(row, "status", end->status);
		json_put_strn(row, "output", end->said.p, end->said.n);
		return false;
	}
	json_put_str(row, "state", strcmp(now, before) == 0 ? "cached" : "built");
	json_put_str(row, "sha256", now);
	if (path_stamp(get(row, "file"), &stamp))
		json_put_int(row, "bytes", (int64_t)stamp.size);
	return true;
}

/* ---- facts of the result */

static bool
facts_words(const struct build_opts *o, json_t *row, struct build_words *argv,
    struct build_words *env)
{
	char *self = path_self();

	(void)o;
	(void)env;
	build_words_add(argv, "%s", self);
	build_words_add(argv, "image");
	build_words_add(argv, "show");
	build_words_add(argv, "--json");
	if (get(row, "board")[0] != '\0')
		build_words_add(argv, "--board=%s", get(row, "board"));
	build_words_add(argv, "%s", get(row, "file"));
	mem_free(self);
	return strcmp(get(row, "goos"), "linux") == 0 || is_tinygo(row);
}

/* What is worth a column; lists of sections and symbols are `vise image`'s. */
static bool
facts_ended(const struct build_opts *o, json_t *row, const struct build_proc_end *end,
    const char *before)
{
	static const char *const kept[] = { "kind", "arch", "static", "interp", "needed",
		"versions", "pie", "stripped", "dwarf", "sizes", "min_kernel", "usage" };
	struct err_msg why;
	json_t *facts = end->status == 0 ? json_read(end->said.p, end->said.n, "image", &why) :
	    NULL, *few = json_object(), *f;
	size_t i;

	(void)o;
	(void)before;
	for (i = 0; i < sizeof kept / sizeof *kept; i++)
		if (json_object_get(facts, kept[i]) != NULL)
			(void)json_object_set(few, kept[i], json_object_get(facts, kept[i]));
	json_array_foreach(json_object_get(facts, "findings"), i, f)
		build_finding(row, strcmp(json_get_str(f, "level", ""), "bad") == 0 ? "unfit" :
		    "warn", json_get_str(f, "check", ""), NULL, "%s", json_get_str(f, "why", ""));
	if (facts != NULL)
		json_put(row, "facts", json_incref(few));
	json_decref(few);
	json_decref(facts);
	return true;
}

/* ---- smoke run */

static void
put_smoke(json_t *row, const char *state, const char *how)
{
	json_t *smoke = json_object_get(row, "smoke");

	if (smoke == NULL) {
		smoke = json_object();
		json_put(row, "smoke", smoke);
	}
	json_put_str(smoke, "state", state);
	if (how != NULL)
		json_put_str(smoke, "how", how);
}

/* The library folder of Debian's cross compiler, for what is linked with it. */
static void
add_root(const json_t *row, struct build_words *argv)
{
	const struct build_compiler *c = build_target_compiler(get(row, "goos"), get(row,
	    "goarch"), get(row, "variant"));
	char *dir = c != NULL ? mem_fmt("/usr/%s", c->triple) : NULL;

	if (dir != NULL && json_get_bool(row, "cgo", false) && path_is_dir(dir)) {
		build_words_add(argv, "-L");
		build_words_add(argv, "%s", dir);
	}
	mem_free(dir);
}

static bool
add_qemu(json_t *row, struct build_words *argv)
{
	const char *name = build_target_qemu(get(row, "goarch"));
	char *found = NULL, word[40] = "";

	if (is_tinygo(row) || strcmp(get(row, "goos"), "linux") != 0 || name == NULL) {
		put_smoke(row, "none", "nothing here runs it");
		return false;
	}
	for (size_t i = 0; i < 2 && found == NULL; i++) {
		snprintf(word, sizeof word, "qemu-%s%s", name, i == 0 ? "" : "-static");
		found = path_which(word);
	}
	if (found == NULL) {
		snprintf(word, sizeof word, "qemu-%s", name);
		put_smoke(row, "missing", word);
		build_finding(row, "warn", "smoke", "apt install qemu-user", "%s is not here",
		    word);
		return false;
	}
	mem_free(found);
	put_smoke(row, "running", word);
	build_words_add(argv, "%s", word);
	add_root(row, argv);
	return true;
}

static bool
smoke_words(const struct build_opts *o, json_t *row, struct build_words *argv,
    struct build_words *env)
{
	struct slice rest = slice_of(o->smoke_args);
	char *file;

	(void)env;
	if (!o->smoke)
		return false;
	if (build_step_native(o, row))
		put_smoke(row, "running", "as it is");
	else if (!add_qemu(row, argv))
		return false;
	file = path_real(get(row, "file"));
	build_words_add(argv, "%s", file != NULL ? file : get(row, "file"));
	mem_free(file);
	for (;;) {
		const struct slice word = slice_word(&rest);

		if (word.n == 0)
			return true;
		build_words_add(argv, "%.*s", (int)word.n, word.p);
	}
}

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* "runs" gets this one, "ms" is their median. */
static void
put_time(json_t *smoke, double ms)
{
	json_t *runs = json_object_get(smoke, "runs"), *v;
	double sorted[SMOKE_RUNS_MAX];
	size_t i, n = 0;

	if (runs == NULL) {
		runs = json_array();
		json_put(smoke, "runs", runs);
	}
	(void)json_array_append_new(runs, json_real(ms));
	json_array_foreach(runs, i, v)
		if (n < SMOKE_RUNS_MAX)
			sorted[n++] = json_number_value(v);
	qsort(sorted, n, sizeof *sorted, by_value);
	json_put_num(smoke, "ms", sorted[n / 2]);
}

bool
build_step_again(enum build_step s, const struct build_opts *o, const json_t *row)
{
	const json_t *smoke = json_object_get(row, "smoke");

	return s == STEP_SMOKE && json_array_size(json_object_get(smoke, "runs")) <
	    o->smoke_runs && strcmp(json_get_str(smoke, "state", ""), "failed") != 0;
}

/* What did not end by itself in its time is a service that runs. A text that it should say is all
 * that counts: it is ended when it has said it. */
static bool
smoke_ended(const struct build_opts *o, json_t *row, const struct build_proc_end *end,
    const char *before)
{
	json_t *smoke = json_object_get(row, "smoke");
	const bool said = o->expect != NULL && slice_find(end->said, slice_of(o->expect)) >= 0;
	const bool good = o->expect != NULL ? said : end->timed_out || end->status == 0;
	char line[SAID_MAX];

	(void)before;
	if (good)
		first_line(end->said, line);
	else
		telling_line(end->said, line);
	put_time(smoke, (double)end->took_ns / 1e6);
	json_put_int(smoke, "status", end->status);
	json_put_str(smoke, "said", line);
	json_put_str(smoke, "state", !good ? "failed" : end->timed_out && !said ? "alive" : "ok");
	if (!good && o->expect != NULL)
		build_finding(row, "unfit", "smoke", NULL, "it never said \"%.100s\"%s%s",
		    o->expect, line[0] != '\0' ? ", but: " : "", line);
	else if (!good)
		build_finding(row, "unfit", "smoke", NULL, "it ended with %d%s%s", end->status,
		    line[0] != '\0' ? ": " : "", line);
	return true;
}

/* ---- parts list */

static const struct { const char *tool, *ending; } sboms[] = {
	{ "cyclonedx-gomod", ".cdx.json" }, { "syft", ".cdx.json" }, { "go", ".modules.txt" },
};

static bool
sbom_words(const struct build_opts *o, json_t *row, struct build_words *argv,
    struct build_words *env)
{
	const char *file = get(row, "file");
	json_t *sbom = json_object();
	char *to, *path = NULL;
	size_t i;

	(void)env;
	for (i = 0; i < 2 && (path = path_which(sboms[i].tool)) == NULL; i++)
		;
	mem_free(path);
	to = mem_fmt("%s%s", file, sboms[i].ending);
	if (o->sbom) {
		json_put_str(sbom, "tool", sboms[i].tool);
		json_put_str(sbom, "file", to);
		json_put(row, "sbom", json_incref(sbom));
	}
	build_words_add(argv, "%s", sboms[i].tool);
	if (i == 0) {
		build_words_add(argv, "bin");
		build_words_add(argv, "-json");
		build_words_add(argv, "-output");
		build_words_add(argv, "%s", to);
		build_words_add(argv, "%s", file);
	} else if (i == 1) {
		build_words_add(argv, "file:%s", file);
		build_words_add(argv, "-q");
		build_words_add(argv, "-o");
		build_words_add(argv, "cyclonedx-json=%s", to);
	} else {
		build_words_add(argv, "version");
		build_words_add(argv, "-m");
		build_words_add(argv, "%s", file);
	}
	mem_free(to);
	json_decref(sbom);
	return o->sbom;
}

static bool
sbom_ended(const struct build_opts *o, json_t *row, const struct build_proc_end *end,
    const char *before)
{
	json_t *sbom = json_object_get(row, "sbom");
	const char *file = json_get_str(sbom, "file", ""), *tool = json_get_str(sbom, "tool", "");
	struct err_msg why;
	char line[SAID_MAX];
	bool good = end->status == 0;

	(void)o;
	(void)before;
	first_line(end->said, line);
	if (good && strcmp(tool, "go") == 0)
		good = sys_file_replace(file, end->said.p, end->said.n, &why) == ERR_OK;
	if (!good || !path_exists(file)) {
		build_finding(row, "warn", "sbom", NULL, "%s: %s", tool, line);
		(void)json_object_del(row, "sbom");
	}
	return true;
}

/* ---- the table */

static const struct {
	bool (*words)(const struct build_opts *o, json_t *row, struct build_words *argv,
	    struct build_words *env);
	bool (*ended)(const struct build_opts *o, json_t *row, const struct build_proc_end *end,
	    const char *before);
} steps[STEP_COUNT] = {
	[STEP_LIST] = { list_words, list_ended }, [STEP_BUILD] = { build_words, build_ended },
	[STEP_FACTS] = { facts_words, facts_ended }, [STEP_SMOKE] = { smoke_words, smoke_ended },
	[STEP_SBOM] = { sbom_words, sbom_ended },
};

bool
build_step_words(enum build_step s, const struct build_opts *o, json_t *row,
    struct build_words *argv, struct build_words *env)
{
	return steps[s].words(o, row, argv, env);
}

bool
build_step_ended(enum build_step s, const struct build_opts *o, json_t *row,
    const struct build_proc_end *end, const char before[SHA256_HEX])
{
	return steps[s].ended(o, row, end, before);
}
