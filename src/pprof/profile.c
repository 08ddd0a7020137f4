/* profile.c - a profile's strings and sample types, and its end. */
#include "pprof/profile.h"

#include "base/alloc.h"
#include "pprof/ids.h"
#include "pprof/proto.h"

struct slice
pprof_string(const struct pprof_profile *p, uint32_t index)
{
	const unsigned char *end = p->raw + p->raw_n, *at;
	uint64_t n;

	if (index >= p->string_count)
		return index - p->string_count < p->extra_count ? p->extra[index - p->string_count]
								: slice_make("", 0);
	at = proto_varint(p->raw + p->string[index], end, &n);
	if (at == NULL || n > (uint64_t)(end - at))
		return slice_make("", 0);
	return slice_make((const char *)at, (size_t)n);
}

void
pprof_free(struct pprof_profile *p)
{
	if (p == NULL)
		return;
	ids_fini(&p->mapping_ids);
	ids_fini(&p->location_ids);
	ids_fini(&p->function_ids);
	mem_free(p->raw);
	mem_free(p->string);
	mem_free(p->type);
	mem_free(p->mapping);
	mem_free(p->function);
	mem_free(p->location);
	mem_free(p->line);
	mem_free(p->comment);
	mem_free(p);
}

static enum err
type_unknown(const struct pprof_profile *p, const char *name, struct err_msg *why)
{
	char list[256];
	size_t at = 0;

	for (uint32_t i = 0; i < p->type_count && at + 64 < sizeof(list); i++) {
		struct slice t = p->type[i].type;

		if (i > 0)
			list[at++] = ' ';
		for (size_t k = 0; k < t.n && k < 60; k++)
			list[at++] = t.p[k] >= ' ' && t.p[k] < 127 ? t.p[k] : '?';
		if (at + 64 >= sizeof(list))
			break;
	}
	list[at] = '\0';
	return err_set(why, ERR_USAGE, "sample index",
	    "give one of these names, or a position from 0", "\"%.60s\" is none of: %s", name,
	    list);
}

enum err
pprof_type_index(
    const struct pprof_profile *p, const char *name, uint32_t *index, struct err_msg *why)
{
	struct slice want = slice_of(name), bare;
	int64_t number;

	*index = p->type_count - 1;
	if (want.n == 0) {
		for (uint32_t i = p->default_type.n == 0 ? p->type_count : 0; i < p->type_count;
		     i++) {
			if (slice_eq(p->type[i].type, p->default_type)) {
				*index = i;
				break;
			}
		}
		return ERR_OK;
	}
	if (slice_i64(want, &number)) {
		if (number < 0 || number >= (int64_t)p->type_count)
			return err_set(why, ERR_USAGE, "sample index",
			    "leave it out for the default", "%lld is outside 0..%u",
			    (long long)number, p->type_count - 1);
		*index = (uint32_t)number;
		return ERR_OK;
	}
	bare = slice_starts(want, "inuse_") ? slice_skip(want, 6) : want;
	for (uint32_t i = 0; i < p->type_count; i++) {
		if (slice_eq(p->type[i].type, want) || slice_eq(p->type[i].type, bare)) {
			*index = i;
			return ERR_OK;
		}
	}
	return type_unknown(p, name, why);
}
