/*
 * ocd_svd_text.h - peripherals, registers and fields in lines.
 *
 * Layer   cli. Rows: worker/svds.h, bench/ocd_svd.h.
 */
#ifndef CLI_OCD_SVD_TEXT_H
#define CLI_OCD_SVD_TEXT_H
#include "core/json.h"

void ocd_text_svd(const json_t *o);                     /* what the file says */
void ocd_text_peripherals(const json_t *rows);          /* what was read */

#endif
