/*
 * decode_go.h - panics and goroutine dumps of Go, panics and fatal errors of TinyGo.
 *
 * Layer   text, private to decode.c.
 * Source  Go: src/runtime/panic.go, traceback.go (`panic: `, `fatal error: `, `[signal ...]`,
 *         `goroutine N [state, M minutes]:`, `pkg.f(args)`, TAB `file.go:12 +0x1d`, `created by`).
 *         TinyGo: src/runtime/panic.go, arch_cortexm.go, arch_tinygoriscv.go:
 *         `panic: runtime error at 0xADDR: text`, `fatal error: cause with sp=0x.. pc=0x..`,
 *         `fatal error: exception with mcause=N pc=0x..`.
 */
#ifndef TEXT_DECODE_GO_H
#define TEXT_DECODE_GO_H
#include "text/decoder.h"

extern const struct decoder_ops decode_go_ops;

#endif
