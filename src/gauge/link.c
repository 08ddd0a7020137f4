/* link.c - which kind of link a spec names. */
#include "gauge/link.h"

#include <string.h>

#include "gauge/link_child.h"
#include "gauge/link_console.h"

static const struct link_ops *const kinds[] = {
	&link_ssh_ops, &link_exec_ops, &link_console_ops,
};

const struct link_ops *
link_find(const char *spec, struct err_msg *why)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strncmp(spec, kinds[i]->scheme, strlen(kinds[i]->scheme)) == 0)
			return kinds[i]->check(spec, why) == ERR_OK ? kinds[i] : NULL;
	(void)err_set(why, ERR_USAGE, spec,
	    "give ssh:HOST, exec:PROGRAM, serial:PORT[@BAUD] or http://HOST:PORT",
	    "neither the address of a Linux board nor of a program");
	return NULL;
}
