/* frame.c - length-prefixed frames of the bench's socket. */
#include "proto/frame.h"

#include <string.h>

#include "base/limits.h"

static void
put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static void
put64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint64_t
get(const char *p, int n)
{
	uint64_t v = 0;

	for (int i = n; i-- > 0;)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static enum err
put_head(struct buf *out, char type, size_t n)
{
	unsigned char h[FRAME_HEAD];

	if (n > LIMIT_FRAME)
		return ERR_LIMIT;
	put32(h, (uint32_t)n + 1);
	h[4] = (unsigned char)type;
	return buf_reserve(out, FRAME_HEAD + n) == ERR_OK ? buf_add(out, h, sizeof h) : ERR_LIMIT;
}

enum err
frame_put(struct buf *out, char type, const void *p, size_t n)
{
	const enum err e = put_head(out, type, n);

	return e == ERR_OK ? buf_add(out, p, n) : e;
}

enum err
frame_put_bytes(
    struct buf *out, uint32_t stream, uint64_t offset, uint64_t t, const void *p, size_t n)
{
	unsigned char h[20];
	enum err e = put_head(out, 'B', n + sizeof h);

	put32(h, stream);
	put64(h + 4, offset);
	put64(h + 12, t);
	if (e == ERR_OK)
		e = buf_add(out, h, sizeof h);
	return e == ERR_OK ? buf_add(out, p, n) : e;
}

enum err
frame_put_input(struct buf *out, uint32_t stream, const void *p, size_t n)
{
	unsigned char h[4];
	enum err e = put_head(out, 'I', n + sizeof h);

	put32(h, stream);
	if (e == ERR_OK)
		e = buf_add(out, h, sizeof h);
	return e == ERR_OK ? buf_add(out, p, n) : e;
}

enum err
frame_next(const struct buf *in, size_t *at, struct frame *f, struct err_msg *why)
{
	uint32_t n;

	if (in->len - *at < 4)
		return ERR_NOTHING;
	n = (uint32_t)get(in->data + *at, 4);
	if (n == 0 || n > LIMIT_FRAME + 1)
		return err_set(why, ERR_PROTO, "connection", NULL,
		    "a frame of %u bytes; at most %u are allowed", n, LIMIT_FRAME);
	if (in->len - *at < FRAME_HEAD)
		return ERR_NOTHING;
	f->type = in->data[*at + 4];
	if (f->type == '\0' || strchr("HRAEBIG", f->type) == NULL)
		return err_set(why, ERR_PROTO, "connection",
		    "both sides must be of the same version of Vise",
		    "a frame of unknown type 0x%02x", (unsigned char)f->type);
	if (in->len - *at - 4 < n)
		return ERR_NOTHING;
	f->p = in->data + *at + FRAME_HEAD;
	f->n = n - 1;
	*at += 4 + (size_t)n;
	return ERR_OK;
}

enum err
frame_get_bytes(const struct frame *f, uint32_t *stream, uint64_t *offset, uint64_t *t,
    const char **p, size_t *n)
{
	if (f->n < 20)
		return ERR_PROTO;
	*stream = (uint32_t)get(f->p, 4);
	*offset = get(f->p + 4, 8);
	*t = get(f->p + 12, 8);
	*p = f->p + 20;
	*n = f->n - 20;
	return ERR_OK;
}

enum err
frame_get_input(const struct frame *f, uint32_t *stream, const char **p, size_t *n)
{
	if (f->n < 4)
		return ERR_PROTO;
	*stream = (uint32_t)get(f->p, 4);
	*p = f->p + 4;
	*n = f->n - 4;
	return ERR_OK;
}
