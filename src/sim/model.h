/*
 * model.h - the simulated board's physics: a warming SoC that throttles, memory that moves, a
 * program that leaks.
 *
 * Layer   sim. Pure: model_step() integrates over board seconds, nothing here reads a clock.
 * Cycle   about two minutes: 70 s of load warm the SoC from 45 C towards 83 C (first order, tau
 *         24 s), the governor holds the frequency back from 78 C on, then 50 s of rest cool it
 *         again.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H
#include <stdbool.h>
#include <stdint.h>

enum { MODEL_CPUS = 4, MODEL_CAPS = 3 };

struct model {
	double t;                       /* board seconds since the start */
	double soc, pmic;               /* degrees C */
	double busy;                    /* 0..1 */
	double load[3];
	unsigned cap;                   /* cooling state, 0: none */
	int64_t cur_khz, max_khz;
	int64_t total_kb, free_kb, file_kb, slab_kb, anon_kb, buffers_kb;
	int64_t app_anon_kb, app_file_kb, app_vm_kb;
	double app_ticks, busy_ticks, idle_ticks, psi_us[3];
	bool capped_now, freed_now;     /* the step raised, ended the cap */
};

void model_init(struct model *m);
void model_step(struct model *m, double seconds);

#endif
