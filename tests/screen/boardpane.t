#!/bin/sh
# boardpane.t - the board pane on a recorded Raspberry Pi 4: rows, chart, limits, pause, throttle, tabs, export.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

# The tree as files; the throttle of the recording is taken away, so that the test can bring it.
python3 - "$srcdir/tests/data/gauge/pi4.tree" "$T/pi4" <<'P'
import os, sys
out = None
for line in open(sys.argv[1]):
    if line.startswith("@ "):
        path, _, target = line[2:].strip().partition(" -> ")
        path = os.path.join(sys.argv[2], path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if target:
            os.symlink(target, path)
            out = None
        else:
            out = open(path, "w")
    elif out and not (line.startswith("#") and out.tell() == 0):
        out.write(line)
P
cool=$T/pi4/sys/class/thermal/cooling_device0/cur_state
cap=$T/pi4/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq
cat >"$T/throttle" <<END
#!/bin/sh
echo \$1 >"$cool"
echo \$2 >"$cap"
END
chmod +x "$T/throttle"
keep_bench=1
for size in "24 80" "48 160"; do
	"$T/throttle" 0 1800000
	# a name of its own: the bench before it may take a while to end
	name=pi4-${size%% *}
	spawn "$VISE-bench" --foreground --name $name --proc-root "$T/pi4/proc" --sys-root "$T/pi4/sys" \
		--run "gauge.every 200ms" >"$T/bench.log" 2>&1
	wait_for '"$VISE" ls 2>/dev/null | grep -q $name' 20
	rm -f "$T/out.svg"
	screens boardpane $size
	test -s "$T/out.svg" && grep -q '<polyline' "$T/out.svg"
	ok $? "${size}: the export has curves" || note <"$T/bench.log"
	"$VISE" kill --all >/dev/null 2>&1
done
plan
