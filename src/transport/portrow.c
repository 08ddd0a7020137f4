/* portrow.c - ports as JSON, the board profile of each, and what mends a refusal. */
#include "transport/portrow.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/path.h"
#include "sys/process.h"

/* ---- board profiles */

static bool
hex_is(const char *text, uint64_t want)
{
	uint64_t v;

	return slice_hex(slice_of(text), &v) && v == want;
}

static bool
usb_is(const char *text, const struct port *p)
{
	struct slice pid;
	const struct slice vid = slice_cut(slice_of(text), ':', &pid);
	uint64_t v;

	return slice_hex(vid, &v) && v == p->vid &&
	    (slice_is(pid, "*") || (slice_hex(pid, &v) && v == p->pid));
}

static bool
ids_hold(const struct port *p, const json_t *m)
{
	const char *usb = json_get_str(m, "usb", NULL), *vid = json_get_str(m, "vid", NULL),
		   *pid = json_get_str(m, "pid", NULL);

	return (usb == NULL || usb_is(usb, p)) && (vid == NULL || hex_is(vid, p->vid)) &&
	    (pid == NULL || hex_is(pid, p->pid));
}

static bool
texts_hold(const struct port *p, const json_t *m)
{
	const char *product = json_get_str(m, "product", NULL),
		   *serial = json_get_str(m, "serial", NULL);
	const int64_t interface = json_get_int(m, "interface", -1);

	return (product == NULL || strcmp(product, p->product) == 0) &&
	    (serial == NULL || strcmp(serial, p->serial) == 0) &&
	    (interface < 0 || interface == p->interface);
}

/* How much a row says of this port, when all it says holds: 0 it does not hold, 1 it is an id that
 * bridges and probes have on many boards, else the more the surer. */
static unsigned
match_score(const struct port *p, const json_t *m)
{
	static const struct { const char *key; unsigned worth; } more[] = {
		{ "pid", 1 }, { "product", 2 }, { "serial", 4 }, { "interface", 1 },
	};
	const char *usb = json_get_str(m, "usb", NULL);
	unsigned sum = 2 + (usb != NULL && strchr(usb, '*') == NULL ? 1U : 0);

	if ((usb == NULL && json_get_str(m, "vid", NULL) == NULL &&
	    json_get_str(m, "product", NULL) == NULL) || !ids_hold(p, m) || !texts_hold(p, m))
		return 0;
	if (json_get_bool(m, "shared", false))
		return 1;
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		sum += json_object_get(m, more[i].key) != NULL ? more[i].worth : 0;
	return sum;
}

static unsigned
score(const struct port *p, const json_t *board)
{
	const json_t *m;
	unsigned best = 0;
	size_t i;

	if (!p->usb)
		return 0;
	json_array_foreach(json_object_get(board, "match"), i, m) {
		const unsigned s = match_score(p, m);

		best = s > best ? s : best;
	}
	return best;
}

bool
portrow_is_board(const struct port *p, const json_t *board)
{
	return score(p, board) != 0;
}

const json_t *
portrow_board(const struct port *p, const json_t *boards)
{
	const json_t *b, *found = NULL;
	unsigned best = 1, s;
	size_t i;

	json_array_foreach(boards, i, b) {
		s = score(p, b);
		if (s > best)
			found = b;
		else if (s == best)
			found = NULL;
		best = s > best ? s : best;
	}
	return found;
}

json_t *
portrow_candidates(const struct port *p, const json_t *boards)
{
	json_t *out = json_array();
	const json_t *b;
	unsigned best = 0, s;
	size_t i;

	json_array_foreach(boards, i, b) {
		s = score(p, b);
		if (s == 0 || s < best)
			continue;
		if (s > best)
			(void)json_array_clear(out);
		best = s;
		(void)json_array_append_new(out, json_string(json_get_str(b, "id", "")));
	}
	return out;
}

enum err
portrow_select(const char *root, const json_t *board, struct port *out, struct err_msg *why)
{
	const char *id = json_get_str(board, "id", "?");
	char there[ERR_NEXT_MAX];
	struct port_list l;
	size_t hits = 0;
	enum err e;

	if (json_array_size(json_object_get(board, "match")) == 0)
		return err_set(why, ERR_USAGE, id, "name the port itself: vise ports lists them",
		    "this board profile does not say which USB device it is");
	e = ports_list(root, 0, &l, why);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < l.n; i++)
		if (portrow_is_board(&l.v[i], board) && hits++ == 0)
			*out = l.v[i];
	ports_free(&l);
	ports_sentence(root, there, sizeof there);
	if (hits == 0)
		return err_set(why, ERR_NOENT, id, there, "no such board is plugged in");
	if (hits > 1)
		return err_set(why, ERR_USAGE, id, there, "%zu ports are of this board: name one",
		    hits);
	return ERR_OK;
}

/* ---- rows */

void
portrow_spec(const struct port *p, char *out, size_t size)
{
	/* a colon in a serial number would end it too early */
	const bool serial = p->serial[0] != '\0' && strchr(p->serial, ':') == NULL;

	if (!p->usb || (!serial && p->by_id[0] == '\0'))
		snprintf(out, size, "%s", p->path);
	else if (!serial)
		snprintf(out, size, "%s", p->by_id);
	else if (p->interface < 0)
		snprintf(out, size, "usb:%04x:%04x:%s", p->vid, p->pid, p->serial);
	else
		snprintf(out, size, "usb:%04x:%04x:%s:%02x", p->vid, p->pid, p->serial,
		    (unsigned)p->interface);
}

/* The rule serves USB ports, at once and over ssh; a group serves any port after the next login. */
void
portrow_mend(const struct port *p, char *out, size_t size)
{
	char user[64], *rule;

	out[0] = '\0';
	if (!p->denied)
		return;
	if (p->usb) {
		rule = path_data("share/udev/70-vise.rules");
		snprintf(out, size, "sudo install -m 644 %s /etc/udev/rules.d/ && "
		    "sudo udevadm control --reload && sudo udevadm trigger",
		    rule != NULL ? rule : "share/udev/70-vise.rules");
		mem_free(rule);
		return;
	}
	process_user(user, sizeof user);
	snprintf(out, size, "sudo usermod -aG %s %s, then log in again",
	    p->group[0] != '\0' ? p->group : "dialout", user);
}

json_t *
portrow_json(const struct port *p, const json_t *boards)
{
	const json_t *board = portrow_board(p, boards);
	json_t *maybe = board == NULL ? portrow_candidates(p, boards) : NULL;
	char id[16], spec[2 * PORT_PATH_MAX], mend[2 * PORT_PATH_MAX];
	json_t *o = json_object();

	portrow_spec(p, spec, sizeof spec);
	portrow_mend(p, mend, sizeof mend);
	json_put_str(o, "path", p->path);
	json_put_str(o, "by_id", p->by_id);
	json_put_str(o, "spec", spec);
	json_put_str(o, "driver", p->driver);
	json_put_str(o, "description", p->description);
	json_put_str(o, "manufacturer", p->manufacturer);
	json_put_str(o, "product", p->product);
	json_put_str(o, "serial", p->serial);
	json_put_bool(o, "usb", p->usb);
	if (p->usb) {
		snprintf(id, sizeof id, "%04x:%04x", p->vid, p->pid);
		json_put_str(o, "id", id);
		json_put_int(o, "interface", p->interface);
	}
	if (board != NULL)
		json_put_str(o, "profile", json_get_str(board, "id", ""));
	if (json_array_size(maybe) != 0)
		(void)json_object_set(o, "candidates", maybe);
	json_decref(maybe);
	json_put_bool(o, "denied", p->denied);
	json_put_str(o, "group", p->group);
	json_put_str(o, "mend", mend);
	json_put_int(o, "holder", p->holder);
	json_put_str(o, "holder_name", p->holder_name);
	return o;
}
