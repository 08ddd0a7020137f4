-- rp2: boards with the RP2040 and RP2350. Their boot loader is a drive that takes UF2 files; 1200 baud on
-- the port leads there. The USB ids are those of TinyGo's programs.
local board = require "vise".board

-- The volume, then picotool, then a debug probe.
local function methods(volume, target)
  return { { method = "uf2", volume = volume, touch = true, file = "firmware.uf2" }, { method = "picotool" },
    { method = "openocd", interface = "cmsis-dap", transport = "swd", target = target, after = { "adapter speed 5000" } } }
end

board { id = "rp2040", abstract = true, chip = "RP2040", cpu = "cortex-m0plus",
  console = { kind = "serial", baud = 115200, on_lost = "wait" },
  memory = { flash = { 0x10000000, 0x200000 }, ram = { 0x20000000, 0x42000 } },
  image = { format = "uf2", family = 0xe48bff56, machine = "arm", float = "soft" },
  flash = methods("RPI-RP2", "rp2040"),
  rtt = { symbol = { "_SEGGER_RTT", "machine.rttSerialInstance" }, address = 0x20000000, size = 0x42000 } }
board { id = "rp2350", abstract = true, inherits = "rp2040", chip = "RP2350", cpu = "cortex-m33",
  memory = { flash = { 0x10000000, 0x200000 }, ram = { 0x20000000, 0x82000 } },
  image = { family = 0xe48bff59, float = false },
  flash = methods("RP2350", "rp2350"),
  rtt = { size = 0x82000 } }

board { id = "pico", inherits = "rp2040", name = "Raspberry Pi Pico", vendor = "Raspberry Pi", build = { tinygo = "pico" },
  match = { { usb = "2e8a:000a" } } }
board { id = "pico-w", inherits = "rp2040", name = "Raspberry Pi Pico W", vendor = "Raspberry Pi", build = { tinygo = "pico-w" },
  match = { { usb = "2e8a:000a" } } }
board { id = "pico2", inherits = "rp2350", name = "Raspberry Pi Pico 2", vendor = "Raspberry Pi", build = { tinygo = "pico2" },
  match = { { usb = "2e8a:000a" } }, memory = { flash = { 0x10000000, 0x400000 } } }
board { id = "xiao-rp2040", inherits = "rp2040", name = "Seeed Studio XIAO RP2040", vendor = "Seeed Studio",
  build = { tinygo = "xiao-rp2040" }, match = { { usb = "2e8a:000a" } }, memory = { flash = { 0x10000000, 0xff000 } } }
board { id = "xiao-rp2350", inherits = "rp2350", name = "Seeed Studio XIAO RP2350", vendor = "Seeed Studio",
  build = { tinygo = "xiao-rp2350" }, match = { { usb = "2e8a:000a" } } }
board { id = "qtpy-rp2040", inherits = "rp2040", name = "Adafruit QT Py RP2040", vendor = "Adafruit",
  build = { tinygo = "qtpy-rp2040" }, match = { { usb = "239a:80f7" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "feather-rp2040", inherits = "rp2040", name = "Adafruit Feather RP2040", vendor = "Adafruit",
  build = { tinygo = "feather-rp2040" }, match = { { usb = "239a:80f1" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "kb2040", inherits = "rp2040", name = "Adafruit KB2040", vendor = "Adafruit", build = { tinygo = "kb2040" },
  match = { { usb = "239a:8106" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "macropad-rp2040", inherits = "rp2040", name = "Adafruit MacroPad RP2040", vendor = "Adafruit",
  build = { tinygo = "macropad-rp2040" }, match = { { usb = "239a:8107" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "nano-rp2040", inherits = "rp2040", name = "Arduino Nano RP2040 Connect", vendor = "Arduino",
  build = { tinygo = "nano-rp2040" }, match = { { usb = "2341:005e" } }, memory = { flash = { 0x10000000, 0x1000000 } } }
board { id = "badger2040", inherits = "rp2040", name = "Pimoroni Badger 2040", vendor = "Pimoroni",
  build = { tinygo = "badger2040" }, match = { { usb = "2e8a:0003" } }, memory = { flash = { 0x10000000, 0xff000 } } }
board { id = "badger2040-w", inherits = "rp2040", name = "Pimoroni Badger 2040 W", vendor = "Pimoroni",
  build = { tinygo = "badger2040-w" }, match = { { usb = "2e8a:0003" } }, memory = { flash = { 0x10000000, 0xff000 } } }
board { id = "badger2350", inherits = "rp2350", name = "Pimoroni Badger 2350", vendor = "Pimoroni",
  build = { tinygo = "badger2350" }, match = { { usb = "2e8a:0005" } }, memory = { flash = { 0x10000000, 0x1000000 } } }
board { id = "tufty2040", inherits = "rp2040", name = "Pimoroni Tufty 2040", vendor = "Pimoroni",
  build = { tinygo = "tufty2040" }, match = { { usb = "2e8a:0003" } }, memory = { flash = { 0x10000000, 0xff000 } } }
board { id = "gopher-badge", inherits = "rp2040", name = "Gopher Badge", vendor = "Go developers",
  build = { tinygo = "gopher-badge" }, match = { { usb = "2e8a:0003" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "thumby", inherits = "rp2040", name = "TinyCircuits Thumby", vendor = "TinyCircuits", build = { tinygo = "thumby" },
  match = { { usb = "2e8a:0005" } } }
board { id = "trinkey-qt2040", inherits = "rp2040", name = "Adafruit Trinkey QT2040", vendor = "Adafruit",
  build = { tinygo = "trinkey-qt2040" }, match = { { usb = "239a:8109" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "challenger-rp2040", inherits = "rp2040", name = "Challenger RP2040 LTE", vendor = "iLabs",
  build = { tinygo = "challenger-rp2040" }, match = { { usb = "2e8a:1023" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "thingplus-rp2040", inherits = "rp2040", name = "SparkFun Thing Plus RP2040", vendor = "SparkFun",
  build = { tinygo = "thingplus-rp2040" }, match = { { usb = "1b4f:0026" } }, memory = { flash = { 0x10000000, 0x1000000 } } }
board { id = "waveshare-rp2040-zero", inherits = "rp2040", name = "Waveshare RP2040-Zero", vendor = "Waveshare",
  build = { tinygo = "waveshare-rp2040-zero" }, match = { { usb = "2e8a:0003" } }, memory = { flash = { 0x10000000, 0xff000 } } }
board { id = "elecrow-rp2350", inherits = "rp2350", name = "Elecrow RP2350", vendor = "Elecrow",
  build = { tinygo = "elecrow-rp2350" }, match = { { usb = "2e8a:000f" } }, memory = { flash = { 0x10000000, 0x800000 } } }
board { id = "ae-rp2040", inherits = "rp2040", name = "Akizuki AE-RP2040", vendor = "Akizuki", build = { tinygo = "ae-rp2040" },
  match = { { usb = "2e8a:000a" } } }
