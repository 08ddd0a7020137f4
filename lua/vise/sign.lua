-- sign.lua - a signature where the board or the command line demands one: the manifest of sums is the worker's work (image.check),
-- who signed it is that of minisign, gpgv or cosign.
local core, vise = ...
local fail = vise.fail

local sets = {
  signed = { type = "enum", values = { "none", "section", "sha256", "minisign", "gpg", "cosign" },
    doc = "what the image must have; as the profile's image.signed says if absent" },
  key = { type = "string", doc = "the public key or keyring of that signature" },
  sums = { type = "string", doc = "the manifest of SHA-256 sums; SHA256SUMS beside the image, or IMAGE.sha256, if absent" },
}
for k, p in pairs(sets) do core.flash_sets.flash[k] = p end

-- The image part of the profile with what the command line demands. A demand of the profile is not taken back by it.
function core.demanded(b)
  local image, given = {}, core.sets
  for k, v in pairs(b.profile.image or {}) do image[k] = v end
  if given.signed == "none" and image.signed then
    fail("denied", "the profile of %s demands a signature (%s): --set signed=none does not take that back", b.id, tostring(image.signed))
  end
  if given.signed and given.signed ~= "none" then image.signed = given.signed end
  if not image.signed then image.signed = nil end
  image.key, image.sums = given.key or image.key, given.sums or image.sums
  return image
end

local function is_there(path)
  local r = vise.launch.run { cmd = "stat", args = { "-Lc", "%s", "--", path }, quiet = true, name = "stat" }
  return r.code == 0
end

-- The first of the names that is there.
local function first_of(what, ...)
  for _, path in ipairs { ... } do if is_there(path) then return path end end
  fail("wrong_image", "it is not signed: there is no %s", table.concat({ ... }, ", nor "),
    { verdict = true, next = ("nothing was touched; %s"):format(what) })
end

local function key_of(image, what)
  return image.key or fail("usage", "whose signature? --set key=FILE, or image.key of the profile: %s", what)
end

local function manifest_of(image, file) return image.sums or (file:match("^(.*/)[^/]*$") or "") .. "SHA256SUMS" end

-- What gpgv says beside its exit status, which is 0 for a key that is expired or revoked.
-- Source: doc/DETAILS of GnuPG 2.2.
local said = { BADSIG = "it is not the signature of this file", EXPSIG = "the signature has expired", EXPKEYSIG = "the key has expired",
  REVKEYSIG = "the key was revoked", NO_PUBKEY = "it is by another key", NODATA = "there is no signature in it" }

local function gpg_reason(r, argv)
  local good = false
  for word, rest in r.out:gmatch("%[GNUPG:%] (%S+) ?([^\r\n]*)") do
    if word == "NO_PUBKEY" and r.err:find("invalid packet", 1, true) then
      return ("%s is no keyring: gpg --dearmor, or gpg --export without --armor, makes one"):format(argv[5])
    elseif word == "NO_PUBKEY" and r.err:find("keyblock resource", 1, true) then return ("%s cannot be read"):format(argv[5])
    elseif said[word] then return ("%s (%s)"):format(said[word], rest:match("^%S+%s+(.+)$") or rest) end
    good = good or word == "GOODSIG"
  end
  return not good and "gpgv found no good one: " .. (r.err:match("[^\r\n]+") or "it gave no reason") or nil
end

-- The line that says why: cosign and minisign may say more before it.
local function reason(r)
  if r.code == 0 then return nil end
  local text = r.err .. "\n" .. r.out
  return text:match("%f[%w]Error: ([^\r\n]+)") or text:match("[^\r\n]+") or "no reason given"
end

-- { program, arguments..., package =, why = what speaks against it }
local kinds = {}

function kinds.minisign(image, file)
  local sums = manifest_of(image, file)
  local sig = first_of("minisign -Sm " .. sums, sums .. ".minisig")
  return { "minisign", "-V", "-p", key_of(image, "minisign.pub"), "-x", sig, "-m", sums, package = "minisign" }
end

function kinds.gpg(image, file)
  local sums = manifest_of(image, file)
  local sig = first_of("gpg --detach-sign " .. sums, sums .. ".asc", sums .. ".gpg", sums .. ".sig")
  local ring = key_of(image, "a keyring as gpg --export writes it")
  -- without a slash it would be looked for in ~/.gnupg
  if not ring:find("/", 1, true) then ring = "./" .. ring end
  return { "gpgv", "--status-fd", "1", "--keyring", ring, sig, sums, package = "gpgv", why = gpg_reason }
end

function kinds.cosign(image, file)
  local sig = first_of("cosign sign-blob " .. file, file .. ".bundle", file .. ".sigstore.json", file .. ".sig")
  local how = sig:match("%.sig$") and "--signature" or "--bundle"
  return { "cosign", "verify-blob", "--key", key_of(image, "cosign.pub"), how, sig, file, package = "cosign, from sigstore.dev" }
end

function core.check_signature(b, file)
  local image = core.demanded(b)
  local make = kinds[image.signed]
  if not make then return end
  local argv = make(image, file)
  local ok, r = pcall(vise.launch.run, { cmd = argv[1], args = table.move(argv, 2, #argv, 1, {}), name = argv[1], timeout = 120 })
  local absent = not ok and tostring(r.msg):find("no such program", 1, true)
  if not ok and not absent then error(r, 0) end
  if absent or r.code == 127 then
    fail("not_found", "%s demands a %s signature, and %s is not here", b.id, image.signed, argv[1], { next = "install " .. argv.package })
  end
  local why = (argv.why or reason)(r, argv) or reason(r)
  if why then fail("wrong_image", "the %s signature is not good: %s", image.signed, why, { verdict = true, next = "nothing was touched" }) end
  vise.log.info("%s: signed (%s)", file, image.signed)
end
