UI_TEST_LIBS = src/ui/libui.a src/term/libterm.a src/text/libtext.a src/proto/libproto.a \
	src/grid/libgrid.a $(CORE_ARCHIVES) $(NCURSES_LIBS) $(VTERM_LIBS) $(PCRE2_LIBS) $(CORE_LIBS) \
	$(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_ui_gauges \
	tests/unit/test_ui_input \
	tests/unit/test_ui_keymap \
	tests/unit/test_ui_keys \
	tests/unit/test_ui_linetext \
	tests/unit/test_ui_profile \
	tests/unit/test_ui_debug \
	tests/unit/test_ui_question \
	tests/unit/test_ui_replica \
	tests/unit/test_ui_screens \
	tests/unit/test_ui_streamview \
	tests/unit/test_ui_theme
tests_unit_test_ui_gauges_SOURCES = tests/unit/test_ui_gauges.c tests/unit/ui_rig.h
tests_unit_test_ui_gauges_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_gauges_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_input_SOURCES = tests/unit/test_ui_input.c
tests_unit_test_ui_input_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_input_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_keymap_SOURCES = tests/unit/test_ui_keymap.c
tests_unit_test_ui_keymap_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_keymap_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_keys_SOURCES = tests/unit/test_ui_keys.c tests/unit/ui_rig.h
tests_unit_test_ui_keys_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_keys_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_linetext_SOURCES = tests/unit/test_ui_linetext.c tests/unit/ui_rig.h
tests_unit_test_ui_linetext_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_linetext_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_profile_SOURCES = tests/unit/test_ui_profile.c tests/unit/ui_rig.h
tests_unit_test_ui_profile_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_profile_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_debug_SOURCES = tests/unit/test_ui_debug.c tests/unit/ui_rig.h
tests_unit_test_ui_debug_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_debug_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_question_SOURCES = tests/unit/test_ui_question.c tests/unit/ui_rig.h
tests_unit_test_ui_question_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_question_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_replica_SOURCES = tests/unit/test_ui_replica.c tests/unit/ui_rig.h
tests_unit_test_ui_replica_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_replica_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_screens_SOURCES = tests/unit/test_ui_screens.c tests/unit/ui_rig.h
tests_unit_test_ui_screens_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_screens_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_streamview_SOURCES = tests/unit/test_ui_streamview.c
tests_unit_test_ui_streamview_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_ui_streamview_LDADD = $(UI_TEST_LIBS)
tests_unit_test_ui_theme_SOURCES = tests/unit/test_ui_theme.c tests/unit/ui_rig.h
tests_unit_test_ui_theme_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit $(JANSSON_CFLAGS)
tests_unit_test_ui_theme_LDADD = $(UI_TEST_LIBS)
TESTS += tests/unit/test_ui_gauges \
	tests/unit/test_ui_input \
	tests/unit/test_ui_keymap \
	tests/unit/test_ui_keys \
	tests/unit/test_ui_linetext \
	tests/unit/test_ui_profile \
	tests/unit/test_ui_debug \
	tests/unit/test_ui_question \
	tests/unit/test_ui_replica \
	tests/unit/test_ui_screens \
	tests/unit/test_ui_streamview \
	tests/unit/test_ui_theme
EXTRA_DIST += tests/data/ui/README \
	tests/data/ui/ask-80x24.screen \
	tests/data/ui/at-80x24.screen \
	tests/data/ui/board-zoom-80x24.screen \
	tests/data/ui/console-nav-80x24.screen \
	tests/data/ui/console.raw \
	tests/data/ui/empty.json \
	tests/data/ui/fakebench.py \
	tests/data/ui/first-run-60x20.screen \
	tests/data/ui/first-run-80x24.screen \
	tests/data/ui/help-80x24.screen \
	tests/data/ui/help-search-80x24.screen \
	tests/data/ui/jobs-zoom-80x24.screen \
	tests/data/ui/lost-80x24.screen \
	tests/data/ui/main-160x48.screen \
	tests/data/ui/main-20x5.screen \
	tests/data/ui/main-60x20.screen \
	tests/data/ui/main-80x24.screen \
	tests/data/ui/notices-80x24.screen \
	tests/data/ui/palette-20x5.screen \
	tests/data/ui/palette-80x24.screen \
	tests/data/ui/profile-zoom-80x24.screen \
	tests/data/ui/snapshot.json
