sys_test_libs = src/sys/libsys.a src/base/libbase.a \
	$(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_sys_dial
TESTS += tests/unit/test_sys_dial
tests_unit_test_sys_dial_SOURCES = tests/unit/test_sys_dial.c
tests_unit_test_sys_dial_LDADD = $(sys_test_libs)
check_PROGRAMS += tests/unit/test_sys_io
TESTS += tests/unit/test_sys_io
tests_unit_test_sys_io_SOURCES = tests/unit/test_sys_io.c
tests_unit_test_sys_io_LDADD = $(sys_test_libs)
check_PROGRAMS += tests/unit/test_sys_place
TESTS += tests/unit/test_sys_place
tests_unit_test_sys_place_SOURCES = tests/unit/test_sys_place.c
tests_unit_test_sys_place_LDADD = $(sys_test_libs)
check_PROGRAMS += tests/unit/test_sys_spawn
TESTS += tests/unit/test_sys_spawn
tests_unit_test_sys_spawn_SOURCES = tests/unit/test_sys_spawn.c
tests_unit_test_sys_spawn_LDADD = $(sys_test_libs)
