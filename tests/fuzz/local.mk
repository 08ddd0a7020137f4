# libFuzzer targets: ./configure --enable-fuzz CC=clang. Each says its input and oracle at its head.

EXTRA_DIST += \
	tests/fuzz/fuzz_at.c \
	tests/fuzz/fuzz_elf.c \
	tests/fuzz/fuzz_gotab.c \
	tests/fuzz/fuzz_metrics.c \
	tests/fuzz/fuzz_image.c \
	tests/fuzz/fuzz_dump.c \
	tests/fuzz/fuzz_pprof.c \
	tests/fuzz/fuzz_proto.c \
	tests/fuzz/fuzz_openocd.c \
	tests/fuzz/fuzz_rsp.c \
	tests/fuzz/fuzz_series.c \
	tests/fuzz/fuzz_svd.c \
	tests/fuzz/fuzz_term_gate.c \
	tests/fuzz/fuzz_term_screen.c

if FUZZ
fuzz_ldflags = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
noinst_PROGRAMS += tests/fuzz/fuzz_at tests/fuzz/fuzz_elf tests/fuzz/fuzz_gotab tests/fuzz/fuzz_image tests/fuzz/fuzz_metrics tests/fuzz/fuzz_pprof tests/fuzz/fuzz_proto \
	tests/fuzz/fuzz_telnet tests/fuzz/fuzz_term_gate tests/fuzz/fuzz_term_screen
tests_fuzz_fuzz_at_SOURCES = tests/fuzz/fuzz_at.c
tests_fuzz_fuzz_at_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_at_LDADD = src/console/libconsole.a src/text/libtext.a src/sys/libsys.a \
	src/base/libbase.a $(PCRE2_LIBS)
tests_fuzz_fuzz_elf_SOURCES = tests/fuzz/fuzz_elf.c
tests_fuzz_fuzz_elf_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_elf_LDADD = src/elf/libelfread.a src/base/libbase.a $(ELF_LIBS)
tests_fuzz_fuzz_gotab_SOURCES = tests/fuzz/fuzz_gotab.c
tests_fuzz_fuzz_gotab_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_gotab_LDADD = src/elf/libelfread.a src/base/libbase.a
tests_fuzz_fuzz_metrics_SOURCES = tests/fuzz/fuzz_metrics.c
tests_fuzz_fuzz_metrics_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_metrics_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_metrics_LDADD = src/gauge/libgauge.a src/core/libcore.a src/loop/libloop.a src/sys/libsys.a \
	src/base/libbase.a $(UV_LIBS) $(JANSSON_LIBS) -lm
tests_fuzz_fuzz_image_SOURCES = tests/fuzz/fuzz_image.c
tests_fuzz_fuzz_image_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_image_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_image_LDADD = src/elf/libelfread.a src/core/libcore.a src/loop/libloop.a \
	src/sys/libsys.a src/base/libbase.a $(ELF_LIBS) $(UV_LIBS) $(JANSSON_LIBS)
tests_fuzz_fuzz_pprof_SOURCES = tests/fuzz/fuzz_pprof.c
tests_fuzz_fuzz_pprof_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_pprof_LDADD = src/pprof/libpprof.a src/base/libbase.a $(DEFLATE_LIBS) $(PCRE2_LIBS) -lm
tests_fuzz_fuzz_proto_SOURCES = tests/fuzz/fuzz_proto.c
tests_fuzz_fuzz_proto_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_proto_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_proto_LDADD = src/proto/libproto.a src/core/libcore.a src/loop/libloop.a \
	src/sys/libsys.a src/base/libbase.a $(UV_LIBS) $(JANSSON_LIBS)
tests_fuzz_fuzz_telnet_SOURCES = tests/fuzz/fuzz_telnet.c
tests_fuzz_fuzz_telnet_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_telnet_LDADD = src/transport/libtransport.a src/base/libbase.a
tests_fuzz_fuzz_term_gate_SOURCES = tests/fuzz/fuzz_term_gate.c
tests_fuzz_fuzz_term_gate_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_term_gate_LDADD = src/term/libterm.a src/grid/libgrid.a src/base/libbase.a
tests_fuzz_fuzz_term_screen_SOURCES = tests/fuzz/fuzz_term_screen.c
tests_fuzz_fuzz_term_screen_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_fuzz_fuzz_term_screen_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_term_screen_LDADD = src/term/libterm.a src/grid/libgrid.a src/base/libbase.a $(VTERM_LIBS)
noinst_PROGRAMS += tests/fuzz/fuzz_dump tests/fuzz/fuzz_series
tests_fuzz_fuzz_dump_SOURCES = tests/fuzz/fuzz_dump.c
tests_fuzz_fuzz_dump_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_dump_LDADD = $(tests_fuzz_fuzz_pprof_LDADD)
tests_fuzz_fuzz_series_SOURCES = tests/fuzz/fuzz_series.c
tests_fuzz_fuzz_series_CPPFLAGS = $(AM_CPPFLAGS) $(DEFLATE_CFLAGS)
tests_fuzz_fuzz_series_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_series_LDADD = $(tests_fuzz_fuzz_pprof_LDADD)
noinst_PROGRAMS += tests/fuzz/fuzz_rsp
tests_fuzz_fuzz_rsp_SOURCES = tests/fuzz/fuzz_rsp.c
tests_fuzz_fuzz_rsp_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_rsp_LDADD = src/rsp/librsp.a src/base/libbase.a
noinst_PROGRAMS += tests/fuzz/fuzz_svd
tests_fuzz_fuzz_svd_SOURCES = tests/fuzz/fuzz_svd.c
tests_fuzz_fuzz_svd_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_svd_LDADD = src/svd/libsvd.a src/base/libbase.a $(EXPAT_LIBS)
noinst_PROGRAMS += tests/fuzz/fuzz_openocd
tests_fuzz_fuzz_openocd_SOURCES = tests/fuzz/fuzz_openocd.c
tests_fuzz_fuzz_openocd_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_openocd_LDADD = src/openocd/libopenocd.a src/text/libtext.a src/base/libbase.a $(PCRE2_LIBS)
endif
