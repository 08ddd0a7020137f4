core_test_libs = src/core/libcore.a src/loop/libloop.a src/sys/libsys.a src/base/libbase.a \
	$(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_core_command
TESTS += tests/unit/test_core_command
tests_unit_test_core_command_SOURCES = tests/unit/test_core_command.c
tests_unit_test_core_command_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_core_command_LDADD = $(core_test_libs)
check_PROGRAMS += tests/unit/test_core_record
TESTS += tests/unit/test_core_record
tests_unit_test_core_record_SOURCES = tests/unit/test_core_record.c
tests_unit_test_core_record_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_core_record_LDADD = $(core_test_libs)
check_PROGRAMS += tests/unit/test_core_place
TESTS += tests/unit/test_core_place
tests_unit_test_core_place_SOURCES = tests/unit/test_core_place.c
tests_unit_test_core_place_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_core_place_LDADD = $(core_test_libs)
