noinst_LIBRARIES += %D%/libfetch.a
%C%_libfetch_a_SOURCES = \
	%D%/fetch.c %D%/fetch.h \
	%D%/gops.c %D%/gops.h \
	%D%/process.c %D%/process.h \
	%D%/route.c %D%/route.h \
	%D%/session.c %D%/session.h \
	%D%/tunnel.c %D%/tunnel.h \
	%D%/url.c %D%/url.h
%C%_libfetch_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS)
