/*
 * token.h - words of a command line: quoting, key=value, `;` between commands, `--` before the
 * rest.
 *
 * Layer   core. Grammar: research/ux.md 6.5. Strings belong to the list; token_free ends them.
 */
#ifndef CORE_TOKEN_H
#define CORE_TOKEN_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct token {
	char  *whole;           /* the word, unquoted, NUL-terminated */
	size_t whole_len;
	char  *key;             /* "timeout" of timeout=2s, NULL for a plain word */
	char  *value;           /* points into whole */
	size_t len;
	bool   rest;            /* stood behind `--` */
};

struct token_list { struct token *item; size_t n, cap; };

/* Parses one command from line + *at; *at moves behind it and its `;`. The list must be freed in
 * any case. */
enum err token_parse(const char *line, size_t *at, struct token_list *out, struct err_msg *why);
void     token_free(struct token_list *t);

#endif
