noinst_LIBRARIES += %D%/libfetch.a
%C%_libfetch_a_SOURCES = \
	%D%/fetch.c %D%/fetch.h \
	%D%/process.c %D%/process.h \
	%D%/url.c %D%/url.h
%C%_libfetch_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS)
