/* streamjump.c - errors, boots, crashes and marks of a stream's lines. */
#include "ui/streamjump.h"

#include <string.h>

#include "text/level.h"
#include "ui/streamfind.h"

static bool
is_error(const char *p, size_t n, void *arg)
{
	(void)arg;
	return level_of(p, n, NULL, NULL) == LEVEL_ERROR;
}

static bool
is_boot(const char *p, size_t n, void *arg)
{
	struct pattern_match m;

	return pattern_find(arg, p, n, 0, &m) == PATTERN_YES;
}

static bool
jump_boot(struct streamview *v, bool back)
{
	static const char text[] = "(?i)U-Boot|Booting Linux|Linux version|\\bboot:|rst:0x|"
	    "\\breset\\b.*cause|Starting kernel";
	struct pattern *p = NULL;
	bool found;

	if (pattern_new(text, strlen(text), 0, &p, NULL) != ERR_OK)
		return false;
	found = streamview_find_if(v, is_boot, p, back);
	pattern_free(p);
	return found;
}

bool
streamjump(struct streamview *v, const char *what, bool back)
{
	if (strcmp(what, "find") == 0)
		return streamview_find_next(v, back);
	if (strcmp(what, "error") == 0)
		return streamview_find_if(v, is_error, NULL, back);
	if (strcmp(what, "boot") == 0)
		return jump_boot(v, back);
	if (strcmp(what, "crash") == 0)
		return streamview_find_crash(v, back);
	return strcmp(what, "mark") == 0 && streamview_find_mark(v, back);
}
