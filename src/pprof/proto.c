/* proto.c - reading the protobuf wire format: the rare halves of proto.h. */
#include "pprof/proto.h"

const unsigned char *
proto_varint_long(const unsigned char *p, const unsigned char *end, uint64_t *v)
{
	uint64_t u = 0;

	for (unsigned shift = 0; shift < 70 && p < end; shift += 7) {
		unsigned char c = *p++;

		/* The tenth byte has room for one bit; like pprof, the others fall off silently. */
		u |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80) {
			*v = u;
			return p;
		}
	}
	return NULL;
}

/* Fixed-width fields: little endian. */
static const unsigned char *
fixed(const unsigned char *p, const unsigned char *end, unsigned width, uint64_t *v)
{
	uint64_t u = 0;

	if ((size_t)(end - p) < width)
		return NULL;
	for (unsigned i = 0; i < width; i++)
		u |= (uint64_t)p[i] << (8 * i);
	*v = u;
	return p + width;
}

const unsigned char *
proto_field_rest(const unsigned char *p, const unsigned char *end, struct proto_field *f)
{
	switch (f->type) {
	case PROTO_I64:
		return fixed(p, end, 8, &f->value);
	case PROTO_I32:
		return fixed(p, end, 4, &f->value);
	default:
		return NULL;
	}
}
