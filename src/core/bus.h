/*
 * bus.h - news inside one process: publish by type, every subscriber sees it after the current
 * turn's caller returns.
 *
 * Layer   core. The bench publishes; journal, clients and rules subscribe. Delivery is
 *         immediate but never re-entrant: an event published from inside a subscriber is
 *         delivered after the current one.
 */
#ifndef CORE_BUS_H
#define CORE_BUS_H
#include <stdint.h>
#include "core/json.h"

struct bus;
struct bus_sub;
typedef void (*bus_cb)(void *arg, uint64_t mono, const char *type, const json_t *body);

struct bus     *bus_new(void);
void            bus_free(struct bus *b);
/* "" is all; "job" is job and job.* */
struct bus_sub *bus_subscribe(struct bus *b, const char *prefix, bus_cb cb, void *arg);
void            bus_unsubscribe(struct bus_sub *s);
/* steals body, may be NULL */
void            bus_publish(struct bus *b, uint64_t mono, const char *type, json_t *body);

#endif
