noinst_LIBRARIES += %D%/libterm.a
%C%_libterm_a_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
%C%_libterm_a_SOURCES = \
	%D%/emulator.c %D%/emulator.h \
	%D%/gate.c %D%/gate.h \
	%D%/scrollback.c %D%/scrollback.h
