/*
 * proto.h - the wire format of protocol buffers, reading side: varints and fields.
 *
 * Layer   pprof, private to this folder. Borrows the bytes it walks; allocates nothing.
 * Errors  NULL for a broken encoding; what is accepted is what google/pprof profile/proto.go
 *         accepts (10-byte varints, wire types 0, 1, 2, 5; groups are refused).
 * Source  protobuf.dev/programming-guides/encoding.
 */
#ifndef PPROF_PROTO_H
#define PPROF_PROTO_H
#include <stddef.h>
#include <stdint.h>

enum { PROTO_VARINT = 0, PROTO_I64 = 1, PROTO_LEN = 2, PROTO_I32 = 5 };

struct proto_field {
	uint64_t number;
	unsigned type;
	uint64_t value;                 /* varint or fixed */
	const unsigned char *p;         /* PROTO_LEN: the bytes */
	size_t   n;
};

/* The slow half of proto_varint: more than one byte. */
const unsigned char *proto_varint_long(
    const unsigned char *p, const unsigned char *end, uint64_t *v);

static inline const unsigned char *
proto_varint(const unsigned char *p, const unsigned char *end, uint64_t *v)
{
	if (p < end && *p < 0x80) {
		*v = *p;
		return p + 1;
	}
	if (end - p >= 2 && p[1] < 0x80) {
		*v = (uint64_t)(p[0] & 0x7f) | (uint64_t)p[1] << 7;
		return p + 2;
	}
	return proto_varint_long(p, end, v);
}

/* The field at p: returns what follows it, NULL when it is broken or runs past end. */
const unsigned char *proto_field_rest(
    const unsigned char *p, const unsigned char *end, struct proto_field *f);

static inline const unsigned char *
proto_field(const unsigned char *p, const unsigned char *end, struct proto_field *f)
{
	uint64_t key;

	p = proto_varint(p, end, &key);
	if (p == NULL)
		return NULL;
	f->number = key >> 3;
	f->type = (unsigned)(key & 7);
	if (f->type == PROTO_VARINT)
		return proto_varint(p, end, &f->value);
	if (f->type != PROTO_LEN)
		return proto_field_rest(p, end, f);
	p = proto_varint(p, end, &f->value);
	if (p == NULL || f->value > (uint64_t)(end - p))
		return NULL;
	f->p = p;
	f->n = (size_t)f->value;
	return p + f->n;
}

#endif
