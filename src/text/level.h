/*
 * level.h - how bad a log line says it is: error, warn, info, debug.
 *
 * Layer   text. Reads at most LEVEL_HEAD bytes; nothing is kept.
 * Known   a word (ERROR, warn, inf) that stands as a level: in capitals, before a colon, in
 *         brackets, behind level=; one letter as ESP-IDF ("E (12) tag:"), Android ("E/tag"),
 *         "[W]" and "tag: E text" have it; the kernel's "<3>". Else the first of the words
 *         that mean an error or a warning anywhere in the line.
 */
#ifndef TEXT_LEVEL_H
#define TEXT_LEVEL_H
#include <stdbool.h>
#include <stddef.h>

enum level { LEVEL_NONE, LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR };
enum { LEVEL_HEAD = 512 };

/* Where the word stands goes to *at and *len (both may be NULL). */
enum level level_of(const char *line, size_t n, size_t *at, size_t *len);
bool level_from_word(const char *word, size_t n, enum level *out);

#endif
