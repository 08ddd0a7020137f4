/*
 * client.h - a synchronous client of a bench: ask, wait, listen meanwhile.
 *
 * Layer   cli. client_open takes the descriptor, also when it fails. SIGINT and
 *         SIGTERM end every wait with
 *         ERR_CANCELLED (what: the signal's name) until client_resume. One client has
 *         a loop of its own.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"
#include "loop/loop.h"

struct client;

struct client_ops {
	/* Either may be NULL. */
	void (*event)(void *arg, const char *type, const json_t *body);
	void (*bytes)(
	    void *arg, uint32_t stream, uint64_t offset, uint64_t t, const char *p, size_t n);
};

enum err client_open(struct client **out, int fd, struct err_msg *why);
void client_close(struct client *c); /* NULL is fine; sends what is queued first */
void client_listen(struct client *c, const struct client_ops *ops, void *arg); /* NULL: nobody */
struct loop *client_loop(struct client *c);

/* Steals params. *result (may be NULL) is a new reference on ERR_OK. timeout_ns 0 waits for
 * ever. */
enum err client_call(struct client *c, const char *method, json_t *params, uint64_t timeout_ns,
    json_t **result, struct err_msg *why);
/* What caused the last call that failed to fail, as core/cause.h, or NULL; a new reference. */
json_t *client_cause(const struct client *c);
/* Events, no streams; one part of the snapshot ("bench"). */
enum err client_attach(struct client *c, const char *part, json_t **snapshot,
    struct err_msg *why);
enum err client_line(
    struct client *c, const char *line, uint64_t timeout_ns, json_t **result, struct err_msg *why);
void client_input(struct client *c, uint32_t stream, const void *p, size_t n);

/* Turns the loop until *done. deadline: sys_mono(), 0: none (ERR_TIMEOUT). The bench's end
 * is ERR_EOF. */
enum err client_wait(struct client *c, const bool *done, uint64_t deadline, struct err_msg *why);
/* One turn of the loop: ERR_OK unless interrupted or ended. */
enum err client_turn(struct client *c, struct err_msg *why);
int client_signal(const struct client *c); /* the one that interrupted, 0: none */
/* As SIGTERM does: what waits is interrupted. For callbacks of the loop. */
void client_interrupt(struct client *c);
void client_resume(struct client *c);      /* forgets it */

#endif
