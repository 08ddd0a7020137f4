#!/bin/sh
# deploy.t - `vise flash` of a Linux board: real ssh servers, a real web server as the program. Copied, compared, put in its
# place, restarted, well or rolled back; and what goes wrong: not the board's processor, no room, a link that is cut.
. "${srcdir:-.}/tests/lib/tap.sh"
. "${srcdir:-.}/tests/lib/sshd.sh"
need python3 python3
need go golang-go
need scp openssh-client
need curl curl
tmpdir
VISE=$BUILD/vise
go_rig served "$T/go" >"$T/make.log" 2>&1
ok $? "the program builds" || { note <"$T/make.log"; plan; exit; }
arch=$(go env GOARCH)
D=$T/board/bin
mkdir -p "$D" "$T/path" "$XDG_CONFIG_HOME/vise/plugins/pc"
cd "$T" || bail "no folder"
port=$(free_port)
cat >"$XDG_CONFIG_HOME/vise/plugins/pc/plugin.json" <<END
{ "name": "pc", "version": "1.0.0", "api": "1.0", "entry": "init.lua", "requires": {"linux-boards": ">=1.0"}, "provides": ["board:pc", "board:sd", "board:must"],
  "needs": {"serial": true, "exec": ["ssh", "scp", "rsync", "sha256sum", "stat", "vise doctor", "minisign", "cosign", "gpgv"]}, "boards": {"pc": {}, "sd": {}, "must": {}} }
END
cat >"$XDG_CONFIG_HOME/vise/plugins/pc/init.lua" <<END
local vise = require "vise"
vise.board { id = "pc", inherits = "linux", build = { goarch = "$arch" }, image = { machine = "$arch" },
  flash = { { method = "ssh", host = "board", dir = "$D", restart = "plain", args = "-listen 127.0.0.1:$port -count $T/count",
    health_url = "http://127.0.0.1:$port/", health_time = 20 } } }
vise.board { id = "sd", inherits = "pc", flash = { { method = "ssh", host = "board", dir = "$D", service = "web" } } }
vise.board { id = "must", inherits = "pc", image = { signed = "sha256" } }
END
# systemd, as far as a deployment sees it
cat >"$T/path/systemctl" <<END
#!/bin/sh
echo "\$@" >>"$T/systemctl.log"
case \$1 in
restart) kill "\$(cat "$T/sd.pid" 2>/dev/null)" 2>/dev/null
	setsid "$D/web" -listen 127.0.0.1:$port </dev/null >/dev/null 2>&1 & echo \$! >"$T/sd.pid";;
stop) kill "\$(cat "$T/sd.pid")";;
is-active) kill -0 "\$(cat "$T/sd.pid")" 2>/dev/null && echo active || { echo failed; exit 3; };;
esac
END
chmod +x "$T/path/systemctl"
sshd_more="SetEnv PATH=$T/path:/usr/local/bin:/usr/bin:/bin SHLVL=2"
ssh_path=$PATH
sshd_start openssh || skip_all "no ssh server: install openssh-server"
at_end 'for x in /proc/[0-9]*; do case $(readlink $x/exe) in "$T"/*) kill ${x#/proc/};; esac; done'

# version N: the program, with other bytes behind it
version() { { cat go/served; echo "version $1"; } >app && chmod +x app; }
deploy() { run timeout 120 "$VISE" flash -p pc "$@"; }
# what the board is was asked once
quick() { deploy "$@" --set check=off; }
# bytes to a board that is not asked what it is
copy() { run timeout 60 "$VISE" flash -p rpi-4 "$@" --set host=board --set check=off; }
answers() { curl -fs -m 5 "http://127.0.0.1:$port/" >/dev/null; }
say() { printf '%s\n' "$out" "$err" | note; }

# ---- said before it is done
version 1
deploy -n app
is "$status" 0 "-n" || say
like "$out" "^scp .*-- $T/app board:$D/.app.vise-new\$" "... says the copy"
like "$out" 'ssh -o BatchMode=yes .* board .*mv -f .*\.app\.vise-new .*/app' "... and the rename"
is "$(ls -A "$D")" "" "... and does nothing"

# ---- the first one, and the next
deploy app
is "$status" 0 "the first deployment" || say
same app "$D/app" "it is there"
answers
ok $? "... and answers"
like "$out" '^\$ scp ' "its commands are in the job's words"
like "$out" 'restarted and well' "... and its end"
version 2
echo 'while sleep 0.2; do echo "up: version 2"; done' >says.sh
quick app --port "exec:sh $T/says.sh" --set 'health_console=up: version 2'
is "$status" 0 "the next, with a word on its console" || say
same app "$D/app" "it took the place"
like "$(tail -c 10 "$D/.app.vise-old")" 'version 1' "the one before is kept"
like "$(wc -l <count)" '^ *1$' "... and was ended by SIGTERM"

# ---- not well: rolled back
version 3
quick app --set "health=test -e $T/wellness" --set health_time=2s
is "$status" 1 "a health check that fails is a verdict" || say
like "$err" 'app is not well: health: .*; rolled back: the previous program is in its place and runs' "... and said, with what was done"
like "$(tail -c 10 "$D/app")" 'version 2' "the previous program is in its place"
answers
ok $? "... and answers"
cp /bin/false nothing
quick nothing --set name=app
like "$status $err" '^1 .*not well: restart: .*it has ended.*rolled back' "one that ends at once is rolled back" || say
answers
ok $? "... the previous one answers"
quick nothing
like "$status $err" '^1 .*there was none before it: it is stopped and removed' "one without a previous is taken away" || say
is "$(ls -A "$D" | grep -c nothing.vise)$(test ! -e "$D/nothing" && echo gone)" "0gone" "... with all of its names"

# ---- systemd
version 4
for x in /proc/[0-9]*; do case $(readlink "$x/exe") in "$T"/*) kill "${x#/proc/}";; esac; done
wait_for '! answers' 20
run timeout 120 "$VISE" flash -p sd app --set check=off --set health_url="http://127.0.0.1:$port/" --set copy=rsync
is "$status" 0 "a service, by rsync" || say
like "$(cat systemctl.log)" '^restart web$' "... is restarted"
same app "$D/web" "... under its name"

# ---- sudo: by what is here, as far as it may be used without a password; then one that wants one, and none
head -c 1500000 /dev/urandom >some
mkdir "$T/roots"
for x in sudo doas; do
	real=$(command -v $x) && $x -n true 2>/dev/null && break
	real=
done
cat >"$T/path/sudo" <<END
#!/bin/sh
test -e "$T/ask" && { echo "sudo: a password is required" >&2; exit 1; }
echo "\$*" >>"$T/sudo.log"
test -x "$real" && exec "$real" "\$@"
test "\$1" = -n && shift && exec "\$@"
END
chmod +x "$T/path/sudo"
copy some --set dir="$T/roots" --set sudo=on --set name=prog
is "$status" 0 "sudo=on, by ${real:-a stand-in}" || say
same some "$T/roots/prog" "it is there"
like "$(cat sudo.log)" '^-n sh -c cd .*/roots' "... and no password was asked for"
is "$(ls "$(getent passwd "$(id -u)" | cut -d: -f6)"/.prog.vise-new 2>/dev/null)" "" "... and nothing is left where it came first"
touch ask
copy some --set dir="$T/roots" --set sudo=on
like "$status $err" '^4 .*denied: board: sudo: a password is required; board runs what it ran' "a sudo that wants a password" || say
like "$err" 'NOPASSWD' "... is said, with what to do"
rm "$T/path/sudo"

# ---- refused before anything is copied
python3 - <<'P'
b = bytearray(open("app", "rb").read())
b[18] = 40 if b[18] != 40 else 183
open("other", "wb").write(b)
P
sum=$(cksum <"$D/app")
deploy other --set name=app
like "$status $err" '^1 .*wrong_image: .*built for' "a program for another processor" || say
is "$(cksum <"$D/app") $(ls -A "$D" | grep -c new)" "$sum 0" "... is not copied"
deploy app --set dir=/no/such/dir
like "$status $err" '^3 .*board has no folder /no/such/dir; board runs what it ran' "a folder that is not there" || say
deploy app --set host=127.0.0.1.invalid
like "$status $err" '^3 .*cannot be reached' "a board that is not there" || say

# ---- a signature that is demanded
refused() { like "$status $err" "^$1 .*$2" "$3" || say; }
run timeout 60 "$VISE" flash -p must app
refused 1 'the board demands a manifest of SHA-256 sums, and there is no .*app.sha256' "by the profile: no manifest"
run timeout 60 "$VISE" flash -p must app --set check=off --set signed=none
refused 4 'denied: .*demands a signature' "... which no option takes back"
run "$VISE" flash -p must app --set check=off
refused 1 'there is no .*app.sha256' "... nor check=off"
sha256sum app >SHA256SUMS
run "$VISE" image check --signed sha256 app
is "$status" 0 "vise image check --signed: the manifest names it"
if command -v minisign >/dev/null 2>&1; then
	minisign -G -W -p mine.pub -s mine.key >/dev/null && minisign -G -W -p other.pub -s other.key >/dev/null
	deploy app --set signed=minisign --set key="$T/mine.pub"
	refused 1 'it is not signed: there is no .*SHA256SUMS.minisig' "a manifest that nobody signed"
	minisign -S -s mine.key -m SHA256SUMS >/dev/null
	deploy app --set signed=minisign --set key="$T/other.pub"
	refused 1 'the minisign signature is not good: ' "... or somebody else"
	deploy app --set signed=minisign --set key="$T/mine.pub" --set restart=none --set health_url=
	is "$status" 0 "... and one of the right key" || say
else
	skip "minisign is not here (Debian package minisign)"
fi
if command -v gpg >/dev/null 2>&1 && command -v gpgv >/dev/null 2>&1; then
	GNUPGHOME=$T/gpg
	export GNUPGHOME
	mkdir -m 700 "$GNUPGHOME"
	at_end 'gpgconf --kill all'
	key() { gpg -q --batch --passphrase "" --quick-gen-key "$1@board" ed25519 sign "$2" && gpg --export "$1@board" >"$1.gpg"; }
	key mine never && key other never && gpg --export --armor mine@board >armored.asc
	faketime="--faked-system-time 20200101T000000"
	gpg -q --batch --passphrase "" $faketime --quick-gen-key old@board ed25519 sign 30d && gpg --export old@board >old.gpg
	by() { rm -f SHA256SUMS.sig; gpg -q --batch --yes -u "$@" --detach-sign -o SHA256SUMS.sig SHA256SUMS; }
	gpg_flash() { copy app --set signed=gpg --set key="$1" --set dir="$D"; }
	by mine@board
	gpg_flash mine.gpg
	is "$status" 0 "gpg: by the key that is asked for, named from here" || say
	gpg_flash other.gpg
	refused 1 'the gpg signature is not good: it is by another key' "... by another one"
	gpg_flash armored.asc
	refused 1 'armored.asc is no keyring: gpg --dearmor' "... a key that is no keyring is told"
	cp SHA256SUMS keep && echo "# more" >>SHA256SUMS
	gpg_flash mine.gpg
	refused 1 'it is not the signature of this file .mine@board' "... of other words than these"
	mv keep SHA256SUMS
	by old@board $faketime
	gpg_flash old.gpg
	refused 1 'the key has expired .old@board' "... by a key that has expired, which gpgv itself takes"
	: >SHA256SUMS.sig
	gpg_flash mine.gpg
	refused 1 'there is no signature in it' "... and none"
	rm SHA256SUMS.sig
else
	skip "gpg and gpgv are not here (Debian packages gpg, gpgv)"
fi 2>>gpg.log
: >app.sig
copy app --set signed=cosign --set key=mine.pub
refused 3 'demands a cosign signature, and cosign is not here' "cosign is named where it is missing"
# the words of cosign 3.1: what it says of a flag of old, of a signature that is not good, and of one that is
cat >bin/cosign <<END
#!/bin/sh
echo "\$*" >"$T/cosign.log"
case \$* in
*--bundle*) echo "Verified OK" >&2; exit 0;;
esac
echo "Flag --signature has been deprecated, please use --bundle" >&2
echo "Error: failed to verify signature: could not verify message: invalid signature when validating ASN.1 encoded signature" >&2
echo "error during command execution: failed to verify signature: could not verify message" >&2
exit 1
END
chmod +x bin/cosign
copy app --set signed=cosign --set key=mine.pub --set dir="$D"
refused 1 'the cosign signature is not good: failed to verify signature: could not' "... and its reason is said"
is "$(cat cosign.log)" "verify-blob --key $T/mine.pub --signature $T/app.sig $T/app" "... asked with its words of old"
echo "{}" >app.sigstore.json
copy app --set signed=cosign --set key=mine.pub --set dir="$D"
is "$status $(cat cosign.log)" "0 verify-blob --key $T/mine.pub --bundle $T/app.sigstore.json $T/app" "... and of today"
rm app.sigstore.json
echo x >>app
run "$VISE" image check --signed sha256 app
like "$status $out" '^1 .*|bad +manifest: is not what .*SHA256SUMS means' "a file that changed since"
like "$out" 'bad +manifest: is not what .*SHA256SUMS means: SHA-256 [0-9a-f]{16}' "... is told from the one that is meant"
rm SHA256SUMS* app.sig
sum=$(cksum <"$D/app")

# ---- the link is cut in mid-copy, by someone else's unplugging
scp_more=-l4000
export scp_more
"$VISE" kill --all >/dev/null 2>&1
spawn timeout 60 "$VISE" flash -p rpi-4 some --set host=board --set check=off --set name=app --set dir="$D" >cut.out 2>cut.err
cut=$pid
wait_for 'test -s "$D/.app.vise-new"' 30
for p in $(pgrep -P "$ssh_server"); do pkill -KILL -P "$p"; kill -KILL "$p"; done 2>/dev/null
wait "$cut"
is $? 3 "a link that is cut" || note <cut.err
like "$(cat cut.err)" 'copying to board failed: .*; board runs what it ran' "... is said, with what the board runs"
is "$(cksum <"$D/app")" "$sum" "... the program is untouched"

# ---- no room: before, and in the middle
mkdir "$T/small"
if mount -t tmpfs -o size=256k tmpfs "$T/small" 2>/dev/null; then
	at_end 'umount "$T/small"'
	copy some --set dir="$T/small"
	like "$status $err" '^3 .*no room on board: [0-9]+ KiB are free in .*, [0-9]+ are needed' "too small a disk is known before" || say
	mount -o remount,size=24m "$T/small"
	spawn timeout 60 "$VISE" flash -p rpi-4 some --set host=board --set check=off --set name=app --set dir="$T/small" >full.out 2>full.err
	full=$pid
	wait_for 'test -s "$T/small/.app.vise-new"' 30
	dd if=/dev/zero of="$T/small/fill" bs=64k >/dev/null 2>&1
	wait "$full"
	is $? 3 "a disk that is full in mid-copy" || note <full.err
	like "$(cat full.err)" 'no room is left on the board; board runs what it ran' "... is said"
	is "$(ls -A "$T/small")" fill "... and nothing half is left"
else
	skip "no tmpfs may be mounted here"
fi
unset scp_more
"$VISE" kill --all >/dev/null 2>&1

# ---- a board without sftp and with little else: nothing that could ask an address is known before; then there is nc
kill "$ssh_server"
sshd_sftp=
mkdir few
for x in sh df tail rm uname sha256sum mv cp ln chmod sync head grep scp sleep; do
	ln -s "$(PATH=$ssh_path command -v $x)" "few/$x"
done
sshd_more="SetEnv PATH=$T/few SHLVL=2"
url=http://127.0.0.1:$port/chunks
if sshd_start openssh; then
	copy some --set dir="$D" --set name=app --set health_url="$url"
	like "$status $err" '^3 .*not_found: board has no curl, wget or nc that could ask http://.*; board runs what it ran' \
		"no curl, no wget, no nc: known before anything is copied" || say
	is "$(cksum <"$D/app")" "$sum" "... the program is untouched"
	cat >few/nc <<END
#!$(python3 -c 'import sys; print(sys.executable)')
import socket, sys
s = socket.create_connection((sys.argv[3], int(sys.argv[4])), int(sys.argv[2]))
s.sendall(sys.stdin.buffer.read())
while True:
    got = s.recv(4096)
    if not got:
        break
    sys.stdout.buffer.write(got)
END
	chmod +x few/nc
	copy some --set dir="$D" --set name=app --set health_url="$url"
	is "$status" 0 "a board without an sftp server, asked by nc whether it is well" || say
	same some "$D/app" "... gets it by the protocol of old"
	copy some --set dir="$D" --set name=app --set health_url="${url%chunks}bad" --set health_time=1s
	like "$status $err" '^1 .*app is not well: ' "... and what nc hears is believed" || say
fi
if command -v dropbear >/dev/null 2>&1 && { kill "$ssh_server"; sshd_start dropbear; }; then
	version 6
	copy app --set dir="$D"
	is "$status" 0 "dropbear" || say
	same app "$D/app" "... has it"
else
	skip "no dropbear that may be run here"
fi
"$VISE" kill --all >/dev/null 2>&1
plan
