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
	SENSOR_MEAN,                    /* time_in_state: kHz since the look before */
	SENSOR_AVG,                     /* kHz the hardware counted; EAGAIN: the CPU sleeps */
	SENSOR_COUNT,                   /* events since boot; the new ones are shown */
	SENSOR_FLAG,                    /* 0 or 1 */
	SENSOR_FAN,                     /* revolutions a minute */
	SENSOR_POWER,                   /* microwatt */
	SENSOR_KINDS
};

enum { SENSOR_KEY_MAX = 256, SENSOR_TYPE_MAX = 64 };

/* What a scan found: copied into a sensor. */
struct sensor_found {
	enum sensor_kind kind;
	char key[SENSOR_KEY_MAX]; /* the same for the same sensor after a reboot or a rescan */
	char type[SENSOR_TYPE_MAX];     /* as the driver calls it */
	char *dir;                      /* owned by the list */
	char name[32];                  /* of the file in dir */
	int64_t full;                   /* SENSOR_CAP: cpuinfo_max_freq; SENSOR_COOL: max_state */
	struct gauge_def def;
};

enum { SENSOR_SKIPS = 4, SENSOR_PLACE_MAX = 128 };

struct sensor_list {
	struct sensor_found *v;
	size_t n, cap;
	/* Where the search is, and what it leaves out because an earlier one hung there: a number
	 * made of the folder's path. `skipped` names those. */
	_Atomic uint64_t at;
	uint64_t skip[SENSOR_SKIPS];
	char skipped[SENSOR_SKIPS][SENSOR_PLACE_MAX];
	char why_no_temp[GAUGE_WHY_MAX], why_no_freq[GAUGE_WHY_MAX];
};

/* A blank entry at the end; its dir is DIR/ENTRY. */
struct sensor_found *sensor_list_add(struct sensor_list *l, enum sensor_kind kind, const char *dir,
                                     const char *entry, const char *file);
void sensor_list_fini(struct sensor_list *l);
/* The search comes to DIR/ENTRY; false: it is to be left out. */
bool sensor_list_enter(struct sensor_list *l, const char *dir, const char *entry);
/* The id PREFIX.TEXT of the newest entry f, made so that it stands in a command line and is no
 * other's. */
void sensor_id(const struct sensor_list *l, struct sensor_found *f, const char *prefix,
    const char *text);

/* What one reading said. */
struct sensor_reading {
	int error;                      /* errno, 0 */
	int64_t raw;
	uint64_t khz_ticks, ticks;      /* SENSOR_MEAN */
	uint64_t cost_ns;
};

/* How a temperature is judged over time, and what counters said before. */
struct sensor_past {
	bool has, ever_nonzero, jumped;
	int64_t raw;                    /* the last one believed */
	int64_t jump;                   /* the last one held back */
	uint64_t at;
	uint64_t khz_ticks, ticks;
};

enum sensor_state { SENSOR_IDLE, SENSOR_QUEUED, SENSOR_READING, SENSOR_DONE };

struct sensor {
	struct sensor_found found;      /* dir is owned */
	int gauge;
	unsigned refs;
	bool stuck, gone, slow, was_slow;
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
