# The shipped plugins: Lua only, by the public API.

nobase_dist_pkgdata_DATA += \
	plugins/at-basics/init.lua \
	plugins/at-basics/plugin.json \
	plugins/go3/init.lua \
	plugins/go3/plugin.json \
	plugins/qemu-cortex-m/init.lua \
	plugins/qemu-cortex-m/plugin.json \
	plugins/sim/init.lua \
	plugins/sim/plugin.json
