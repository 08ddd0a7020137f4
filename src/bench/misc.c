/* misc.c - commands about the bench itself. */
#include "bench/misc.h"

#include <string.h>

#include "bench/consoles_at.h"
#include "bench/consoles_lend.h"
#include "bench/consoles_open.h"
#include "bench/consoles_wire.h"
#include "bench/logs.h"
#include "bench/lookups.h"
#include "bench/decode_plugins.h"
#include "bench/decoders.h"
#include "bench/gauge_processes.h"
#include "bench/gauge_rules.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "bench/plugin_hosts.h"
#include "bench/questions.h"
#include "bench/gauge_files.h"
#include "bench/past.h"
#include "bench/images.h"
#include "bench/ports.h"
#include "bench/save.h"
#include "bench/sends.h"
#include "bench/shares.h"
#include "bench/snapshot.h"
#include "bench/triggers.h"
#include "bench/typing.h"
#include "gauge/set.h"

const struct command *const bench_commands[] = {
	bench_decode_commands, bench_decoder_commands, bench_meter_commands, bench_trigger_commands,
	bench_console_commands, bench_console_open_commands, bench_console_wire_commands,
	bench_lend_commands, bench_log_commands, bench_past_commands, bench_save_commands,
	bench_send_commands, bench_typing_commands,
	bench_port_commands, bench_at_commands,
	bench_gauge_file_commands, bench_gauge_commands, bench_gauge_process_commands,
	bench_gauge_rule_commands,
	bench_image_commands, bench_profile_commands, bench_job_commands, bench_board_commands,
	bench_debug_commands,
	bench_look_commands, bench_watch_commands, bench_macro_commands, bench_share_commands,
	bench_bundle_commands, bench_plugin_commands, bench_question_commands,
	bench_lookup_commands, bench_ocd_commands, bench_ocd_core_commands,
	bench_ocd_svd_commands,
	bench_ocd_words_commands, bench_ocd_rtt_commands, bench_ocd_live_commands,
	bench_misc_commands, NULL,
};

static void
cmd_set(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *name = json_get_str(c->args, "name", ""),
		   *value = json_get_str(c->args, "value", "");
	struct err_msg why;

	if (options_set(&b->options, name, value, &why) != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	if (strcmp(name, "gauge.every") == 0)
		gauge_set_every(b->gauges, options_num(&b->options, OPT_GAUGE_EVERY));
	bench_news(b, "option", json_pack("{s:s,s:s}", "name", name, "value", value));
	command_done(c, NULL);
}

static void
cmd_options(struct command_call *c)
{
	command_done(c, options_list(&((struct bench *)c->ctx)->options));
}

static void
cmd_clear(struct command_call *c)
{
	struct bench *b = c->ctx;
	const json_int_t id = json_get_int(c->args, "id", -1);

	for (size_t i = json_array_size(b->notices); i-- > 0;)
		if (id < 0 || json_get_int(json_array_get(b->notices, i), "id", 0) == id)
			(void)json_array_remove(b->notices, i);
	bench_news(b, "notice.clear", id < 0 ? NULL : json_pack("{s:I}", "id", id));
	command_done(c, NULL);
}

static void
cmd_info(struct command_call *c)
{
	command_done(c, snapshot_bench(c->ctx));
}

static void
cmd_stop(struct command_call *c)
{
	struct bench *b = c->ctx;

	command_done(c, NULL);
	bench_end(b, "ended by a command");
}

static const struct command_arg set_args[] = {
	{ "name", ARG_WORD, ARG_MUST, NULL, "option" },
	{ "value", ARG_WORD, ARG_MUST, NULL, "value" },
	{ .name = NULL },
};
static const struct command_arg clear_args[] = {
	{ "id", ARG_INT, 0, NULL, "notice; all if absent" }, { .name = NULL },
};

const struct command bench_misc_commands[] = {
	{ "option.set", "set an option", set_args, 0, cmd_set },
	{ "option.list", "all options and their values", NULL, 0, cmd_options },
	{ "notice.clear", "forget notices", clear_args, 0, cmd_clear },
	{ "bench.info", "what this bench is", NULL, 0, cmd_info },
	{ "bench.stop", "end the bench: jobs are killed, ports closed", NULL, COMMAND_ASKS,
	    cmd_stop },
	{ .name = NULL },
};
