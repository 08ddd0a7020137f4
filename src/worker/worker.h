/*
 * worker.h - serves requests over the house protocol: dangerous work, values out.
 *
 * Layer   worker. One request after the other; the process ends when the other side does.
 * Requests (sources: all of core/place.h)
 *   pprof.top   {now, base?, diff_base?, sample_index?, unit?, cum?, nodecount?, nodefraction?,
 * granularity?,
 *                normalize?, drop_negative?, limit_bytes?, timeout_ms?, rows? (true), text?
 *                (false)}
 *               base subtracts (go's -base), diff_base compares (go's -diff_base). Gives
 *               {type, unit, shown_unit, total, shown, dropped, cutoff, candidates, time_nanos,
 *                duration_nanos, file?, ignored?, header:[line], rows:[{flat, cum, sum, flat_text,
 *                cum_text,
 *                flat_pct, sum_pct, cum_pct, name, inline, line?, address?}], text?}
 *   pprof.info  {file, limit_bytes?, timeout_ms?}: what kind of profile, when, how much
 *   pprof.flame, pprof.details  worker/flame.h; pprof.export  worker/export.h
 *   elf.info    {path}: {path, arch, debug: "dwarf" "go" "symbols" "none", build_id, go, changed}
 *               changed: its time of change, ns since 1970
 *   elf.lines   {path, addrs: [number or "0x...", ...], calls?: [bool, ...]}: elf.info's values and
 *               frames: for each address a list, innermost first, of {func, file, line, offset,
 *               inline}; an empty list where there is no code. calls: the address is one a call
 *               returns to. The last two files stay open until they change.
 *   elf.vars    {path, names: [name, ...]}: vars: for each name, or each of its members,
 *               {name, addr, size, type, kind: "uint" "int" "float" "bool" "pointer" "bytes"};
 *               {name, why} where there is none
 *   elf.needs   {path}: {path, e_machine, e_flags, bits, big, interp, libs: [name], versions:
 *               ["GLIBC_2.34"], kernel: [3, 2, 0], go, goarm, goamd64, gomips, size}
 *   image.show, image.diff, image.check: worker/images.h
 *   goroutines.show: worker/goroutines.h
 *   series.add, series.rank, series.stack: worker/series.h
 *   fetch       {url, out, profile?, query?, gc?, timeout_ms?, max_bytes?, check?}: grab.h
 *   files, file.info: grab.h
 *   bundle.write, bundle.info, bundle.diff: bundle.h
 *   svd.show: worker/svds.h
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H
#include "base/err.h"
#include "loop/loop.h"

/* Serves fd (taken over) until its end. */
enum err worker_serve(struct loop *l, int fd, struct err_msg *why);

#endif
