/*
 * decode_json.h - a decoded record (text/decode.h) as JSON: what the bench tells and what
 * `vise decode` prints.
 *
 * Layer   text.
 */
#ifndef TEXT_DECODE_JSON_H
#define TEXT_DECODE_JSON_H
#include "core/json.h"
#include "text/decode.h"

/* decoder, level, offset, last, title and rows; addresses as "0x%08x", not resolved. */
void decode_json(const struct decode_record *r, json_t *o);

#endif
