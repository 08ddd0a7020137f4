check_PROGRAMS += tests/unit/test_text_decode
tests_unit_test_text_decode_SOURCES = tests/unit/test_text_decode.c
tests_unit_test_text_decode_LDADD = src/text/libtext.a src/sys/libsys.a src/base/libbase.a \
	$(PCRE2_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_text_decode
check_PROGRAMS += tests/unit/test_text_values
tests_unit_test_text_values_SOURCES = tests/unit/test_text_values.c
tests_unit_test_text_values_LDADD = src/text/libtext.a src/base/libbase.a $(PCRE2_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_text_values
check_PROGRAMS += tests/unit/test_text_logline
tests_unit_test_text_logline_SOURCES = tests/unit/test_text_logline.c
tests_unit_test_text_logline_LDADD = src/text/libtext.a src/base/libbase.a $(PCRE2_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_text_logline
