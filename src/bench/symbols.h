/*
 * symbols.h - the bench's own worker for addresses: kept, so that its open ELF files are.
 * Private to bench/.
 *
 * Layer   bench. Owned by the bench; the worker is started with the first question and ended
 *         after SYMBOLS_IDLE_NS without one. Killed or hanging, it fails what was asked and the
 *         next question starts another.
 */
#ifndef BENCH_SYMBOLS_H
#define BENCH_SYMBOLS_H
#include "bench/hub.h"

#define SYMBOLS_IDLE_NS UINT64_C(600000000000)

/* Steals params (worker.h, elf.lines and elf.info). cb runs once, also when the bench ends. */
void symbols_ask(struct bench *b, const char *method, json_t *params, peer_answer_cb cb, void *arg);
void symbols_close(struct bench *b);

#endif
