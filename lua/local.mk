# The runtime library in Lua and the editors' type stubs.

nobase_dist_pkgdata_DATA += \
	lua/meta/vise.lua \
	lua/vise/base.lua \
	lua/vise/board.lua \
	lua/vise/build.lua \
	lua/vise/console.lua \
	lua/vise/debug.lua \
	lua/vise/flash.lua \
	lua/vise/flashing.lua \
	lua/vise/launch.lua \
	lua/vise/macro.lua \
	lua/vise/main.lua \
	lua/vise/place.lua \
	lua/vise/plugin.lua \
	lua/vise/register.lua \
	lua/vise/runner.lua \
	lua/vise/semver.lua \
	lua/vise/states.lua \
	lua/vise/table.lua \
	lua/vise/test.lua
