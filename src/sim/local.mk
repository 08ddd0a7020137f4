noinst_LIBRARIES += %D%/libsim.a
%C%_libsim_a_SOURCES = \
	%D%/at.c %D%/at.h \
	%D%/board.c %D%/board.h \
	%D%/flash.c %D%/flash.h \
	%D%/heap.c %D%/heap.h \
	%D%/http.c %D%/http.h \
	%D%/model.c %D%/model.h \
	%D%/sim.c %D%/sim.h \
	%D%/tree.c %D%/tree.h
