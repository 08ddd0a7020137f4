/*
 * ocd_text.h - what the verbs of `vise ocd` print for people.
 *
 * Layer   cli. Each takes the result of one command of the bench.
 */
#ifndef CLI_OCD_TEXT_H
#define CLI_OCD_TEXT_H
#include "core/json.h"

void ocd_text_state(const json_t *o);
void ocd_text_moved(const json_t *o);           /* after halt, resume, step, reset */
void ocd_text_targets(const json_t *list);
void ocd_text_registers(const json_t *list);
void ocd_text_memory(const json_t *o);
void ocd_text_faults(const json_t *o);
void ocd_text_audit(const json_t *o);
void ocd_text_vectors(const json_t *o);
void ocd_text_log(const json_t *o);
void ocd_text_live(const json_t *o);
void ocd_text_nothing(const json_t *o);

#endif
