/*
 * boards.h - the board profiles, workflows and macros that plugins provide. Private to bench/.
 *
 * Layer   bench. Lists of struct bench, made of the manifests and of what hosts tell.
 *         board_commands uses them; host_jobs runs them.
 */
#ifndef BENCH_BOARDS_H
#define BENCH_BOARDS_H
#include "bench/hub.h"

void     boards_open(struct bench *b);
void     boards_close(struct bench *b);

/* The lists of boards, workflows and macros, to everyone. */
void boards_told(struct bench *b);
/* Looks for new plugins in the folders; decode_plugins_rows has the decoders among them. */
void boards_rescan(struct bench *b);
/* A row that a host tells more of replaces or completes the row of the manifest. */
void boards_merge(json_t *list, const json_t *rows, const char *plugin);
/* A profile's ELF and SVD files stand in its plugin's folder: the bench itself is elsewhere. */
void boards_place(json_t *list);

#endif
