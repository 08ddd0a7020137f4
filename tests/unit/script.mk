SCRIPT_TEST_LIBS = src/script/libscript.a src/proto/libproto.a src/core/libcore.a src/loop/libloop.a \
	src/sys/libsys.a src/base/libbase.a

check_PROGRAMS += tests/unit/test_script_rx tests/unit/test_script_stream tests/unit/test_script_sched
tests_unit_test_script_rx_SOURCES = tests/unit/test_script_rx.c
tests_unit_test_script_rx_LDADD = $(SCRIPT_TEST_LIBS) $(LUA_LIBS) $(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
tests_unit_test_script_stream_SOURCES = tests/unit/test_script_stream.c
tests_unit_test_script_stream_LDADD = $(SCRIPT_TEST_LIBS) $(LUA_LIBS) $(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
tests_unit_test_script_sched_SOURCES = tests/unit/test_script_sched.c
tests_unit_test_script_sched_CPPFLAGS = $(AM_CPPFLAGS) $(LUA_CFLAGS)
tests_unit_test_script_sched_LDADD = $(SCRIPT_TEST_LIBS) $(LUA_LIBS) $(UV_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/test_script_rx tests/unit/test_script_stream tests/unit/test_script_sched
EXTRA_DIST += tests/data/script/fakebench.py tests/data/script/promises.lua \
	tests/data/script/launch.lua tests/data/script/params.lua tests/data/script/helper.lua \
	tests/data/script/badplugin/plugin.json tests/data/script/badplugin/init.lua \
	tests/data/script/waitplugin/plugin.json tests/data/script/waitplugin/init.lua \
	tests/data/script/runaway/cancel.lua tests/data/script/runaway/close.lua \
	tests/data/script/runaway/coroutine.lua tests/data/script/runaway/doubling.lua \
	tests/data/script/runaway/execute.lua tests/data/script/runaway/gc.lua \
	tests/data/script/runaway/gsub.lua tests/data/script/runaway/handler.lua \
	tests/data/script/runaway/loop.lua tests/data/script/runaway/pattern.lua \
	tests/data/script/runaway/pcall.lua tests/data/script/runaway/pcall_recursive.lua \
	tests/data/script/runaway/rep.lua tests/data/script/runaway/sethook.lua \
	tests/data/script/runaway/sort.lua tests/data/script/runaway/spawner.lua \
	tests/data/script/runaway/tables.lua
