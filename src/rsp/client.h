/*
 * client.h - a debugger's side of RSP: one request, one answer, on a loop of its own.
 *
 * Layer   rsp. Calls run the loop until the answer is there or the time is over: for a command
 *         line that does nothing else, not for the bench.
 * Owns    rsp_client_open gives one handle, rsp_client_close ends it. Replies are written to the
 *         caller's buf, escapes and runs undone.
 * Repeat  a request is sent again after a NAK, at most RSP_TRIES times; a reply with a bad sum is
 *         asked for again as often (GDB's own numbers).
 * Signals SIGINT and SIGTERM are the client's: the request that is under way is waited for, the
 *         next is ERR_CANCELLED, so that the caller can detach; the second ends that wait too.
 * Errors  ERR_TIMEOUT no answer in time, ERR_PROTO what came is no RSP, ERR_LOST the wire is gone.
 */
#ifndef RSP_CLIENT_H
#define RSP_CLIENT_H
#include "base/err.h"
#include "rsp/meaning.h"
#include "rsp/packet.h"

enum { RSP_TRIES = 3 };

struct rsp_client;

struct rsp_counts {
	uint64_t requests, naks, bad_sums, strays, sent, received;      /* the last two in bytes */
};

/* Connects and says hello (qSupported); no_ack: also turns acknowledgements off where offered. */
enum err rsp_client_open(const char *spec, uint64_t timeout_ns, bool no_ack,
    struct rsp_client **out, struct err_msg *why);
/* NULL is fine; the target stays as it is. */
void     rsp_client_close(struct rsp_client *c);

/* n bytes of body. The reply replaces what was in out. Console output on the way (O packets) goes
 * to `printed` when it is not NULL, as text. */
enum err rsp_client_ask(struct rsp_client *c, const char *body, size_t n, uint64_t timeout_ns,
    struct buf *out, struct err_msg *why);
enum err rsp_client_say(struct rsp_client *c, const char *text, struct buf *out,
    struct err_msg *why) __attribute__((nonnull(2)));
/* A monitor command: what it printed. ERR_UNSUPPORTED when the server has none, or not this. */
enum err rsp_client_monitor(struct rsp_client *c, const char *command, struct buf *text,
    struct err_msg *why);
/* A whole qXfer object. */
enum err rsp_client_object(struct rsp_client *c, const char *object, const char *annex,
    struct buf *out, struct err_msg *why);

/* What was stopped to be looked at runs on. Failures are nobody's concern any more. */
void     rsp_client_detach(struct rsp_client *c);

const char *rsp_client_features(const struct rsp_client *c);    /* the reply to qSupported */
bool     rsp_client_has(const struct rsp_client *c, const char *feature);       /* "name+" */
uint64_t rsp_client_packet_size(const struct rsp_client *c);    /* 400 when not said: GDB's */
bool     rsp_client_is_no_ack(const struct rsp_client *c);
const struct rsp_counts *rsp_client_counts(const struct rsp_client *c);

#endif
