/*
 * board.h - the UART and clock of the QEMU machines the rig's firmware runs on.
 *
 * One BOARD_* macro comes from the Makefile.  Register addresses: ST RM0090 and RM0041 (USART1),
 * Nordic nRF51 reference manual (UART0); only what QEMU 7.2 models is touched.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define R32(a) (*(volatile uint32_t *)(uintptr_t)(a))

#if defined(BOARD_netduinoplus2) || defined(BOARD_stm32vldiscovery)

#if defined(BOARD_netduinoplus2)
#define UART 0x40011000u
#define BOARD_NAME "netduinoplus2"
#define CPU_HZ 168000000u
#else
#define UART 0x40013800u
#define BOARD_NAME "stm32vldiscovery"
#define CPU_HZ 24000000u
#endif

static inline void
uart_init(void)
{
	R32(UART + 0x08) = CPU_HZ / 115200u;			/* BRR */
	R32(UART + 0x0c) = (1u << 13) | (1u << 3) | (1u << 2);	/* UE, TE, RE */
}

static inline int
uart_ready(void)
{
	return (int)((R32(UART + 0x00) >> 5) & 1u);		/* RXNE */
}

static inline uint8_t
uart_get(void)
{
	return (uint8_t)R32(UART + 0x04);
}

static inline void
uart_put(uint8_t c)
{
	while (!((R32(UART + 0x00) >> 7) & 1u))			/* TXE */
		;
	R32(UART + 0x04) = c;
}

#elif defined(BOARD_microbit)

#define UART 0x40002000u
#define BOARD_NAME "microbit"
#define CPU_HZ 16000000u

static inline void
uart_init(void)
{
	R32(UART + 0x50c) = 24;			/* PSELTXD */
	R32(UART + 0x514) = 25;			/* PSELRXD */
	R32(UART + 0x524) = 0x01D7E000;		/* 115200 */
	R32(UART + 0x500) = 4;			/* enable */
	R32(UART + 0x000) = 1;			/* STARTRX */
	R32(UART + 0x008) = 1;			/* STARTTX */
}

static inline int
uart_ready(void)
{
	return R32(UART + 0x108) != 0;
}

static inline uint8_t
uart_get(void)
{
	R32(UART + 0x108) = 0;
	return (uint8_t)R32(UART + 0x518);
}

static inline void
uart_put(uint8_t c)
{
	R32(UART + 0x11c) = 0;
	R32(UART + 0x51c) = c;
	while (!R32(UART + 0x11c))
		;
}

#else
#error "set BOARD_<machine>"
#endif

#endif
