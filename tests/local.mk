# All tests: cmocka programs, .t scripts and .scr screen scripts, every one speaking TAP.
# Each list is explicit; tests/limits.t fails for a test on the disk that no list names.

TEST_EXTENSIONS = .t .scr
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
SCR_LOG_DRIVER = $(LOG_DRIVER)
LOG_COMPILER = $(SHELL) $(abs_top_srcdir)/tests/gates/run-test.sh
T_LOG_COMPILER = $(LOG_COMPILER)
SCR_LOG_COMPILER = $(LOG_COMPILER) $(abs_top_builddir)/tests/screen/screen

AM_TESTS_ENVIRONMENT = \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	BUILD='$(abs_top_builddir)'; export BUILD; \
	VISE='$(abs_top_builddir)/vise'; export VISE; \
	VISE_SANITIZER='$(SANITIZER_CFLAGS)'; export VISE_SANITIZER; \
	CC='$(CC)'; export CC; \
	GATE_CPPFLAGS='$(GATE_CPPFLAGS)'; export GATE_CPPFLAGS; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	LC_ALL=C.UTF-8; export LC_ALL; \
	TZ=UTC; export TZ; \
	unset LINES COLUMNS TMUX;

GATE_CPPFLAGS = -D_GNU_SOURCE $(UV_CFLAGS) $(NCURSES_CFLAGS) $(VTERM_CFLAGS) $(SERIALPORT_CFLAGS) $(USB_CFLAGS) \
	$(LUA_CFLAGS) $(JANSSON_CFLAGS) $(CURL_CFLAGS) $(DEFLATE_CFLAGS) $(PCRE2_CFLAGS)

# --- the gates

TESTS += tests/layers.t tests/limits.t tests/links.t tests/circles.t
EXTRA_DIST += tests/layers.t tests/limits.t tests/links.t tests/circles.t \
	tests/gates/banned.awk \
	tests/gates/boards.py \
	tests/gates/layers.awk \
	tests/gates/limits.conf \
	tests/gates/run-test.sh \
	tests/gates/shape.awk \
	tests/gates/strip.awk \
	tests/gates/tap.sh \
	tests/gates/tighten.sh

# BEGIN LISTS
# the screen tests' terminal
check_PROGRAMS += tests/screen/screen
tests_screen_screen_SOURCES = tests/screen/screen.c 
tests_screen_screen_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_screen_screen_LDADD = $(VTERM_LIBS) $(FORKPTY_LIBS)

TESTS += \
	tests/cli/api.t \
	tests/cli/at.t \
	tests/cli/bench.t \
	tests/cli/board.t \
	tests/cli/borrow.t \
	tests/cli/build.t \
	tests/cli/cli.t \
	tests/cli/complete.t \
	tests/cli/console.t \
	tests/cli/decode.t \
	tests/cli/decoder.t \
	tests/cli/deploy.t \
	tests/cli/doctor-target.t \
	tests/cli/ending.t \
	tests/cli/examples.t \
	tests/cli/fetch.t \
	tests/cli/flame.t \
	tests/cli/gauge-alarms.t \
	tests/cli/gauges-board.t \
	tests/cli/gauges-hang.t \
	tests/cli/gauges-serial.t \
	tests/cli/gauges-serve.t \
	tests/cli/gauges.t \
	tests/cli/goroutines.t \
	tests/cli/image.t \
	tests/cli/locks.t \
	tests/cli/luadoc.t \
	tests/cli/macro-packs.t \
	tests/cli/macro.t \
	tests/cli/manpages.t \
	tests/cli/manual.t \
	tests/cli/measure.t \
	tests/cli/own.t \
	tests/cli/place.t \
	tests/cli/plughost.t \
	tests/cli/plugin-user.t \
	tests/cli/plugin.t \
	tests/cli/ports.t \
	tests/cli/pprof.t \
	tests/cli/pprof_parity.t \
	tests/cli/project.t \
	tests/cli/script.t \
	tests/cli/sendfile.t \
	tests/cli/series.t \
	tests/cli/share.t \
	tests/cli/slowport.t \
	tests/cli/snapshot.t \
	tests/cli/test.t \
	tests/cli/tools.t \
	tests/cli/trigger.t \
	tests/cli/watch.t \
	tests/cli/workflows.t \
	tests/rig/debug.t \
	tests/rig/decode.t \
	tests/rig/delve.t \
	tests/rig/flash.t \
	tests/rig/flashfault.t \
	tests/rig/goprog.t \
	tests/rig/hotplug.t \
	tests/rig/kill.t \
	tests/rig/labgrid.t \
	tests/rig/leak.t \
	tests/rig/links.t \
	tests/rig/ocd.t \
	tests/rig/qemu.t \
	tests/rig/rfc2217.t \
	tests/rig/rsp.t \
	tests/rig/rtt.t \
	tests/screen/asking.t \
	tests/screen/boardpane.t \
	tests/screen/demo.t \
	tests/screen/errors.t \
	tests/screen/flashbar.t \
	tests/screen/flood.t \
	tests/screen/history.t \
	tests/screen/hostile.t \
	tests/screen/notes.t \
	tests/screen/profile.t \
	tests/screen/seeing.t \
	tests/screen/sizes.t \
	tests/screen/typing.t \
	tests/screen/vi.t \
	tests/screen/viewers.t

EXTRA_DIST += \
	tests/cli/api.t \
	tests/cli/at.t \
	tests/cli/bench.t \
	tests/cli/board.t \
	tests/cli/borrow.t \
	tests/cli/build.t \
	tests/cli/cli.t \
	tests/cli/complete.t \
	tests/cli/console.t \
	tests/cli/decode.t \
	tests/cli/decoder.t \
	tests/cli/deploy.t \
	tests/cli/doctor-target.t \
	tests/cli/ending.t \
	tests/cli/examples.t \
	tests/cli/fetch.t \
	tests/cli/flame.t \
	tests/cli/gauge-alarms.t \
	tests/cli/gauges-board.t \
	tests/cli/gauges-hang.t \
	tests/cli/gauges-serial.t \
	tests/cli/gauges-serve.t \
	tests/cli/gauges.t \
	tests/cli/goroutines.t \
	tests/cli/image.t \
	tests/cli/locks.t \
	tests/cli/luadoc.t \
	tests/cli/macro-packs.t \
	tests/cli/macro.t \
	tests/cli/manpages.t \
	tests/cli/manual.t \
	tests/cli/measure.t \
	tests/cli/own.t \
	tests/cli/place.t \
	tests/cli/plughost.t \
	tests/cli/plugin-user.t \
	tests/cli/plugin.t \
	tests/cli/ports.t \
	tests/cli/pprof.t \
	tests/cli/pprof_parity.t \
	tests/cli/project.t \
	tests/cli/script.t \
	tests/cli/sendfile.t \
	tests/cli/series.t \
	tests/cli/share.t \
	tests/cli/slowport.t \
	tests/cli/snapshot.t \
	tests/cli/test.t \
	tests/cli/tools.t \
	tests/cli/trigger.t \
	tests/cli/watch.t \
	tests/cli/workflows.t \
	tests/rig/debug.t \
	tests/rig/decode.t \
	tests/rig/delve.t \
	tests/rig/flash.t \
	tests/rig/flashfault.t \
	tests/rig/goprog.t \
	tests/rig/hotplug.t \
	tests/rig/kill.t \
	tests/rig/labgrid.t \
	tests/rig/leak.t \
	tests/rig/links.t \
	tests/rig/ocd.t \
	tests/rig/qemu.t \
	tests/rig/rfc2217.t \
	tests/rig/rsp.t \
	tests/rig/rtt.t \
	tests/screen/asking.t \
	tests/screen/boardpane.t \
	tests/screen/demo.t \
	tests/screen/errors.t \
	tests/screen/flashbar.t \
	tests/screen/flood.t \
	tests/screen/history.t \
	tests/screen/hostile.t \
	tests/screen/notes.t \
	tests/screen/profile.t \
	tests/screen/seeing.t \
	tests/screen/sizes.t \
	tests/screen/typing.t \
	tests/screen/vi.t \
	tests/screen/viewers.t
include tests/fuzz/local.mk
include tests/unit/base.mk
include tests/unit/console.mk
include tests/unit/core.mk
include tests/unit/decode.mk
include tests/unit/elf.mk
include tests/unit/fetch.mk
include tests/unit/gauge.mk
include tests/unit/grid.mk
include tests/unit/launch.mk
include tests/unit/loop.mk
include tests/unit/openocd.mk
include tests/unit/pprof.mk
include tests/unit/proto.mk
include tests/unit/rsp.mk
include tests/unit/script.mk
include tests/unit/sim.mk
include tests/unit/svd.mk
include tests/unit/sys.mk
include tests/unit/term.mk
include tests/unit/text.mk
include tests/unit/transport.mk
include tests/unit/ui.mk
include tests/unit/worker.mk

EXTRA_DIST += \
	tests/benchmark/console.py \
	tests/benchmark/console.sh \
	tests/benchmark/gauges.py \
	tests/benchmark/gauges.sh \
	tests/benchmark/gauges_floor.c \
	tests/benchmark/lua.sh \
	tests/benchmark/pprof.sh \
	tests/benchmark/pprof_floor.c \
	tests/benchmark/rsp.py \
	tests/benchmark/rsp.sh \
	tests/benchmark/rsp_floor.c \
	tests/data/decode/cmsis.log \
	tests/data/decode/cmsis.want \
	tests/data/decode/esp-abort.log \
	tests/data/decode/esp-abort.want \
	tests/data/decode/esp32.log \
	tests/data/decode/esp32.want \
	tests/data/decode/esp32c3.log \
	tests/data/decode/esp32c3.want \
	tests/data/decode/esp8266.log \
	tests/data/decode/esp8266.want \
	tests/data/decode/go-prefixed.log \
	tests/data/decode/go-prefixed.want \
	tests/data/decode/go.log \
	tests/data/decode/go.want \
	tests/data/decode/gotrace.log \
	tests/data/decode/gotrace.want \
	tests/data/decode/mbed.log \
	tests/data/decode/mbed.want \
	tests/data/decode/tinygo.log \
	tests/data/decode/tinygo.want \
	tests/data/decode/zephyr-riscv.log \
	tests/data/decode/zephyr-riscv.want \
	tests/data/decode/zephyr.log \
	tests/data/decode/zephyr.want \
	tests/data/elf/README.md \
	tests/data/elf/crash.c \
	tests/data/elf/riscv32.elf \
	tests/data/elf/stripped.elf \
	tests/data/elf/thumb.elf \
	tests/data/fuzz/dump/go1.19-counts.txt \
	tests/data/fuzz/dump/go1.24-http.txt \
	tests/data/fuzz/dump/go1.27-abort.txt \
	tests/data/fuzz/dump/go1.9-deadlock.txt \
	tests/data/fuzz/dump/serial-crlf.txt \
	tests/data/fuzz/dump/syslog.txt \
	tests/data/fuzz/metrics/nul \
	tests/data/fuzz/metrics/text \
	tests/data/fuzz/metrics/vars \
	tests/data/fuzz/series/allow \
	tests/data/fuzz/series/heap \
	tests/data/goroutines/go1.16-system.txt \
	tests/data/goroutines/go1.19-counts.txt \
	tests/data/goroutines/go1.19-http.txt \
	tests/data/goroutines/go1.19-panic.txt \
	tests/data/goroutines/go1.19.pb.gz \
	tests/data/goroutines/go1.24-http.txt \
	tests/data/goroutines/go1.27-abort.txt \
	tests/data/goroutines/go1.4-panic.txt \
	tests/data/goroutines/go1.9-deadlock.txt \
	tests/data/goroutines/serial-crlf.txt \
	tests/data/goroutines/syslog.txt \
	tests/data/launch/avrdude-noport.txt \
	tests/data/launch/avrdude-ok-tty.txt \
	tests/data/launch/bossac-badpage.txt \
	tests/data/launch/dd-ok.txt \
	tests/data/launch/dfu-util-verify-error.txt \
	tests/data/launch/esptool4-source.txt \
	tests/data/launch/esptool5-source.txt \
	tests/data/launch/openocd-unplugged-after-verify.txt \
	tests/data/launch/openocd-unplugged-mid.txt \
	tests/data/launch/picotool-source.txt \
	tests/data/launch/st-flash-source.txt \
	tests/data/manual/STM32F407.svd \
	tests/data/manual/examples \
	tests/data/pprof/goroutine.debug1 \
	tests/data/pprof/heap-a.pb.gz \
	tests/data/pprof/heap-b.pb.gz \
	tests/data/pprof/heap-b.txt \
	tests/data/pprof/heap-diff.txt \
	tests/data/pprof/heap.debug1 \
	tests/data/screen/asking.scr \
	tests/data/screen/boardpane.scr \
	tests/data/screen/copybar.scr \
	tests/data/screen/crashes.scr \
	tests/data/screen/demo.scr \
	tests/data/screen/errors.scr \
	tests/data/screen/flashbar.scr \
	tests/data/screen/flood.scr \
	tests/data/screen/history.scr \
	tests/data/screen/hostile.scr \
	tests/data/screen/profile.scr \
	tests/data/screen/random.scr \
	tests/data/screen/screens.sh \
	tests/data/screen/seeing.scr \
	tests/data/screen/sizes.scr \
	tests/data/screen/storm.scr \
	tests/data/screen/terminals.scr \
	tests/data/screen/timeline.scr \
	tests/data/screen/typing.scr \
	tests/data/screen/vi.scr \
	tests/data/screen/viewers.scr \
	tests/data/script/api/api_test.lua \
	tests/data/script/api/asked.lua \
	tests/data/script/api/check.lua \
	tests/data/script/api/device.py \
	tests/data/script/api/fakegdb.py \
	tests/data/script/api/plugin/check.lua \
	tests/data/script/api/plugin/init.lua \
	tests/data/script/api/plugin/plugin.json \
	tests/data/script/api/script.lua \
	tests/data/script/api/servers.py \
	tests/data/script/examples/language.lua \
	tests/data/script/examples/leak.lua \
	tests/data/script/examples/nrf52840-dk/init.lua \
	tests/data/script/examples/nrf52840-dk/plugin.json \
	tests/data/script/leakhunt.lua \
	tests/data/svd/rig.svd \
	tests/data/test/boards_test.lua \
	tests/data/test/broken/broken_test.lua \
	tests/data/test/junit-10.xsd \
	tests/data/test/outcomes_test.lua \
	tests/data/test/rig/dev.py \
	tests/data/test/rig/flaky_server.py \
	tests/data/test/rig/flashed.sh \
	tests/data/ui/at-card-160x48.screen \
	tests/data/ui/at-card-80x24.screen \
	tests/data/ui/at-failed-80x24.screen \
	tests/data/ui/at-form-80x24.screen \
	tests/data/ui/at-raw-80x24.screen \
	tests/data/ui/at-running-80x24.screen \
	tests/data/usb/nucleo.umockdev \
	tests/gates/circles.awk \
	tests/gates/circles.conf \
	tests/gates/luaman.awk \
	tests/gates/relist.sh \
	tests/lib/badhttp.py \
	tests/lib/client.py \
	tests/lib/flashrig.sh \
	tests/lib/macro.sh \
	tests/lib/manual.py \
	tests/lib/pprofcases.py \
	tests/lib/pprofgen.py \
	tests/lib/slowread.c \
	tests/lib/sshd.sh \
	tests/lib/stage.sh \
	tests/lib/tap.sh \
	tests/lib/treeboard.sh \
	tests/lib/ttyrig.py \
	tests/rig/README.md \
	tests/rig/atdev/atdev.py \
	tests/rig/atdev/dialects.py \
	tests/rig/atdev/hostile.py \
	tests/rig/bootboard \
	tests/rig/crashd/main.go \
	tests/rig/delved/Makefile \
	tests/rig/delved/go.mod \
	tests/rig/delved/main.go \
	tests/rig/dfuboard/dfuboard.c \
	tests/rig/dfuboard/stm32.umockdev \
	tests/rig/gcload/main.go \
	tests/rig/goprog/Makefile \
	tests/rig/goprog/go.mod \
	tests/rig/goprog/main.go \
	tests/rig/kinds/go.mod \
	tests/rig/kinds/main.go \
	tests/rig/leakd/Makefile \
	tests/rig/leakd/extra.go \
	tests/rig/leakd/gen/main.go \
	tests/rig/leakd/go.mod \
	tests/rig/leakd/main.go \
	tests/rig/leakd/walk.go \
	tests/rig/leakd/ways.go \
	tests/rig/openocd/Makefile \
	tests/rig/openocd/chip.c \
	tests/rig/openocd/chip.h \
	tests/rig/openocd/cmsisdap.c \
	tests/rig/openocd/cmsisdap.umockdev \
	tests/rig/openocd/dapsim.c \
	tests/rig/qemu-board/Makefile \
	tests/rig/qemu-board/board \
	tests/rig/qemu-board/board.h \
	tests/rig/qemu-board/fw.c \
	tests/rig/qemu-board/link.ld.in \
	tests/rig/qemu-board/probe \
	tests/rig/rspwire.py \
	tests/rig/serialboard.py \
	tests/rig/served/Makefile \
	tests/rig/served/main.go \
	tests/rig/testevents/main.go \
	tests/rig/wamprouter.py \
	tests/screen/README.md

BENCHMARKS += \
	tests/benchmark/console.sh \
	tests/benchmark/gauges.sh \
	tests/benchmark/lua.sh \
	tests/benchmark/pprof.sh \
	tests/benchmark/rsp.sh

# END LISTS

if !HAVE_CMOCKA
# No silent pass: `make check` without its library ends here.
check_DATA += tests/cmocka-is-missing
tests/cmocka-is-missing:
	@echo "make check needs cmocka: install libcmocka-dev (Fedora: libcmocka-devel), or run ./bootstrap check" >&2
	@exit 1
endif
