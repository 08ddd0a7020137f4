/*
 * cortexm.h - the debug and fault registers of a Cortex-M core, and what their bits say.
 *
 * Layer   openocd. Pure: addresses and values in, words out. Texts of rows last for the callback.
 * Source  Armv6-M, Armv7-M and Armv8-M Architecture Reference Manuals: B3.2 (system control
 *         block), C1.6 (debug: DHCSR, DEMCR), C1.7 (ITM), C1.8 (DWT), C1.10 (TPIU), C1.11 (FPB);
 *         CoreSight: component ids at the end of each block.
 */
#ifndef OPENOCD_CORTEXM_H
#define OPENOCD_CORTEXM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORTEXM_ICTR  UINT32_C(0xe000e004)
#define CORTEXM_CPUID UINT32_C(0xe000ed00)
#define CORTEXM_VTOR  UINT32_C(0xe000ed08)
#define CORTEXM_CFSR  UINT32_C(0xe000ed28)
#define CORTEXM_HFSR  UINT32_C(0xe000ed2c)
#define CORTEXM_DFSR  UINT32_C(0xe000ed30)
#define CORTEXM_MMFAR UINT32_C(0xe000ed34)
#define CORTEXM_BFAR  UINT32_C(0xe000ed38)
#define CORTEXM_DHCSR UINT32_C(0xe000edf0)
#define CORTEXM_DEMCR UINT32_C(0xe000edfc)

enum { CORTEXM_SYSTEM = 16, CORTEXM_VECTORS_MAX = 16 + 480, CORTEXM_TEXT = 160 };

typedef void (*cortexm_row)(void *arg, const char *text);

/* What can be read of the core, by blocks; DCRSR cannot. */
struct cortexm_register {
	uint32_t addr;
	const char *name, *block, *what;
	uint32_t id;                    /* its block's component id begins here (CIDR0), 0: none */
	uint32_t trial;                 /* bits that an audit may write and put back */
	bool fault;                     /* looked at when a fault is */
	bool not_v6;                    /* an M0 has none */
};

extern const struct cortexm_register cortexm_registers[];
extern const size_t cortexm_registers_n;

const struct cortexm_register *cortexm_register(uint32_t addr);        /* NULL: none of ours */
/* "Cortex-M4 r0p1"; text of at least 40 bytes. */
void cortexm_core(uint32_t cpuid, char *text, size_t size);
bool cortexm_is_v6(uint32_t cpuid);
/* Each thing that the value of this register says. MMFAR and BFAR are words of CFSR: give it. */
void cortexm_words(uint32_t addr, uint32_t value, uint32_t cfsr, cortexm_row row, void *arg);
/* Comparators: FP_COMPn and DWT_COMPn/FUNCTIONn; false: it is off. */
bool cortexm_fpb(uint32_t ctrl, uint32_t comp, char *text, size_t size);
bool cortexm_dwt(uint32_t comp, uint32_t mask, uint32_t function, char *text, size_t size);
/* "HardFault", "IRQ 5"; text of at least 16 bytes. */
void cortexm_exception(unsigned number, char *text, size_t size);

#endif
