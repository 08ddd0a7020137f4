proto_test_libs = src/proto/libproto.a src/core/libcore.a src/loop/libloop.a src/sys/libsys.a src/base/libbase.a \
	$(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_proto_frame
TESTS += tests/unit/test_proto_frame
tests_unit_test_proto_frame_SOURCES = tests/unit/test_proto_frame.c
tests_unit_test_proto_frame_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_proto_frame_LDADD = $(proto_test_libs)
check_PROGRAMS += tests/unit/test_proto_peer
TESTS += tests/unit/test_proto_peer
tests_unit_test_proto_peer_SOURCES = tests/unit/test_proto_peer.c
tests_unit_test_proto_peer_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_proto_peer_LDADD = $(proto_test_libs)
