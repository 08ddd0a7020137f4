/* decode_json.c - a decoded record as JSON. */
#include "text/decode_json.h"

#include <stdio.h>

static json_t *
row_json(const struct decode_row *w)
{
	json_t *o = json_object();
	char addr[24];

	if (!w->has_addr) {
		json_put_str(o, "text", w->text);
	} else {
		snprintf(addr, sizeof addr, "0x%08llx", (unsigned long long)w->addr);
		json_put_str(o, "role", w->role);
		json_put_str(o, "addr", addr);
		if (w->call)
			json_put_bool(o, "call", true);
	}
	if (w->own)
		json_put_bool(o, "own", true);
	return o;
}

void
decode_json(const struct decode_record *r, json_t *o)
{
	static const char *const levels[] = { "info", "warn", "crash" };
	json_t *rows = json_array();

	json_put_str(o, "decoder", r->decoder);
	json_put_str(o, "level", levels[r->level]);
	json_put_int(o, "offset", (int64_t)r->offset);
	json_put_int(o, "last", (int64_t)r->last);
	json_put_str(o, "title", r->title);
	for (size_t i = 0; i < r->rows; i++)
		(void)json_array_append_new(rows, row_json(&r->row[i]));
	json_put(o, "rows", rows);
}
