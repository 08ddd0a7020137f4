/* gauges_advise.c - advice for a Go program, as text. */
#include "cli/gauges_advise.h"

#include <stdio.h>
#include <string.h>

#include "cli/say.h"

enum { WIDTH = 88, INDENT = 12 };

/* Words in lines of WIDTH, behind a margin; lead stands in the first one. */
static void
wrap(const char *lead, const char *text)
{
	size_t col = 0;

	while (*text != '\0') {
		const size_t n = strcspn(text, " ");

		if (col != 0 && col + 1 + n > WIDTH - INDENT)
			col = 0;
		if (col == 0)
			printf("\n%*s%.*s", INDENT, lead, (int)n, text);
		else
			printf(" %.*s", (int)n, text);
		col += n + (col != 0);
		lead = "";
		text += n + strspn(text + n, " ");
	}
}

static void
print_one(const json_t *o)
{
	const char *value = json_get_str(o, "value", ""), *now = json_get_str(o, "now", ""),
		   *note = json_get_str(o, "note", "");

	printf("%-*s%s", INDENT, json_get_str(o, "name", ""), value[0] != '\0' ? value : "-");
	if (json_is_true(json_object_get(o, "same")))
		printf("   (it has that)");
	else if (now[0] != '\0')
		printf("   (it has %s)", now);
	wrap("", json_get_str(o, "why", ""));
	if (note[0] != '\0')
		wrap("! ", note);
	putchar('\n');
	if (value[0] == '\0')
		return;
	printf("%*senv file  %s\n", INDENT, "", json_get_str(o, "env", ""));
	printf("%*ssystemd   %s\n", INDENT, "", json_get_str(o, "systemd", ""));
	printf("%*sshell     %s\n", INDENT, "", json_get_str(o, "export", ""));
}

void
gauges_advise_print(const json_t *advice, bool json)
{
	if (json) {
		say_json(advice);
		return;
	}
	for (size_t i = 0; i < json_array_size(advice); i++)
		print_one(json_array_get(advice, i));
}
