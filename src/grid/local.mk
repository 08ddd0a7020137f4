noinst_LIBRARIES += %D%/libgrid.a
%C%_libgrid_a_SOURCES = \
	%D%/draw.c %D%/draw.h \
	%D%/dump.c %D%/dump.h \
	%D%/grid.c %D%/grid.h \
	%D%/style.c %D%/style.h \
	%D%/width.c %D%/width.h
