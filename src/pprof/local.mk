noinst_LIBRARIES += %D%/libpprof.a
%C%_libpprof_a_SOURCES = \
	%D%/calls.c %D%/calls.h \
	%D%/facts.c %D%/facts.h \
	%D%/filter.c %D%/filter.h \
	%D%/labels.c %D%/labels.h \
	%D%/rx.c %D%/rx.h \
	%D%/sampling.c %D%/sampling.h \
	%D%/tagroot.c %D%/tagroot.h \
	%D%/view.c %D%/view.h \
	%D%/options.h \
	%D%/stacks.c %D%/stacks.h \
	%D%/edges.c %D%/edges.h \
	%D%/encode.c %D%/encode.h \
	%D%/feed.c %D%/feed.h \
	%D%/gunzip.c %D%/gunzip.h \
	%D%/ids.c %D%/ids.h \
	%D%/keys.c %D%/keys.h \
	%D%/names.c %D%/names.h \
	%D%/nodes.c %D%/nodes.h \
	%D%/profile.c %D%/profile.h \
	%D%/proto.c %D%/proto.h \
	%D%/report.c %D%/report.h \
	%D%/leaks.c %D%/leaks.h \
	%D%/stats.c %D%/stats.h \
	%D%/series.c %D%/series.h \
	%D%/series_delta.c %D%/series_delta.h \
	%D%/series_file.c %D%/series_file.h \
	%D%/series_table.c %D%/series_table.h \
	%D%/cursor.c %D%/cursor.h \
	%D%/top.c %D%/top.h \
	%D%/units.c %D%/units.h
%C%_libpprof_a_CPPFLAGS = $(AM_CPPFLAGS) $(DEFLATE_CFLAGS) $(PCRE2_CFLAGS)
