noinst_LIBRARIES += %D%/libloop.a
%C%_libloop_a_SOURCES = %D%/loop.c %D%/loop.h
%C%_libloop_a_CPPFLAGS = $(AM_CPPFLAGS) $(UV_CFLAGS)
