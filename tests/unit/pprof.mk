check_PROGRAMS += tests/unit/test_pprof_decode tests/unit/test_pprof_rx tests/unit/test_pprof_stacks \
	tests/unit/test_pprof_top tests/unit/test_pprof_units
pprof_test_libs = src/pprof/libpprof.a src/base/libbase.a $(DEFLATE_LIBS) $(PCRE2_LIBS) $(CMOCKA_LIBS) -lm
tests_unit_test_pprof_decode_SOURCES = tests/unit/test_pprof_decode.c
tests_unit_test_pprof_decode_CPPFLAGS = $(AM_CPPFLAGS) $(DEFLATE_CFLAGS)
tests_unit_test_pprof_decode_LDADD = $(pprof_test_libs)
tests_unit_test_pprof_top_SOURCES = tests/unit/test_pprof_top.c
tests_unit_test_pprof_top_LDADD = $(pprof_test_libs)
tests_unit_test_pprof_units_SOURCES = tests/unit/test_pprof_units.c
tests_unit_test_pprof_units_LDADD = $(pprof_test_libs)
tests_unit_test_pprof_rx_SOURCES = tests/unit/test_pprof_rx.c
tests_unit_test_pprof_rx_LDADD = $(pprof_test_libs)
tests_unit_test_pprof_stacks_SOURCES = tests/unit/test_pprof_stacks.c
tests_unit_test_pprof_stacks_LDADD = $(pprof_test_libs)
TESTS += tests/unit/test_pprof_decode tests/unit/test_pprof_rx tests/unit/test_pprof_stacks \
	tests/unit/test_pprof_top tests/unit/test_pprof_units
check_PROGRAMS += tests/unit/test_pprof_flame
tests_unit_test_pprof_flame_SOURCES = tests/unit/test_pprof_flame.c
tests_unit_test_pprof_flame_LDADD = $(pprof_test_libs)
TESTS += tests/unit/test_pprof_flame
check_PROGRAMS += tests/unit/test_pprof_series tests/unit/test_pprof_leaks
tests_unit_test_pprof_series_SOURCES = tests/unit/test_pprof_series.c tests/unit/pprof_make.h
tests_unit_test_pprof_series_CPPFLAGS = $(AM_CPPFLAGS) $(DEFLATE_CFLAGS)
tests_unit_test_pprof_series_LDADD = $(pprof_test_libs) -lm
tests_unit_test_pprof_leaks_SOURCES = tests/unit/test_pprof_leaks.c tests/unit/pprof_make.h
tests_unit_test_pprof_leaks_LDADD = $(pprof_test_libs) -lm
TESTS += tests/unit/test_pprof_series tests/unit/test_pprof_leaks
