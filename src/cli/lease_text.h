/*
 * lease_text.h - leases in words.
 *
 * Layer   cli.
 */
#ifndef CLI_LEASE_TEXT_H
#define CLI_LEASE_TEXT_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

#define LEASE_TOKEN_ENV "VISE_PLACE_TOKEN"    /* a lease handed on to what we start */

/* "anna (pid 123 on lab1) since 14:02, until 15:00: reason" of a holder's record. */
void lease_words(const json_t *record, char *out, size_t size);
/* "14:02", or with the date when it is another day. */
void lease_time(double seconds, char *out, size_t size);
/* Fills *why: who has the place `row`, or the `several` that would do. look: lease_look(row). */
void lease_say_busy(const json_t *row, const json_t *look, size_t several, struct err_msg *why);
/* On stderr: what we wait for, and how long. */
void lease_say_waiting(const struct err_msg *why, uint64_t wait_ns);

#endif
