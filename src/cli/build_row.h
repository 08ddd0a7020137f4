/*
 * build_row.h - one row of a build matrix out of a word, an env-file or a board profile.
 *
 * Layer   cli. A row is a JSON object, which ends as the row of `vise build --json`:
 *         { row, goos, goarch, variant, board, tinygo, tags, ldflags, gcflags, buildmode, cc: text
 *         or absent; cgo, trimpath: bool or absent; env: { NAME: text } }
 * Words   GOOS/GOARCH[/VARIANT][,OPTION]... or tinygo:TARGET[,OPTION]...; OPTION: cgo, nocgo, pie,
 *         trimpath, tags=T, ldflags=L, gcflags=G, buildmode=B, cc=C, as=NAME. A comma that no
 *         option follows belongs to the value: tags=a,b.
 * Files   lines NAME=VALUE with `export` or quotes as a shell takes them; nothing is expanded.
 */
#ifndef CLI_BUILD_ROW_H
#define CLI_BUILD_ROW_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"

enum { BUILD_ROWS_MAX = 64, BUILD_ENV_MAX = 100 };

/* Is the word a row? targets: rows { GOOS, GOARCH } of `go tool dist list -json`. */
bool     build_row_is(const char *word, const json_t *targets);
/* New references. */
enum err build_row_word(const char *word, json_t **row, struct err_msg *why);
enum err build_row_file(const char *path, json_t **row, struct err_msg *why);
enum err build_row_board(const char *id, const json_t *profile, json_t **row, struct err_msg *why);
/* Is there a target like this, in this Go? minor: of go1.MINOR; 0: not known. */
enum err build_row_check(const json_t *row, const json_t *targets, unsigned minor,
    struct err_msg *why);
/* Appends it under a name that no other has. Steals row. */
enum err build_row_add(json_t *list, json_t *row, struct err_msg *why);

#endif
