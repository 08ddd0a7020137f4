noinst_LIBRARIES += %D%/libsvd.a
%C%_libsvd_a_SOURCES = \
	%D%/number.c %D%/number.h \
	%D%/parts.h \
	%D%/registers.c %D%/registers.h \
	%D%/svd.c %D%/svd.h \
	%D%/tree.c %D%/tree.h
%C%_libsvd_a_CPPFLAGS = $(AM_CPPFLAGS) $(EXPAT_CFLAGS)
