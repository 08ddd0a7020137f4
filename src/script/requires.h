/*
 * requires.h - which modules a file of Lua names, without running it.
 *
 * Layer   script. Found: require "x", require 'x', require("x"); a name that is made when it runs
 *         cannot be known. Comments and other texts are left out. Bounds: REQUIRES_MAX names.
 */
#ifndef SCRIPT_REQUIRES_H
#define SCRIPT_REQUIRES_H
#include <stddef.h>
#include "core/json.h"

enum { REQUIRES_MAX = 1000 };

/* Texts, in order, each once; new reference. */
json_t *requires_find(const char *code, size_t n);

#endif
