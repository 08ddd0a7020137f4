noinst_LIBRARIES += %D%/libgauge.a
%C%_libgauge_a_SOURCES = %D%/gauge.h \
	%D%/board.c %D%/board.h \
	%D%/json.c %D%/json.h \
	%D%/link.c %D%/link.h \
	%D%/link_child.c %D%/link_child.h \
	%D%/link_console.c %D%/link_console.h \
	%D%/mirror.c %D%/mirror.h \
	%D%/probe.c %D%/probe.h \
	%D%/procfs.c %D%/procfs.h \
	%D%/prometheus.c %D%/prometheus.h \
	%D%/remote.c %D%/remote.h \
	%D%/rules.c %D%/rules.h \
	%D%/sensor.c %D%/sensor.h \
	%D%/sensors.c %D%/sensors.h \
	%D%/series.c %D%/series.h \
	%D%/set.c %D%/set.h \
	%D%/source_cgroup.c %D%/source_cgroup.h \
	%D%/source_firmware.c %D%/source_firmware.h \
	%D%/source_freq.c %D%/source_freq.h \
	%D%/source_given.c %D%/source_given.h \
	%D%/source_local.c %D%/source_local.h \
	%D%/source_process.c %D%/source_process.h \
	%D%/source_pss.c %D%/source_pss.h \
	%D%/source_thermal.c %D%/source_thermal.h \
	%D%/sources.c %D%/sources.h \
	%D%/table.c %D%/table.h \
	%D%/user_limits.c %D%/user_limits.h
