/* build_check.c - the checks of a row. */
#include "cli/build_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/build_target.h"
#include "cli/capture.h"
#include "sys/path.h"

enum { OUTPUT_MAX = 1 << 20, WHY_MAX = 400, NAMED = 4 };

/* ---- the tool chain */

static enum err
ask_go(const char *const *argv, json_t **out, struct err_msg *why)
{
	struct buf b;
	int status = 0;
	enum err e;

	*out = NULL;
	buf_init(&b, OUTPUT_MAX);
	e = capture(argv, &b, &status, why);
	if (e == ERR_OK && status != 0)
		e = err_set(why, ERR_TOOL, "go", NULL, "go %s ended with %d", argv[1], status);
	if (e == ERR_OK) {
		*out = json_read(buf_str(&b), b.len, "go", why);
		e = *out != NULL ? ERR_OK : ERR_FORMAT;
	}
	buf_fini(&b);
	return e;
}

/* 19 of "go1.19.8" */
static unsigned
minor_of(const char *version)
{
	return strncmp(version, "go1.", 4) == 0 ? (unsigned)strtoul(version + 4, NULL, 10) : 0;
}

enum err
build_go_init(struct build_go *go, struct err_msg *why)
{
	static const char *const env[] = { "go", "env", "-json", "GOVERSION", "GOHOSTOS",
		"GOHOSTARCH", "CGO_ENABLED", NULL };
	static const char *const list[] = { "go", "tool", "dist", "list", "-json", NULL };
	char *path = path_which("go");
	json_t *o = NULL;
	enum err e;

	*go = (struct build_go){ .minor = 0 };
	if (path == NULL)
		return err_set(why, ERR_NOENT, "go", "install golang-go, or put Go's bin in PATH",
		    "is not here");
	mem_free(path);
	e = ask_go(env, &o, why);
	if (e == ERR_OK)
		e = ask_go(list, &go->targets, why);
	go->version = mem_str(json_get_str(o, "GOVERSION", "go"));
	go->hostos = mem_str(json_get_str(o, "GOHOSTOS", "linux"));
	go->hostarch = mem_str(json_get_str(o, "GOHOSTARCH", ""));
	go->cgo = strcmp(json_get_str(o, "CGO_ENABLED", "0"), "1") == 0;
	go->minor = minor_of(go->version);
	json_decref(o);
	return e;
}

void
build_go_fini(struct build_go *go)
{
	mem_free(go->version);
	mem_free(go->hostos);
	mem_free(go->hostarch);
	json_decref(go->targets);
}

/* ---- findings */

void
build_finding(json_t *row, const char *level, const char *check, const char *next,
    const char *why, ...)
{
	json_t *list = json_object_get(row, "findings"), *o = json_object();
	char text[WHY_MAX];
	va_list ap;

	va_start(ap, why);
	(void)vsnprintf(text, sizeof text, why, ap);
	va_end(ap);
	if (list == NULL) {
		list = json_array();
		json_put(row, "findings", list);
	}
	json_put_str(o, "level", level);
	json_put_str(o, "check", check);
	json_put_str(o, "why", text);
	if (next != NULL)
		json_put_str(o, "next", next);
	(void)json_array_append_new(list, o);
}

bool
build_refused(const json_t *row)
{
	const json_t *f;
	size_t i;

	json_array_foreach(json_object_get(row, "findings"), i, f)
		if (strcmp(json_get_str(f, "level", ""), "bad") == 0)
			return true;
	return false;
}

/* ---- cgo and its compiler */

static bool
native(const struct build_go *go, const json_t *row)
{
	return strcmp(json_get_str(row, "goos", ""), go->hostos) == 0 &&
	    strcmp(json_get_str(row, "goarch", ""), go->hostarch) == 0;
}

static void
decide_cgo(const struct build_go *go, json_t *row)
{
	const char *asked = getenv("CGO_ENABLED");

	if (json_object_get(row, "cgo") != NULL)
		return;
	json_put_bool(row, "cgo", asked != NULL && asked[0] != '\0' ? strcmp(asked, "1") == 0 :
	    native(go, row) && go->cgo);
}

/* CC_linux_arm64 and CC_FOR_linux_arm64, of the row's own variables or ours. */
static const char *
named_compiler(const json_t *row)
{
	static const char *const prefix[] = { "CC_", "CC_FOR_" };
	const char *found = NULL;

	for (size_t i = 0; i < 2 && found == NULL; i++) {
		char *name = mem_fmt("%s%s_%s", prefix[i], json_get_str(row, "goos", ""),
		    json_get_str(row, "goarch", ""));

		found = json_get_str(json_object_get(row, "env"), name, getenv(name));
		mem_free(name);
	}
	return found;
}

static bool
have_program(const char *words)
{
	char *first = mem_strn(words, strcspn(words, " \t")), *path = path_which(first);
	const bool have = path != NULL;

	mem_free(path);
	mem_free(first);
	return have;
}

static void
usual_compiler(const struct build_go *go, json_t *row)
{
	const struct build_compiler *c = build_target_compiler(json_get_str(row, "goos", ""),
	    json_get_str(row, "goarch", ""), json_get_str(row, "variant", ""));
	char *gcc, *gxx, next[ERR_NEXT_MAX];

	if (c == NULL) {
		build_finding(row, "bad", "compiler", "name one: cc=COMPILER, or cgo off: nocgo",
		    "cgo needs a C compiler for %s/%s, and Debian has none",
		    json_get_str(row, "goos", ""), json_get_str(row, "goarch", ""));
		return;
	}
	gcc = native(go, row) ? mem_str("gcc") : mem_fmt("%s-gcc", c->triple);
	gxx = native(go, row) ? mem_str("g++") : mem_fmt("%s-g++", c->triple);
	if (have_program(gcc)) {
		json_put_str(row, "cc", gcc);
		if (have_program(gxx))
			json_put_str(row, "cxx", gxx);
	} else {
		snprintf(next, sizeof next, "apt install %s; or cgo off: nocgo",
		    native(go, row) ? "gcc" : c->package);
		build_finding(row, "bad", "compiler", next,
		    "cgo is on, and its C compiler %s is not here", gcc);
	}
	if (c->pitfall != NULL && !native(go, row))
		build_finding(row, "warn", "compiler", NULL, "%s", c->pitfall);
	mem_free(gcc);
	mem_free(gxx);
}

static void
check_compiler(const struct build_go *go, json_t *row)
{
	const char *cc = json_get_str(row, "cc", NULL);

	if (cc == NULL)
		cc = named_compiler(row);
	if (cc == NULL && native(go, row))
		cc = getenv("CC");
	if (cc == NULL || cc[0] == '\0') {
		usual_compiler(go, row);
		return;
	}
	json_put_str(row, "cc", cc);
	if (!have_program(cc))
		build_finding(row, "bad", "compiler", NULL,
		    "cgo is on, and its C compiler %.200s is not here", cc);
}

/* ---- pitfalls that are known without a look at the source */

static void
check_pie(json_t *row)
{
	const char *goos = json_get_str(row, "goos", ""),
		   *goarch = json_get_str(row, "goarch", "");
	const bool cgo = json_get_bool(row, "cgo", false);

	if (strcmp(json_get_str(row, "buildmode", ""), "pie") != 0)
		return;
	if (!cgo && build_target_pie_needs_cgo(goos, goarch))
		build_finding(row, "bad", "pie", "cgo, with a C compiler for the target",
		    "a PIE for %s/%s is linked by the C compiler, and cgo is off", goos, goarch);
	else if (!cgo && strcmp(goos, "linux") == 0)
		build_finding(row, "note", "pie", NULL,
		    "a PIE without cgo still names the loader of glibc: without it, it is "
		    "\"not found\"");
}

static void
check_flags(json_t *row)
{
	const char *ldflags = json_get_str(row, "ldflags", "");
	const bool cgo = json_get_bool(row, "cgo", false);

	if (!cgo && strstr(ldflags, "linkmode") != NULL && strstr(ldflags, "external") != NULL)
		build_finding(row, "bad", "ldflags", NULL,
		    "-linkmode=external needs a C compiler, and cgo is off");
	else if (!cgo && strstr(ldflags, "-extldflags") != NULL)
		build_finding(row, "note", "ldflags", NULL,
		    "-extldflags does nothing without cgo: Go links by itself, statically");
	if (cgo && strstr(ldflags, "-static") != NULL)
		build_finding(row, "warn", "ldflags", "tags=netgo,osusergo",
		    "a static glibc still opens libnss at run time: names and users are looked "
		    "up by libraries that the board may not have");
	if (json_get_str(json_object_get(row, "env"), "CC", NULL) != NULL && !cgo)
		build_finding(row, "note", "cgo", NULL, "CC is set, and cgo is off");
}

static void
check_variant(json_t *row)
{
	const char *goarch = json_get_str(row, "goarch", "");
	const bool arm = strcmp(goarch, "arm") == 0, mips = strncmp(goarch, "mips", 4) == 0;

	if ((!arm && !mips) || json_get_str(row, "variant", NULL) != NULL ||
	    strcmp(json_get_str(row, "goos", ""), "linux") != 0)
		return;
	if (getenv(build_target_variable(goarch)) != NULL)
		return;
	build_finding(row, "note", "variant", NULL, arm ?
	    "without GOARM the default is taken: linux/arm/6 is for a Pi Zero, /7 for ARMv7, /5 "
	    "for boards without an FPU" :
	    "without GOMIPS it needs an FPU: a router of MIPS 24Kc to 1004Kc wants softfloat");
}

void
build_check_row(const struct build_go *go, json_t *row)
{
	if (json_get_str(row, "tinygo", NULL) != NULL) {
		if (!have_program("tinygo"))
			build_finding(row, "bad", "tinygo", "https://tinygo.org has packages of it",
			    "tinygo is not here");
		return;
	}
	decide_cgo(go, row);
	if (json_get_bool(row, "cgo", false))
		check_compiler(go, row);
	check_pie(row);
	check_flags(row);
	check_variant(row);
}

/* ---- what the program imports */

struct imports {
	unsigned others, broken;        /* packages with C that are not Go's own */
	bool net;                       /* net or os/user is among them */
	char names[200], broken_names[200];
};

static void
add_name(char *list, size_t size, unsigned n, struct slice name)
{
	const size_t used = strlen(list);

	if (n <= NAMED)
		snprintf(list + used, size - used, "%s%.*s", used != 0 ? ", " : "",
		    (int)(name.n < 60 ? name.n : 60), name.p);
}

/* "=cgo PATH STANDARD COUNT" */
static void
take_cgo(struct imports *m, struct slice rest)
{
	const struct slice path = slice_word(&rest), standard = slice_word(&rest),
			   count = slice_word(&rest);

	if (slice_is(standard, "true")) {
		m->net = m->net || slice_is(path, "net") || slice_is(path, "os/user");
		return;
	}
	add_name(m->names, sizeof m->names, ++m->others, path);
	if (slice_is(count, "0"))
		add_name(m->broken_names, sizeof m->broken_names, ++m->broken, path);
}

static void
say_imports(json_t *row, const struct imports *m)
{
	const bool cgo = json_get_bool(row, "cgo", false);

	if (!cgo && m->broken != 0)
		build_finding(row, "bad", "cgo", "cgo, with a C compiler for the target",
		    "cgo is off, and %s is written with C alone", m->broken_names);
	else if (!cgo && m->others != 0)
		build_finding(row, "warn", "cgo", NULL,
		    "cgo is off: of %s only what needs no C is built", m->names);
	else if (cgo && (m->others != 0 || m->net) &&
	    strcmp(json_get_str(row, "goos", ""), "linux") == 0)
		build_finding(row, "note", "cgo", m->others == 0 ? "nocgo makes it static" : NULL,
		    "%s: linked with the C library of its compiler, which the board must have, and "
		    "not older", m->others != 0 ? m->names : "cgo is on for net or os/user");
}

void
build_check_listed(json_t *row, int status, struct slice said)
{
	struct imports m = { .others = 0 };
	struct slice complaint = { NULL, 0 };

	while (said.n != 0) {
		struct slice line = slice_cut(said, '\n', &said);

		if (slice_starts(line, "=cgo ")) {
			take_cgo(&m, slice_skip(line, 5));
		} else if (slice_starts(line, "=main ")) {
			struct slice rest = slice_skip(line, 6);
			const struct slice path = slice_word(&rest);

			json_put_strn(row, "main", path.p, path.n);
			if (!slice_is(slice_word(&rest), "main"))
				build_finding(row, "bad", "package", "name the folder of a main",
				    "%.*s is a library, not a program", (int)(path.n < 200 ?
				    path.n : 200), path.p);
		} else if (slice_trim(line).n != 0 && complaint.n == 0 &&
		    !slice_starts(line, "go: downloading")) {
			complaint = slice_trim(line);
		}
	}
	if (status != 0)
		build_finding(row, "bad", "package", NULL, "%.*s", (int)(complaint.n < 300 ?
		    complaint.n : 300), complaint.n != 0 ? complaint.p : "go list failed");
	say_imports(row, &m);
}
