/* model.c - the simulated board's physics. */
#include "sim/model.h"

#include <math.h>

static const double CYCLE = 120, BUSY_FOR = 70, TAU = 24, AMBIENT = 45, CAP_FROM = 78,
		    STEP_UP = 2.5, FREE_AT = 74;
static const int64_t cap_khz[MODEL_CAPS] = { 1800000, 1400000, 1000000 };
static const double cap_target[MODEL_CAPS] = { 92, 86, 83.5 };
enum {
	IDLE_KHZ = 600000,
	TOTAL_KB = 512 * 1024,
	KERNEL_KB = 38000,
	SLAB_KB = 24000,
	BUFFERS_KB = 6000
};

static void
memory(struct model *m)
{
	/* The leak: 96 KiB a second up to 150 MiB; on top of it what a collector lets grow and
	 * takes back. */
	const double leak = fmin(m->t * 96, 150 * 1024), saw = fmod(m->t, 9) / 9 * 6000;

	m->app_anon_kb = (int64_t)(25000 + leak + saw);
	m->app_file_kb = 14200;
	m->app_vm_kb = 712 * 1024 + (int64_t)leak;
	m->anon_kb = m->app_anon_kb + 41000 + (int64_t)(2000 * sin(m->t / 7));
	m->file_kb = 88000 + (int64_t)(9000 * sin(m->t / 31) + 3000 * sin(m->t / 5));
	m->slab_kb = SLAB_KB + (int64_t)(1500 * sin(m->t / 17));
	m->buffers_kb = BUFFERS_KB;
	m->total_kb = TOTAL_KB;
	m->free_kb = TOTAL_KB - KERNEL_KB - m->anon_kb - m->file_kb - m->slab_kb - m->buffers_kb;
}

void
model_init(struct model *m)
{
	*m = (struct model){ .soc = AMBIENT,
		.pmic = AMBIENT,
		.cur_khz = IDLE_KHZ,
		.max_khz = cap_khz[0],
		.load = { 0.82, 0.64, 0.51 } };
	memory(m);
}

static void
governor(struct model *m)
{
	const unsigned was = m->cap;

	if (m->soc < FREE_AT)
		m->cap = 0;
	else if (m->cap < MODEL_CAPS - 1 && m->soc > CAP_FROM + STEP_UP * m->cap)
		m->cap++;
	m->capped_now = m->cap > was || m->capped_now;
	m->freed_now = m->cap < was || m->freed_now;
	m->max_khz = cap_khz[m->cap];
	m->cur_khz = m->busy > 0.5 ? m->max_khz : IDLE_KHZ;
}

static void
step(struct model *m, double dt)
{
	const bool work = fmod(m->t, CYCLE) < BUSY_FOR;
	const double target = work ? cap_target[m->cap] : AMBIENT;
	static const double window[3] = { 60, 300, 900 };

	m->t += dt;
	m->busy = work ? 0.86 + 0.08 * sin(m->t * 1.3) : 0.11 + 0.05 * sin(m->t * 0.9);
	m->soc += (target - m->soc) * (1 - exp(-dt / TAU));
	m->pmic += (AMBIENT + (m->soc - AMBIENT) * 0.4 - m->pmic) * (1 - exp(-dt / 40));
	for (int i = 0; i < 3; i++)
		m->load[i] += (m->busy * 2.4 - m->load[i]) * (1 - exp(-dt / window[i]));
	m->busy_ticks += m->busy * dt * 100 * MODEL_CPUS;
	m->idle_ticks += (1 - m->busy) * dt * 100 * MODEL_CPUS;
	m->app_ticks += m->busy * dt * 22;
	m->psi_us[0] += m->busy * dt * 42000;
	m->psi_us[1] += dt * 1500 * (1 + sin(m->t / 11));
	m->psi_us[2] += dt * 6000 * (1 + sin(m->t / 3));
	governor(m);
}

void
model_step(struct model *m, double seconds)
{
	m->capped_now = m->freed_now = false;
	for (; seconds > 0.25; seconds -= 0.25)
		step(m, 0.25);
	step(m, seconds);
	memory(m);
}
