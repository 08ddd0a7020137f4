check_PROGRAMS += tests/unit/test_term_gate tests/unit/test_term_emulator \
	tests/unit/test_term_scrollback tests/unit/test_term_flood
term_test_libs = src/term/libterm.a src/grid/libgrid.a src/base/libbase.a \
	$(VTERM_LIBS) $(CMOCKA_LIBS)
tests_unit_test_term_gate_SOURCES = tests/unit/test_term_gate.c
tests_unit_test_term_gate_LDADD = $(term_test_libs)
tests_unit_test_term_emulator_SOURCES = tests/unit/test_term_emulator.c
tests_unit_test_term_emulator_LDADD = $(term_test_libs)
tests_unit_test_term_scrollback_SOURCES = tests/unit/test_term_scrollback.c
tests_unit_test_term_scrollback_LDADD = $(term_test_libs)
tests_unit_test_term_flood_SOURCES = tests/unit/test_term_flood.c
tests_unit_test_term_flood_LDADD = $(term_test_libs)
TESTS += tests/unit/test_term_gate tests/unit/test_term_emulator \
	tests/unit/test_term_scrollback tests/unit/test_term_flood
