noinst_LIBRARIES += %D%/librsp.a
%C%_librsp_a_SOURCES = \
	%D%/audit.c %D%/audit.h \
	%D%/client.c %D%/client.h \
	%D%/meaning.c %D%/meaning.h \
	%D%/packet.c %D%/packet.h \
	%D%/reach.c %D%/reach.h \
	%D%/relay.c %D%/relay.h \
	%D%/replay.c %D%/replay.h \
	%D%/speed.c %D%/speed.h \
	%D%/steps.c %D%/steps.h \
	%D%/successor.c %D%/successor.h \
	%D%/tap.c %D%/tap.h \
	%D%/target.c %D%/target.h
%C%_librsp_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
