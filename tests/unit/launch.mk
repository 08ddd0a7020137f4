launch_test_libs = src/launch/liblaunch.a src/core/libcore.a src/loop/libloop.a src/sys/libsys.a src/base/libbase.a \
	$(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_launch_job
TESTS += tests/unit/test_launch_job
tests_unit_test_launch_job_SOURCES = tests/unit/test_launch_job.c
tests_unit_test_launch_job_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_launch_job_LDADD = $(launch_test_libs)
check_PROGRAMS += tests/unit/test_launch_parts
TESTS += tests/unit/test_launch_parts
tests_unit_test_launch_parts_SOURCES = tests/unit/test_launch_parts.c
tests_unit_test_launch_parts_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_launch_parts_LDADD = $(launch_test_libs)
check_PROGRAMS += tests/unit/test_launch_debug
TESTS += tests/unit/test_launch_debug
tests_unit_test_launch_debug_SOURCES = tests/unit/test_launch_debug.c
tests_unit_test_launch_debug_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_launch_debug_LDADD = $(launch_test_libs)
EXTRA_DIST += \
	tests/data/launch/avrdude-badpage.txt \
	tests/data/launch/avrdude-ok.txt \
	tests/data/launch/bossac-ok.txt \
	tests/data/launch/dfu-util-nodevice.txt \
	tests/data/launch/dfu-util-ok.txt \
	tests/data/launch/openocd-fault.txt \
	tests/data/launch/openocd-noprobe.txt \
	tests/data/launch/openocd-ok.txt \
	tests/data/launch/stm32flash-nack.txt \
	tests/data/launch/stm32flash-ok.txt
