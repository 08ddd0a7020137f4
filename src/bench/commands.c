/* commands.c - the table of tables: all that a bench can be told. */
#include "bench/commands.h"

#include "bench/consoles_at.h"
#include "bench/consoles_lend.h"
#include "bench/consoles_open.h"
#include "bench/consoles_wire.h"
#include "bench/decode_plugins.h"
#include "bench/decoders.h"
#include "bench/gauge_files.h"
#include "bench/gauge_processes.h"
#include "bench/gauge_rules.h"
#include "bench/hub.h"
#include "bench/images.h"
#include "bench/logs.h"
#include "bench/lookups.h"
#include "bench/meters.h"
#include "bench/past.h"
#include "bench/plugin_hosts.h"
#include "bench/ports.h"
#include "bench/questions.h"
#include "bench/save.h"
#include "bench/sends.h"
#include "bench/shares.h"
#include "bench/ties.h"
#include "bench/triggers.h"
#include "bench/typing.h"

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
	bench_ocd_svd_commands, bench_ocd_words_commands, bench_ocd_rtt_commands,
	bench_ocd_live_commands,
	bench_about_commands, bench_tie_commands, NULL,
};
