check_PROGRAMS += tests/unit/test_worker_profiles
tests_unit_test_worker_profiles_SOURCES = tests/unit/test_worker_profiles.c
tests_unit_test_worker_profiles_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_worker_profiles_LDADD = src/worker/libworker.a src/fetch/libfetch.a \
	src/pprof/libpprof.a src/elf/libelfread.a src/proto/libproto.a src/core/libcore.a src/loop/libloop.a \
	src/sys/libsys.a src/base/libbase.a \
	$(ELF_LIBS) $(DEFLATE_LIBS) $(PCRE2_LIBS) $(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS) -lm
TESTS += tests/unit/test_worker_profiles
check_PROGRAMS += tests/unit/test_worker_elves
tests_unit_test_worker_elves_SOURCES = tests/unit/test_worker_elves.c
tests_unit_test_worker_elves_CPPFLAGS = $(tests_unit_test_worker_profiles_CPPFLAGS)
tests_unit_test_worker_elves_LDADD = $(tests_unit_test_worker_profiles_LDADD)
TESTS += tests/unit/test_worker_elves
