# The command line. cli_gauges takes gauge/, cli_ports and cli_doctor take transport/discover.h.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_SOURCES = \
	%D%/args.c %D%/args.h \
	%D%/boardfind.c %D%/boardfind.h \
	%D%/capture.c %D%/capture.h \
	%D%/cli.c %D%/cli.h \
	%D%/cli_at.c %D%/cli_at.h \
	%D%/cli_bench.c %D%/cli_bench.h \
	%D%/cli_board.c %D%/cli_board.h \
	%D%/cli_boards.c %D%/cli_boards.h \
	%D%/cli_console.c %D%/cli_console.h \
	%D%/cli_decode.c %D%/cli_decode.h \
	%D%/cli_do.c %D%/cli_do.h \
	%D%/cli_doctor.c %D%/cli_doctor.h \
	%D%/cli_flame.c %D%/cli_flame.h \
	%D%/cli_gauges.c %D%/cli_gauges.h \
	%D%/cli_grab.c %D%/cli_grab.h \
	%D%/cli_macro.c %D%/cli_macro.h \
	%D%/cli_plugin.c %D%/cli_plugin.h \
	%D%/cli_ports.c %D%/cli_ports.h \
	%D%/cli_goroutines.c %D%/cli_goroutines.h \
	%D%/cli_pprof.c %D%/cli_pprof.h \
	%D%/cli_script.c %D%/cli_script.h \
	%D%/bundles.c %D%/bundles.h \
	%D%/cli_snapshot.c %D%/cli_snapshot.h \
	%D%/snapshot_text.c %D%/snapshot_text.h \
	%D%/cli_watch.c %D%/cli_watch.h \
	%D%/cli_series.c %D%/cli_series.h \
	%D%/cli_worker.c %D%/cli_worker.h \
	%D%/cli_trust.c %D%/cli_trust.h \
	%D%/client.c %D%/client.h \
	%D%/door.c %D%/door.h \
	%D%/gauges_advise.c %D%/gauges_advise.h \
	%D%/job.c %D%/job.h \
	%D%/plugins.c %D%/plugins.h \
	%D%/pprof_args.c %D%/pprof_args.h \
	%D%/metrics.c %D%/metrics.h %D%/say.c %D%/say.h \
	%D%/sgr.c %D%/sgr.h
%C%_libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
