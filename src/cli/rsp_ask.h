/*
 * rsp_ask.h - the verbs of `vise rsp` that ask a gdb server themselves: probe, step, speed.
 *
 * Layer   cli. rsp_ask_open fills what the caller declared, rsp_ask_close ends it, prints and gives
 *         the exit status; it is called after a failed open too.
 */
#ifndef CLI_RSP_ASK_H
#define CLI_RSP_ASK_H
#include "cli/cli.h"
#include "core/json.h"
#include "rsp/target.h"

struct rsp_ask {
	struct cli_call *call;
	struct rsp_client *client;
	struct rsp_target target;
	bool described;                 /* target.xml was there */
	json_t *out;
};

/* isa: a word of rsp_isa_parse, or NULL for what the server says. */
enum err rsp_ask_open(struct rsp_ask *a, const char *word, bool no_ack, const char *isa,
    struct err_msg *why);
/* What was stopped to be looked at runs on: D, as gdb's detach. */
int rsp_ask_close(struct rsp_ask *a, enum err e, const struct err_msg *why,
    void (*text)(const json_t *));

#endif
