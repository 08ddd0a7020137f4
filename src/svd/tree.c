/* tree.c - XML by expat into a tree of the elements that matter. */
#include "svd/tree.h"

#include <expat.h>
#include <string.h>

#include "base/alloc.h"

struct reading {
	XML_Parser parser;
	struct svd_tree *tree;
	uint32_t open[TREE_DEPTH], last[TREE_DEPTH];    /* last: the youngest child of each */
	unsigned depth, under;          /* under: elements inside of one that is left out */
	uint32_t room;
	struct buf text;
	const char *bad;
};

static const struct { const char *name; enum svd_tag tag; bool leaf; } tags[] = {
	{ "access", TAG_ACCESS, true }, { "addressOffset", TAG_ADDRESS_OFFSET, true },
	{ "appendToName", TAG_APPEND, true }, { "baseAddress", TAG_BASE_ADDRESS, true },
	{ "bitOffset", TAG_BIT_OFFSET, true }, { "bitRange", TAG_BIT_RANGE, true },
	{ "bitWidth", TAG_BIT_WIDTH, true }, { "cluster", TAG_CLUSTER, false },
	{ "description", TAG_DESCRIPTION, true }, { "device", TAG_DEVICE, false },
	{ "dim", TAG_DIM, true }, { "dimIncrement", TAG_DIM_INCREMENT, true },
	{ "dimIndex", TAG_DIM_INDEX, true }, { "enumeratedValue", TAG_ENUM, false },
	{ "enumeratedValues", TAG_ENUMS, false }, { "field", TAG_FIELD, false },
	{ "fields", TAG_FIELDS, false }, { "groupName", TAG_GROUP, true },
	{ "isDefault", TAG_IS_DEFAULT, true }, { "lsb", TAG_LSB, true }, { "msb", TAG_MSB, true },
	{ "name", TAG_NAME, true }, { "peripheral", TAG_PERIPHERAL, false },
	{ "peripherals", TAG_PERIPHERALS, false }, { "prependToName", TAG_PREPEND, true },
	{ "protection", TAG_PROTECTION, true }, { "readAction", TAG_READ_ACTION, true },
	{ "register", TAG_REGISTER, false }, { "registers", TAG_REGISTERS, false },
	{ "resetValue", TAG_RESET, true }, { "size", TAG_SIZE, true },
	{ "usage", TAG_USAGE, true }, { "value", TAG_VALUE, true },
};
enum { TAGS = sizeof tags / sizeof tags[0] };

/* ---- building */

static void
stop(struct reading *r, const char *bad)
{
	if (r->bad == NULL)
		r->bad = bad;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static uint32_t
keep(struct reading *r, const char *text, size_t n)
{
	struct buf *b = &r->tree->texts;
	const uint32_t at = (uint32_t)b->len;

	if (n == 0)
		return 0;
	if (buf_add(b, text, n) != ERR_OK || buf_add_byte(b, '\0') != ERR_OK) {
		stop(r, "it has too much text");
		return 0;
	}
	return at;
}

static bool
more_room(struct reading *r)
{
	struct svd_tree *t = r->tree;

	if (t->n < r->room)
		return true;
	if (r->room >= TREE_NODES)
		return false;
	r->room = r->room * 2 > TREE_NODES ? TREE_NODES : r->room * 2;
	t->node = mem_resize(t->node, r->room, sizeof *t->node);
	return true;
}

static void
add_node(struct reading *r, enum svd_tag tag, const XML_Char **attributes)
{
	struct svd_tree *t = r->tree;
	const uint32_t parent = r->depth != 0 ? r->open[r->depth - 1] : 0, at = t->n;

	if (r->depth == TREE_DEPTH || !more_room(r)) {
		stop(r, r->depth == TREE_DEPTH ? "its elements are nested too deeply" :
		    "it has too many elements");
		return;
	}
	t->node[at] = (struct svd_node){ .parent = parent, .tag = tag };
	t->n++;
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], "derivedFrom") == 0)
			t->node[at].derived = keep(r, attributes[1], strlen(attributes[1]));
	if (r->depth != 0 && r->last[r->depth - 1] != 0)
		t->node[r->last[r->depth - 1]].next = at;
	else
		t->node[parent].child = at;
	if (r->depth != 0)
		r->last[r->depth - 1] = at;
	r->open[r->depth] = at;
	r->last[r->depth++] = 0;
	buf_clear(&r->text);
}

static void XMLCALL
on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = arg;

	if (r->bad != NULL)
		return;
	if (r->under == 0)
		for (size_t i = 0; i < TAGS; i++)
			if (strcmp(tags[i].name, name) == 0) {
				add_node(r, tags[i].tag, attributes);
				return;
			}
	if (++r->under > TREE_DEPTH)
		stop(r, "its elements are nested too deeply");
}

/* Blanks at the ends go, those within run together. */
static void
put_text(struct reading *r, uint32_t node)
{
	const char *p = buf_str(&r->text);
	size_t n = 0;
	char *text = mem_alloc(r->text.len + 1);

	for (size_t i = 0; i < r->text.len; i++) {
		const bool blank = strchr(" \t\r\n", p[i]) != NULL;

		if (!blank)
			text[n++] = p[i];
		else if (n != 0 && text[n - 1] != ' ')
			text[n++] = ' ';
	}
	if (n != 0 && text[n - 1] == ' ')
		n--;
	r->tree->node[node].text = keep(r, text, n);
	mem_free(text);
}

static bool
is_leaf(enum svd_tag tag)
{
	for (size_t i = 0; i < TAGS; i++)
		if (tags[i].tag == tag)
			return tags[i].leaf;
	return false;
}

static void XMLCALL
on_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;
	uint32_t node;

	(void)name;
	if (r->bad != NULL)
		return;
	if (r->under != 0) {
		r->under--;
		return;
	}
	node = r->open[--r->depth];
	if (is_leaf(r->tree->node[node].tag))
		put_text(r, node);
	buf_clear(&r->text);
}

static void XMLCALL
on_text(void *arg, const XML_Char *text, int n)
{
	struct reading *r = arg;
	size_t room = TREE_TEXT - r->text.len, len = (size_t)n;

	if (r->bad != NULL || r->under != 0)
		return;
	if (len > room)                 /* not in the middle of a sign */
		for (len = room; len != 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
			;
	(void)buf_add(&r->text, text, len);
}

/* No SVD file needs one, and entities within entities are how small files become large. */
static void XMLCALL
on_entity(void *arg, const XML_Char *name, int is_parameter, const XML_Char *value, int n,
    const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id,
    const XML_Char *notation)
{
	(void)name;
	(void)is_parameter;
	(void)value;
	(void)n;
	(void)base;
	(void)system_id;
	(void)public_id;
	(void)notation;
	stop(arg, "it declares entities; an SVD file has none");
}

/* ---- reading */

static enum err
judge(const struct reading *r, enum XML_Status status, const char *name, struct err_msg *why)
{
	if (r->bad != NULL)
		return err_set(why, ERR_FORMAT, name, NULL, "line %lu: %s",
		    (unsigned long)XML_GetCurrentLineNumber(r->parser), r->bad);
	if (status == XML_STATUS_OK)
		return ERR_OK;
	return err_set(why, ERR_FORMAT, name, "a CMSIS-SVD file is XML, from the chip's maker",
	    "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(r->parser),
	    XML_ErrorString(XML_GetErrorCode(r->parser)));
}

enum err
svd_tree_read(struct svd_tree *t, const char *p, size_t n, const char *name, struct err_msg *why)
{
	static const XML_Memory_Handling_Suite memory = { mem_try, mem_try_resize, mem_free };
	struct reading r = { .tree = t, .room = 4096 };
	enum err e;

	*t = (struct svd_tree){ .n = 1 };
	t->node = mem_zero(r.room, sizeof *t->node);
	buf_init(&t->texts, (size_t)1 << 30);
	(void)buf_add_byte(&t->texts, '\0');
	buf_init(&r.text, TREE_TEXT);
	r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (r.parser == NULL)
		return err_set(why, ERR_MEMORY, name, NULL, "no memory to read it");
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetEntityDeclHandler(r.parser, on_entity);
	e = judge(&r, XML_Parse(r.parser, p, (int)n, 1), name, why);
	XML_ParserFree(r.parser);
	buf_fini(&r.text);
	return e;
}

void
svd_tree_fini(struct svd_tree *t)
{
	mem_free(t->node);
	buf_fini(&t->texts);
	*t = (struct svd_tree){ .n = 0 };
}

/* ---- looking */

void
svd_tree_rest(struct svd_tree *t)
{
	t->work = 0;
	t->tired = false;
}

static uint32_t
first_of(struct svd_tree *t, uint32_t node, enum svd_tag tag)
{
	while (node != 0 && t->node[node].tag != tag) {
		node = t->node[node].next;
		t->work++;
	}
	t->work++;
	if (t->work > TREE_WORK)
		t->tired = true;
	return t->tired ? 0 : node;
}

uint32_t
svd_tree_child(struct svd_tree *t, uint32_t of, enum svd_tag tag)
{
	return of != 0 ? first_of(t, t->node[of].child, tag) : 0;
}

uint32_t
svd_tree_next(struct svd_tree *t, uint32_t node, enum svd_tag tag)
{
	return first_of(t, t->node[node].next, tag);
}

const char *
svd_tree_text(struct svd_tree *t, uint32_t of, enum svd_tag tag)
{
	const uint32_t at = svd_tree_child(t, of, tag);

	return at != 0 && t->node[at].text != 0 ? t->texts.data + t->node[at].text : NULL;
}
