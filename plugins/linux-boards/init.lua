-- linux-boards: single board computers that run Linux. Known by what stands in /proc/device-tree: model
-- (how it begins) and compatible. The program is copied over ssh and restarted.
local board = require "vise".board

board { id = "linux", abstract = true,
  console = { kind = "serial", baud = 115200, eol = "\r", on_lost = "wait", lend = false },
  build = { goos = "linux", cgo = false }, image = { format = "elf" }, flash = { { method = "ssh" } } }
board { id = "linux-arm64", abstract = true, inherits = "linux", build = { goarch = "arm64" }, image = { machine = "arm64" } }
board { id = "linux-armv7", abstract = true, inherits = "linux", cpu = "cortex-a7", build = { goarch = "arm", goarm = "7" }, image = { machine = "arm", float = "hard" } }
board { id = "linux-riscv64", abstract = true, inherits = "linux", build = { goarch = "riscv64" }, image = { machine = "riscv64" } }
board { id = "raspberrypi", abstract = true, inherits = "linux-arm64", vendor = "Raspberry Pi", gauges = { ["temp.cpu-thermal"] = { warn = 80, crit = 85 } } }

board { id = "rpi-zero-w", inherits = "raspberrypi", name = "Raspberry Pi Zero W", chip = "BCM2835", cpu = "arm1176jzf-s",
  match = { { model = "Raspberry Pi Zero W" }, { compatible = "raspberrypi,model-zero-w" } },
  build = { goarch = "arm", goarm = "6" }, image = { machine = "arm", float = "hard" }, memory = { ram = { 0, 0x20000000 } } }
board { id = "rpi-3", inherits = "raspberrypi", name = "Raspberry Pi 3", chip = "BCM2837", cpu = "cortex-a53",
  match = { { model = "Raspberry Pi 3 " }, { compatible = "raspberrypi,3-model-b" }, { compatible = "raspberrypi,3-model-b-plus" }, { compatible = "raspberrypi,3-model-a-plus" } },
  memory = { ram = { 0, 0x40000000 } } }
board { id = "rpi-4", inherits = "raspberrypi", name = "Raspberry Pi 4", chip = "BCM2711", cpu = "cortex-a72",
  match = { { model = "Raspberry Pi 4 " }, { compatible = "raspberrypi,4-model-b" } } }
board { id = "rpi-5", inherits = "raspberrypi", name = "Raspberry Pi 5", chip = "BCM2712", cpu = "cortex-a76",
  match = { { model = "Raspberry Pi 5 " }, { compatible = "raspberrypi,5-model-b" } },
  gauges = { ["temp.cpu-thermal"] = { warn = 82, crit = 85 } } }
board { id = "beaglebone-ai64", inherits = "linux-arm64", name = "BeagleBone AI-64", vendor = "BeagleBoard.org", chip = "TDA4VM",
  cpu = "cortex-a72", match = { { model = "BeagleBoard.org BeagleBone AI-64" }, { compatible = "beagle,j721e-beagleboneai64" } } }
board { id = "orangepi-5-plus", inherits = "linux-arm64", name = "Orange Pi 5 Plus", vendor = "Xunlong", chip = "RK3588",
  cpu = "cortex-a76",
  match = { { model = "Xunlong Orange Pi 5 Plus" }, { model = "Orange Pi 5 Plus" }, { compatible = "xunlong,orangepi-5-plus" }, { compatible = "rockchip,rk3588-orangepi-5-plus" } },
  console = { main = { baud = 1500000 } } }
board { id = "orangepi-zero2", inherits = "linux-arm64", name = "Orange Pi Zero 2", vendor = "Xunlong", chip = "Allwinner H616",
  cpu = "cortex-a53", match = { { model = "OrangePi Zero2" }, { compatible = "xunlong,orangepi-zero2" } } }
board { id = "nanopi-r6s", inherits = "linux-arm64", name = "FriendlyElec NanoPi R6S", vendor = "FriendlyElec", chip = "RK3588S",
  cpu = "cortex-a76",
  match = { { model = "FriendlyElec NanoPi R6S" }, { compatible = "friendlyelec,nanopi-r6s" }, { compatible = "friendlyarm,nanopi-r6s" } },
  console = { main = { baud = 1500000 } } }
board { id = "jetson-orin-nano", inherits = "linux-arm64", name = "NVIDIA Jetson Orin Nano", vendor = "NVIDIA",
  chip = "Tegra234", cpu = "cortex-a78ae",
  match = { { model = "NVIDIA Jetson Orin Nano" }, { model = "NVIDIA Orin Nano" }, { compatible = "nvidia,p3768-0000+p3767-0005" }, { compatible = "nvidia,p3768-0000+p3767-0003" } } }
board { id = "lichee-rv", inherits = "linux-riscv64", name = "Sipeed Lichee RV", vendor = "Sipeed", chip = "Allwinner D1",
  cpu = "c906", match = { { model = "Sipeed Lichee RV" }, { compatible = "sipeed,lichee-rv" } },
  memory = { ram = { 0x40000000, 0x20000000 } } }
board { id = "visionfive-2", inherits = "linux-riscv64", name = "StarFive VisionFive 2", vendor = "StarFive", chip = "JH7110",
  cpu = "u74",
  match = { { model = "StarFive VisionFive 2" }, { model = "StarFive VisionFive V2" }, { compatible = "starfive,visionfive-2-v1.3b" }, { compatible = "starfive,visionfive-2-v1.2a" }, { compatible = "starfive,visionfive-v2" } } }
board { id = "rock-5b", inherits = "linux-arm64", name = "Radxa ROCK 5B", vendor = "Radxa", chip = "RK3588", cpu = "cortex-a76",
  match = { { model = "Radxa ROCK 5B" }, { model = "Radxa ROCK 5 Model B" }, { compatible = "radxa,rock-5b" } },
  console = { main = { baud = 1500000 } } }
board { id = "bananapi-m64", inherits = "linux-arm64", name = "Banana Pi M64", vendor = "Sinovoip", chip = "Allwinner A64",
  cpu = "cortex-a53", match = { { model = "BananaPi-M64" }, { compatible = "sinovoip,bananapi-m64" } } }
board { id = "stm32mp157", inherits = "linux-armv7", name = "ST STM32MP157", vendor = "STMicroelectronics", chip = "STM32MP157",
  cpu = "cortex-a7", match = { { model = "STMicroelectronics STM32MP157" }, { compatible = "st,stm32mp157" } },
  memory = { ram = { 0xc0000000, 0x20000000 } } }
board { id = "imx6ull", inherits = "linux-armv7", name = "NXP i.MX6ULL", vendor = "NXP", chip = "i.MX6ULL", cpu = "cortex-a7",
  match = { { model = "Freescale i.MX6 UltraLiteLite" }, { model = "Freescale i.MX6 ULL" }, { compatible = "fsl,imx6ull" } },
  memory = { ram = { 0x80000000, 0x20000000 } } }
board { id = "rk3328", inherits = "linux-arm64", name = "Rockchip RK3328 board", vendor = "various", chip = "RK3328",
  cpu = "cortex-a53",
  match = { { model = "Pine64 Rock64" }, { model = "Firefly roc-rk3328-cc" }, { compatible = "rockchip,rk3328" } },
  console = { main = { baud = 1500000 } } }
board { id = "allwinner-h3", inherits = "linux-armv7", name = "Allwinner H3 board", vendor = "various", chip = "Allwinner H3",
  cpu = "cortex-a7",
  match = { { model = "Xunlong Orange Pi PC" }, { model = "Xunlong Orange Pi One" }, { model = "FriendlyARM NanoPi NEO" }, { compatible = "allwinner,sun8i-h3" }, { compatible = "allwinner,sun8i-h2-plus" } } }
board { id = "mt7621a-openwrt", inherits = "linux", name = "MediaTek MT7621A router, OpenWrt", vendor = "various",
  chip = "MT7621A", cpu = "mips1004kc", match = { { compatible = "mediatek,mt7621-soc" } },
  build = { goarch = "mipsle", gomips = "softfloat" }, image = { machine = "mips", float = "soft" },
  console = { main = { baud = 57600 } } }
board { id = "k230", inherits = "linux-riscv64", name = "Canaan K230", vendor = "Canaan", chip = "K230", cpu = "c908",
  match = { { model = "Canaan CanMV-K230" }, { model = "Canaan Kendryte K230" }, { compatible = "canaan,canmv-k230" }, { compatible = "canaan,k230" }, { compatible = "canaan,kendryte-k230" } } }
board { id = "qemu-virt-arm64", inherits = "linux-arm64", name = "QEMU virt, arm64", vendor = "QEMU", chip = "virt",
  cpu = "cortex-a57", match = { { compatible = "linux,dummy-virt" } } }
board { id = "qemu-virt-riscv64", inherits = "linux-riscv64", name = "QEMU virt, riscv64", vendor = "QEMU", chip = "virt",
  cpu = "rv64gc", match = { { model = "riscv-virtio,qemu" }, { compatible = "riscv-virtio" } } }
