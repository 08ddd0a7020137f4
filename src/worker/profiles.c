/* profiles.c - what kind of profile a source is. */
#include "worker/profiles.h"

#include "pprof/cursor.h"
#include "worker/profile_args.h"

static enum err
missing(const char *name, struct err_msg *why)
{
	return err_set(why, ERR_USAGE, name, NULL, "the request lacks it");
}

static void
put_text(json_t *o, const char *key, struct slice s)
{
	json_put(o, key, json_text(s.p, s.n));
}

/* Sums of each sample type over the whole file: what "total" means without any option. */
static enum err
sums(const struct pprof_profile *p, const char *name, json_t *types, struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	json_t *type;
	enum err e = pprof_cursor_init(&c, p, name, false, why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, why)) == ERR_OK)
		for (uint32_t i = 0; i < p->type_count; i++) {
			type = json_array_get(types, i);
			json_put_int(type, "sum", (int64_t)((uint64_t)json_get_int(type, "sum", 0)
			    + (uint64_t)s.value[i]));
		}
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static void
describe(const struct pprof_profile *p, json_t *o, json_t *types)
{
	for (uint32_t i = 0; i < p->type_count; i++) {
		json_t *type = json_object();

		put_text(type, "type", p->type[i].type);
		put_text(type, "unit", p->type[i].unit);
		json_put_int(type, "sum", 0);
		(void)json_array_append_new(types, type);
	}
	put_text(o, "period_type", p->period_type.type);
	put_text(o, "period_unit", p->period_type.unit);
	json_put_int(o, "period", p->period);
	put_text(o, "default_type", p->default_type);
	json_put_int(o, "time_nanos", p->time_nanos);
	json_put_int(o, "duration_nanos", p->duration_nanos);
	json_put_int(o, "samples", p->sample_count);
	json_put_int(o, "locations", p->location_count);
	json_put_int(o, "functions", p->function_count);
	json_put_int(o, "inflated_bytes", (int64_t)p->raw_n);
	if (p->mapping_count > 0) {
		put_text(o, "mapping", pprof_string(p, p->mapping[0].file));
		put_text(o, "build_id", pprof_string(p, p->mapping[0].build_id));
		json_put_int(o, "mapping_start", (int64_t)p->mapping[0].start);
	}
}

enum err
profiles_info(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *file = json_get_str(params, "file", NULL);
	struct pprof_profile *p = NULL;
	char name[ERR_WHAT_MAX];
	json_t *o, *types;
	enum err e =
	    file == NULL ? missing("file", why) : profile_args_read(file, params, &p, name, why);

	if (e != ERR_OK)
		return e;
	o = json_object();
	types = json_array();
	describe(p, o, types);
	e = sums(p, name, types, why);
	json_put(o, "types", types);
	pprof_free(p);
	if (e != ERR_OK)
		json_decref(o);
	else
		*result = o;
	return e;
}
