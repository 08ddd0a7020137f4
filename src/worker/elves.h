/*
 * elves.h - the worker's requests about ELF files. Parameters and results: worker.h.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only.
 * State   the last two files stay open for the life of the process, each until it changes on disk.
 */
#ifndef WORKER_ELVES_H
#define WORKER_ELVES_H
#include "base/err.h"
#include "core/json.h"

enum err elves_info(const json_t *params, json_t **result, struct err_msg *why);
/* What the program asks of its machine: elf/needs.h. */
enum err elves_needs(const json_t *params, json_t **result, struct err_msg *why);
enum err elves_lines(const json_t *params, json_t **result, struct err_msg *why);
/* Variables by name: elf/variables.h. */
enum err elves_vars(const json_t *params, json_t **result, struct err_msg *why);
void     elves_forget(void);

#endif
