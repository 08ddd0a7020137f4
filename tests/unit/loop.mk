loop_test_libs = src/loop/libloop.a src/sys/libsys.a src/base/libbase.a \
	$(UV_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_loop_loop
TESTS += tests/unit/test_loop_loop
tests_unit_test_loop_loop_SOURCES = tests/unit/test_loop_loop.c
tests_unit_test_loop_loop_LDADD = $(loop_test_libs)
