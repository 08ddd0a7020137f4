/*
 * clients.h - the bench's connections: who is there and hears what happens. Private to bench/.
 *
 * Layer   bench. A client is freed when its connection ends; a command it had asked for runs
 *         on.
 */
#ifndef BENCH_CLIENTS_H
#define BENCH_CLIENTS_H
#include "bench/hub.h"

void     clients_accept(struct bench *b);                /* who waits at the socket */
enum err clients_listen(struct bench *b, struct err_msg *why);
void     clients_close(struct bench *b);
/* A socket made by us, for a child. plugin: of one that stays, what it puts up goes when its
 * connection ends. */
struct client *clients_adopt(struct bench *b, int fd, bool plugin);
/* Its connection ended. */
void     clients_gone(struct client *c);
/* With whom it goes what this call puts up: the number of a client; 0: with nobody. mine: also when
 * that is no plugin. */
uint32_t clients_owner(const struct command_call *c, bool mine);
/* Anybody but children of ours. */
bool     clients_any(const struct bench *b);
bool     clients_any_viewer(const struct bench *b);
void     clients_event(struct bench *b, const char *type, const json_t *body);
json_t  *clients_json(const struct bench *b);

/* A path that a client gave: "~/x" is below the user's home, what is relative below the folder the
 * client runs in; else below the home. Heap string. While the command runs, not later. */
char *clients_path(const struct command_call *c, const char *path);

/* Ends the connection of a client, after this turn. False: there is none of this number. */
bool clients_drop(struct bench *b, uint32_t id);

#endif
