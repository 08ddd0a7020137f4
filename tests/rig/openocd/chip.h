/*
 * chip.h - the debug port of a Cortex-M that runs in QEMU: what a probe sees of it.
 *
 * Halt, step, registers and breakpoints go to QEMU's gdb stub; memory goes to its qtest socket, which
 * reads and writes while the core runs; reset goes to QMP. The core's own debug block (DHCSR, DCRSR,
 * DEMCR, FPB, DWT, part of ITM) is ours. ARM IHI 0031C (ADIv5), ARM DDI 0403E (Armv7-M).
 */
#ifndef OPENOCD_RIG_CHIP_H
#define OPENOCD_RIG_CHIP_H
#include <stdbool.h>
#include <stdint.h>

enum chip_kind { CHIP_M0, CHIP_M3, CHIP_M4 };   /* an nRF51822, an STM32F100, an STM32F405 */

struct chip_options {
	enum chip_kind kind;
	const char *unplug;             /* "program", "verify" or NULL: when the probe goes by itself */
};

/* dir: of tests/rig/qemu-board/board: gdb.sock, qt.sock, qmp.sock. Exits when they are not there. */
void     chip_open(const char *dir, const struct chip_options *o);
bool     chip_kind(const char *word, enum chip_kind *kind);     /* "m0" "m3" "m4" */
/* Registers of the debug port, and of its one access port. */
uint32_t chip_dp(bool write, uint32_t reg, uint32_t value);
uint32_t chip_ap(bool write, uint32_t reg, uint32_t value);
uint32_t chip_select(void);
uint32_t chip_last(void);               /* what was read last: RDBUFF */
void     chip_keep(uint32_t value);
bool     chip_fault(void);              /* an access failed, and was not cleared */
void     chip_clear(uint32_t bits);
void     chip_reset_line(void);         /* nRESET was pulled */
bool     chip_unplug_now(void);         /* the moment of chip_options.unplug has come */

#endif
