#!/bin/sh
# macro-packs.t - each shipped macro against a model of its device, to success and to its typical failure;
# the packs beside one another. How macros work at all is macro.t.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
. "$srcdir/tests/lib/macro.sh"

go3()
{
	device
	macro 0 '^at-hello: OK there' at-hello
	macro 0 'says +atdev 3.2.1' at-identify
	macro 0 'version +3.2.1' at-version
	macro 0 'factory settings are in force, 2 steps' at-factory
	macro 0 '^OK$|at-echo-off: OK' at-echo-off
	macro 0 'at-echo-on: OK' at-echo-on
	macro 0 'at-words: OK' at-words
	macro 0 'at-errors: OK' at-errors
	macro 0 'language +en_US  English' go3-language
	macro 0 'firmware +3.2.1  has AT.LANG' go3-version
	macro 0 'OK application' go3-boot
	macro 0 'OK changed and verified' go3-set-language --set lang=zh_CN
	macro 0 'OK was so already' go3-set-language --set lang=zh_CN
	macro 2 'go3-set-language: --set lang= is needed: language code' go3-set-language
	macro 2 'one of: zh_CN, en_US, ja_JP, ko_KR' go3-set-language --set lang=fr_FR
	macro 2 'no such parameter; known: lang, wait' go3-set-language --set lan=zh_CN
}

go3_modes()
{
	device --mode old
	macro 1 'firmware_too_old|needs >= 3.2.1, the device says "3.1.9"' go3-set-language --set lang=zh_CN
	macro 1 'needs firmware 3.2.1' go3-language
	device --mode bootloader
	macro 0 'OK bootloader 1.4' go3-boot
	macro 1 'in its bootloader .*1.4.: only AT.BOOT is answered' go3-set-language --set lang=zh_CN --set wait=1s
}

mute()
{
	device --mode mute
	macro 1 'no answer to AT: speed, wiring, power' at-hello
	macro 3 'neither AT nor AT.BOOT is answered' go3-boot
}

esp()
{
	device --dialect esp
	macro 0 'AT firmware +2.4.0' esp-version
	macro 0 'signal +-48 dBm  excellent +.[#]+' esp-scan
	macro 0 'address +192.168.4.17' esp-join --set ssid=bench --set password=secret
	macro 1 'could not join .*ERROR' esp-join --set ssid=bench --set password=wrong
	macro 0 'address +192.168.4.17' esp-ip
	macro 0 'OK answered' esp-tcp --set host=example.org --set 'text=GET / HTTP/1.0'
	grep -q 'data GET / HTTP/1.0' "$T/dev.log"
	ok $? "the device got the text whole"
	macro 1 'no connection: .*ERROR' esp-tcp --set host=refused --set text=x
	macro 2 'is not from 1 to 65535' esp-tcp --set host=a --set text=x --set port=70000
	macro 0 'esp-restart: OK' esp-restart
	device --dialect esp --mode busy
	macro 1 'busy p' esp-version
}

simcom()
{
	device --dialect simcom
	macro 0 'rssi +-71 dBm  good  .[#]+[.]+' sim-csq
	macro 0 'PIN +READY  unlocked' sim-card
	macro 0 'iccid +89490200001234567890' sim-card
	macro 0 'state +registered, home' sim-registration
	macro 0 'radio +LTE' sim-registration-lte
	macro 0 'operator +bench net' sim-operator
	macro 0 'names +bench net .current., other' sim-operators
	macro 0 'IMEI +867322041234567' sim-identity
	macro 0 'reference +12' sim-sms --set to=+491701234567 --set 'text=hello OK'
	grep -q 'data hello OK' "$T/dev.log"
	ok $? "the device got the message"
	macro 1 'the number is digits' sim-sms --set to=nobody --set text=x
	macro 0 'text +OK, see you' sim-inbox
	macro 0 'address +10.64.12.7' sim-pdp --set apn=internet
	macro 0 'latitude +47.285233 deg' gnss-simcom
	macro 0 'longitude +8.565270 deg' gnss-quectel
}

simcom_bad()
{
	device --dialect simcom --mode nosim
	macro 1 'the SIM is not usable: .*10: SIM not inserted' sim-card
	macro 1 'SIM not inserted' sim-registration
	macro 1 'not sent: .*SIM not inserted' sim-sms --set to=+1 --set text=x
	device --dialect simcom --mode nosignal
	macro 0 'sim-csq: OK no signal' sim-csq
	macro 1 'not registered .state 3' sim-registration
	macro 1 'CMS ERROR: 331: no network service' sim-sms --set to=+1 --set text=x
	macro 1 'could not attach' sim-pdp --set apn=x
	macro 1 'no fix yet .6 satellites' gnss-simcom
	macro 1 'no fix: .*516' gnss-quectel
}

gnss()
{
	device --dialect gnss
	macro 0 'latitude +47.285233 deg' gnss-fix
	device --dialect gnss-nofix
	macro 1 'no fix: antenna' gnss-fix --set wait=1s
	device --dialect gnss-bad
	macro 1 'wrong checksum|no fix' gnss-fix --set wait=1s
}

hm10()
{
	device --dialect hm10
	macro 0 'hm10-hello: OK' hm10-hello
	macro 0 'name +bench' hm10-name
	macro 0 'version +HMSoft V540' hm10-version
	macro 0 'address +20:C3:8F:F6:12:34' hm10-address
	macro 0 'speed +9600 baud' hm10-baud
	macro 0 'role +0  peripheral' hm10-role
	macro 0 'name +probe7' hm10-rename --set name=probe7
	macro 1 'at most 12' hm10-rename --set name=much-too-long-name
	device --dialect hm10 --mode busy
	macro 1 'hm10-name: FAILED' hm10-name
}

# lane PACK: with a device, a folder and results of its own
lane()
{
	T=$T/$1
	mkdir -m 700 "$T" "$T/run"
	XDG_RUNTIME_DIR=$T/run
	"$1"
	stop_device
	echo "$tap_count" >"$T/count"
}

packs="go3 go3_modes mute esp simcom simcom_bad gnss hm10"
for pack in $packs; do
	(trap - EXIT; trap 'stop_device; exit 143' TERM; lane "$pack" >"$T/$pack.tap" 2>&1) &
	tap_pids="$tap_pids $!"
done
for pid in $tap_pids; do
	wait "$pid"
done
for pack in $packs; do
	while read -r line; do
		case $line in
		"ok "*) ok 0 "$pack: ${line#* - }" ;;
		"not ok "*) ok 1 "$pack: ${line#* - }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$T/$pack.tap"
	is "$(grep -c '^\(not \)*ok ' "$T/$pack.tap")" "$(cat "$T/$pack/count")" "$pack: came to its end"
done
plan
