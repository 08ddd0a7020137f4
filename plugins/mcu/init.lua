-- mcu: single boards of other makers: RISC-V microcontrollers and Teensy.
local board = require "vise".board

board { id = "mcu", abstract = true, console = { kind = "serial", baud = 115200, on_lost = "wait" } }
board { id = "teensy", abstract = true, inherits = "mcu", vendor = "PJRC", cpu = "cortex-m7", match = { { usb = "16c0:0483" }, { usb = "16c0:0478" } },
  memory = { flash = { 0x60000000, 0x1fffd0 }, ram = { 0x20000000, 0x80000 } },
  image = { format = "hex", machine = "arm" } }

board { id = "teensy36", inherits = "teensy", name = "PJRC Teensy 3.6", chip = "MK66FX1M0", cpu = "cortex-m4", build = { tinygo = "teensy36" },
  memory = { flash = { 0, 0x100000 }, ram = { 0x1fff0000, 0x40000 } }, flash = { { method = "teensy", mcu = "mk66fx1m0" } } }
board { id = "teensy40", inherits = "teensy", name = "PJRC Teensy 4.0", chip = "i.MX RT1062", build = { tinygo = "teensy40" },
  flash = { { method = "teensy", mcu = "imxrt1062" } } }
board { id = "teensy41", inherits = "teensy40", name = "PJRC Teensy 4.1", build = { tinygo = "teensy41" } }
board { id = "hifive1b", inherits = "mcu", name = "SiFive HiFive1 Rev B", vendor = "SiFive", chip = "FE310-G002", cpu = "rv32imac",
  build = { tinygo = "hifive1b" }, match = { { usb = "1366:1051", shared = true } },
  memory = { flash = { 0x20010000, 0x6a120 }, ram = { 0x80000000, 0x4000 } },
  image = { format = "hex", machine = "riscv32", float = "soft" },
  flash = { { method = "msd", volume = "HiFive", file = "firmware.hex" } } }
board { id = "maixbit", inherits = "mcu", name = "Sipeed MAIX Bit", vendor = "Sipeed", chip = "K210", cpu = "rv64gc",
  build = { tinygo = "maixbit" }, match = { { usb = "0403:6010", shared = true }, { usb = "1a86:7523", shared = true } },
  memory = { ram = { 0x80000000, 0x600000 } }, image = { format = "bin", base = 0x80000000, machine = "riscv64" },
  flash = { { method = "kflash" } } }
board { id = "gd32vf103", inherits = "mcu", name = "Sipeed Longan Nano (GD32VF103)", vendor = "Sipeed", chip = "GD32VF103CB", cpu = "rv32imac",
  match = { { usb = "28e9:0189" } }, memory = { flash = { 0x08000000, 0x20000 }, ram = { 0x20000000, 0x8000 } },
  image = { format = "bin", machine = "riscv32", float = "soft" },
  flash = { { method = "dfu", alt = 0, address = 0x08000000, device = "28e9:0189" },
    { method = "openocd", interface = "ftdi/um232h", target = "gd32vf103", after = { "adapter speed 1000" } } } }
