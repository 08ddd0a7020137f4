noinst_LIBRARIES += %D%/libelfread.a
%C%_libelfread_a_SOURCES = \
	%D%/attributes.c %D%/attributes.h \
	%D%/binary.c %D%/binary.h \
	%D%/buildinfo.c %D%/buildinfo.h \
	%D%/flat.c %D%/flat.h \
	%D%/gotab.c %D%/gotab.h \
	%D%/needs.c %D%/needs.h \
	%D%/image.c %D%/image.h \
	%D%/linkage.c %D%/linkage.h \
	%D%/machine.c %D%/machine.h \
	%D%/newer.c %D%/newer.h \
	%D%/places.c %D%/places.h \
	%D%/sizes.c %D%/sizes.h \
	%D%/spans.c %D%/spans.h \
	%D%/symtab.c %D%/symtab.h \
	%D%/variables.c %D%/variables.h
%C%_libelfread_a_CPPFLAGS = $(AM_CPPFLAGS) $(ELF_CFLAGS) $(JANSSON_CFLAGS)
