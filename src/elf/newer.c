/* newer.c - versions as numbers between dots. */
#include "elf/newer.h"

#include <stdlib.h>

bool
newer(const char *a, const char *b)
{
	char *ea, *eb;

	for (;;) {
		const unsigned long x = strtoul(a, &ea, 10), y = strtoul(b, &eb, 10);

		if (x != y)
			return x > y;
		if (*ea != '.' || *eb != '.')
			return *ea == '.' && *eb != '.' && strtoul(ea + 1, NULL, 10) != 0;
		a = ea + 1;
		b = eb + 1;
	}
}
