/*
 * ocd_text.h - what the verbs of `vise ocd` print for people.
 *
 * Layer   text. Each takes the result of one command of the bench.
 */
#ifndef TEXT_OCD_TEXT_H
#define TEXT_OCD_TEXT_H
#include "base/buf.h"
#include "core/json.h"

void ocd_text_state(struct buf *out, const json_t *o);
void ocd_text_moved(struct buf *out, const json_t *o);  /* halt, resume, step, reset */
void ocd_text_targets(struct buf *out, const json_t *list);
void ocd_text_registers(struct buf *out, const json_t *list);
void ocd_text_memory(struct buf *out, const json_t *o);
void ocd_text_faults(struct buf *out, const json_t *o);
void ocd_text_audit(struct buf *out, const json_t *o);
void ocd_text_vectors(struct buf *out, const json_t *o);
void ocd_text_log(struct buf *out, const json_t *o);
void ocd_text_live(struct buf *out, const json_t *o);
void ocd_text_nothing(struct buf *out, const json_t *o);

#endif
