local vise = require "vise"

vise.sleep(1)
