/*
 * build_check.h - what speaks against a row before anything is built: tool chain, C compiler, the
 * pitfalls of cgo and of position independent programs.
 *
 * Layer   cli. Findings { level: bad, warn or note; check, why, next } are appended to the row's
 *         "findings"; a bad one refuses the row.
 */
#ifndef CLI_BUILD_CHECK_H
#define CLI_BUILD_CHECK_H
#include <stdbool.h>
#include "base/err.h"
#include "base/slice.h"
#include "core/json.h"

/* What `go env` and `go tool dist list` say. */
struct build_go {
	char *version, *hostos, *hostarch;      /* heap */
	unsigned minor;                 /* 19 of go1.19.8; 0: not known */
	bool cgo;                       /* on by default for this machine */
	json_t *targets;
};

enum err build_go_init(struct build_go *go, struct err_msg *why);
void     build_go_fini(struct build_go *go);

void build_finding(json_t *row, const char *level, const char *check, const char *next,
    const char *why, ...) __attribute__((format(printf, 5, 6)));
bool build_refused(const json_t *row);

/* Decides "cgo" and finds "cc" and "cxx" of the row. */
void build_check_row(const struct build_go *go, json_t *row);
/* The lines that BUILD_LIST_FORMAT makes `go list -deps` print, and its complaints. Puts "main",
 * the import path of the program. */
#define BUILD_LIST_FORMAT \
	"{{if .CgoFiles}}=cgo {{.ImportPath}} {{.Standard}} {{len .GoFiles}}{{\"\\n\"}}{{end}}" \
	"{{if not .DepOnly}}=main {{.ImportPath}} {{.Name}}{{end}}"
void build_check_listed(json_t *row, int status, struct slice said);

#endif
