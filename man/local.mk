# The manual.

dist_man_MANS += \
	man/vise-at.1 \
	man/vise-board-pane.7 \
	man/vise-board.1 \
	man/vise-build.1 \
	man/vise-console.1 \
	man/vise-debug.1 \
	man/vise-decode.1 \
	man/vise-doctor.1 \
	man/vise-flash.1 \
	man/vise-gauges.1 \
	man/vise-goroutines.1 \
	man/vise-image.1 \
	man/vise-lua.7 \
	man/vise-macro.1 \
	man/vise-measure.1 \
	man/vise-ocd.1 \
	man/vise-place.1 \
	man/vise-place.5 \
	man/vise-plugin.1 \
	man/vise-plugin.5 \
	man/vise-ports.1 \
	man/vise-pprof-flame.1 \
	man/vise-pprof-series.1 \
	man/vise-pprof-watch.1 \
	man/vise-pprof.1 \
	man/vise-profile-pane.7 \
	man/vise-profile.5 \
	man/vise-project.5 \
	man/vise-protocol.7 \
	man/vise-rsp.1 \
	man/vise-script.1 \
	man/vise-snapshot.1 \
	man/vise-test.1 \
	man/vise.1
