check_PROGRAMS += tests/unit/test_transport_discover tests/unit/test_transport_ports \
	tests/unit/test_transport_telnet tests/unit/test_transport_wire
transport_test_libs = src/transport/libtransport.a src/core/libcore.a src/loop/libloop.a \
	src/sys/libsys.a src/base/libbase.a $(SERIALPORT_LIBS) $(JANSSON_LIBS) $(UV_LIBS) $(CMOCKA_LIBS)
tests_unit_test_transport_discover_SOURCES = tests/unit/test_transport_discover.c
tests_unit_test_transport_discover_LDADD = $(transport_test_libs)
tests_unit_test_transport_ports_SOURCES = tests/unit/test_transport_ports.c
tests_unit_test_transport_ports_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_transport_ports_LDADD = $(transport_test_libs)
tests_unit_test_transport_telnet_SOURCES = tests/unit/test_transport_telnet.c
tests_unit_test_transport_telnet_LDADD = $(transport_test_libs)
tests_unit_test_transport_wire_SOURCES = tests/unit/test_transport_wire.c
tests_unit_test_transport_wire_LDADD = $(transport_test_libs)
TESTS += tests/unit/test_transport_discover tests/unit/test_transport_ports \
	tests/unit/test_transport_telnet tests/unit/test_transport_wire
