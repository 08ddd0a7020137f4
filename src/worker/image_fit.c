/* image_fit.c - ranges of an image against the memory map of a board. */
#include "worker/image_fit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WHY_MAX = 400, OUTSIDE_MAX = 4 };

void
image_finding(json_t *findings, const char *level, const char *check, const char *why, ...)
{
	char text[WHY_MAX];
	json_t *o = json_object();
	va_list ap;

	va_start(ap, why);
	(void)vsnprintf(text, sizeof text, why, ap);
	va_end(ap);
	json_put_str(o, "level", level);
	json_put_str(o, "check", check);
	json_put_str(o, "why", text);
	(void)json_array_append_new(findings, o);
}

static uint64_t
at(const json_t *pair, size_t i)
{
	return (uint64_t)json_integer_value(json_array_get(pair, i));
}

const json_t *
image_region(const json_t *memory, uint64_t addr, const char **name)
{
	const char *key;
	json_t *r;

	json_object_foreach((json_t *)(uintptr_t)memory, key, r)
		if (addr - at(r, 0) < at(r, 1)) {
			*name = key;
			return r;
		}
	return NULL;
}

/* The bytes of the ranges inside the region. Both lists are merged; what both name counts once,
 * because ranges of one list that touch one of the other are of the same segment. */
static uint64_t
used(const json_t *list, const json_t *other, uint64_t base, uint64_t size)
{
	uint64_t sum = 0;
	const json_t *r, *o;
	size_t i, k;

	json_array_foreach(list, i, r) {
		uint64_t from = at(r, 0), to = from + at(r, 1), end;

		if (to <= base || from >= base + size)
			continue;
		json_array_foreach(other, k, o) {
			end = at(o, 0) + at(o, 1);
			if (at(o, 0) <= from && from < end && end >= to)
				break;
		}
		if (other != NULL && k < json_array_size(other))
			continue;
		from = from < base ? base : from;
		to = to > base + size ? base + size : to;
		sum += to - from;
	}
	return sum;
}

static void
check_ranges(const json_t *list, const json_t *memory, json_t *findings)
{
	const json_t *r, *region;
	unsigned outside = 0;
	size_t i;

	json_array_foreach(list, i, r) {
		const char *name = "";
		const uint64_t from = at(r, 0), size = at(r, 1);

		region = image_region(memory, from, &name);
		if (region == NULL && outside++ < OUTSIDE_MAX)
			image_finding(findings, "bad", "memory",
			    "%llu bytes at 0x%08llx lie in no memory of the board",
			    (unsigned long long)size, (unsigned long long)from);
		if (region == NULL || from + size <= at(region, 0) + at(region, 1))
			continue;
		image_finding(findings, "bad", "memory",
		    "does not fit: %llu bytes too many for %s (0x%08llx, %llu bytes)",
		    (unsigned long long)(from + size - at(region, 0) - at(region, 1)), name,
		    (unsigned long long)at(region, 0), (unsigned long long)at(region, 1));
	}
}

json_t *
image_fit(const json_t *facts, const json_t *memory, json_t *findings)
{
	const json_t *loads = json_object_get(facts, "loads"),
		     *rams = json_object_get(facts, "rams");
	json_t *out = json_array(), *r;
	const char *name;

	if (loads == NULL)
		loads = json_object_get(facts, "ranges");
	check_ranges(loads, memory, findings);
	check_ranges(rams, memory, findings);
	json_object_foreach((json_t *)(uintptr_t)memory, name, r) {
		json_t *o = json_object();

		json_put_str(o, "region", name);
		json_put_int(o, "base", (int64_t)at(r, 0));
		json_put_int(o, "size", (int64_t)at(r, 1));
		json_put_int(o, "used", (int64_t)(used(rams, NULL, at(r, 0), at(r, 1)) +
		    used(loads, rams, at(r, 0), at(r, 1))));
		json_put_bool(o, "ram", strstr(name, "ram") != NULL);
		(void)json_array_append_new(out, o);
	}
	return out;
}
