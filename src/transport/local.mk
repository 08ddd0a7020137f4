noinst_LIBRARIES += %D%/libtransport.a
%C%_libtransport_a_SOURCES = \
	%D%/discover.c %D%/discover.h \
	%D%/lines.c %D%/lines.h \
	%D%/node.c %D%/node.h \
	%D%/node_name.c %D%/node_name.h \
	%D%/portrow.c %D%/portrow.h \
	%D%/pulse.c %D%/pulse.h \
	%D%/telnet.c %D%/telnet.h \
	%D%/transport.c %D%/transport.h \
	%D%/usblist.c %D%/usblist.h \
	%D%/tty.c %D%/tty.h \
	%D%/watch.c %D%/watch.h \
	%D%/wire_node.c %D%/wire_node.h \
	%D%/comings.c %D%/comings.h \
	%D%/wire.h \
	%D%/wire_exec.c %D%/wire_exec.h \
	%D%/wire_replay.c %D%/wire_replay.h \
	%D%/wire_rfc2217.c %D%/wire_rfc2217.h \
	%D%/wire_serial.c %D%/wire_serial.h \
	%D%/wire_tcp.c %D%/wire_tcp.h \
	%D%/wire_tty.c %D%/wire_tty.h \
	%D%/wire_unix.c %D%/wire_unix.h
%C%_libtransport_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(SERIALPORT_CFLAGS)
