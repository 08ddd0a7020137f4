noinst_LIBRARIES += %D%/libconsole.a
%C%_libconsole_a_SOURCES = \
	%D%/at.c %D%/at.h \
	%D%/at_errors.c %D%/at_errors.h \
	%D%/at_job.c %D%/at_job.h \
	%D%/at_lines.c %D%/at_lines.h \
	%D%/at_run.c %D%/at_run.h \
	%D%/at_sync.c %D%/at_sync.h \
	%D%/at_table.c %D%/at_table.h \
	%D%/at_typed.c %D%/at_typed.h \
	%D%/console.c %D%/console.h \
	%D%/logs.c %D%/logs.h \
	%D%/pace.c %D%/pace.h \
	%D%/rawlog.c %D%/rawlog.h \
	%D%/rawread.c %D%/rawread.h \
	%D%/textlog.c %D%/textlog.h \
	%D%/timelog.c %D%/timelog.h \
	%D%/times.c %D%/times.h
