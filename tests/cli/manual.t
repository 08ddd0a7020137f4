#!/bin/sh
# manual.t - every example of the manual pages, of README.md, CONTRIBUTING.md and the stubs runs as it is printed
# (tests/data/manual/examples says how), on a machine of its own where the ports, hosts and files named there are.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/lib/stage.sh"
need python3 python3
need go golang-go
need jq jq
need prove perl
need qemu-system-arm qemu-system-arm
stage_enter "$0"
tmpdir
go_rig leakd "$T/go" >"$T/make.log" 2>&1 && go_rig served "$T/go" >>"$T/make.log" 2>&1 || { note <"$T/make.log"; bail "no Go programs"; }
stage_set
stage_port ttyUSB0 --dialect simcom
stage_port ttyUSB2 --dialect simcom
stage_port ttyACM0 --boot-time 1
ln -s "$T/go/leakd" "$T/bin/server"
spawn "$T/bin/server" -listen 127.0.0.1:6060 >"$T/server.log" 2>&1 </dev/null
# programs that need a probe, a board or a lab: what they say without, or what a real one said
stage_tool openocd <<'E'
#!/bin/sh
echo "Error: open failed" >&2
exit 1
E
stage_tool avrdude <<'E'
#!/bin/sh
cat "$TOP/tests/data/launch/avrdude-ok-tty.txt" >&2
echo reboot >"$T/ttyACM0.orders"
E
stage_tool journalctl <<'E'
#!/bin/sh
cat "$TOP/tests/data/goroutines/syslog.txt"
E
stage_tool uhubctl <<'E'
#!/bin/sh
echo "$@" >>"$T/uhubctl.log"
E
stage_tool labgrid-client <<'E'
#!/bin/sh
case $* in
*env*) printf 'targets:\n  main:\n    resources:\n    - NetworkSerialPort:\n        host: rack\n        port: 4001\n        speed: 115200\n        protocol: raw\n' ;;
esac
E
# a chip that counts: vectors, adds r0, #1, b .-2
printf '\000\020\000\040\011\000\000\000\001\060\375\347' >"$T/count.bin"
spawn qemu-system-arm -M lm3s6965evb -kernel "$T/count.bin" -gdb tcp:127.0.0.1:3333 -S -display none \
	-serial none -monitor none >"$T/qemu.log" 2>&1 </dev/null
test -z "${STAGE_SHELL-}" || { sh "$STAGE_SHELL"; exit; }
python3 "$srcdir/tests/lib/manual.py" "$srcdir" "$srcdir/tests/data/manual/examples" "$T/w" ${MANUAL_PAGES-}
