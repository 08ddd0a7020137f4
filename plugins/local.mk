nobase_dist_pkgdata_DATA += \
	%D%/at-basics/plugin.json %D%/at-basics/init.lua \
	%D%/go3/plugin.json %D%/go3/init.lua \
	%D%/qemu-cortex-m/plugin.json %D%/qemu-cortex-m/init.lua \
	%D%/sim/plugin.json %D%/sim/init.lua
