/*
 * gauges_advise.h - prints what gauge/advice.h advises, for people or as one line of JSON.
 *
 * Layer   cli.
 */
#ifndef CLI_GAUGES_ADVISE_H
#define CLI_GAUGES_ADVISE_H
#include <stdbool.h>
#include "core/json.h"

void gauges_advise_print(const json_t *advice, bool json);

#endif
