/* steps.c - the stepping run: where it was, where it may go, where it went. */
#include "rsp/steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/time.h"

enum { SIGTRAP_RSP = 5, CODE = 4 };
/* xPSR: IPSR is the number of the exception being handled; ICI/IT is bits 26:25 and 15:10. */
#define IPSR 0x1ffu
#define IT   0x0600fc00u

struct place {
	uint64_t pc, psr;
	unsigned char code[CODE];
	size_t n;
};

static enum err
look(struct rsp_client *c, const struct rsp_target *t, struct place *p, struct err_msg *why)
{
	struct buf code;
	enum err e = rsp_target_pc(c, t, &p->pc, why);

	p->psr = 0;
	p->n = 0;
	if (e == ERR_OK && t->psr >= 0)
		e = rsp_target_register(c, t->psr, &p->psr, why);
	if (e != ERR_OK || t->isa == RSP_ISA_UNKNOWN)
		return e;
	buf_init(&code, CODE);
	if (rsp_target_memory(c, p->pc & ~(uint64_t)1, CODE, &code, NULL) == ERR_OK) {
		p->n = code.len;
		memcpy(p->code, code.data, code.len);
	}
	buf_fini(&code);
	return ERR_OK;
}

static bool
is_known(const struct rsp_successors *s, uint64_t pc)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i] == pc)
			return true;
	return false;
}

static void
judge(const struct rsp_target *t, const struct place *from, const struct place *to,
    struct rsp_steps *out)
{
	const struct rsp_successors s = rsp_successors_of(t->isa, from->pc, from->code, from->n,
	    (from->psr & IT) != 0);

	if (t->psr >= 0 && (from->psr & IPSR) != (to->psr & IPSR) && (to->psr & IPSR) != 0)
		out->exceptions++;
	else if (is_known(&s, to->pc))
		out->right++;
	else if (s.open)
		out->unchecked++;
	else if (from->pc == to->pc)
		out->stuck++;
	else {
		if (out->wrong++ == 0) {
			out->wrong_from = from->pc;
			out->wrong_to = to->pc;
		}
	}
}

static int
by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
spread(uint64_t *took, uint64_t n, struct rsp_steps *out)
{
	if (n == 0)
		return;
	qsort(took, n, sizeof *took, by_size);
	out->p50 = took[n / 2];
	out->p99 = took[(n * 99 + 99) / 100 - 1];
	out->longest = took[n - 1];
}

/* One step. ERR_TIMEOUT: it was not answered, and what would follow proves nothing. */
static enum err
step(struct rsp_client *c, const struct rsp_steps_options *o, struct rsp_steps *out, uint64_t *took,
    struct err_msg *why)
{
	struct buf reply;
	const uint64_t start = sys_mono();
	enum err e;

	buf_init(&reply, RSP_BODY_MAX);
	out->sent++;
	e = rsp_client_ask(c, "s", 1, o->timeout_ns, &reply, why);
	if (e == ERR_OK && reply.len == 0)
		e = err_set(why, ERR_UNSUPPORTED, "step", NULL,
		    "the server has no single step (s)");
	if (e == ERR_OK) {
		out->ended = reply.data[0] == 'W' || reply.data[0] == 'X';
		*took = sys_mono() - start;
		out->answered++;
		out->trapped += rsp_stop_signal(slice_make(buf_str(&reply), reply.len)) ==
		    SIGTRAP_RSP;
	}
	buf_fini(&reply);
	return e;
}

enum err
rsp_steps_run(struct rsp_client *c, const struct rsp_target *t, const struct rsp_steps_options *o,
    struct rsp_steps *out, struct err_msg *why)
{
	uint64_t *took = mem_zero(o->count, sizeof *took);
	struct place from, to;
	enum err e;

	memset(out, 0, sizeof *out);
	e = look(c, t, &from, why);
	for (uint64_t i = 0; e == ERR_OK && i < o->count; i++) {
		e = step(c, o, out, &took[i], why);
		if (out->ended)
			break;
		if (e == ERR_OK)
			e = look(c, t, &to, why);
		if (e != ERR_OK)
			break;
		judge(t, &from, &to, out);
		from = to;
		if (o->progress != NULL && !o->progress(o->arg, i + 1))
			break;
	}
	spread(took, out->answered, out);
	mem_free(took);
	if (e == ERR_TIMEOUT && out->answered + 1 == out->sent) {
		out->lost = true;   /* a finding, not a failure of ours */
		e = ERR_OK;
	} else if (e == ERR_CANCELLED && out->answered != 0) {
		out->cut = true;        /* what was counted until then is true */
		e = ERR_OK;
	}
	return e;
}

void
rsp_wilson(uint64_t good, uint64_t n, double *low, double *high)
{
	const double z = 1.959964, p = n != 0 ? (double)good / (double)n : 0, m = (double)n;
	const double centre = p + z * z / (2 * m), half = z * sqrt(p * (1 - p) / m +
	    z * z / (4 * m * m)), scale = 1 + z * z / m;

	*low = n == 0 ? 0 : 100 * (centre - half) / scale;
	*high = n == 0 ? 100 : 100 * (centre + half) / scale;
	if (*low < 0)
		*low = 0;
	if (*high > 100)
		*high = 100;
}
