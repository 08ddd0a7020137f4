check_PROGRAMS += tests/unit/test_fetch_url
tests_unit_test_fetch_url_SOURCES = tests/unit/test_fetch_url.c
tests_unit_test_fetch_url_LDADD = src/fetch/libfetch.a src/core/libcore.a \
	src/sys/libsys.a src/base/libbase.a $(CMOCKA_LIBS)
TESTS += tests/unit/test_fetch_url
