/*
 * frame.h - framing of the bench's socket: u32 length (little endian, of what follows), u8 type,
 * payload.
 *
 * Layer   proto. A length over LIMIT_FRAME or an unknown type ends the connection with
 *         ERR_PROTO.
 *
 *   'H' hello     JSON {"vise":"0.1.0","proto":1,"role","name","pid","cwd"}; first frame
 *   in both directions
 *   'R' request   JSON {"id","method","params"}         either side may ask
 *   'A' answer    JSON {"id","result"} or {"id","error":{code,what,why,next}}
 *   'E' event     JSON {"t","type",...fields}
 *   'B' bytes     u32 stream, u64 offset of the first byte in the stream, u64 t (ns since bench
 *   start), bytes
 *   'I' input     u32 stream, bytes: typed by a person or a script
 *   'G' gap       JSON {"events":n} or {"stream":s,"bytes":n}: what this client did not get
 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

enum { PROTO_VERSION = 1, FRAME_HEAD = 5 };

struct frame {
	char type;
	const char *p;          /* borrowed from the buffer until the next call */
	size_t n;
};

enum err frame_put(struct buf *out, char type, const void *p, size_t n);
enum err frame_put_bytes(struct buf *out, uint32_t stream, uint64_t offset, uint64_t t,
    const void *p, size_t n);
enum err frame_put_input(struct buf *out, uint32_t stream, const void *p, size_t n);
/* Takes the next whole frame at *at (advanced); ERR_NOTHING when there is none yet, ERR_PROTO
 * when it is broken. */
enum err frame_next(const struct buf *in, size_t *at, struct frame *f, struct err_msg *why);
enum err frame_get_bytes(const struct frame *f, uint32_t *stream, uint64_t *offset, uint64_t *t,
    const char **p, size_t *n);
enum err frame_get_input(const struct frame *f, uint32_t *stream, const char **p, size_t *n);

#endif
