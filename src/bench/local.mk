noinst_LIBRARIES += %D%/libbench.a
%C%_libbench_a_SOURCES = \
	%D%/asks.c %D%/asks.h \
	%D%/at_match.c %D%/at_match.h \
	%D%/bench.c %D%/bench.h \
	%D%/boards.c %D%/boards.h \
	%D%/bundle.c %D%/bundle.h \
	%D%/bundle_facts.c %D%/bundle_facts.h \
	%D%/clients.c %D%/clients.h \
	%D%/consoles.c %D%/consoles.h \
	%D%/consoles_at.c %D%/consoles_at.h \
	%D%/consoles_lend.c %D%/consoles_lend.h \
	%D%/consoles_open.c %D%/consoles_open.h \
	%D%/consoles_wire.c %D%/consoles_wire.h \
	%D%/debug_ready.c %D%/debug_ready.h \
	%D%/debugs.c %D%/debugs.h \
	%D%/debugs_commands.c %D%/debugs_commands.h \
	%D%/decode_plugins.c %D%/decode_plugins.h \
	%D%/decoders.c %D%/decoders.h \
	%D%/demo.c %D%/demo.h \
	%D%/elfsum.c %D%/elfsum.h \
	%D%/follow.c %D%/follow.h \
	%D%/gauge_consoles.c %D%/gauge_consoles.h \
	%D%/gauge_sources.c %D%/gauge_sources.h %D%/gauges.c %D%/gauges.h \
	%D%/gauge_files.c %D%/gauge_files.h \
	%D%/gauge_processes.c %D%/gauge_processes.h \
	%D%/gauge_rules.c %D%/gauge_rules.h \
	%D%/gauges.c %D%/gauges.h \
	%D%/hub.h \
	%D%/images.c %D%/images.h \
	%D%/job_parts.c %D%/job_parts.h \
	%D%/jobs.c %D%/jobs.h \
	%D%/logs.c %D%/logs.h \
	%D%/looks.c %D%/looks.h \
	%D%/lookups.c %D%/lookups.h \
	%D%/meters.c %D%/meters.h \
	%D%/macro_record.c %D%/macro_record.h \
	%D%/macros.c %D%/macros.h \
	%D%/misc.c %D%/misc.h \
	%D%/news.h \
	%D%/past.c %D%/past.h \
	%D%/plugin_hosts.c %D%/plugin_hosts.h \
	%D%/plugin_shown.c %D%/plugin_shown.h \
	%D%/ports.c %D%/ports.h \
	%D%/profile_tasks.c %D%/profile_tasks.h \
	%D%/profiles.c %D%/profiles.h \
	%D%/questions.c %D%/questions.h \
	%D%/save.c %D%/save.h \
	%D%/sends.c %D%/sends.h \
	%D%/shots.c %D%/shots.h \
	%D%/shares.c %D%/shares.h \
	%D%/snapshot.c %D%/snapshot.h \
	%D%/symbols.c %D%/symbols.h \
	%D%/triggers.c %D%/triggers.h \
	%D%/typing.c %D%/typing.h \
	%D%/watch.c %D%/watch.h \
	%D%/watch_round.c %D%/watch_round.h
%C%_libbench_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
