noinst_LIBRARIES += %D%/liblaunch.a
%C%_liblaunch_a_SOURCES = \
	%D%/debugstate.c %D%/debugstate.h \
	%D%/delve.c %D%/delve.h \
	%D%/gdbmi.c %D%/gdbmi.h \
	%D%/job.c %D%/job.h \
	%D%/progress.c %D%/progress.h
%C%_liblaunch_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
