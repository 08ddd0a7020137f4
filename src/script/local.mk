noinst_LIBRARIES += %D%/libscript.a
%C%_libscript_a_CPPFLAGS = $(AM_CPPFLAGS) $(LUA_CFLAGS) $(JANSSON_CFLAGS)
%C%_libscript_a_SOURCES = \
	%D%/allow.c %D%/allow.h \
	%D%/errors.c %D%/errors.h \
	%D%/guard.c %D%/guard.h \
	%D%/host.c %D%/host.h \
	%D%/host_open.c %D%/host_open.h \
	%D%/libs.c %D%/libs.h \
	%D%/link.c %D%/link.h \
	%D%/missing.c %D%/missing.h \
	%D%/mod_bench.c %D%/mod_bench.h \
	%D%/mod_expect.c %D%/mod_expect.h \
	%D%/mod_event.c %D%/mod_event.h \
	%D%/mod_fs.c %D%/mod_fs.h \
	%D%/mod_json.c %D%/mod_json.h \
	%D%/mod_log.c %D%/mod_log.h \
	%D%/mod_rx.c %D%/mod_rx.h \
	%D%/mod_serve.c %D%/mod_serve.h \
	%D%/mod_stream.c %D%/mod_stream.h \
	%D%/mod_task.c %D%/mod_task.h \
	%D%/mod_text.c %D%/mod_text.h \
	%D%/requires.c %D%/requires.h \
	%D%/run.c %D%/run.h \
	%D%/rx.c %D%/rx.h \
	%D%/rx_class.c %D%/rx_class.h \
	%D%/rx_parse.c %D%/rx_parse.h \
	%D%/rx_run.c %D%/rx_run.h \
	%D%/rx_source.h \
	%D%/sched.c %D%/sched.h \
	%D%/stream.c %D%/stream.h \
	%D%/stream_text.c %D%/stream_text.h \
	%D%/strip.c %D%/strip.h \
	%D%/tick.c %D%/tick.h \
	%D%/value.c %D%/value.h
