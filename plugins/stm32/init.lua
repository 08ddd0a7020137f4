-- stm32: boards with ST's STM32. Most carry an ST-Link, whose USB id names the probe and not the board.
local board = require "vise".board

local function stlink(target, chip, before)
  return { { method = "openocd", interface = "stlink", target = target, before = before }, { method = "stflash" },
    { method = "probe-rs", chip = chip } }
end
local function dfu() return { { method = "dfu", alt = 0, address = 0x08000000, device = "0483:df11" } } end
local V21 = { { usb = "0483:374b", shared = true } }
local V3 = { { usb = "0483:374e", shared = true } }
local V2 = { { usb = "0483:3748", shared = true } }

board { id = "stm32", abstract = true, vendor = "STMicroelectronics", cpu = "cortex-m4",
  console = { kind = "serial", baud = 115200, on_lost = "wait" },
  image = { format = "bin", machine = "arm" },
  rtt = { symbol = { "_SEGGER_RTT", "machine.rttSerialInstance" }, address = 0x20000000, size = 0x4000 } }

board { id = "bluepill", inherits = "stm32", name = "Blue Pill (STM32F103C8)", vendor = "WeAct and others",
  build = { tinygo = "bluepill" }, memory = { flash = { 0x08000000, 0x10000 }, ram = { 0x20000000, 0x5000 } },
  flash = stlink("stm32f1x", "STM32F103C8"), chip = "STM32F103C8", cpu = "cortex-m3", image = { float = "soft" }, match = V2 }
board { id = "bluepill-clone", inherits = "stm32", name = "Blue Pill with a CKS or GD clone chip", vendor = "various",
  build = { tinygo = "bluepill-clone" }, memory = { flash = { 0x08000000, 0x10000 }, ram = { 0x20000000, 0x5000 } },
  flash = stlink("stm32f1x", "STM32F103C8", { "set CPUTAPID 0x2ba01477" }), chip = "STM32F103C8", cpu = "cortex-m3",
  image = { float = "soft" }, match = V2 }
board { id = "nucleo-f103rb", inherits = "stm32", name = "ST Nucleo-F103RB", build = { tinygo = "nucleo-f103rb" },
  memory = { flash = { 0x08000000, 0x20000 }, ram = { 0x20000000, 0x5000 } }, flash = stlink("stm32f1x", "STM32F103RB"),
  chip = "STM32F103RB", cpu = "cortex-m3", image = { float = "soft" }, match = V21 }
board { id = "nucleo-f722ze", inherits = "stm32", name = "ST Nucleo-F722ZE", build = { tinygo = "nucleo-f722ze" },
  memory = { flash = { 0x08000000, 0x80000 }, ram = { 0x20000000, 0x40000 } }, flash = stlink("stm32f7x", "STM32F722ZE"),
  chip = "STM32F722ZE", cpu = "cortex-m7", match = V21 }
board { id = "nucleo-l031k6", inherits = "stm32", name = "ST Nucleo-L031K6", build = { tinygo = "nucleo-l031k6" },
  memory = { flash = { 0x08000000, 0x8000 }, ram = { 0x20000000, 0x2000 } }, flash = stlink("stm32l0", "STM32L031K6"),
  chip = "STM32L031K6", cpu = "cortex-m0plus", image = { float = "soft" }, match = V21 }
board { id = "nucleo-l432kc", inherits = "stm32", name = "ST Nucleo-L432KC", build = { tinygo = "nucleo-l432kc" },
  memory = { flash = { 0x08000000, 0x40000 }, ram = { 0x20000000, 0x10000 } }, flash = stlink("stm32l4x", "STM32L432KC"),
  chip = "STM32L432KC", match = V21 }
board { id = "nucleo-l476rg", inherits = "stm32", name = "ST Nucleo-L476RG", build = { tinygo = "nucleo-l476rg" },
  memory = { flash = { 0x08000000, 0x100000 }, ram = { 0x20000000, 0x18000 } }, flash = stlink("stm32l4x", "STM32L476RG"),
  chip = "STM32L476RG", match = V21 }
board { id = "nucleo-l552ze", inherits = "stm32", name = "ST Nucleo-L552ZE-Q", build = { tinygo = "nucleo-l552ze" },
  memory = { flash = { 0x08000000, 0x80000 }, ram = { 0x20000000, 0x30000 } }, flash = stlink("stm32l5x", "STM32L552ZE"),
  chip = "STM32L552ZE", cpu = "cortex-m33", match = V21 }
board { id = "nucleo-wl55jc", inherits = "stm32", name = "ST Nucleo-WL55JC", build = { tinygo = "nucleo-wl55jc" },
  memory = { flash = { 0x08000000, 0x40000 }, ram = { 0x20000000, 0x10000 } }, flash = stlink("stm32wlx", "STM32WL55JC"),
  chip = "STM32WL55JC", match = V3 }
board { id = "stm32f4disco", inherits = "stm32", name = "ST STM32F4 Discovery (ST-Link V2)", build = { tinygo = "stm32f4disco" },
  memory = { flash = { 0x08000000, 0x100000 }, ram = { 0x20000000, 0x20000 } }, flash = stlink("stm32f4x", "STM32F407VG"),
  chip = "STM32F407VG", match = V2 }
board { id = "stm32f4disco-1", inherits = "stm32", name = "ST STM32F4 Discovery (ST-Link V2-1)",
  build = { tinygo = "stm32f4disco-1" }, memory = { flash = { 0x08000000, 0x100000 }, ram = { 0x20000000, 0x20000 } },
  flash = stlink("stm32f4x", "STM32F407VG"), chip = "STM32F407VG", match = V21 }
board { id = "stm32f469disco", inherits = "stm32", name = "ST STM32F469 Discovery", build = { tinygo = "stm32f469disco" },
  memory = { flash = { 0x08000000, 0x200000 }, ram = { 0x20000000, 0x50000 } }, flash = stlink("stm32f4x", "STM32F469NI"),
  chip = "STM32F469NI", match = V21 }
board { id = "feather-stm32f405", inherits = "stm32", name = "Adafruit Feather STM32F405 Express", vendor = "Adafruit",
  build = { tinygo = "feather-stm32f405" }, memory = { flash = { 0x08000000, 0x100000 }, ram = { 0x20000000, 0x20000 } },
  flash = dfu(), chip = "STM32F405RG", match = { { usb = "0483:df11", shared = true } } }
board { id = "mksnanov3", inherits = "stm32", name = "Makerbase MKS Robin Nano v3", vendor = "Makerbase",
  build = { tinygo = "mksnanov3" }, memory = { flash = { 0x08000000, 0x100000 }, ram = { 0x20000000, 0x20000 } },
  flash = stlink("stm32f4x", "STM32F407VG"), chip = "STM32F407VG", match = V2 }
board { id = "swan", inherits = "stm32", name = "Blues Swan", vendor = "Blues", build = { tinygo = "swan" },
  memory = { flash = { 0x08000000, 0x200000 }, ram = { 0x20000000, 0xa0000 } }, flash = dfu(), chip = "STM32L4R5ZI",
  match = { { usb = "0483:df11", shared = true } } }
board { id = "lgt92", inherits = "stm32", name = "Dragino LGT-92", vendor = "Dragino", build = { tinygo = "lgt92" },
  memory = { flash = { 0x08000000, 0x20000 }, ram = { 0x20000000, 0x5000 } }, flash = stlink("stm32l0", "STM32L072CZ"),
  chip = "STM32L072CZ", cpu = "cortex-m0plus", image = { float = "soft" } }
board { id = "lorae5", inherits = "stm32", name = "Seeed Studio LoRa-E5", vendor = "Seeed Studio", build = { tinygo = "lorae5" },
  memory = { flash = { 0x08000000, 0x40000 }, ram = { 0x20000000, 0x10000 } }, flash = stlink("stm32wlx", "STM32WLE5JC"),
  chip = "STM32WLE5JC" }
board { id = "gnse", inherits = "stm32", name = "The Things Industries Generic Node SE", vendor = "The Things Industries",
  build = { tinygo = "gnse" }, memory = { flash = { 0x08000000, 0x40000 }, ram = { 0x20000000, 0x10000 } },
  flash = stlink("stm32wlx", "STM32WLE5CC"), chip = "STM32WLE5CC" }
board { id = "nucleo-h743zi", inherits = "stm32", name = "ST Nucleo-H743ZI", chip = "STM32H743ZI", cpu = "cortex-m7", match = V3,
  memory = { flash = { 0x08000000, 0x200000 }, ram = { 0x24000000, 0x80000 }, dtcmram = { 0x20000000, 0x20000 }, itcmram = { 0, 0x10000 },
    ram2 = { 0x30000000, 0x48000 }, ram4 = { 0x38000000, 0x10000 } },
  flash = stlink("stm32h7x", "STM32H743ZI") }
