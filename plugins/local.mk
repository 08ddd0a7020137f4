# The shipped plugins: Lua only, by the public API.

nobase_dist_pkgdata_DATA += \
	plugins/at-basics/init.lua \
	plugins/at-basics/plugin.json \
	plugins/avr/init.lua \
	plugins/avr/plugin.json \
	plugins/build/init.lua \
	plugins/build/plugin.json \
	plugins/esp-at/init.lua \
	plugins/esp-at/plugin.json \
	plugins/esp32/init.lua \
	plugins/esp32/plugin.json \
	plugins/gnss/init.lua \
	plugins/gnss/plugin.json \
	plugins/go3/init.lua \
	plugins/go3/plugin.json \
	plugins/hm10/init.lua \
	plugins/hm10/plugin.json \
	plugins/linux-boards/init.lua \
	plugins/linux-boards/plugin.json \
	plugins/mcu/init.lua \
	plugins/mcu/plugin.json \
	plugins/nrf/init.lua \
	plugins/nrf/plugin.json \
	plugins/qemu-cortex-m/init.lua \
	plugins/qemu-cortex-m/plugin.json \
	plugins/rp2/init.lua \
	plugins/rp2/plugin.json \
	plugins/runs/alarm.lua \
	plugins/runs/boot.lua \
	plugins/runs/flash.lua \
	plugins/runs/gc.lua \
	plugins/runs/init.lua \
	plugins/runs/leak.lua \
	plugins/runs/plugin.json \
	plugins/runs/sizes.lua \
	plugins/runs/soak.lua \
	plugins/runs/stats.lua \
	plugins/runs/thermal.lua \
	plugins/sam/init.lua \
	plugins/sam/plugin.json \
	plugins/sim/init.lua \
	plugins/sim/plugin.json \
	plugins/simcom/init.lua \
	plugins/simcom/plugin.json \
	plugins/stm32/init.lua \
	plugins/stm32/plugin.json
