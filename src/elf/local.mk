noinst_LIBRARIES += %D%/libelfread.a
%C%_libelfread_a_SOURCES = \
	%D%/binary.c %D%/binary.h \
	%D%/gotab.c %D%/gotab.h \
	%D%/needs.c %D%/needs.h \
	%D%/places.c %D%/places.h \
	%D%/symtab.c %D%/symtab.h
%C%_libelfread_a_CPPFLAGS = $(AM_CPPFLAGS) $(ELF_CFLAGS)
