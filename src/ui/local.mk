noinst_LIBRARIES += %D%/libui.a
%C%_libui_a_SOURCES = \
	%D%/at_card.c \
	%D%/at_form.c \
	%D%/at_form.h \
	%D%/at_result.c \
	%D%/at_result.h \
	%D%/at_card.h \
	%D%/clip.c \
	%D%/clip.h \
	%D%/commands.c \
	%D%/commands.h \
	%D%/commands_console.c \
	%D%/commands_console.h \
	%D%/debug_card.c %D%/debug_card.h \
	%D%/dialog.c \
	%D%/dialog.h \
	%D%/edit.c \
	%D%/edit.h \
	%D%/filter.c \
	%D%/filter.h \
	%D%/fmt.c \
	%D%/fmt.h \
	%D%/gauge_ask.c %D%/gauge_ask.h \
	%D%/gauge_bar.c %D%/gauge_bar.h \
	%D%/gauge_card.c %D%/gauge_card.h \
	%D%/gauge_chart.c %D%/gauge_chart.h \
	%D%/gauge_commands.c %D%/gauge_commands.h \
	%D%/gauge_form.c %D%/gauge_form.h \
	%D%/gauge_lines.c %D%/gauge_lines.h \
	%D%/gauge_past.c %D%/gauge_past.h \
	%D%/gauge_procs.c %D%/gauge_procs.h \
	%D%/gauge_says.c %D%/gauge_says.h \
	%D%/gauge_spark.c %D%/gauge_spark.h \
	%D%/gauge_table.c %D%/gauge_table.h \
	%D%/gauge_throttle.c %D%/gauge_throttle.h \
	%D%/gauge_view.c %D%/gauge_view.h \
	%D%/help.c \
	%D%/help.h \
	%D%/history.c %D%/history.h \
	%D%/holds.c %D%/holds.h \
	%D%/hexview.c \
	%D%/hexview.h \
	%D%/input.c \
	%D%/input.h \
	%D%/keymap.c \
	%D%/keymap.h \
	%D%/layout.c \
	%D%/layout.h \
	%D%/lineinput.c \
	%D%/lineinput.h \
	%D%/linetext.c \
	%D%/linetext.h \
	%D%/marks.c \
	%D%/marks.h \
	%D%/notes.c %D%/notes.h \
	%D%/notices.c \
	%D%/notices.h \
	%D%/overlay.c \
	%D%/overlay.h \
	%D%/palette.c \
	%D%/palette.h \
	%D%/pane.c \
	%D%/pane.h \
	%D%/parts.h \
	%D%/ports.c \
	%D%/ports.h \
	%D%/paste.c \
	%D%/paste.h \
	%D%/places.c %D%/places.h \
	%D%/plain.c \
	%D%/plain.h \
	%D%/plugins.c \
	%D%/plugins.h \
	%D%/profile.h \
	%D%/profile_ask.c \
	%D%/profile_ask.h \
	%D%/profile_commands.c \
	%D%/profile_commands.h \
	%D%/profile_details.c \
	%D%/profile_details.h \
	%D%/profile_icicle.c \
	%D%/profile_icicle.h \
	%D%/profile_list.c \
	%D%/profile_list.h \
	%D%/profile_table.c \
	%D%/profile_table.h \
	%D%/prompt.c \
	%D%/prompt.h \
	%D%/question.c \
	%D%/question.h \
	%D%/replica.c \
	%D%/replica.h \
	%D%/replica_parts.c \
	%D%/replica_parts.h \
	%D%/screen.c \
	%D%/screen.h \
	%D%/snapshot_say.c %D%/snapshot_say.h \
	%D%/status.c \
	%D%/status.h \
	%D%/streamfind.c \
	%D%/streamfind.h \
	%D%/streamview.c \
	%D%/streamview.h \
	%D%/theme.c \
	%D%/theme.h \
	%D%/ui.c \
	%D%/ui.h \
	%D%/wrap.c \
	%D%/wrap.h \
	%D%/view_board.c \
	%D%/view_board.h \
	%D%/view_console.c \
	%D%/view_console.h \
	%D%/view_jobs.c \
	%D%/view_jobs.h \
	%D%/view_profile.c \
	%D%/view_profile.h \
	%D%/watch_say.c %D%/watch_say.h \
	%D%/viewer.c \
	%D%/viewer.h \
	%D%/window.c %D%/window.h
%C%_libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(NCURSES_CFLAGS) $(VTERM_CFLAGS) $(PCRE2_CFLAGS)
viewthemesdir = $(pkgdatadir)/themes
dist_viewthemes_DATA = share/themes/default share/themes/contrast
viewkeymapsdir = $(pkgdatadir)/keymaps
dist_viewkeymaps_DATA = share/keymaps/example
