check_PROGRAMS += tests/unit/test_openocd_words
openocd_test_libs = src/openocd/libopenocd.a src/text/libtext.a src/base/libbase.a $(PCRE2_LIBS) $(CMOCKA_LIBS)
tests_unit_test_openocd_words_SOURCES = tests/unit/test_openocd_words.c
tests_unit_test_openocd_words_LDADD = $(openocd_test_libs)
TESTS += tests/unit/test_openocd_words
