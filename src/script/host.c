/* host.c - the host of a state, and what it tells its owner. */
#include "script/host.h"

#include <string.h>

struct host *
host_of(lua_State *L)
{
	struct host *h;

	memcpy(&h, lua_getextraspace(L), sizeof(struct host *));
	return h;
}

void
host_task_ended(struct host *h, struct task *t)
{
	if (h->task_ended != NULL)
		h->task_ended(h->arg, t);
}

void
host_unhandled(struct host *h, struct task *t)
{
	if (h->unhandled != NULL)
		h->unhandled(h->arg, t);
}

void
host_failed(struct host *h, struct task *t)
{
	if (h->failed != NULL)
		h->failed(h->arg, t);
}
