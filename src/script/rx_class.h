/*
 * rx_class.h - a set of bytes: what a class of a pattern matches. ASCII only, as rx.h says.
 *
 * Layer   script; pure. Plain values, zeroes are the empty set.
 */
#ifndef SCRIPT_RX_CLASS_H
#define SCRIPT_RX_CLASS_H
#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"

struct rx_class { uint8_t bit[32]; };

bool rx_class_has(const struct rx_class *c, uint8_t byte);
void rx_class_put(struct rx_class *c, unsigned byte);
void rx_class_put_range(struct rx_class *c, unsigned lo, unsigned hi);
void rx_class_invert(struct rx_class *c);
void rx_class_fold(struct rx_class *c); /* a letter in it stands for both cases */
/* d w s and D W S, as after a backslash; false: no such letter, nothing was put. */
bool rx_class_perl(struct rx_class *c, char letter);
/* "alpha", "^alpha"; false: no such name. */
bool rx_class_posix(struct rx_class *c, struct slice name);

#endif
