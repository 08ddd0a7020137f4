/* grid.c - the cells, their clusters, views and the comparison of two grids. */
#include "grid/grid.h"

#include <string.h>

#include "base/alloc.h"

struct cluster { uint32_t n, cp[GRID_CLUSTER_MAX]; };

struct grid {
	int rows, cols;
	struct grid_cell *cell;
	struct grid_view view;
	struct cluster *cluster; /* what no cell names any more is swept when the store is full */
	size_t nclusters, capclusters;
};

static int
side(int n)
{
	return n < 1 ? 1 : n > GRID_SIDE_MAX ? GRID_SIDE_MAX : n;
}

static size_t
cells(const struct grid *g)
{
	return (size_t)g->rows * (size_t)g->cols;
}

static struct grid_cell *
cell_at(const struct grid *g, int row, int col)
{
	return &g->cell[(size_t)row * (size_t)g->cols + (size_t)col];
}

void
grid_clear(struct grid *g)
{
	const struct grid_rect all = { 0, 0, g->rows, g->cols };

	memset(g->cell, 0, cells(g) * sizeof *g->cell);
	g->nclusters = 0;
	g->view.box = g->view.clip = all;
}

void
grid_resize(struct grid *g, int rows, int cols)
{
	g->rows = side(rows);
	g->cols = side(cols);
	g->cell = mem_resize(g->cell, cells(g), sizeof *g->cell);
	grid_clear(g);
}

struct grid *
grid_new(int rows, int cols)
{
	struct grid *g = mem_zero(1, sizeof *g);

	grid_resize(g, rows, cols);
	return g;
}

void
grid_free(struct grid *g)
{
	if (g == NULL)
		return;
	mem_free(g->cell);
	mem_free(g->cluster);
	mem_free(g);
}

void
grid_copy(struct grid *to, const struct grid *from)
{
	if (to == from)
		return;
	if (to->rows != from->rows || to->cols != from->cols)
		grid_resize(to, from->rows, from->cols);
	memcpy(to->cell, from->cell, cells(from) * sizeof *to->cell);
	if (to->capclusters < from->nclusters) {
		to->cluster = mem_resize(to->cluster, from->nclusters, sizeof *to->cluster);
		to->capclusters = from->nclusters;
	}
	if (from->nclusters != 0)
		memcpy(to->cluster, from->cluster, from->nclusters * sizeof *to->cluster);
	to->nclusters = from->nclusters;
}

int
grid_rows(const struct grid *g)
{
	return g->rows;
}

int
grid_cols(const struct grid *g)
{
	return g->cols;
}

static int
pinned(int64_t n)
{
	const int64_t far = 1 << 24;

	return (int)(n < -far ? -far : n > far ? far : n);
}

/* The overlap of [a, a+an) and [b, b+bn) as start and length. */
static void
overlap(int a, int an, int b, int bn, int *start, int *len)
{
	const int64_t enda = (int64_t)a + an, endb = (int64_t)b + bn;
	const int64_t end = enda < endb ? enda : endb;

	*start = a > b ? a : b;
	*len = end > *start ? (int)(end - *start) : 0;
}

struct grid_view
grid_enter(struct grid *g, struct grid_rect r)
{
	const struct grid_view old = g->view;
	struct grid_view v;

	v.box.row = pinned((int64_t)old.box.row + r.row);
	v.box.col = pinned((int64_t)old.box.col + r.col);
	v.box.rows = r.rows < 0 ? 0 : pinned(r.rows);
	v.box.cols = r.cols < 0 ? 0 : pinned(r.cols);
	overlap(v.box.row, v.box.rows, old.clip.row, old.clip.rows, &v.clip.row, &v.clip.rows);
	overlap(v.box.col, v.box.cols, old.clip.col, old.clip.cols, &v.clip.col, &v.clip.cols);
	g->view = v;
	return old;
}

void
grid_leave(struct grid *g, struct grid_view old)
{
	g->view = old;
}

struct grid_rect
grid_area(const struct grid *g)
{
	return (struct grid_rect){ 0, 0, g->view.box.rows, g->view.box.cols };
}

struct grid_rect
grid_visible(const struct grid *g)
{
	const struct grid_view *v = &g->view;

	return (struct grid_rect){ v->clip.row - v->box.row, v->clip.col - v->box.col,
		v->clip.rows, v->clip.cols };
}

/* Keeps only the clusters that cells name, each cell its own. */
static void
sweep(struct grid *g)
{
	struct cluster *kept;
	size_t used = 0, n = 0;

	for (size_t i = 0; i < cells(g); i++)
		used += (g->cell[i].ch & GRID_CLUSTER) != 0;
	g->capclusters = used * 2 + 64;
	kept = mem_alloc(g->capclusters * sizeof *kept);
	for (size_t i = 0; i < cells(g); i++) {
		uint32_t *ch = &g->cell[i].ch;

		if ((*ch & GRID_CLUSTER) == 0)
			continue;
		kept[n] = g->cluster[*ch & GRID_CODE];
		*ch = (*ch & ~GRID_CODE) | (uint32_t)n++;
	}
	mem_free(g->cluster);
	g->cluster = kept;
	g->nclusters = n;
}

static uint32_t
encode(struct grid *g, const uint32_t *cps, size_t n)
{
	struct cluster *c;

	if (n == 0)
		return 0;
	if (n == 1 || g->nclusters > GRID_CODE)
		return (cps[0] & GRID_CODE) == ' ' ? 0 : cps[0] & GRID_CODE;
	if (g->nclusters == g->capclusters)
		sweep(g);
	if (n > GRID_CLUSTER_MAX)
		n = GRID_CLUSTER_MAX;
	c = &g->cluster[g->nclusters];
	c->n = (uint32_t)n;
	memcpy(c->cp, cps, n * sizeof *cps);
	return GRID_CLUSTER | (uint32_t)g->nclusters++;
}

/* Blanks the other half of the wide character that has a half at row, col. */
static void
unpair(struct grid *g, int row, int col)
{
	const uint32_t ch = cell_at(g, row, col)->ch;

	if ((ch & GRID_TAIL) != 0 && col > 0)
		cell_at(g, row, col - 1)->ch = 0;
	if ((ch & GRID_WIDE) != 0 && col + 1 < g->cols)
		cell_at(g, row, col + 1)->ch = 0;
}

static void
store(struct grid *g, int row, int col, uint32_t ch, uint32_t style)
{
	unpair(g, row, col);
	*cell_at(g, row, col) = (struct grid_cell){ ch, style };
}

/* Whether the view's row, col can be drawn on; then they become absolute. */
static bool
place(const struct grid *g, int *row, int *col)
{
	const struct grid_rect *c = &g->view.clip;
	const int64_t r = (int64_t)*row + g->view.box.row, k = (int64_t)*col + g->view.box.col;

	if (r < c->row || r >= c->row + c->rows || k < c->col || k >= c->col + c->cols)
		return false;
	*row = (int)r;
	*col = (int)k;
	return true;
}

void
grid_put(struct grid *g, int row, int col, uint32_t style, const uint32_t *cps, size_t n, int width)
{
	int lead_row = row, lead_col = col;
	int tail_row = row, tail_col = col < INT32_MAX ? col + 1 : col;
	const bool lead = place(g, &lead_row, &lead_col);
	const bool tail = width == 2 && place(g, &tail_row, &tail_col);

	if (width != 2) {
		if (lead)
			store(g, lead_row, lead_col, encode(g, cps, n), style);
	} else if (lead && tail) {
		const uint32_t ch = encode(g, cps, n);

		store(g, lead_row, lead_col, 0, style);
		store(g, tail_row, tail_col, GRID_TAIL, style);
		cell_at(g, lead_row, lead_col)->ch = ch | GRID_WIDE;
	} else if (lead) {
		store(g, lead_row, lead_col, 0, style);
	} else if (tail) {
		store(g, tail_row, tail_col, 0, style);
	}
}

void
grid_set_style(struct grid *g, int row, int col, uint32_t style)
{
	if (place(g, &row, &col))
		cell_at(g, row, col)->style = style;
}

const struct grid_cell *
grid_at(const struct grid *g, int row, int col)
{
	if (row < 0 || col < 0 || row >= g->rows || col >= g->cols)
		return NULL;
	return cell_at(g, row, col);
}

size_t
grid_chars(const struct grid *g, const struct grid_cell *c, uint32_t out[GRID_CLUSTER_MAX])
{
	const uint32_t code = c->ch & GRID_CODE;

	if ((c->ch & GRID_CLUSTER) != 0) {
		memcpy(out, g->cluster[code].cp, g->cluster[code].n * sizeof *out);
		return g->cluster[code].n;
	}
	out[0] = code;
	return code != 0;
}

static bool
same(const struct grid *a, const struct grid *b, int row, int col)
{
	const struct grid_cell *p = cell_at(a, row, col), *q = cell_at(b, row, col);
	uint32_t u[GRID_CLUSTER_MAX], v[GRID_CLUSTER_MAX];
	size_t n;

	if (p->style != q->style)
		return false;
	if (((p->ch | q->ch) & GRID_CLUSTER) == 0)
		return p->ch == q->ch;
	if (((p->ch ^ q->ch) & ~GRID_CODE) != 0)
		return false;
	n = grid_chars(a, p, u);
	return n == grid_chars(b, q, v) && memcmp(u, v, n * sizeof *u) == 0;
}

bool
grid_diff_next(const struct grid *now, const struct grid *old, struct grid_span *s)
{
	const bool all = old == NULL || old->rows != now->rows || old->cols != now->cols;
	int col = s->col + s->n;

	for (int row = s->row; row < now->rows; row++, col = 0) {
		int end;

		while (col < now->cols && !all && same(now, old, row, col))
			col++;
		if (col >= now->cols)
			continue;
		for (end = col; end < now->cols && (all || !same(now, old, row, end)); end++)
			;
		if ((cell_at(now, row, col)->ch & GRID_TAIL) != 0 && col > 0)
			col--;
		if (end < now->cols && (cell_at(now, row, end)->ch & GRID_TAIL) != 0)
			end++;
		*s = (struct grid_span){ row, col, end - col };
		return true;
	}
	return false;
}
