dnl Macros of Vise's own configure.ac. Each does one thing; configure.ac reads as a list of them.

dnl VISE_LIB(VARIABLE, MODULES, DEBIAN-PACKAGE, FEDORA-PACKAGE, [OTHER-MODULES]...)
dnl A required library: VARIABLE_CFLAGS and VARIABLE_LIBS, or an end that names the package.
AC_DEFUN([VISE_LIB], [
PKG_CHECK_MODULES([$1], [$2], [], [
	m4_ifblank([$5],
		[AC_MSG_ERROR([$2 not found; install $3 (Fedora: $4), or run ./bootstrap deps])],
		[VISE_LIB([$1], [$5], [$3], [$4], m4_shift2(m4_shift3($@)))])
])
])

dnl libdeflate grew its .pc file in 1.9; before that the header and the archive must do.
AC_DEFUN([VISE_DEFLATE], [
PKG_CHECK_MODULES([DEFLATE], [libdeflate], [], [
	AC_CHECK_HEADER([libdeflate.h],
		[AC_CHECK_LIB([deflate], [libdeflate_gzip_decompress_ex], [DEFLATE_LIBS=-ldeflate])])
	AS_IF([test -z "$DEFLATE_LIBS"],
		[AC_MSG_ERROR([libdeflate not found; install libdeflate-dev (Fedora: libdeflate-devel), or run ./bootstrap deps])])
	AC_SUBST([DEFLATE_CFLAGS])
	AC_SUBST([DEFLATE_LIBS])
])
])

dnl forkpty lives in libc (glibc 2.34), libutil (older) or libbsd; the screen tests use it.
AC_DEFUN([VISE_FORKPTY], [
vise_save_LIBS=$LIBS
AC_SEARCH_LIBS([forkpty], [util bsd], [], [AC_MSG_ERROR([forkpty not found in libc, libutil or libbsd])])
AS_CASE([$ac_cv_search_forkpty], ["none required"], [FORKPTY_LIBS=], [FORKPTY_LIBS=$ac_cv_search_forkpty])
LIBS=$vise_save_LIBS
AC_SUBST([FORKPTY_LIBS])
])

dnl Only the unit tests need cmocka. Without it `make` works and `make check` fails with its name.
AC_DEFUN([VISE_CMOCKA], [
PKG_CHECK_MODULES([CMOCKA], [cmocka >= 1.1.5],
	[vise_cmocka=yes vise_cmocka_says="cmocka $($PKG_CONFIG --modversion cmocka)"],
	[vise_cmocka=no vise_cmocka_says="no: make check needs libcmocka-dev (Fedora: libcmocka-devel)"])
AM_CONDITIONAL([HAVE_CMOCKA], [test "$vise_cmocka" = yes])
])

dnl VISE_TRY_FLAG(FLAG, IF-ACCEPTED)
AC_DEFUN([VISE_TRY_FLAG], [
vise_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[return (int)strlen("")]])],
	[vise_flag=yes], [vise_flag=no])
CFLAGS=$vise_save_CFLAGS
AS_IF([test "$vise_flag" = yes], [$2])
])

AC_DEFUN([VISE_SANITIZER], [
AC_ARG_WITH([sanitizer],
	[AS_HELP_STRING([--with-sanitizer=LIST], [build with -fsanitize=LIST, such as address,undefined])],
	[], [with_sanitizer=no])
AS_IF([test "$with_sanitizer" = yes], [with_sanitizer=address,undefined])
])

dnl Fuzz targets instrument every archive, so they are a build of their own and bring the sanitizers.
AC_DEFUN([VISE_FUZZ], [
AC_ARG_ENABLE([fuzz],
	[AS_HELP_STRING([--enable-fuzz], [build the libFuzzer targets in tests/fuzz (clang only)])],
	[], [enable_fuzz=no])
SANITIZER_CFLAGS=
FUZZ_LDFLAGS=
AS_IF([test "$enable_fuzz" = yes], [
	AS_IF([test "$with_sanitizer" = no], [with_sanitizer=address,undefined])
	FUZZ_LDFLAGS="-fsanitize=fuzzer"
	VISE_TRY_FLAG([-fsanitize=fuzzer-no-link], [SANITIZER_CFLAGS=" -fsanitize=fuzzer-no-link"])
	AS_IF([test -z "$SANITIZER_CFLAGS"], [AC_MSG_ERROR([--enable-fuzz needs CC=clang with its runtime (Debian: clang libclang-rt-14-dev)])])
])
AS_IF([test "$with_sanitizer" != no], [
	SANITIZER_CFLAGS="-fsanitize=$with_sanitizer -fno-sanitize-recover=all -fno-omit-frame-pointer$SANITIZER_CFLAGS"
	VISE_TRY_FLAG([$SANITIZER_CFLAGS], [],)
	AS_IF([test "$vise_flag" = no], [AC_MSG_ERROR([$CC does not link with -fsanitize=$with_sanitizer])])
])
AC_SUBST([SANITIZER_CFLAGS])
AC_SUBST([FUZZ_LDFLAGS])
AM_CONDITIONAL([FUZZ], [test "$enable_fuzz" = yes])
])

AC_DEFUN([VISE_WARNINGS], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat warnings as errors])], [], [enable_werror=no])
WARN_CFLAGS=
m4_foreach_w([vise_w], [-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes
	-Wstrict-prototypes -Wformat=2 -Wvla -Wimplicit-fallthrough],
	[VISE_TRY_FLAG(vise_w, [WARN_CFLAGS="$WARN_CFLAGS vise_w"])])
AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
])

dnl The release flags; sanitizers and _FORTIFY_SOURCE hide each other's finds, so only without them.
AC_DEFUN([VISE_HARDENING], [
HARDEN_CFLAGS=
HARDEN_LDFLAGS=
AS_IF([test "$with_sanitizer" = no], [
	m4_foreach([vise_f], [[-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2], [-fstack-protector-strong]],
		[VISE_TRY_FLAG(vise_f, [HARDEN_CFLAGS="$HARDEN_CFLAGS vise_f"])])
	m4_foreach_w([vise_f], [-Wl,-z,relro -Wl,-z,now],
		[VISE_TRY_FLAG(vise_f, [HARDEN_LDFLAGS="$HARDEN_LDFLAGS vise_f"])])
])
dnl Only what a program calls may show in its dynamic section: tests/links.t reads it there.
VISE_TRY_FLAG([-Wl,--as-needed], [HARDEN_LDFLAGS="$HARDEN_LDFLAGS -Wl,--as-needed"])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])

dnl VISE_REPRODUCIBLE_TAR(EPOCH): the same tree gives the same tarball, whatever umask, time and owner.
AC_DEFUN([VISE_REPRODUCIBLE_TAR], [
AS_IF([(${TAR-tar} --version) 2>/dev/null | grep GNU >/dev/null], [
	am__tar='LC_ALL=C $${TAR-tar} --format=ustar --sort=name --mtime=@$${SOURCE_DATE_EPOCH:-$1} --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r-w -chf - "$$tardir"'
])
])
