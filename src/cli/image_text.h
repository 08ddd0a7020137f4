/*
 * image_text.h - facts, changes and findings of images, for people.
 *
 * Layer   cli. The objects are those of worker/images.h.
 */
#ifndef CLI_IMAGE_TEXT_H
#define CLI_IMAGE_TEXT_H
#include <stddef.h>
#include "core/json.h"

void image_text_show(const json_t *facts, const char *by, size_t top);
/* Several files: a row each. */
void image_text_rows(const json_t *list);
void image_text_diff(const json_t *diff, const char *by, size_t top);
void image_text_check(const json_t *checked);
/* The bars of the memory map. */
void image_text_usage(const json_t *usage);

#endif
