/*
 * flash.h - `vise-sim flash`: a flash tool that takes its time, prints progress and can fail.
 * Nothing is written.
 *
 * Layer   sim. Output: "Erasing ...", "Writing at 0x08010000... (37 %) 65536/176128 bytes",
 *         "Verifying ...", "Verified OK".
 */
#ifndef SIM_FLASH_H
#define SIM_FLASH_H
#include <stdint.h>
#include "loop/loop.h"

enum { FLASH_NEVER = 101 };

struct flash_opts {
	const char *file;               /* only named in the output */
	uint64_t size;                  /* bytes, over 0 */
	uint64_t takes_ns;
	unsigned fail_at;               /* percent of the writing; FLASH_NEVER */
};

/* Returns the exit status: 0, 1 when it failed. Runs the loop; loop_stop() from a signal ends
 * it with 130. */
int flash_run(struct loop *l, const struct flash_opts *o);

#endif
