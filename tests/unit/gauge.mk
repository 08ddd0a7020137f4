check_PROGRAMS += tests/unit/test_gauge_group tests/unit/test_gauge_parts tests/unit/test_gauge_remote tests/unit/test_gauge_set tests/unit/test_gauge_sources tests/unit/test_gauge_program
tests_unit_test_gauge_parts_SOURCES = tests/unit/test_gauge_parts.c
tests_unit_test_gauge_parts_LDADD = src/gauge/libgauge.a src/transport/libtransport.a src/text/libtext.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(SERIALPORT_LIBS) $(CORE_LIBS) -lm
tests_unit_test_gauge_remote_SOURCES = tests/unit/test_gauge_remote.c
tests_unit_test_gauge_remote_LDADD = src/gauge/libgauge.a src/transport/libtransport.a src/text/libtext.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(SERIALPORT_LIBS) $(CORE_LIBS) -lm
tests_unit_test_gauge_rules_SOURCES = tests/unit/test_gauge_rules.c
tests_unit_test_gauge_rules_LDADD = src/gauge/libgauge.a src/transport/libtransport.a src/text/libtext.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(SERIALPORT_LIBS) $(CORE_LIBS) -lm
tests_unit_test_gauge_group_SOURCES = tests/unit/test_gauge_group.c tests/unit/test_gauge_tree.h
tests_unit_test_gauge_group_LDADD = src/gauge/libgauge.a src/transport/libtransport.a src/text/libtext.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(SERIALPORT_LIBS) $(CORE_LIBS) -lm -lpthread
tests_unit_test_gauge_set_SOURCES = tests/unit/test_gauge_set.c tests/unit/test_gauge_run.h tests/unit/test_gauge_tree.h
tests_unit_test_gauge_set_LDADD = src/gauge/libgauge.a src/transport/libtransport.a src/text/libtext.a $(CORE_ARCHIVES) \
	$(CMOCKA_LIBS) $(SERIALPORT_LIBS) $(CORE_LIBS) -lm -lpthread
tests_unit_test_gauge_program_SOURCES = tests/unit/test_gauge_program.c
tests_unit_test_gauge_program_LDADD = $(tests_unit_test_gauge_set_LDADD)
tests_unit_test_gauge_sources_SOURCES = tests/unit/test_gauge_sources.c tests/unit/test_gauge_tree.h
tests_unit_test_gauge_sources_LDADD = $(tests_unit_test_gauge_set_LDADD)
TESTS += tests/unit/test_gauge_group tests/unit/test_gauge_parts tests/unit/test_gauge_remote tests/unit/test_gauge_set tests/unit/test_gauge_sources tests/unit/test_gauge_program
check_PROGRAMS += tests/unit/test_gauge_kernel
tests_unit_test_gauge_kernel_SOURCES = tests/unit/test_gauge_kernel.c tests/unit/test_gauge_run.h tests/unit/test_gauge_tree.h
tests_unit_test_gauge_kernel_LDADD = $(tests_unit_test_gauge_set_LDADD)
TESTS += tests/unit/test_gauge_kernel
check_PROGRAMS += tests/unit/test_gauge_rules tests/unit/test_gauge_advice
TESTS += tests/unit/test_gauge_rules tests/unit/test_gauge_advice
check_PROGRAMS += tests/unit/test_gauge_target
TESTS += tests/unit/test_gauge_target
tests_unit_test_gauge_target_SOURCES = tests/unit/test_gauge_target.c
tests_unit_test_gauge_target_LDADD = $(tests_unit_test_gauge_set_LDADD)
tests_unit_test_gauge_advice_SOURCES = tests/unit/test_gauge_advice.c tests/unit/test_gauge_tree.h
tests_unit_test_gauge_advice_LDADD = $(tests_unit_test_gauge_set_LDADD)
EXTRA_DIST += \
	tests/data/gauge/healthy.series \
	tests/data/gauge/leaking.series \
	tests/data/gauge/container.tree \
	tests/data/gauge/jetson.tree \
	tests/data/gauge/openwrt-mips.tree \
	tests/data/gauge/pi4.tree \
	tests/data/gauge/x86-server.tree
check_PROGRAMS += tests/unit/test_gauge_past
tests_unit_test_gauge_past_SOURCES = tests/unit/test_gauge_past.c
tests_unit_test_gauge_past_LDADD = $(tests_unit_test_gauge_set_LDADD)
TESTS += tests/unit/test_gauge_past
check_PROGRAMS += tests/unit/test_gauge_boards
tests_unit_test_gauge_boards_SOURCES = tests/unit/test_gauge_boards.c tests/unit/test_gauge_board.h \
	tests/unit/test_gauge_run.h tests/unit/test_gauge_tree.h
tests_unit_test_gauge_boards_LDADD = $(tests_unit_test_gauge_set_LDADD)
TESTS += tests/unit/test_gauge_boards
EXTRA_DIST += tests/data/boards/README.md \
	tests/data/boards/imx6q.board \
	tests/data/boards/imx8mm.board \
	tests/data/boards/jetson-nano.board \
	tests/data/boards/jetson-orin-nano.board \
	tests/data/boards/lichee-rv.board \
	tests/data/boards/mt7621.board \
	tests/data/boards/orangepi-legacy.board \
	tests/data/boards/orangepi-pc.board \
	tests/data/boards/orangepi3.board \
	tests/data/boards/pi3b-plus.board \
	tests/data/boards/pi4.board \
	tests/data/boards/pi5.board \
	tests/data/boards/rock5b.board \
	tests/data/boards/visionfive2.board \
	tests/data/boards/x86-laptop.board
