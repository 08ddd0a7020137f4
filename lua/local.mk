# The runtime library in Lua and the editors' type stubs.

nobase_dist_pkgdata_DATA += \
	lua/meta/vise.lua \
	lua/vise/asking.lua \
	lua/vise/base.lua \
	lua/vise/board.lua \
	lua/vise/boardobject.lua \
	lua/vise/build.lua \
	lua/vise/bytes.lua \
	lua/vise/chan.lua \
	lua/vise/console.lua \
	lua/vise/debug.lua \
	lua/vise/debugger.lua \
	lua/vise/deploy.lua \
	lua/vise/device.lua \
	lua/vise/devices.lua \
	lua/vise/dryrun.lua \
	lua/vise/elf.lua \
	lua/vise/flash.lua \
	lua/vise/flashing.lua \
	lua/vise/fs.lua \
	lua/vise/http.lua \
	lua/vise/launch.lua \
	lua/vise/launchjson.lua \
	lua/vise/lint.lua \
	lua/vise/macro.lua \
	lua/vise/main.lua \
	lua/vise/openocd.lua \
	lua/vise/place.lua \
	lua/vise/plugin.lua \
	lua/vise/power.lua \
	lua/vise/pprof.lua \
	lua/vise/probes.lua \
	lua/vise/register.lua \
	lua/vise/rsp.lua \
	lua/vise/runner.lua \
	lua/vise/semver.lua \
	lua/vise/serve.lua \
	lua/vise/sign.lua \
	lua/vise/states.lua \
	lua/vise/table.lua \
	lua/vise/test.lua \
	lua/vise/tools.lua \
	lua/vise/ui.lua
