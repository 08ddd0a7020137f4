/*
 * link_console.h - a login shell on a serial console, or on what reaches one. See link.h.
 *
 * Layer   gauge. Before the sampler goes in, the shell is asked for a sum that no echo can show;
 *         what answers instead (a login prompt, U-Boot, nothing) is named in the reason.
 */
#ifndef GAUGE_LINK_CONSOLE_H
#define GAUGE_LINK_CONSOLE_H
#include "gauge/link.h"

extern const struct link_ops link_console_ops;

#endif
