noinst_LIBRARIES += %D%/libtext.a
%C%_libtext_a_SOURCES = \
	%D%/eol.c %D%/eol.h \
	%D%/lines.c %D%/lines.h \
	%D%/pattern.c %D%/pattern.h
%C%_libtext_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS)
