local vise = require "vise"

vise.board {
  id = "bad", name = "a profile with a mistake",
  console = { kind = "serial", baud = "fast" },
}
