/* crash.c - the program of thumb.elf, riscv32.elf and stripped.elf: inlined calls, and code that the
 * linker drops (its line rows stay at address 0). README says how they were made. */
volatile unsigned *const uart = (volatile unsigned *)0x40001000;
static int depth;

void dropped(void)
{
	for (int i = 0; i < 100; i++)
		*uart = (unsigned)i;
	depth = 7;
}

static inline __attribute__((always_inline)) unsigned peek(unsigned at)
{
	return *(volatile unsigned *)at;
}

static inline __attribute__((always_inline)) unsigned read_sensor(unsigned n)
{
	return peek(0x50000000u + 4 * n) + 1;
}

__attribute__((noinline)) unsigned measure(unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += read_sensor(i);
	return sum;
}

__attribute__((noinline)) int worker(int n)
{
	depth++;
	*uart = measure((unsigned)n) + 1;
	return n + depth;
}

void _start(void)
{
	for (;;)
		worker(3);
}
