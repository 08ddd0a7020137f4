/* packet.c - the reader of RSP units, and the two directions of escaping. */
#include "rsp/packet.h"

#include <string.h>

enum { ESCAPE = '}', ESCAPE_BIT = 0x20, RUN = '*', RUN_BASE = 29, INTERRUPT = 3 };

void
rsp_reader_init(struct rsp_reader *r)
{
	memset(r, 0, sizeof *r);
	buf_init(&r->body, RSP_BODY_MAX);
}

void
rsp_reader_fini(struct rsp_reader *r)
{
	buf_fini(&r->body);
}

bool
rsp_reader_is_stray(const struct rsp_reader *r)
{
	return r->state == RSP_IN_STRAY;
}

int
rsp_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* ---- reading */

static void
tell(struct rsp_reader *r, enum rsp_kind kind, rsp_unit_fn fn, void *arg)
{
	const struct rsp_unit u = { .kind = kind, .body = buf_str(&r->body), .n = r->body.len,
		.at = r->start, .sum = r->sum, .said = r->said, .cut = r->cut,
		.no_dollar = kind == RSP_PACKET && r->open == 0 };

	fn(arg, &u);
	buf_clear(&r->body);
	r->state = RSP_AT_REST;
	r->open = 0;
	r->sum = r->said = 0;
	r->cut = false;
}

static void
keep(struct rsp_reader *r, char c)
{
	if (buf_add_byte(&r->body, c) != ERR_OK)
		r->cut = true;
	r->sum = (uint8_t)(r->sum + (uint8_t)c);
}

static void
begin(struct rsp_reader *r, char c, rsp_unit_fn fn, void *arg)
{
	static const struct { char c; enum rsp_kind kind; } single[] = {
		{ '+', RSP_ACK }, { '-', RSP_NAK }, { INTERRUPT, RSP_INTERRUPT },
	};

	r->start = r->offset;
	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		if (c == single[i].c) {
			tell(r, single[i].kind, fn, arg);
			return;
		}
	if (c == '$' || c == '%') {
		r->open = c;
		r->state = RSP_IN_BODY;
		return;
	}
	/* A $ was lost, or these bytes are no protocol: + and - may stand in a body, so the
	 * next # decides. */
	r->state = RSP_IN_STRAY;
	keep(r, c);
}

/* Behind the second digit. A body without its $ counts as a packet when its sum is right. */
static void
end_packet(struct rsp_reader *r, rsp_unit_fn fn, void *arg)
{
	if (r->open == 0 && (r->sum != r->said || r->cut))
		tell(r, RSP_STRAY, fn, arg);
	else
		tell(r, r->open == '%' ? RSP_NOTIFICATION : RSP_PACKET, fn, arg);
}

static void
body_byte(struct rsp_reader *r, char c, rsp_unit_fn fn, void *arg)
{
	if (c == '#') {
		r->state = RSP_SUM_1;
	} else if (c == '$') {          /* must be escaped in a body: the one before has no end */
		tell(r, RSP_STRAY, fn, arg);
		begin(r, c, fn, arg);
	} else {
		keep(r, c);
	}
}

static void
sum_byte(struct rsp_reader *r, char c, rsp_unit_fn fn, void *arg)
{
	const int digit = rsp_digit(c);

	if (digit < 0) {
		tell(r, RSP_STRAY, fn, arg);
		begin(r, c, fn, arg);
		return;
	}
	r->said = (uint8_t)(r->said << 4 | digit);
	if (r->state == RSP_SUM_1)
		r->state = RSP_SUM_2;
	else
		end_packet(r, fn, arg);
}

/* A run of plain body bytes is taken at once: memory transfers are long. What does not fit is
 * summed and dropped. */
static size_t
take_run(struct rsp_reader *r, const char *p, size_t n)
{
	const size_t room = r->body.max - r->body.len;
	uint8_t sum = r->sum;
	size_t k = 0;

	if (r->state != RSP_IN_BODY)
		return 0;
	for (; k < n && p[k] != '#' && p[k] != '$'; k++)
		sum = (uint8_t)(sum + (uint8_t)p[k]);
	if (buf_add(&r->body, p, k < room ? k : room) != ERR_OK || k > room)
		r->cut = true;
	r->sum = sum;
	r->offset += k;
	return k;
}

void
rsp_reader_feed(struct rsp_reader *r, const void *bytes, size_t n, rsp_unit_fn fn, void *arg)
{
	const char *p = bytes;

	for (size_t i = 0; i < n;) {
		const size_t run = take_run(r, p + i, n - i);

		if (run != 0) {
			i += run;
			continue;
		}
		switch (r->state) {
		case RSP_AT_REST:
			begin(r, p[i], fn, arg);
			break;
		case RSP_IN_BODY:
		case RSP_IN_STRAY:
			body_byte(r, p[i], fn, arg);
			break;
		case RSP_SUM_1:
		case RSP_SUM_2:
			sum_byte(r, p[i], fn, arg);
			break;
		}
		i++;
		r->offset++;
	}
}

void
rsp_reader_flush(struct rsp_reader *r, rsp_unit_fn fn, void *arg)
{
	if (r->state != RSP_AT_REST)
		tell(r, RSP_STRAY, fn, arg);
}

bool
rsp_is_sound(const struct rsp_unit *u)
{
	return u->kind == RSP_PACKET && u->sum == u->said && !u->cut;
}

/* ---- escapes and runs */

static enum err
repeat(struct buf *out, char c)
{
	const int more = (unsigned char)c - RUN_BASE;
	const char last = out->len != 0 ? out->data[out->len - 1] : '\0';
	enum err e = ERR_OK;

	if (out->len == 0 || more <= 0 || (unsigned char)c > 126)
		return ERR_FORMAT;
	for (int i = 0; i < more && e == ERR_OK; i++)
		e = buf_add_byte(out, last);
	return e;
}

static size_t
plain_run(const char *p, size_t n)
{
	size_t k = 0;

	while (k < n && p[k] != ESCAPE && p[k] != RUN)
		k++;
	return k;
}

enum err
rsp_expand(const char *body, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const size_t plain = plain_run(body + i, n - i);
		enum err e;

		if (plain != 0) {       /* nearly all there is: at once */
			e = buf_add(out, body + i, plain);
			if (e != ERR_OK)
				return e;
			i += plain;
			if (i == n)
				break;
		}
		if ((body[i] == ESCAPE || body[i] == RUN) && i + 1 == n)
			return ERR_FORMAT;
		if (body[i] == ESCAPE)
			e = buf_add_byte(out, (char)(body[++i] ^ ESCAPE_BIT));
		else
			e = repeat(out, body[++i]);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err
rsp_frame(const char *body, size_t n, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	enum err e = buf_reserve(out, 2 * n + 4);
	uint8_t sum = 0;
	char tail[3];

	if (e != ERR_OK)
		return e;
	(void)buf_add_byte(out, '$');
	for (size_t i = 0; i < n; i++) {
		const bool special = body[i] == '$' || body[i] == '#' || body[i] == ESCAPE ||
		    body[i] == RUN;
		const char c = special ? (char)(body[i] ^ ESCAPE_BIT) : body[i];

		if (special) {
			(void)buf_add_byte(out, ESCAPE);
			sum = (uint8_t)(sum + ESCAPE);
		}
		(void)buf_add_byte(out, c);
		sum = (uint8_t)(sum + (uint8_t)c);
	}
	tail[0] = '#';
	tail[1] = digits[sum >> 4];
	tail[2] = digits[sum & 15];
	return buf_add(out, tail, sizeof tail);
}

bool
rsp_from_hex(const char *p, size_t n, struct buf *out)
{
	if (n % 2 != 0)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		const int high = rsp_digit(p[i]), low = rsp_digit(p[i + 1]);

		if (high < 0 || low < 0 || buf_add_byte(out, (char)(high << 4 | low)) != ERR_OK)
			return false;
	}
	return true;
}

void
rsp_to_hex(const void *p, size_t n, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++) {
		const char pair[2] = { digits[b[i] >> 4], digits[b[i] & 15] };

		(void)buf_add(out, pair, sizeof pair);
	}
}
