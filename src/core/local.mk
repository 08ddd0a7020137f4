noinst_LIBRARIES += %D%/libcore.a
%C%_libcore_a_SOURCES = \
	%D%/bus.c %D%/bus.h \
	%D%/cause.c %D%/cause.h \
	%D%/command.c %D%/command.h \
	%D%/journal.c %D%/journal.h \
	%D%/json.c %D%/json.h \
	%D%/jsonline.c %D%/jsonline.h \
	%D%/lone.c %D%/lone.h \
	%D%/options.c %D%/options.h \
	%D%/place.c %D%/place.h \
	%D%/plugin.c %D%/plugin.h \
	%D%/project.c %D%/project.h \
	%D%/token.c %D%/token.h \
	%D%/tree.c %D%/tree.h \
	%D%/trust.c %D%/trust.h
%C%_libcore_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
