-- What is for tests alone.
local vise = require "vise"
local check = require "check"
local use, misuse = check.use, check.misuse
local made, gone = 0, 0

vise.fixture("thing", { scope = "file", setup = function() made = made + 1 return { n = made } end, teardown = function() gone = gone + 1 end })
misuse("vise.fixture", "usage", "declared twice", function() vise.fixture("thing", { setup = function() end }) end)
misuse("vise.test", "usage", "retries is a whole number", function() vise.test("r", { retries = -1 }, function() end) end)

vise.test("a fixture is made once", function(t)
  use("vise.fixture", function() t:eq(t:use("thing").n, 1) t:eq(t:use("thing").n, 1) end)
  use("Test:use", function() t:eq(made, 1) end)
  misuse("Test:use", "usage", "no fixture named", function() t:use "other" end)
end)
vise.test("soft", { timeout = 20 }, function(t)
  use("vise.test", function() t:eq(t.console.name ~= nil, true) end)
  use("Test:soft", function() t:eq(t:soft(function(a) return a end, 3), 3) end)
end)
