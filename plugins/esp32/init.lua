-- esp32: boards with Espressif's chips. esptool writes an image at an offset of the flash; the ELF file of a
-- program lies in windows into that flash (irom, drom) and in RAM.
local board = require "vise".board

local function esptool(chip, offset, ...)
  return { { method = "esptool", chip = chip, offset = offset, args = { ... } } }
end
-- The chip's own USB: port and JTAG in one, the same id on every board with it.
local NATIVE = { { usb = "303a:1001", shared = true } }

board { id = "esp32-base", abstract = true, chip = "ESP32", cpu = "xtensa-lx6", vendor = "Espressif",
  console = { kind = "serial", baud = 115200, on_lost = "wait" },
  memory = { flash = { 0, 0x400000 }, irom = { 0x400d0000, 0x330000 }, drom = { 0x3f400000, 0x400000 }, iram = { 0x40080000, 0x20000 },
    dram = { 0x3ffae000, 0x52000 }, rtcram = { 0x50000000, 0x2000 } },
  image = { format = "bin", base = 0x1000, machine = "xtensa" },
  flash = esptool("esp32", 0x1000, "-ff", "80m", "-fm", "dout") }
board { id = "esp32s3-base", abstract = true, inherits = "esp32-base", chip = "ESP32-S3", cpu = "xtensa-lx7", match = NATIVE,
  memory = { flash = { 0, 0x800000 }, irom = { 0x42000000, 0x800000 }, drom = { 0x3c000000, 0x800000 }, iram = { 0x40370000, 0x70000 },
    dram = { 0x3fc88000, 0x78000 } }, image = { base = 0 },
  flash = esptool("esp32s3", 0) }
board { id = "esp32c3-base", abstract = true, inherits = "esp32-base", chip = "ESP32-C3", cpu = "rv32imc", match = NATIVE,
  memory = { irom = { 0x42000000, 0x400000 }, drom = { 0x3c000000, 0x400000 }, iram = { 0x4037c000, 0x64000 }, dram = { 0x3fc80000, 0x60000 } },
  image = { base = 0, machine = "riscv32", float = "soft" },
  flash = esptool("esp32c3", 0),
  debug = { method = "openocd", interface = "esp_usb_jtag", target = "esp32c3", after = { "gdb_memory_map disable" } } }
board { id = "esp32c6-base", abstract = true, inherits = "esp32c3-base", chip = "ESP32-C6", cpu = "rv32imac",
  memory = { irom = { 0x42000000, 0x400000 }, drom = false, iram = false, dram = { 0x40800000, 0x80000 }, rtcram = { 0x50000000, 0x4000 } },
  flash = esptool("esp32c6", 0), debug = { target = "esp32c6" } }
board { id = "esp8266-base", abstract = true, inherits = "esp32-base", chip = "ESP8266", cpu = "xtensa-lx106",
  memory = { irom = { 0x40200000, 0x100000 }, drom = false, iram = { 0x40100000, 0x8000 }, dram = { 0x3ffe8000, 0x14000 }, rtcram = false },
  image = { base = 0 }, flash = esptool("esp8266", 0, "-fm", "qio") }

board { id = "esp32", inherits = "esp32-base", name = "ESP32 module", match = { { gmr = "WROOM-32" } }, build = { tinygo = "esp32" } }
board { id = "esp32s3", inherits = "esp32s3-base", name = "ESP32-S3 module", build = { tinygo = "esp32s3" } }
board { id = "esp32c3", inherits = "esp32c3-base", name = "ESP32-C3 module",
  match = { { usb = "303a:1001", shared = true }, { gmr = "(MINI-1)" } }, build = { tinygo = "esp32c3" } }
board { id = "esp32c6", inherits = "esp32c6-base", name = "ESP32-C6 module", build = { tinygo = "esp32c6" } }
board { id = "esp8266", inherits = "esp8266-base", name = "ESP8266 module",
  match = { { gmr = "WROOM-02" }, { gmr = "Wroom 02" } }, build = { tinygo = "esp8266" } }
board { id = "esp32-coreboard-v2", inherits = "esp32-base", name = "ESP32 CoreBoard V2",
  build = { tinygo = "esp32-coreboard-v2" } }
board { id = "esp32-mini32", inherits = "esp32-base", name = "LilyGO MINI 32", vendor = "LilyGO",
  build = { tinygo = "esp32-mini32" } }
board { id = "adafruit-esp32-feather-v2", inherits = "esp32-base", name = "Adafruit ESP32 Feather V2", vendor = "Adafruit",
  build = { tinygo = "adafruit-esp32-feather-v2" } }
board { id = "mch2022", inherits = "esp32-base", name = "MCH2022 badge", vendor = "badge.team", build = { tinygo = "mch2022" } }
board { id = "m5stack", inherits = "esp32-base", name = "M5Stack Core", vendor = "M5Stack", build = { tinygo = "m5stack" },
  match = { { usb = "10c4:ea60", shared = true } } }
board { id = "m5stack-core2", inherits = "esp32-base", name = "M5Stack Core2", vendor = "M5Stack",
  build = { tinygo = "m5stack-core2" }, match = { { usb = "10c4:ea60", shared = true } } }
board { id = "m5stick-c", inherits = "esp32-base", name = "M5StickC", vendor = "M5Stack", build = { tinygo = "m5stick-c" },
  match = { { usb = "0403:6001", shared = true } } }
board { id = "m5paper", inherits = "esp32-base", name = "M5Paper", vendor = "M5Stack", build = { tinygo = "m5paper" },
  match = { { usb = "1a86:55d4", shared = true } } }
board { id = "m5stamp-c3", inherits = "esp32c3-base", name = "M5Stamp C3", vendor = "M5Stack", build = { tinygo = "m5stamp-c3" },
  match = { { usb = "303a:1001", shared = true }, { usb = "1a86:55d4", shared = true } } }
board { id = "xiao-esp32c3", inherits = "esp32c3-base", name = "Seeed Studio XIAO ESP32C3", vendor = "Seeed Studio",
  build = { tinygo = "xiao-esp32c3" } }
board { id = "qtpy-esp32c3", inherits = "esp32c3-base", name = "Adafruit QT Py ESP32-C3", vendor = "Adafruit",
  build = { tinygo = "qtpy-esp32c3" } }
board { id = "esp32-c3-devkit-rust-1", inherits = "esp32c3-base", name = "ESP32-C3-DevKit-RUST-1",
  build = { tinygo = "esp32-c3-devkit-rust-1" } }
board { id = "esp-c3-32s-kit", inherits = "esp32c3-base", name = "Ai-Thinker ESP-C3-32S-Kit", vendor = "Ai-Thinker",
  build = { tinygo = "esp-c3-32s-kit" }, match = { { usb = "303a:1001", shared = true }, { usb = "1a86:7523", shared = true } } }
board { id = "esp32c3-12f", inherits = "esp32c3-base", name = "Ai-Thinker ESP32-C3-12F", vendor = "Ai-Thinker",
  build = { tinygo = "esp32c3-12f" } }
board { id = "makerfabs-esp32c3spi35", inherits = "esp32c3-base", name = "Makerfabs ESP32-C3 SPI 3.5 TFT", vendor = "Makerfabs",
  build = { tinygo = "makerfabs-esp32c3spi35" } }
board { id = "d1mini", inherits = "esp8266-base", name = "WEMOS D1 mini", vendor = "WEMOS", build = { tinygo = "d1mini" } }
board { id = "nodemcu", inherits = "esp8266-base", name = "NodeMCU", vendor = "NodeMCU", build = { tinygo = "nodemcu" } }
