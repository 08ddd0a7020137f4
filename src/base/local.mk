noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
	%D%/alloc.c %D%/alloc.h \
	%D%/base64.c %D%/base64.h \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/err.c %D%/err.h \
	%D%/hash.c %D%/hash.h \
	%D%/limits.h \
	%D%/list.h \
	%D%/nearest.c %D%/nearest.h \
	%D%/ring.c %D%/ring.h \
	%D%/sha256.c %D%/sha256.h \
	%D%/slice.c %D%/slice.h \
	%D%/utf8.c %D%/utf8.h
