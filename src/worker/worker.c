/* worker.c - the requests a worker answers. */
#include "worker/worker.h"

#include <string.h>

#include "core/json.h"
#include "proto/peer.h"
#include "worker/bundle.h"
#include "worker/elves.h"
#include "worker/grab.h"
#include "worker/export.h"
#include "worker/flame.h"
#include "worker/goroutines.h"
#include "worker/http.h"
#include "worker/images.h"
#include "worker/profiles.h"
#include "worker/reports.h"
#include "worker/series.h"
#include "worker/svds.h"

static const struct method {
	const char *name;
	enum err (*run)(const json_t *params, json_t **result, struct err_msg *why);
} methods[] = {
	{ "pprof.top", reports_top },
	{ "pprof.report", reports_any },
	{ "pprof.save", reports_save },
	{ "pprof.info", profiles_info },
	{ "pprof.flame", flame_pprof },
	{ "pprof.details", flame_details },
	{ "pprof.export", export_pprof },
	{ "elf.info", elves_info },
	{ "elf.lines", elves_lines },
	{ "elf.needs", elves_needs },
	{ "elf.vars", elves_vars },
	{ "image.show", images_show },
	{ "image.diff", images_diff },
	{ "image.check", images_check },
	{ "goroutines.show", goroutines_show },
	{ "series.add", series_request_add },
	{ "series.rank", series_request_rank },
	{ "series.stack", series_request_stack },
	{ "http.request", http_request },
	{ "fetch", grab_fetch },
	{ "files", grab_files },
	{ "bundle.write", bundle_write },
	{ "bundle.info", bundle_info },
	{ "bundle.diff", bundle_diff },
	{ "file.info", grab_info },
	{ "svd.show", svds_show },
};

struct serving {
	struct loop *loop;
	struct err_msg why;
};

static void
on_request(struct peer *p, uint64_t id, const char *name, const json_t *params, void *arg)
{
	struct err_msg why = { .code = ERR_OK };
	json_t *result = NULL;
	enum err e = err_set(&why, ERR_UNSUPPORTED, name, NULL, "a worker has no such request");

	(void)arg;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].name, name) == 0)
			e = methods[i].run(params, &result, &why);
	if (e == ERR_OK)
		peer_answer(p, id, result);
	else
		peer_fail(p, id, &why);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct serving *s = arg;

	(void)p;
	s->why = *why;
	loop_stop(s->loop);
}

enum err
worker_serve(struct loop *l, int fd, struct err_msg *why)
{
	static const struct peer_ops ops = { .request = on_request, .closed = on_closed };
	struct serving s = { .loop = l, .why = { .code = ERR_OK } };
	struct peer *p = peer_open(l, fd, "worker", "vise-worker", &ops, &s);

	loop_run(l);
	peer_close(p);
	elves_forget();
	svds_forget();
	if (s.why.code == ERR_OK || s.why.code == ERR_EOF)
		return ERR_OK;
	if (why != NULL)
		*why = s.why;
	return s.why.code;
}
