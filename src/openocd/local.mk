noinst_LIBRARIES += %D%/libopenocd.a
%C%_libopenocd_a_SOURCES = \
	%D%/cortexm.c %D%/cortexm.h \
	%D%/rpc.c %D%/rpc.h \
	%D%/tcl.c %D%/tcl.h
%C%_libopenocd_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
