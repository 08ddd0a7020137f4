check_PROGRAMS += tests/unit/test_elf_binary
tests_unit_test_elf_binary_SOURCES = tests/unit/test_elf_binary.c
tests_unit_test_elf_binary_LDADD = src/elf/libelfread.a src/sys/libsys.a src/base/libbase.a \
	$(ELF_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_elf_binary
check_PROGRAMS += tests/unit/test_elf_needs
tests_unit_test_elf_needs_SOURCES = tests/unit/test_elf_needs.c
tests_unit_test_elf_needs_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_elf_needs_LDADD = $(tests_unit_test_elf_image_LDADD)
TESTS += tests/unit/test_elf_needs
check_PROGRAMS += tests/unit/test_elf_image
tests_unit_test_elf_image_SOURCES = tests/unit/test_elf_image.c
tests_unit_test_elf_image_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_elf_image_LDADD = src/elf/libelfread.a src/core/libcore.a src/loop/libloop.a \
	src/sys/libsys.a src/base/libbase.a $(ELF_LIBS) $(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_elf_image
