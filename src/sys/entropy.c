/* entropy.c - asks the kernel for a random byte without waiting. */
#include "sys/entropy.h"

#include <errno.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/random.h>
#endif

enum entropy_state
entropy_state(void)
{
#ifdef __linux__
	unsigned char b;

	if (getrandom(&b, sizeof b, GRND_NONBLOCK) == 1)
		return ENTROPY_READY;
	return errno == EAGAIN ? ENTROPY_WAITS : ENTROPY_UNKNOWN;
#else
	return ENTROPY_UNKNOWN;
#endif
}
