-- nrf: boards with Nordic's nRF51, nRF52 and nRF9160. A soft device below the program moves its flash and
-- RAM; Adafruit's boot loader is a drive for UF2 files.
local board = require "vise".board

local function probe(interface, target, family, chip)
  return { { method = "openocd", interface = interface, transport = "swd", target = target },
    { method = "nrfjprog", family = family }, { method = "probe-rs", chip = chip } }
end
-- Adafruit's boot loader: a drive, and a probe for those that have one.
local function uf2(volume)
  return { { method = "uf2", volume = volume, touch = true, file = "firmware.uf2" },
    { method = "openocd", interface = "cmsis-dap", transport = "swd", target = "nrf52" } }
end
-- DAPLink: a drive for HEX files.
local function daplink(volume, target, chip)
  return { { method = "msd", volume = volume, file = "firmware.hex" },
    { method = "openocd", interface = "cmsis-dap", transport = "swd", target = target }, { method = "pyocd", target = chip } }
end

board { id = "nrf51822", abstract = true, chip = "nRF51822", cpu = "cortex-m0",
  console = { kind = "serial", baud = 115200, on_lost = "wait" },
  memory = { flash = { 0, 0x40000 }, ram = { 0x20000000, 0x4000 } },
  image = { format = "hex", machine = "arm", float = "soft" },
  flash = probe("cmsis-dap", "nrf51", "nrf51", "nRF51822_xxAA"),
  rtt = { symbol = { "_SEGGER_RTT", "machine.rttSerialInstance" }, address = 0x20000000, size = 0x4000 } }
board { id = "nrf52832", abstract = true, inherits = "nrf51822", chip = "nRF52832", cpu = "cortex-m4",
  memory = { flash = { 0, 0x80000 }, ram = { 0x20000000, 0x10000 } }, image = { float = false },
  flash = probe("jlink", "nrf52", "nrf52", "nRF52832_xxAA"), rtt = { size = 0x10000 } }
board { id = "nrf52833", abstract = true, inherits = "nrf52832", chip = "nRF52833",
  memory = { flash = { 0, 0x80000 }, ram = { 0x20000000, 0x20000 } },
  flash = probe("cmsis-dap", "nrf52", "nrf52", "nRF52833_xxAA"), rtt = { size = 0x20000 } }
board { id = "nrf52840", abstract = true, inherits = "nrf52832", chip = "nRF52840",
  memory = { flash = { 0, 0x100000 }, ram = { 0x20000000, 0x40000 } },
  flash = probe("jlink", "nrf52", "nrf52", "nRF52840_xxAA"), rtt = { size = 0x40000 } }
board { id = "nrf52840-s140v6-uf2", abstract = true, inherits = "nrf52840", doc = "SoftDevice S140 v6 and Adafruit's boot loader",
  memory = { flash = { 0x26000, 0xc7000 }, ram = { 0x20004180, 0x3be80 } },
  image = { format = "uf2", family = 0xada52840 } }
board { id = "nrf52840-s140v7-uf2", abstract = true, inherits = "nrf52840", doc = "SoftDevice S140 v7 and Adafruit's boot loader",
  memory = { flash = { 0x27000, 0xc6000 }, ram = { 0x20006000, 0x3a000 } },
  image = { format = "uf2", family = 0xada52840 } }
board { id = "nrf9160", abstract = true, inherits = "nrf52832", chip = "nRF9160", cpu = "cortex-m33",
  memory = { flash = { 0, 0x100000 }, ram = { 0x20000000, 0x40000 } }, rtt = { size = 0x40000 },
  flash = { { method = "nrfjprog", family = "nrf91" }, { method = "probe-rs", chip = "nRF9160_xxAA" }, { method = "pyocd", target = "nrf91" } } }

board { id = "microbit", inherits = "nrf51822", name = "BBC micro:bit", vendor = "Micro:bit Educational Foundation",
  build = { tinygo = "microbit" }, match = { { usb = "0d28:0204", shared = true } }, flash = daplink("MICROBIT", "nrf51", "nrf51") }
board { id = "microbit-v2", inherits = "nrf52833", name = "BBC micro:bit v2", vendor = "Micro:bit Educational Foundation",
  build = { tinygo = "microbit-v2" }, match = { { usb = "0d28:0204", shared = true } }, flash = daplink("MICROBIT", "nrf52", "nrf52833") }
board { id = "nrf51-dk", inherits = "nrf51822", name = "Nordic nRF51 DK", vendor = "Nordic", build = { tinygo = "pca10031" },
  match = { { usb = "1366:1015", shared = true } } }
board { id = "nrf52-dk", inherits = "nrf52832", name = "Nordic nRF52 DK (nRF52832)", vendor = "Nordic", build = { tinygo = "pca10040" },
  match = { { usb = "1366:1015", shared = true } } }
board { id = "nrf52-dk-s132v6", inherits = "nrf52-dk", name = "Nordic nRF52 DK with SoftDevice S132", build = { tinygo = "pca10040-s132v6" },
  memory = { flash = { 0x26000, 0x5a000 }, ram = { 0x200039c0, 0xc640 } } }
board { id = "nrf52840-dk", inherits = "nrf52840", name = "Nordic nRF52840 DK", vendor = "Nordic", build = { tinygo = "pca10056" },
  match = { { usb = "1366:1015", shared = true } } }
board { id = "nrf52840-dk-s140v7", inherits = "nrf52840-dk", name = "Nordic nRF52840 DK with SoftDevice S140", build = { tinygo = "pca10056-s140v7" },
  memory = { flash = { 0x27000, 0xd9000 }, ram = { 0x200039c0, 0x3c640 } } }
board { id = "nrf52840-dongle", inherits = "nrf52840", name = "Nordic nRF52840 Dongle", vendor = "Nordic", build = { tinygo = "pca10059" },
  match = { { usb = "1915:521f" } }, memory = { flash = { 0x1000, 0xdf000 }, ram = { 0x20000008, 0x3fff8 } },
  image = { format = "zip" }, flash = { { method = "nrfutil" } } }
board { id = "nrf9160-dk", inherits = "nrf9160", name = "Nordic nRF9160 DK", vendor = "Nordic", match = { { usb = "1366:1055", shared = true } } }
board { id = "pinetime", inherits = "nrf52832", name = "Pine64 PineTime", vendor = "Pine64", build = { tinygo = "pinetime" }, console = false }
board { id = "x9pro", inherits = "nrf52832", name = "X9 Pro watch", build = { tinygo = "x9pro" } }
board { id = "reelboard", inherits = "nrf52840", name = "PHYTEC reel board", vendor = "PHYTEC", build = { tinygo = "reelboard" },
  flash = daplink("reel-board", "nrf52", "nrf52840") }
board { id = "nrf52840-mdk", inherits = "nrf52840", name = "makerdiary nRF52840-MDK", vendor = "makerdiary", build = { tinygo = "nrf52840-mdk" },
  match = { { usb = "0d28:0204", shared = true } }, flash = probe("cmsis-dap", "nrf52", "nrf52", "nRF52840_xxAA") }
board { id = "particle", abstract = true, inherits = "nrf52840", vendor = "Particle", flash = probe("cmsis-dap", "nrf52", "nrf52", "nRF52840_xxAA") }
board { id = "particle-argon", inherits = "particle", name = "Particle Argon", build = { tinygo = "particle-argon" } }
board { id = "particle-boron", inherits = "particle", name = "Particle Boron", build = { tinygo = "particle-boron" } }
board { id = "particle-xenon", inherits = "particle", name = "Particle Xenon", build = { tinygo = "particle-xenon" } }
board { id = "nano-33-ble", inherits = "nrf52840", name = "Arduino Nano 33 BLE", vendor = "Arduino", build = { tinygo = "nano-33-ble" },
  match = { { usb = "2341:805a" }, { usb = "2341:005a" } }, memory = { flash = { 0x10000, 0xf0000 } }, image = { format = "bin" },
  flash = { { method = "bossac", tool = "bossac_arduino2", args = { "-d", "-i", "-e", "-w", "-v", "-R" }, touch = true } } }

board { id = "feather-nrf52840", inherits = "nrf52840-s140v6-uf2", name = "Adafruit Feather nRF52840 Express",
  vendor = "Adafruit", build = { tinygo = "feather-nrf52840" }, match = { { usb = "239a:8029" }, { usb = "239a:802a" } },
  flash = uf2("FTHR840BOOT") }
board { id = "feather-nrf52840-sense", inherits = "nrf52840-s140v6-uf2", name = "Adafruit Feather Bluefruit Sense",
  vendor = "Adafruit", build = { tinygo = "feather-nrf52840-sense" }, match = { { usb = "239a:8087" }, { usb = "239a:8088" } },
  flash = uf2("FTHRSNSBOOT") }
board { id = "itsybitsy-nrf52840", inherits = "nrf52840-s140v6-uf2", name = "Adafruit ItsyBitsy nRF52840", vendor = "Adafruit",
  build = { tinygo = "itsybitsy-nrf52840" }, match = { { usb = "239a:8052" }, { usb = "239a:8051" } },
  flash = uf2("ITSY840BOOT") }
board { id = "clue", inherits = "nrf52840-s140v6-uf2", name = "Adafruit CLUE", vendor = "Adafruit", build = { tinygo = "clue" },
  match = { { usb = "239a:8072" }, { usb = "239a:8071" } }, flash = uf2("CLUEBOOT") }
board { id = "circuitplay-bluefruit", inherits = "nrf52840-s140v6-uf2", name = "Adafruit Circuit Playground Bluefruit",
  vendor = "Adafruit", build = { tinygo = "circuitplay-bluefruit" }, match = { { usb = "239a:8045" } },
  flash = uf2("CPLAYBTBOOT") }
board { id = "nicenano", inherits = "nrf52840-s140v6-uf2", name = "nice!nano", vendor = "Nice Keyboards",
  build = { tinygo = "nicenano" }, flash = uf2("NICENANO") }
board { id = "rak4631", inherits = "nrf52840-s140v6-uf2", name = "RAKwireless RAK4631", vendor = "RAKwireless",
  build = { tinygo = "rak4631" }, match = { { usb = "239a:8029" } }, flash = uf2("RAK4631") }
board { id = "bluemicro840", inherits = "nrf52840-s140v6-uf2", name = "BlueMicro840", vendor = "JPConstantineau",
  build = { tinygo = "bluemicro840" }, match = { { usb = "1d50:6161" } }, flash = uf2("BLUEMICRO") }
board { id = "mdbt50qrx-uf2", inherits = "nrf52840-s140v6-uf2", name = "Raytac MDBT50Q-RX dongle", vendor = "Raytac",
  build = { tinygo = "mdbt50qrx-uf2" }, match = { { usb = "239a:810b" }, { usb = "239a:810c" } }, flash = uf2("MDBT50QBOOT") }
board { id = "nrf52840-mdk-usb-dongle", inherits = "nrf52840-s140v6-uf2", name = "makerdiary nRF52840 MDK USB Dongle",
  vendor = "makerdiary", build = { tinygo = "nrf52840-mdk-usb-dongle" }, flash = uf2("MDK-DONGLE") }
board { id = "nano-33-ble-s140v6-uf2", inherits = "nrf52840-s140v6-uf2", name = "Arduino Nano 33 BLE with UF2 boot loader",
  vendor = "Arduino", build = { tinygo = "nano-33-ble-s140v6-uf2" }, match = { { usb = "239a:8063" }, { usb = "239a:0063" } },
  flash = uf2("NANO33BOOT") }
board { id = "xiao-ble", inherits = "nrf52840-s140v7-uf2", name = "Seeed Studio XIAO nRF52840", vendor = "Seeed Studio",
  build = { tinygo = "xiao-ble" }, match = { { usb = "2886:8045" } }, flash = uf2("XIAO-SENSE") }
