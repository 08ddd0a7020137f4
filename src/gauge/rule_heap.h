/*
 * rule_heap.h - does a Go program's live heap grow?
 *
 * Layer   gauge. Source: research/gauges.md 3.2. HeapAlloc is a sawtooth: growth from sample to
 *         sample says when one looked. Sound: the live heap after collections (its own gauge, or
 *         the least HeapAlloc over two cycles and more), in the last third of the window against
 *         the first; or rising through 5 cycles by a third of that. Raw: the documented rule,
 *         HeapAlloc + 30 % between two samples, labelled so, with the collections between them.
 */
#ifndef GAUGE_RULE_HEAP_H
#define GAUGE_RULE_HEAP_H
#include "gauge/finding.h"

extern const struct rule_ops rule_heap;

#endif
