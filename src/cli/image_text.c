/* image_text.c - images for people. */
#include "cli/image_text.h"

#include <stdio.h>
#include <string.h>

#include "cli/say.h"

enum { BAR = 24, LABEL = 10 };

static long long
num(const json_t *o, const char *key)
{
	return (long long)json_get_int(o, key, 0);
}

static void
label(const char *name)
{
	printf("  %-*s ", LABEL, name);
}

static void
text(const char *s)
{
	say_str(stdout, s);
}

/* ---- memory */

static void
bar(const json_t *r)
{
	const double size = (double)num(r, "size"), used = (double)num(r, "used");
	const int full = size > 0 ? (int)(used / size * BAR + 0.999) : 0;

	label(json_get_str(r, "region", ""));
	putchar('[');
	for (int k = 0; k < BAR; k++)
		putchar(k < full ? '#' : '.');
	printf("] %5.1f%%  %lld of %lld bytes at 0x%08llx\n", size > 0 ? used / size * 100 : 0,
	    num(r, "used"), num(r, "size"), (unsigned long long)num(r, "base"));
}

void
image_text_usage(const json_t *usage)
{
	const json_t *r;
	size_t i;

	/* flash first */
	for (int ram = 0; ram < 2; ram++)
		json_array_foreach(usage, i, r)
			if (json_get_bool(r, "ram", false) == (ram == 1))
				bar(r);
}

static void
ranges(const json_t *list)
{
	const json_t *r;
	size_t i;

	json_array_foreach(list, i, r) {
		label(i == 0 ? "ranges" : "");
		printf("0x%08llx  %lld bytes\n",
		    (unsigned long long)json_integer_value(json_array_get(r, 0)),
		    (long long)json_integer_value(json_array_get(r, 1)));
		if (i == 15 && json_array_size(list) > 16) {
			label("");
			printf("and %zu more\n", json_array_size(list) - 16);
			return;
		}
	}
}

/* ---- facts */

static void
show_head(const json_t *f)
{
	const json_t *arm = json_object_get(f, "arm"), *riscv = json_object_get(f, "riscv");
	const char *kind = json_get_str(f, "kind", "");

	text(json_get_str(f, "path", ""));
	printf(": %s, %lld bytes", strcmp(kind, "elf") == 0 ? "ELF" : strcmp(kind, "uf2") == 0 ?
	    "UF2" : strcmp(kind, "hex") == 0 ? "Intel HEX" : "plain bytes", num(f, "bytes"));
	if (strcmp(kind, "elf") == 0)
		printf(", %s %lld-bit %s endian%s", json_get_str(f, "arch", ""), num(f, "class"),
		    json_get_str(f, "endian", ""),
		    strcmp(json_get_str(f, "language", ""), "tinygo") == 0 ? ", TinyGo" : "");
	putchar('\n');
	if (json_object_size(arm) != 0) {
		label("arm");
		printf("%s%s%s%s%s%s float\n", json_get_str(arm, "arch", "no attributes"),
		    json_object_get(arm, "cpu") != NULL ? " for " : "",
		    json_get_str(arm, "cpu", ""),
		    json_get_int(arm, "fp", 0) != 0 ? ", FPU used" : "", ", ",
		    json_get_str(arm, "float", "unknown"));
	}
	if (json_object_get(riscv, "arch") != NULL) {
		label("riscv");
		printf("%s, %s float\n", json_get_str(riscv, "arch", ""),
		    json_get_str(riscv, "float", "unknown"));
	}
}

static void
show_go(const json_t *go)
{
	const json_t *mod = json_object_get(go, "mod");
	const char *key;
	json_t *v;
	int col = 0;

	if (go == NULL)
		return;
	label("go");
	text(json_get_str(go, "version", ""));
	fputs("  ", stdout);
	text(json_get_str(go, "path", ""));
	if (mod != NULL) {
		fputs("  of ", stdout);
		text(json_get_str(mod, "path", ""));
		putchar(' ');
		text(json_get_str(mod, "version", ""));
	}
	if (json_get_int(go, "deps", 0) != 0)
		printf("  %lld modules", num(go, "deps"));
	putchar('\n');
	json_object_foreach(json_object_get(go, "settings"), key, v) {
		const int width = (int)(strlen(key) + strlen(json_string_value(v))) + 3;

		if (col != 0 && col + width > 76) {
			putchar('\n');
			col = 0;
		}
		if (col == 0)
			label("");
		text(key);
		putchar('=');
		text(json_string_value(v));
		fputs("  ", stdout);
		col += width;
	}
	if (col != 0)
		putchar('\n');
}

static void
show_linked(const json_t *f)
{
	const json_t *needed = json_object_get(f, "needed"), *v;
	const char *key, *between = "";
	json_t *version;
	size_t i;

	label("linked");
	fputs(json_get_bool(f, "static", false) ? "static" : "dynamic", stdout);
	fputs(json_get_bool(f, "pie", false) ? ", PIE" : ", not PIE", stdout);
	if (json_object_get(f, "interp") != NULL) {
		fputs(", loader ", stdout);
		text(json_get_str(f, "interp", ""));
	}
	fputs(json_get_bool(f, "relro", false) ? json_get_bool(f, "bind_now", false) ?
	    ", full RELRO" : ", RELRO" : "", stdout);
	if (json_object_get(f, "min_kernel") != NULL)
		printf(", Linux %s or later", json_get_str(f, "min_kernel", ""));
	putchar('\n');
	if (json_array_size(needed) == 0)
		return;
	label("needs");
	json_array_foreach(needed, i, v) {
		fputs(between, stdout);
		text(json_string_value(v));
		between = ", ";
	}
	json_object_foreach(json_object_get(f, "versions"), key, version) {
		fputs("; ", stdout);
		text(key);
		putchar(' ');
		text(json_string_value(version));
	}
	putchar('\n');
}

static void
show_parts(const json_t *f)
{
	const json_t *sig = json_object_get(f, "signature"),
		     *w = json_object_get(f, "writable_code");

	label("symbols");
	printf("%s, %s\n", json_get_bool(f, "stripped", false) ? "stripped" : "there",
	    !json_get_bool(f, "dwarf", false) ? "no DWARF" :
	    json_get_bool(f, "dwarf_compressed", false) ? "DWARF, compressed" : "DWARF");
	if (json_object_get(f, "build_id") != NULL) {
		label("build id");
		puts(json_get_str(f, "build_id", ""));
	}
	label("code");
	printf(".text %s%s%s\n", json_get_str(f, "text_flags", "not there"),
	    json_array_size(w) != 0 ? ", CODE MAY BE WRITTEN" : "",
	    json_get_bool(f, "stack_exec", false) ? ", STACK MAY BE EXECUTED" : "");
	if (sig != NULL) {
		label("signature");
		text(json_get_str(sig, "section", ""));
		printf(", %lld bytes, %s\n", num(sig, "size"), json_get_bool(sig, "last", false) ?
		    "the last of the file" : "NOT the last of the file");
	}
}

static void
show_flat(const json_t *f)
{
	const json_t *v = json_object_get(f, "vectors"), *m;
	size_t i;

	json_array_foreach(json_object_get(f, "families"), i, m) {
		label("family");
		printf("0x%08llx  %lld of %lld blocks\n", (unsigned long long)num(m, "id"),
		    num(m, "blocks"), num(m, "total"));
	}
	label("payload");
	printf("%lld bytes%s\n", num(f, "payload"), json_get_int(f, "overlaps", 0) != 0 ?
	    ", some addresses written twice" : "");
	ranges(json_object_get(f, "ranges"));
	if (v != NULL) {
		label("first");
		printf("0x%08llx 0x%08llx\n", (unsigned long long)num(v, "sp"),
		    (unsigned long long)num(v, "reset"));
	}
}

static void
show_sections(const json_t *list)
{
	const json_t *s;
	size_t i;

	label("section");
	printf("%-24s %10s  %-12s %s\n", "", "bytes", "address", "");
	json_array_foreach(list, i, s)
		if (json_get_str(s, "flags", "-")[0] == 'r' && num(s, "size") != 0) {
			label("");
			printf("%-24.24s %10lld  0x%08llx   %s%s\n", json_get_str(s, "name", ""),
			    num(s, "size"), (unsigned long long)num(s, "addr"),
			    json_get_str(s, "flags", ""),
			    json_get_bool(s, "nobits", false) ? "  (zeroes)" : "");
		}
}

static void
show_packages(const json_t *list, size_t top)
{
	const json_t *p;
	size_t i;

	label("package");
	printf("%-34s %9s %9s %9s %9s\n", "", "text", "rodata", "data", "bss");
	json_array_foreach(list, i, p) {
		if (i == top)
			break;
		const char *name = json_get_str(p, "name", "");
		const size_t n = strnlen(name, 34);

		label("");
		say_text(stdout, name, n);
		printf("%*s %9lld %9lld %9lld %9lld\n", 34 - (int)n, "", num(p, "text"),
		    num(p, "rodata"), num(p, "data"), num(p, "bss"));
	}
	if (json_array_size(list) > top) {
		label("");
		printf("and %zu more (--top)\n", json_array_size(list) - top);
	}
}

static void
show_symbols(const json_t *f, size_t top)
{
	const json_t *s;
	size_t i;

	label("symbol");
	printf("%lld in all\n", num(f, "symbol_count"));
	json_array_foreach(json_object_get(f, "symbols"), i, s) {
		if (i == top)
			break;
		label("");
		printf("%9lld %-6s ", num(s, "size"), json_get_str(s, "kind", ""));
		text(json_get_str(s, "name", ""));
		putchar('\n');
	}
}

void
image_text_show(const json_t *f, const char *by, size_t top)
{
	const json_t *sizes = json_object_get(f, "sizes");

	show_head(f);
	if (strcmp(json_get_str(f, "kind", ""), "elf") != 0) {
		show_flat(f);
		return;
	}
	show_go(json_object_get(f, "go"));
	show_linked(f);
	show_parts(f);
	label("size");
	printf("text %lld  rodata %lld  data %lld  bss %lld: flash %lld, RAM %lld\n",
	    num(sizes, "text"), num(sizes, "rodata"), num(sizes, "data"), num(sizes, "bss"),
	    num(sizes, "flash"), num(sizes, "ram"));
	if (by == NULL || strcmp(by, "section") == 0)
		show_sections(json_object_get(f, "sections"));
	if (by == NULL || strcmp(by, "package") == 0)
		show_packages(json_object_get(f, "packages"), top);
	if (by == NULL || strcmp(by, "symbol") == 0)
		show_symbols(f, top);
}

void
image_text_rows(const json_t *list)
{
	const json_t *f, *first = json_array_get(list, 0);
	size_t i;

	printf("%11s %7s %10s %10s %10s %10s  %-9s %s\n", "bytes", "", "text", "rodata", "data",
	    "bss", "arch", "");
	json_array_foreach(list, i, f) {
		const json_t *s = json_object_get(f, "sizes");
		const double base = (double)num(first, "bytes");

		printf("%11lld %+6.1f%% %10lld %10lld %10lld %10lld  %-9s ", num(f, "bytes"),
		    base > 0 ? ((double)num(f, "bytes") - base) / base * 100 : 0, num(s, "text"),
		    num(s, "rodata"), num(s, "data"), num(s, "bss"), json_get_str(f, "arch",
		    json_get_str(f, "kind", "")));
		text(json_get_str(f, "path", ""));
		if (s != NULL)
			printf(" (%s%s%s)",
			    json_get_bool(f, "static", false) ? "static" : "dynamic",
			    json_get_bool(f, "pie", false) ? ", PIE" : "",
			    json_get_bool(f, "stripped", false) ? ", stripped" : "");
		putchar('\n');
	}
}

/* ---- diff, check */

static void
diff_rows(const char *name, const json_t *list, size_t top)
{
	const json_t *r;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("%10s %10s %10s  by %s\n", "before", "after", "change", name);
	json_array_foreach(list, i, r) {
		if (i == top)
			break;
		printf("%10lld %10lld %+10lld  ", num(r, "a"), num(r, "b"), num(r, "delta"));
		text(json_get_str(r, "name", ""));
		putchar('\n');
	}
	if (json_array_size(list) > top)
		printf("%34sand %zu more (--top)\n", "", json_array_size(list) - top);
}

void
image_text_diff(const json_t *d, const char *by, size_t top)
{
	static const char *const keys[] = { "text", "rodata", "data", "bss", "flash", "ram" };
	const json_t *a = json_object_get(d, "a"), *b = json_object_get(d, "b"), *row;
	const json_t *sa = json_object_get(a, "sizes"), *sb = json_object_get(b, "sizes");
	size_t i;

	printf("%10s %10s %10s\n", "before", "after", "change");
	printf("%10lld %10lld %+10lld  file\n", num(a, "bytes"), num(b, "bytes"),
	    num(b, "bytes") - num(a, "bytes"));
	for (i = 0; sa != NULL && sb != NULL && i < sizeof keys / sizeof *keys; i++)
		printf("%10lld %10lld %+10lld  %s\n", num(sa, keys[i]), num(sb, keys[i]),
		    num(sb, keys[i]) - num(sa, keys[i]), keys[i]);
	json_array_foreach(json_object_get(d, "go"), i, row) {
		fputs("  go ", stdout);
		text(json_get_str(row, "name", ""));
		fputs(": ", stdout);
		text(json_get_str(row, "a", ""));
		fputs(" -> ", stdout);
		text(json_get_str(row, "b", ""));
		putchar('\n');
	}
	if (json_get_bool(a, "stripped", false) != json_get_bool(b, "stripped", false))
		puts("  one of them is stripped: its variables and constants have no names");
	if (by == NULL || strcmp(by, "section") == 0)
		diff_rows("section", json_object_get(d, "sections"), top);
	if (by == NULL || strcmp(by, "package") == 0)
		diff_rows("package", json_object_get(d, "packages"), top);
	if (by == NULL || strcmp(by, "symbol") == 0)
		diff_rows("symbol", json_object_get(d, "symbols"), top);
}

void
image_text_check(const json_t *k)
{
	const json_t *f;
	size_t i;

	text(json_get_str(k, "path", ""));
	fputs(json_get_bool(k, "fits", false) ? ": fits " : ": DOES NOT FIT ", stdout);
	text(json_get_str(k, "board", "as far as it can be told without a board"));
	putchar('\n');
	image_text_usage(json_object_get(k, "usage"));
	json_array_foreach(json_object_get(k, "findings"), i, f) {
		label(json_get_str(f, "level", ""));
		text(json_get_str(f, "check", ""));
		fputs(": ", stdout);
		text(json_get_str(f, "why", ""));
		putchar('\n');
	}
}
