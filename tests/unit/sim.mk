check_PROGRAMS += tests/unit/test_sim_board tests/unit/test_sim_parts
tests_unit_test_sim_board_SOURCES = tests/unit/test_sim_board.c
tests_unit_test_sim_board_LDADD = src/sim/libsim.a src/pprof/libpprof.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(DEFLATE_LIBS) $(CORE_LIBS) -lm
tests_unit_test_sim_parts_SOURCES = tests/unit/test_sim_parts.c
tests_unit_test_sim_parts_LDADD = src/sim/libsim.a src/pprof/libpprof.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(DEFLATE_LIBS) $(CORE_LIBS) -lm
TESTS += tests/unit/test_sim_board tests/unit/test_sim_parts
