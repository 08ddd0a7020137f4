noinst_LIBRARIES += %D%/libconsole.a
%C%_libconsole_a_SOURCES = \
	%D%/at.c %D%/at.h \
	%D%/at_table.c %D%/at_table.h \
	%D%/console.c %D%/console.h \
	%D%/logs.c %D%/logs.h \
	%D%/rawlog.c %D%/rawlog.h \
	%D%/textlog.c %D%/textlog.h \
	%D%/times.c %D%/times.h
