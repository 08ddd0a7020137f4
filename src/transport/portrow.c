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
match_holds(const struct port *p, const json_t *m)
{
	const char *usb = json_get_str(m, "usb", NULL), *vid = json_get_str(m, "vid", NULL),
		   *pid = json_get_str(m, "pid", NULL), *product = json_get_str(m, "product", NULL),
		   *serial = json_get_str(m, "serial", NULL);
	const int64_t interface = json_get_int(m, "interface", -1);

	if (usb == NULL && vid == NULL && product == NULL)
		return false;
	return (usb == NULL || usb_is(usb, p)) && (vid == NULL || hex_is(vid, p->vid)) &&
	    (pid == NULL || hex_is(pid, p->pid)) &&
	    (product == NULL || strcmp(product, p->product) == 0) &&
	    (serial == NULL || strcmp(serial, p->serial) == 0) &&
	    (interface < 0 || interface == p->interface);
}

bool
portrow_is_board(const struct port *p, const json_t *board)
{
	const json_t *m;
	size_t i;

	if (!p->usb)
		return false;
	json_array_foreach(json_object_get(board, "match"), i, m)
		if (match_holds(p, m))
			return true;
	return false;
}

const json_t *
portrow_board(const struct port *p, const json_t *boards)
{
	const json_t *b;
	size_t i;

	json_array_foreach(boards, i, b)
		if (portrow_is_board(p, b))
			return b;
	return NULL;
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
	json_put_bool(o, "denied", p->denied);
	json_put_str(o, "group", p->group);
	json_put_str(o, "mend", mend);
	json_put_int(o, "holder", p->holder);
	json_put_str(o, "holder_name", p->holder_name);
	return o;
}
