noinst_LIBRARIES += %D%/libtext.a
%C%_libtext_a_SOURCES = \
	%D%/eol.c %D%/eol.h \
	%D%/decode.c %D%/decode.h \
	%D%/decode_cause.c %D%/decode_cause.h \
	%D%/decode_go.c %D%/decode_go.h \
	%D%/decode_gotrace.c %D%/decode_gotrace.h \
	%D%/decode_json.c %D%/decode_json.h \
	%D%/decode_regs.c %D%/decode_regs.h \
	%D%/decoder.c %D%/decoder.h \
	%D%/level.c %D%/level.h \
	%D%/lines.c %D%/lines.h \
	%D%/literals.c %D%/literals.h \
	%D%/logline.c %D%/logline.h \
	%D%/ocd_svd_text.c %D%/ocd_svd_text.h \
	%D%/ocd_text.c %D%/ocd_text.h \
	%D%/pattern.c %D%/pattern.h \
	%D%/values.c %D%/values.h
%C%_libtext_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(JANSSON_CFLAGS)
