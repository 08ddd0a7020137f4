/* speedscope.c - the JSON that speedscope.app opens. */
#include "pprof/speedscope.h"

#include <inttypes.h>

#include "pprof/escape.h"

enum part { PART_B, PART_GREW, PART_SHRANK, PART_A };
static const char *const part_names[] = { "B", "grew", "shrank", "A" };

static int64_t
weight(const struct stacks_one *st, enum part part)
{
	const int64_t d = stacks_delta(st->was, st->now);
	const int64_t v = part == PART_B ? st->now : part == PART_A ? st->was :
	    part == PART_GREW ? d : d < -INT64_MAX ? INT64_MAX : -d;

	return st->count == 0 || v < 0 ? 0 : v;
}

/* The units speedscope knows. */
static const char *
unit(const struct stacks *s)
{
	static const char *const known[] = { "nanoseconds", "microseconds", "milliseconds",
	    "seconds", "bytes" };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (slice_is(slice_of(s->unit), known[i]))
			return known[i];
	return "none";
}

static enum err
put_frames(const struct stacks *s, struct buf *out)
{
	enum err e = buf_add_str(out, "\"shared\":{\"frames\":[");

	for (uint32_t i = 0; i < s->frame_count && e == ERR_OK; i++) {
		const struct slice file = slice_of(s->frame[i].file);

		e = buf_add_fmt(out, "%s{\"name\":\"", i != 0 ? ",\n" : "\n");
		if (e == ERR_OK)
			e = escape_json(out, slice_of(stacks_name(s, i)));
		if (e == ERR_OK && file.n != 0) {
			e = buf_add_str(out, "\",\"file\":\"");
			if (e == ERR_OK)
				e = escape_json(out, file);
		}
		if (e == ERR_OK)
			e = buf_add_byte(out, '"');
		if (e == ERR_OK && s->frame[i].line > 0)
			e = buf_add_fmt(out, ",\"line\":%" PRId64, s->frame[i].line);
		if (e == ERR_OK)
			e = buf_add_byte(out, '}');
	}
	return e == ERR_OK ? buf_add_str(out, "]}") : e;
}

static enum err
put_stack(const struct stacks *s, const struct stacks_one *st, bool first, struct buf *out)
{
	enum err e = buf_add_str(out, first ? "\n[" : ",\n[");

	for (uint32_t i = 0; i < st->count && e == ERR_OK; i++)
		e = buf_add_fmt(out, "%s%" PRIu32, i != 0 ? "," : "", s->of[st->first + i]);
	return e == ERR_OK ? buf_add_byte(out, ']') : e;
}

static enum err
put_lists(const struct stacks *s, enum part part, struct buf *out)
{
	bool first = true;
	enum err e = buf_add_str(out, "\"samples\":[");

	for (uint32_t i = 0; i < s->stack_count && e == ERR_OK; i++)
		if (weight(&s->stack[i], part) != 0) {
			e = put_stack(s, &s->stack[i], first, out);
			first = false;
		}
	if (e == ERR_OK)
		e = buf_add_str(out, "],\n\"weights\":[");
	first = true;
	for (uint32_t i = 0; i < s->stack_count && e == ERR_OK; i++) {
		const int64_t v = weight(&s->stack[i], part);

		if (v != 0) {
			e = buf_add_fmt(out, "%s%" PRId64, first ? "" : ",", v);
			first = false;
		}
	}
	return e == ERR_OK ? buf_add_str(out, "]}") : e;
}

static enum err
put_part(const struct stacks *s, enum part part, const char *title, struct buf *out)
{
	uint64_t total = 0;
	enum err e;

	for (uint32_t i = 0; i < s->stack_count; i++)
		total += (uint64_t)weight(&s->stack[i], part);
	e = buf_add_str(out, "{\"type\":\"sampled\",\"name\":\"");
	if (e == ERR_OK)
		e = escape_json(out, slice_of(title));
	if (e == ERR_OK)
		e = buf_add_fmt(out, "%s%s\",\"unit\":\"%s\",\"startValue\":0,\"endValue\":%" PRIu64
		    ",\n", s->both ? " " : "", s->both ? part_names[part] : "", unit(s), total);
	return e == ERR_OK ? put_lists(s, part, out) : e;
}

enum err
speedscope_write(const struct stacks *s, const char *title, struct buf *out)
{
	static const enum part diff[] = { PART_GREW, PART_SHRANK, PART_B, PART_A };
	enum err e = buf_add_str(out,
	    "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\n"
	    "\"exporter\":\"vise\",\"name\":\"");

	if (e == ERR_OK)
		e = escape_json(out, slice_of(title));
	if (e == ERR_OK)
		e = buf_add_str(out, "\",\"activeProfileIndex\":0,\n");
	if (e == ERR_OK)
		e = put_frames(s, out);
	if (e == ERR_OK)
		e = buf_add_str(out, ",\n\"profiles\":[\n");
	for (size_t i = 0; i < (s->both ? 4 : 1) && e == ERR_OK; i++) {
		if (i != 0)
			e = buf_add_str(out, ",\n");
		if (e == ERR_OK)
			e = put_part(s, s->both ? diff[i] : PART_B, title, out);
	}
	return e == ERR_OK ? buf_add_str(out, "]}\n") : e;
}
