/*
 * sensor.h - one file of a driver that holds one number, and what was found about it.
 *
 * Layer   gauge. Reading it may wake, block or confuse hardware: sensor_read() runs in a worker
 *         thread and touches only the fields marked so; everything else belongs to the loop's
 *         thread.
 */
#ifndef GAUGE_SENSOR_H
#define GAUGE_SENSOR_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "gauge/gauge.h"
#include "gauge/probe.h"
#include "gauge/table.h"

enum sensor_kind {
	SENSOR_TEMP,                    /* millidegrees Celsius */
	SENSOR_COOL,                    /* state of a cooling device, 0 is none */
	SENSOR_FREQ,                    /* kHz */
	SENSOR_CAP,                     /* kHz the policy is held to; shown as % below `full` */
};

enum { SENSOR_KEY_MAX = 256, SENSOR_TYPE_MAX = 64 };

/* What a scan found: copied into a sensor. */
struct sensor_found {
	enum sensor_kind kind;
	char key[SENSOR_KEY_MAX]; /* the same for the same sensor after a reboot or a rescan */
	char type[SENSOR_TYPE_MAX];     /* as the driver calls it */
	char *dir;                      /* owned by the list */
	char name[32];                  /* of the file in dir */
	int64_t full;                   /* SENSOR_CAP: cpuinfo_max_freq */
	struct gauge_def def;
};

struct sensor_list {
	struct sensor_found *v;
	size_t n, cap;
	char why_no_temp[GAUGE_WHY_MAX], why_no_freq[GAUGE_WHY_MAX];
};

/* A blank entry at the end; its dir is DIR/ENTRY. */
struct sensor_found *sensor_list_add(struct sensor_list *l, enum sensor_kind kind, const char *dir,
                                     const char *entry, const char *file);
void sensor_list_fini(struct sensor_list *l);

/* What one reading said. */
struct sensor_reading {
	int error;                      /* errno, 0 */
	int64_t raw;
	uint64_t cost_ns;
};

/* How a temperature is judged over time. */
struct sensor_past {
	bool has, ever_nonzero, jumped;
	int64_t raw;                    /* the last one believed */
	int64_t jump;                   /* the last one held back */
	uint64_t at;
};

enum sensor_state { SENSOR_IDLE, SENSOR_QUEUED, SENSOR_READING, SENSOR_DONE };

struct sensor {
	struct sensor_found found;      /* dir is owned */
	int gauge;
	unsigned refs;
	bool stuck, gone, slow;
	uint64_t due, read_at; /* not read before `due`; last read in the round of read_at */
	struct sensor_past past;
	/* the worker's while state is READING */
	_Atomic int state;
	struct probe probe;
	struct sensor_reading reading;
	bool check_jump;                /* past holds a recent value: read again when far from it */
	int64_t check_raw;
};

enum { SENSOR_JUMP = 20000 };           /* m degC from one sample to the next */

void sensor_read(struct sensor *s);

#endif
