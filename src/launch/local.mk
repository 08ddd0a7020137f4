noinst_LIBRARIES += %D%/liblaunch.a
%C%_liblaunch_a_SOURCES = \
	%D%/job.c %D%/job.h \
	%D%/progress.c %D%/progress.h
%C%_liblaunch_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
