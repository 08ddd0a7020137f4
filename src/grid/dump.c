/* dump.c - a grid as text. */
#include "grid/dump.h"

#include "base/utf8.h"

static enum err
add_cell(const struct grid *g, const struct grid_cell *c, enum grid_form form, struct buf *out)
{
	uint32_t cp[GRID_CLUSTER_MAX];
	size_t n;
	enum err rc = ERR_OK;

	if (form == GRID_LETTERS)
		return buf_add_byte(out, style_letter(c->style));
	if ((c->ch & GRID_TAIL) != 0)
		return ERR_OK;
	n = grid_chars(g, c, cp);
	if (n == 0)
		return buf_add_byte(out, ' ');
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		char u[4];

		rc = buf_add(out, u, utf8_encode(cp[i], u));
	}
	return rc;
}

static bool
empty(const struct grid_cell *c, enum grid_form form)
{
	return form == GRID_LETTERS ? style_letter(c->style) == '.' : c->ch == 0;
}

enum err
grid_dump_row(const struct grid *g, int row, enum grid_form form, struct buf *out)
{
	int end = grid_cols(g);
	enum err rc = ERR_OK;

	if (grid_at(g, row, 0) == NULL)
		return ERR_OK;
	while (end > 0 && empty(grid_at(g, row, end - 1), form))
		end--;
	for (int col = 0; col < end && rc == ERR_OK; col++)
		rc = add_cell(g, grid_at(g, row, col), form, out);
	return rc;
}

enum err
grid_dump(const struct grid *g, enum grid_form form, struct buf *out)
{
	enum err rc = ERR_OK;

	for (int row = 0; row < grid_rows(g) && rc == ERR_OK; row++) {
		rc = grid_dump_row(g, row, form, out);
		if (rc == ERR_OK)
			rc = buf_add_byte(out, '\n');
	}
	return rc;
}
