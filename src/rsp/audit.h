/*
 * audit.h - what is wrong in a conversation of RSP, seen from between its two sides.
 *
 * Layer   rsp. Pure: units and times in, findings out. Never changes what passes.
 * Rules   research/flashdebug.md section 2, each with the false alarm it avoids: a body without its
 *         $ counts only when its sum fits; the same body again is a retransmission only while its
 *         acknowledgement is outstanding; a stop reply that came unasked answers nothing; nothing
 *         is awaited in no-ack mode.
 * Floods  of one kind of finding, ten a second are told; all are counted.
 * Times   nanoseconds of one clock. audit_due says when audit_tick wants to be called.
 */
#ifndef RSP_AUDIT_H
#define RSP_AUDIT_H
#include "base/clock.h"
#include "rsp/meaning.h"
#include "rsp/packet.h"

#define RSP_ACK_NS      (200 * NS_PER_MS)
#define RSP_STRAY_NS    (50 * NS_PER_MS)        /* a half packet that grows no more */
#define RSP_STORM_NS    NS_PER_S

enum rsp_side { RSP_CLIENT, RSP_SERVER };

#define RSP_FINDINGS(X) \
	X(MISSING_DOLLAR,   "missing-dollar",   "the $ in front of a packet was lost") \
	X(BAD_SUM,          "bad-checksum",     "a checksum does not fit") \
	X(STRAY_BYTES,      "stray-bytes",      "bytes that belong to no packet") \
	X(TOO_LONG,         "too-long",         "a packet longer than the server takes") \
	X(NAK,              "nak",              "a packet was asked for again") \
	X(NAK_STORM,        "nak-storm",        "many packets were asked for again") \
	X(RETRANSMISSION,   "retransmission",   "a packet came again") \
	X(NO_ACK,           "no-ack",           "a packet was not acknowledged in 200 ms") \
	X(LATE_ACK,         "late-ack",         "an acknowledgement came after all") \
	X(UNANSWERED_HELLO, "unanswered-qSupported", "no answer in 200 ms") \
	X(UNASKED_REPLY,    "unasked-reply",    "a reply that nothing asked for") \
	X(EARLY_REQUEST,    "early-request",    "asked before the last answer came") \
	X(ERROR_REPLY,      "error-reply",      "the server refused a request") \
	X(ODD_STOP,         "odd-stop",         "stopped for another reason than a trap") \
	X(ECHO,             "echo",             "what is sent comes back: no gdb server") \
	X(CUT_OFF,          "cut-off",          "the server left before it answered")

enum rsp_finding {
#define X(name, word, text) RSP_FOUND_##name,
	RSP_FINDINGS(X)
#undef X
	RSP_FINDING_COUNT
};

struct rsp_audit_ops {
	/* detail: one line, may be empty */
	void (*found)(void *arg, uint64_t now, enum rsp_side by, enum rsp_finding f,
	    const char *detail);
	/* a request of this body was answered so much later */
	void (*answered)(void *arg, struct slice request, uint64_t took);
};

enum { RSP_REQUEST_KEPT = 512 };

struct rsp_sent {
	uint64_t hash, at;              /* of the last packet that waits to be acknowledged */
	bool     waits, told, wanted;   /* wanted: the other side asked for it again */
	uint64_t naks, storm_from;      /* in the current second */
	bool     storm;
};

struct rsp_audit {
	const struct rsp_audit_ops *ops;
	void    *arg;
	struct rsp_sent side[2];        /* by who sent */
	char     request[RSP_REQUEST_KEPT];     /* the last one, expanded, its beginning */
	size_t   request_n;
	uint64_t asked;
	enum rsp_answer answer;
	bool     open;                  /* it waits for its answer */
	bool     hello_told;
	bool     no_ack, no_ack_asked;
	uint64_t packet_size;           /* as the server said, 0: it did not */
	uint64_t count[RSP_FINDING_COUNT], packets[2], bytes[2];
	struct { uint64_t from; unsigned n; } told[RSP_FINDING_COUNT];  /* in the current second */
	uint64_t last, silence, silence_at;     /* the longest time in which nothing passed */
};

const char *rsp_finding_word(enum rsp_finding f);
const char *rsp_finding_text(enum rsp_finding f);

void     rsp_audit_init(struct rsp_audit *a, const struct rsp_audit_ops *ops, void *arg);
void     rsp_audit_bytes(struct rsp_audit *a, enum rsp_side by, size_t n, uint64_t now);
void     rsp_audit_unit(struct rsp_audit *a, enum rsp_side by, const struct rsp_unit *u,
    uint64_t now);
void     rsp_audit_tick(struct rsp_audit *a, uint64_t now);
uint64_t rsp_audit_due(const struct rsp_audit *a);      /* UINT64_MAX: nothing is awaited */
/* The server hung up. */
void     rsp_audit_cut(struct rsp_audit *a, uint64_t now);
/* The last request, for the words of a reply. */
struct slice rsp_audit_request(const struct rsp_audit *a);

#endif
