/* rsp_ask.c - coming to a gdb server, and leaving it. */
#include "cli/rsp_ask.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/rsp_tap.h"
#include "cli/say.h"

static const uint64_t PATIENCE = 5 * NS_PER_S;

enum err
rsp_ask_open(struct rsp_ask *a, const char *word, bool no_ack, const char *isa, struct err_msg *why)
{
	char *spec = cli_rsp_spec(word);
	enum err e = ERR_OK;

	a->out = json_object();
	if (isa != NULL && !rsp_isa_parse(isa, &a->target.isa))
		e = err_set(why, ERR_USAGE, isa, NULL, "an instruction set is thumb, a64 or riscv");
	if (e == ERR_OK)
		e = rsp_client_open(spec, PATIENCE, no_ack, &a->client, why);
	if (e == ERR_OK)
		a->described = rsp_target_read(a->client, &a->target, NULL) == ERR_OK;
	mem_free(spec);
	return e;
}

int
rsp_ask_close(struct rsp_ask *a, enum err e, const struct err_msg *why,
    void (*text)(const json_t *))
{
	if (e == ERR_OK && a->call->json)
		say_json(a->out);
	else if (e == ERR_OK)
		text(a->out);
	if (a->client != NULL && e != ERR_LOST)
		rsp_client_detach(a->client);
	rsp_client_close(a->client);
	json_decref(a->out);
	return say_end(a->call, e, why);
}
