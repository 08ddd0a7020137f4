/*
 * ocd_svd_text.h - peripherals, registers and fields in lines.
 *
 * Layer   text. Rows: worker/svds.h, bench/ocd_svd.h.
 */
#ifndef TEXT_OCD_SVD_TEXT_H
#define TEXT_OCD_SVD_TEXT_H
#include "base/buf.h"
#include "core/json.h"

void ocd_text_svd(struct buf *out, const json_t *o);                     /* what the file says */
void ocd_text_peripherals(struct buf *out, const json_t *rows);          /* what was read */

#endif
