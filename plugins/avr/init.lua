-- avr: boards with Microchip's AVR. Sizes are those left by the boot loader.
local board = require "vise".board

local function avrdude(programmer, part, baud, ...)
  return { { method = "avrdude", programmer = programmer, part = part, baud = baud, args = { ... } } }
end

board { id = "atmega328p", abstract = true, chip = "ATmega328P", cpu = "avr5", vendor = "Arduino",
  console = { kind = "serial", baud = 9600, on_lost = "wait" },
  memory = { flash = { 0, 0x7e00 }, ram = { 0x800100, 0x800 } },
  image = { format = "hex", machine = "avr" } }

board { id = "arduino", inherits = "atmega328p", name = "Arduino Uno", build = { tinygo = "arduino" },
  match = { { usb = "2341:0043" }, { usb = "2341:0001" }, { usb = "2a03:0043" }, { usb = "2341:0243" } }, flash = avrdude("arduino", "atmega328p") }
board { id = "arduino-nano", inherits = "atmega328p", name = "Arduino Nano", build = { tinygo = "arduino-nano" },
  match = { { usb = "1a86:7523", shared = true }, { usb = "0403:6001", shared = true } },
  memory = { flash = { 0, 0x7800 } }, flash = avrdude("arduino", "atmega328p", 57600) }
board { id = "arduino-nano-new", inherits = "arduino-nano", name = "Arduino Nano, new boot loader", build = { tinygo = "arduino-nano-new" },
  memory = { flash = { 0, 0x7e00 } }, flash = avrdude("arduino", "atmega328p", 115200) }
board { id = "arduino-leonardo", inherits = "atmega328p", name = "Arduino Leonardo", chip = "ATmega32U4", build = { tinygo = "arduino-leonardo" },
  match = { { usb = "2341:8036" }, { usb = "2341:0036" } }, memory = { flash = { 0, 0x7000 }, ram = { 0x800100, 0xa00 } },
  flash = { { method = "avrdude", programmer = "avr109", part = "atmega32u4", baud = 57600, touch = true } } }
board { id = "arduino-mega1280", inherits = "atmega328p", name = "Arduino Mega 1280", chip = "ATmega1280", cpu = "avr51",
  build = { tinygo = "arduino-mega1280" }, match = { { usb = "0403:6001", shared = true } },
  memory = { flash = { 0, 0x1f000 }, ram = { 0x800200, 0x2000 } }, flash = avrdude("arduino", "atmega1280", 57600, "-v", "-D") }
board { id = "arduino-mega2560", inherits = "atmega328p", name = "Arduino Mega 2560", chip = "ATmega2560", cpu = "avr6",
  build = { tinygo = "arduino-mega2560" }, match = { { usb = "2341:0042" }, { usb = "2341:0010" } },
  memory = { flash = { 0, 0x3e000 }, ram = { 0x800200, 0x2000 } }, flash = avrdude("wiring", "atmega2560", 115200, "-v", "-D") }
board { id = "digispark", inherits = "atmega328p", name = "Digispark", vendor = "Digistump", chip = "ATtiny85", cpu = "avr25",
  build = { tinygo = "digispark" }, match = { { usb = "16d0:0753" } }, memory = { flash = { 0, 0x177c }, ram = { 0x800060, 0x200 } },
  console = false, flash = { { method = "micronucleus" } } }
board { id = "attiny1616", inherits = "atmega328p", name = "ATtiny1616 (UPDI over serial)", vendor = "Microchip", chip = "ATtiny1616", cpu = "avrxmega3",
  build = { tinygo = "attiny1616" }, memory = { flash = { 0, 0x4000 }, ram = { 0x803800, 0x800 } },
  flash = { { method = "pymcuprog", device = "attiny1616" } } }
