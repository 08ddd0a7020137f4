/* subcommands.c - looking into the table of subcommands. */
#include "cli/subcommands.h"

#include <string.h>

const struct cli_command *
subcommands_find(const struct cli_call *c, const char *name)
{
	for (const struct cli_command *k = c->commands; k != NULL && k->name != NULL; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

void
subcommands_near(const struct cli_call *c, const char *name, struct nearest *near)
{
	nearest_begin(near, name);
	for (const struct cli_command *k = c->commands; k != NULL && k->name != NULL; k++)
		nearest_offer(near, k->name);
}
