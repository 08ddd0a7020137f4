noinst_LIBRARIES += %D%/libsys.a
%C%_libsys_a_SOURCES = \
	%D%/box.c %D%/box.h \
	%D%/dirwatch.c %D%/dirwatch.h \
	%D%/entropy.c %D%/entropy.h \
	%D%/glob.c %D%/glob.h \
	%D%/io.c %D%/io.h \
	%D%/listen.c %D%/listen.h \
	%D%/late.c %D%/late.h \
	%D%/lockfile.c %D%/lockfile.h \
	%D%/path.c %D%/path.h \
	%D%/process.c %D%/process.h \
	%D%/pty.c %D%/pty.h \
	%D%/sock.c %D%/sock.h \
	%D%/spawn.c %D%/spawn.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/thread.c %D%/thread.h \
	%D%/time.c %D%/time.h
%C%_libsys_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVISE_BINDIR='"$(bindir)"' \
	-DVISE_LIBEXECDIR='"$(pkglibexecdir)"' -DVISE_DATADIR='"$(pkgdatadir)"'
