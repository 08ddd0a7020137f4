check_PROGRAMS += tests/unit/test_rsp_audit tests/unit/test_rsp_packet tests/unit/test_rsp_relay \
	tests/unit/test_rsp_successor
rsp_test_libs = src/rsp/librsp.a src/base/libbase.a $(CMOCKA_LIBS)
tests_unit_test_rsp_audit_SOURCES = tests/unit/test_rsp_audit.c
tests_unit_test_rsp_audit_LDADD = $(rsp_test_libs)
tests_unit_test_rsp_packet_SOURCES = tests/unit/test_rsp_packet.c
tests_unit_test_rsp_packet_LDADD = $(rsp_test_libs)
tests_unit_test_rsp_relay_SOURCES = tests/unit/test_rsp_relay.c
tests_unit_test_rsp_relay_LDADD = src/rsp/librsp.a src/transport/libtransport.a src/core/libcore.a \
	src/loop/libloop.a src/sys/libsys.a src/base/libbase.a $(SERIALPORT_LIBS) $(JANSSON_LIBS) \
	$(UV_LIBS) $(CMOCKA_LIBS)
tests_unit_test_rsp_successor_SOURCES = tests/unit/test_rsp_successor.c
tests_unit_test_rsp_successor_LDADD = $(rsp_test_libs)
TESTS += tests/unit/test_rsp_audit tests/unit/test_rsp_packet tests/unit/test_rsp_relay \
	tests/unit/test_rsp_successor
