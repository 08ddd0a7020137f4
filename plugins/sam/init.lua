-- sam: boards with Microchip's SAMD21, SAMD51 and SAME5x. The boot loader is a drive for UF2 files, or
-- speaks to bossac; 1200 baud on the port leads there.
local board = require "vise".board

local function uf2(volume, file)
  return { { method = "uf2", volume = volume, touch = true, file = file or "firmware.uf2" } }
end
local function bossac(...)
  return { { method = "bossac", args = { ... }, offset = 0x2000, touch = true } }
end

board { id = "samd21", abstract = true, chip = "ATSAMD21", cpu = "cortex-m0plus",
  console = { kind = "serial", baud = 115200, on_lost = "wait" },
  memory = { flash = { 0x2000, 0x3e000 }, ram = { 0x20000000, 0x8000 } },
  image = { format = "uf2", machine = "arm", float = "soft" },
  reset = { method = "openocd", interface = "cmsis-dap", transport = "swd", target = "at91samdXX" },
  debug = { method = "openocd", interface = "cmsis-dap", transport = "swd", target = "at91samdXX" } }
board { id = "samd51", abstract = true, inherits = "samd21", chip = "ATSAMD51", cpu = "cortex-m4",
  memory = { flash = { 0x4000, 0x7c000 }, ram = { 0x20000000, 0x30000 } }, image = { float = false },
  reset = { target = "atsame5x" }, debug = { target = "atsame5x" } }
board { id = "arduino-samd21", abstract = true, inherits = "samd21", vendor = "Arduino", image = { format = "bin" },
  flash = bossac("-i", "-e", "-w", "-v", "-R", "-U") }

board { id = "arduino-zero", inherits = "arduino-samd21", name = "Arduino Zero", build = { tinygo = "arduino-zero" } }
board { id = "arduino-mkr1000", inherits = "arduino-samd21", name = "Arduino MKR1000", build = { tinygo = "arduino-mkr1000" } }
board { id = "arduino-mkrwifi1010", inherits = "arduino-samd21", name = "Arduino MKR WiFi 1010",
  build = { tinygo = "arduino-mkrwifi1010" }, match = { { usb = "2341:8054" }, { usb = "2341:0054" } } }
board { id = "arduino-nano33", inherits = "arduino-samd21", name = "Arduino Nano 33 IoT", build = { tinygo = "arduino-nano33" },
  match = { { usb = "2341:8057" }, { usb = "2341:0057" } } }
board { id = "p1am-100", inherits = "arduino-samd21", name = "AutomationDirect P1AM-100", vendor = "FACTS Engineering",
  build = { tinygo = "p1am-100" }, flash = bossac("-d", "-i", "-e", "-w", "-v", "-R") }
board { id = "feather-m0", inherits = "samd21", name = "Adafruit Feather M0", vendor = "Adafruit",
  build = { tinygo = "feather-m0" }, match = { { usb = "239a:801b" }, { usb = "239a:800b" } }, flash = uf2("FEATHERBOOT") }
board { id = "feather-m0-express", inherits = "samd21", name = "Adafruit Feather M0 Express", vendor = "Adafruit",
  build = { tinygo = "feather-m0-express" }, match = { { usb = "239a:801b" } }, flash = uf2("FEATHERBOOT") }
board { id = "gemma-m0", inherits = "samd21", name = "Adafruit Gemma M0", vendor = "Adafruit", build = { tinygo = "gemma-m0" },
  match = { { usb = "239a:801e" } }, flash = uf2("GEMMABOOT") }
board { id = "trinket-m0", inherits = "samd21", name = "Adafruit Trinket M0", vendor = "Adafruit",
  build = { tinygo = "trinket-m0" }, match = { { usb = "239a:801e" } }, flash = uf2("TRINKETBOOT") }
board { id = "itsybitsy-m0", inherits = "samd21", name = "Adafruit ItsyBitsy M0 Express", vendor = "Adafruit",
  build = { tinygo = "itsybitsy-m0" }, match = { { usb = "239a:800f" }, { usb = "239a:8012" } }, flash = uf2("ITSYBOOT") }
board { id = "circuitplay-express", inherits = "samd21", name = "Adafruit Circuit Playground Express", vendor = "Adafruit",
  build = { tinygo = "circuitplay-express" }, match = { { usb = "239a:8018" } }, flash = uf2("CPLAYBOOT") }
board { id = "qtpy", inherits = "samd21", name = "Adafruit QT Py SAMD21", vendor = "Adafruit", build = { tinygo = "qtpy" },
  match = { { usb = "239a:80cb" } }, flash = uf2("QTPY_BOOT") }
board { id = "xiao", inherits = "samd21", name = "Seeed Studio XIAO SAMD21", vendor = "Seeed Studio",
  build = { tinygo = "xiao" }, match = { { usb = "2886:802f" } }, flash = uf2({ "Arduino", "Seeed XIAO" }) }
board { id = "feather-m4", inherits = "samd51", name = "Adafruit Feather M4 Express", vendor = "Adafruit",
  build = { tinygo = "feather-m4" }, match = { { usb = "239a:8022" } }, flash = uf2("FEATHERBOOT") }
board { id = "feather-m4-can", inherits = "samd51", name = "Adafruit Feather M4 CAN Express", vendor = "Adafruit",
  build = { tinygo = "feather-m4-can" }, match = { { usb = "239a:80cd" } }, flash = uf2("FTHRCANBOOT") }
board { id = "itsybitsy-m4", inherits = "samd51", name = "Adafruit ItsyBitsy M4 Express", vendor = "Adafruit",
  build = { tinygo = "itsybitsy-m4" }, match = { { usb = "239a:802b" } }, flash = uf2("ITSYM4BOOT") }
board { id = "metro-m4-airlift", inherits = "samd51", name = "Adafruit Metro M4 Express AirLift", vendor = "Adafruit",
  build = { tinygo = "metro-m4-airlift" }, match = { { usb = "239a:8037" } }, flash = uf2("METROM4BOOT") }
board { id = "grandcentral-m4", inherits = "samd51", name = "Adafruit Grand Central M4", vendor = "Adafruit",
  build = { tinygo = "grandcentral-m4" }, match = { { usb = "239a:8031" } },
  memory = { flash = { 0x4000, 0xfc000 }, ram = { 0x20000000, 0x40000 } }, flash = uf2("GCM4BOOT") }
board { id = "matrixportal-m4", inherits = "samd51", name = "Adafruit MatrixPortal M4", vendor = "Adafruit",
  build = { tinygo = "matrixportal-m4" }, match = { { usb = "239a:80c9" }, { usb = "239a:80ca" } }, flash = uf2("MATRIXBOOT") }
board { id = "pybadge", inherits = "samd51", name = "Adafruit PyBadge", vendor = "Adafruit", build = { tinygo = "pybadge" },
  match = { { usb = "239a:8033" } }, flash = uf2("PYBADGEBOOT", "arcade.uf2") }
board { id = "pygamer", inherits = "samd51", name = "Adafruit PyGamer", vendor = "Adafruit", build = { tinygo = "pygamer" },
  match = { { usb = "239a:803d" }, { usb = "239a:803e" } }, flash = uf2("PYGAMERBOOT", "arcade.uf2") }
board { id = "pyportal", inherits = "samd51", name = "Adafruit PyPortal", vendor = "Adafruit", build = { tinygo = "pyportal" },
  match = { { usb = "239a:8035" }, { usb = "239a:8036" } },
  memory = { flash = { 0x4000, 0xfc000 }, ram = { 0x20000000, 0x40000 } }, flash = uf2("PORTALBOOT") }
board { id = "wioterminal", inherits = "samd51", name = "Seeed Studio Wio Terminal", vendor = "Seeed Studio",
  build = { tinygo = "wioterminal" }, match = { { usb = "2886:802d" } }, flash = uf2("Arduino") }
board { id = "atsame54-xpro", inherits = "samd51", name = "Microchip SAM E54 Xplained Pro", vendor = "Microchip", chip = "ATSAME54P20A",
  build = { tinygo = "atsame54-xpro" }, match = { { usb = "03eb:2111", shared = true } },
  memory = { flash = { 0, 0x100000 }, ram = { 0x20000000, 0x40000 } }, image = { format = "hex" },
  flash = { { method = "openocd", interface = "cmsis-dap", transport = "swd", target = "atsame5x" } } }
