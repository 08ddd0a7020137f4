base_test_libs = src/base/libbase.a \
	$(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_base_memory
TESTS += tests/unit/test_base_memory
tests_unit_test_base_memory_SOURCES = tests/unit/test_base_memory.c
tests_unit_test_base_memory_LDADD = $(base_test_libs)
check_PROGRAMS += tests/unit/test_base_text
TESTS += tests/unit/test_base_text
tests_unit_test_base_text_SOURCES = tests/unit/test_base_text.c
tests_unit_test_base_text_LDADD = $(base_test_libs)
