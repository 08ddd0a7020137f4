/*
 * entropy.h - whether the kernel's random numbers are there already.
 *
 * Layer   sys. getrandom(2), Linux 3.17: asked without waiting.
 */
#ifndef SYS_ENTROPY_H
#define SYS_ENTROPY_H

enum entropy_state {
	ENTROPY_UNKNOWN,                 /* the system has no such call */
	ENTROPY_WAITS,                   /* a program that asks now waits */
	ENTROPY_READY,
};

enum entropy_state entropy_state(void);

#endif
