/*
 * svds.h - the worker's request about a chip's registers, out of its SVD file.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only. The last file stays open until it
 *         changes on disk.
 * Request svd.show {path, names?: [name, ...], fields?: bool, words?: bool,
 *                   values?: [[name, "0x..."], ...]}
 *         without names: {path, device?, what?, peripherals: [{name, addr?: "0x...", group?, what?,
 *         from?, why?}]}
 *         with names (a peripheral, a register, a cluster, a field: svd.h, svd_means):
 *         {path, device?, registers: [REGISTER], missing: [name], cut: bool}; cut: there are more
 *         than SVDS_ROWS, or more than a frame holds.
 *         REGISTER {name, addr?: "0x...", bits, access, effect?, protection?, reset?, what?, why?,
 *         field?: {name, lsb, width}, fields?: [FIELD]}; why: it cannot be reached. field: the one
 *         that a name named, fields has that one alone then.
 *         FIELD {name, bits: "7:4", lsb, width, access, effect?, what?, why?, value?, word?,
 *         means?, words?: [{name, what?, value?: "0x..", mask?: "0x..", otherwise?}]}
 *         fields: with fields; words: with all words for their values. values: of registers that
 *         were read; their fields have value (a number, or text beyond 63 bits), and word and means
 *         where the file has them.
 */
#ifndef WORKER_SVDS_H
#define WORKER_SVDS_H
#include "base/err.h"
#include "core/json.h"

enum { SVDS_ROWS = 512, SVDS_NAMES = 64, SVDS_BYTES = 3 << 20 };

enum err svds_show(const json_t *params, json_t **result, struct err_msg *why);
void     svds_forget(void);

#endif
