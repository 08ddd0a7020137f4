check_PROGRAMS += tests/unit/test_console_at tests/unit/test_console_console tests/unit/test_console_logs \
	tests/unit/test_console_past
tests_unit_test_console_at_SOURCES = tests/unit/test_console_at.c
tests_unit_test_console_at_LDADD = src/console/libconsole.a src/base/libbase.a $(CMOCKA_LIBS)
tests_unit_test_console_console_SOURCES = tests/unit/test_console_console.c
tests_unit_test_console_console_LDADD = src/console/libconsole.a src/transport/libtransport.a \
	src/text/libtext.a src/core/libcore.a src/loop/libloop.a src/sys/libsys.a src/base/libbase.a \
	$(SERIALPORT_LIBS) $(JANSSON_LIBS) $(PCRE2_LIBS) $(UV_LIBS) $(CMOCKA_LIBS)
tests_unit_test_console_logs_SOURCES = tests/unit/test_console_logs.c
tests_unit_test_console_logs_LDADD = src/console/libconsole.a src/text/libtext.a \
	src/sys/libsys.a src/base/libbase.a $(PCRE2_LIBS) $(CMOCKA_LIBS)
tests_unit_test_console_past_SOURCES = tests/unit/test_console_past.c
tests_unit_test_console_past_LDADD = src/console/libconsole.a src/sys/libsys.a src/base/libbase.a $(CMOCKA_LIBS)
TESTS += tests/unit/test_console_at tests/unit/test_console_console tests/unit/test_console_logs \
	tests/unit/test_console_past

EXTRA_DIST += tests/fuzz/fuzz_at.c
