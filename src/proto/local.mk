noinst_LIBRARIES += %D%/libproto.a
%C%_libproto_a_SOURCES = \
	%D%/dial.c %D%/dial.h \
	%D%/frame.c %D%/frame.h \
	%D%/peer.c %D%/peer.h
%C%_libproto_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
