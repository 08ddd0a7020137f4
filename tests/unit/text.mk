check_PROGRAMS += tests/unit/test_text_lines tests/unit/test_text_pattern
text_test_libs = src/text/libtext.a src/base/libbase.a $(PCRE2_LIBS) $(CMOCKA_LIBS)
tests_unit_test_text_lines_SOURCES = tests/unit/test_text_lines.c
tests_unit_test_text_lines_LDADD = $(text_test_libs)
tests_unit_test_text_pattern_SOURCES = tests/unit/test_text_pattern.c
tests_unit_test_text_pattern_LDADD = $(text_test_libs)
TESTS += tests/unit/test_text_lines tests/unit/test_text_pattern
