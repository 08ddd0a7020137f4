/* lease_text.c - who has it, since when, until when, in words. */
#include "cli/lease_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/say.h"
#include "sys/process.h"
#include "sys/time.h"

void
lease_time(double seconds, char *out, size_t size)
{
	const time_t at = seconds > 0 && seconds < 4e9 ? (time_t)seconds : 0,
		     now = (time_t)(sys_wall() / NS_PER_S);
	struct tm a, n;

	if (localtime_r(&at, &a) == NULL || localtime_r(&now, &n) == NULL ||
	    strftime(out, size, a.tm_yday == n.tm_yday && a.tm_year == n.tm_year ? "%H:%M" :
		"%Y-%m-%d %H:%M", &a) == 0)
		(void)snprintf(out, size, "?");
}

/* What is added does not fit, or does. */
static void
add(char *out, size_t size, const char *a, const char *b)
{
	const size_t n = strlen(out);

	(void)snprintf(out + n, size - n, "%s%s", a, b);
}

void
lease_words(const json_t *r, char *out, size_t size)
{
	const double until = json_get_num(r, "until", 0);
	char t[32];

	(void)snprintf(out, size, "%s (pid %lld on %s)", json_get_str(r, "user", "somebody"),
	    (long long)json_get_int(r, "pid", 0), json_get_str(r, "host", "?"));
	lease_time(json_get_num(r, "since", 0), t, sizeof t);
	add(out, size, " since ", t);
	if (until > 0) {
		const bool over = (double)sys_wall() / (double)NS_PER_S > until;

		lease_time(until, t, sizeof t);
		add(out, size, over ? ", overdue since " : ", until ", t);
	}
	if (json_get_str(r, "reason", "")[0] != '\0')
		add(out, size, ": ", json_get_str(r, "reason", ""));
}

void
lease_say_busy(const json_t *row, const json_t *look, size_t several, struct err_msg *why)
{
	static const char others[] = "--wait 10m waits for it; vise place list shows all",
	    ours[] = "set the " LEASE_TOKEN_ENV " that place acquire printed, or release it: vise "
		     "place release";
	const json_t *holder = json_object_get(look, "holder");
	const char *name = json_get_str(row, "name", "?");
	const bool mine = strcmp(json_get_str(holder, "kind", ""), "hold") == 0 &&
	    json_get_int(holder, "uid", -1) == (int64_t)process_uid();
	const char *next = mine ? ours : others;
	const bool held = strcmp(json_get_str(look, "state", ""), "held") == 0;
	char words[300];

	lease_words(holder, words, sizeof words);
	if (several > 1)
		(void)err_set(why, ERR_BUSY, name, next, "it and the %zu others that would do are "
		    "held or waited for", several - 1);
	else if (held && holder != NULL)
		(void)err_set(why, ERR_BUSY, name, next, "held by %s", words);
	else if (held)
		(void)err_set(why, ERR_BUSY, name, next, "held by a process that says nothing of "
		    "itself");
	else if (json_get_int(look, "waiting", 0) != 0)
		(void)err_set(why, ERR_BUSY, name, next, "%lld wait for it",
		    (long long)json_get_int(look, "waiting", 0));
	else
		(void)err_set(why, ERR_BUSY, name, next, "it was held a moment ago, or is asked "
		    "for twice");
}

void
lease_say_waiting(const struct err_msg *why, uint64_t wait_ns)
{
	if (why == NULL)
		return;
	fputs("vise: ", stderr);
	say_str(stderr, why->what);
	fputs(": ", stderr);
	say_str(stderr, why->why);
	fprintf(stderr, "; waiting up to %.0f s\n", (double)wait_ns / (double)NS_PER_S);
}
