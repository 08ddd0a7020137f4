/*
 * link_child.h - a shell behind a child process: ssh, or a program of the user's. See link.h.
 *
 * Layer   gauge.
 */
#ifndef GAUGE_LINK_CHILD_H
#define GAUGE_LINK_CHILD_H
#include "gauge/link.h"

extern const struct link_ops link_ssh_ops, link_exec_ops;

#endif
