noinst_LIBRARIES += %D%/libworker.a
%C%_libworker_a_SOURCES = \
	%D%/bundle.c %D%/bundle.h \
	%D%/elves.c %D%/elves.h \
	%D%/grab.c %D%/grab.h \
	%D%/compare.c %D%/compare.h \
	%D%/export.c %D%/export.h \
	%D%/flame.c %D%/flame.h \
	%D%/goroutines.c %D%/goroutines.h \
	%D%/goroutines_load.c %D%/goroutines_load.h \
	%D%/http.c %D%/http.h \
	%D%/image_check.c %D%/image_check.h \
	%D%/image_fit.c %D%/image_fit.h \
	%D%/image_sums.c %D%/image_sums.h \
	%D%/images.c %D%/images.h \
	%D%/process.c %D%/process.h \
	%D%/profile_args.c %D%/profile_args.h \
	%D%/profiles.c %D%/profiles.h \
	%D%/series.c %D%/series.h \
	%D%/series_load.c %D%/series_load.h \
	%D%/reports.c %D%/reports.h \
	%D%/rowjson.c %D%/rowjson.h \
	%D%/source.c %D%/source.h \
	%D%/srcfile.c %D%/srcfile.h \
	%D%/svds.c %D%/svds.h \
	%D%/worker.c %D%/worker.h
%C%_libworker_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
