/* discover.c - walking sysfs for serial ports; nothing is opened but small text files. */
#include "transport/discover.h"

#include <grp.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/utf8.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"
#include "transport/node_name.h"

enum { ATTR_MAX = 4096, PORTS_MAX = 512, CLIMB_MAX = 16 };

/* Facts of a USB device are text from a stranger: control bytes are escaped, the end is cut. */
static void
clean_copy(char *out, size_t size, const char *p, size_t n)
{
	struct buf b;

	buf_init(&b, 4 * ATTR_MAX + 1);
	(void)utf8_escape(&b, p, n, 0);
	snprintf(out, size, "%s", buf_str(&b));
	buf_fini(&b);
}

/* The attribute dir/name, trimmed; false when there is none. */
static bool
attr(const char *dir, const char *name, char *out, size_t size)
{
	char *path = path_join(dir, name);
	struct buf b;
	bool good;

	out[0] = '\0';
	buf_init(&b, ATTR_MAX + 65536 + 1);
	good = sys_file_read(path, ATTR_MAX, &b, NULL) == ERR_OK;
	if (good) {
		const struct slice s = slice_trim(slice_make(b.data, b.len));

		clean_copy(out, size, s.p, s.n);
	}
	buf_fini(&b);
	mem_free(path);
	return good;
}

static bool
attr_hex(const char *dir, const char *name, uint64_t max, uint64_t *out)
{
	char text[32];

	return attr(dir, name, text, sizeof text) && slice_hex(slice_of(text), out) && *out <= max;
}

static bool
real(const char *path, char *out)
{
	return realpath(path, out) != NULL;
}

static void
last_part(const char *path, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');

	snprintf(out, size, "%.*s", (int)size - 1, slash != NULL ? slash + 1 : path);
}

/* From the port's device folder up: first the interface, then the device with idVendor. */
static void
read_usb(struct port *p, const char *root, const char *device)
{
	char dir[PATH_MAX];
	uint64_t v;

	snprintf(dir, sizeof dir, "%s", device);
	for (int i = 0; i < CLIMB_MAX; i++) {
		char *slash;

		if (p->interface < 0 && attr_hex(dir, "bInterfaceNumber", 255, &v))
			p->interface = (int)v;
		if (attr_hex(dir, "idVendor", UINT16_MAX, &v)) {
			p->usb = true;
			p->vid = (uint16_t)v;
			if (attr_hex(dir, "idProduct", UINT16_MAX, &v))
				p->pid = (uint16_t)v;
			(void)attr(dir, "serial", p->serial, sizeof p->serial);
			(void)attr(dir, "product", p->product, sizeof p->product);
			(void)attr(dir, "manufacturer", p->manufacturer, sizeof p->manufacturer);
			snprintf(p->sysfs, sizeof p->sysfs, "%.*s", (int)sizeof p->sysfs - 1,
			    dir + strlen(root));
			return;
		}
		slash = strrchr(dir, '/');
		if (slash == NULL || slash == dir || strlen(dir) <= strlen(root))
			return;
		*slash = '\0';
	}
}

struct link_search { const char *dir, *name; struct port *p; };

static bool
match_link(const char *name, void *arg)
{
	const struct link_search *s = arg;
	char *path = path_join(s->dir, name), target[PORT_PATH_MAX], last[PORT_TEXT_MAX];
	const ssize_t n = readlink(path, target, sizeof target - 1);

	target[n > 0 ? n : 0] = '\0';
	last_part(target, last, sizeof last);
	if (strcmp(last, s->name) == 0) /* udev makes them "../../ttyUSB0" */
		snprintf(s->p->by_id, sizeof s->p->by_id, "%s", path);
	mem_free(path);
	return s->p->by_id[0] == '\0';
}

static void
read_links(struct port *p, const char *root, const char *name)
{
	char *dir = mem_fmt("%s/dev/serial/by-id", root);
	struct link_search s = { .dir = dir, .name = name, .p = p };

	(void)path_each(dir, match_link, &s, NULL);
	mem_free(dir);
}

static void
read_access(struct port *p, unsigned flags)
{
	struct stat st;

	if (stat(p->path, &st) == 0 && access(p->path, R_OK | W_OK) != 0) {
		const struct group *g = getgrgid(st.st_gid);

		p->denied = true;
		if (g != NULL && (st.st_mode & 060) == 060)
			snprintf(p->group, sizeof p->group, "%s", g->gr_name);
	}
	if ((flags & PORTS_HOLDERS) != 0)
		p->holder = process_holder(p->path, p->holder_name, sizeof p->holder_name);
}

/* libserialport's own words for the port; by name it opens nothing (0.1.1 and 0.1.2). */
static void
read_description(struct port *p, const char *root)
{
	struct sp_port *sp = NULL;
	const char *text;

	if (root[0] == '\0' && sp_get_port_by_name(p->path, &sp) == SP_OK && sp != NULL) {
		text = sp_get_port_description(sp);
		if (text != NULL)
			clean_copy(p->description, sizeof p->description, text, strlen(text));
		sp_free_port(sp);
	}
	if (p->description[0] == '\0')
		snprintf(p->description, sizeof p->description, "%s", p->product);
}

/* name is that of /sys/class/tty; false: no hardware behind it. */
static bool
fill(const char *root, const char *name, unsigned flags, struct port *p)
{
	char *dir = mem_fmt("%s/sys/class/tty/%s", root, name);
	char *link = path_join(dir, "device"), *drv = path_join(link, "driver");
	char device[PATH_MAX], full[PATH_MAX], type[16];
	bool good = real(link, device);

	*p = (struct port){ .interface = -1 };
	if (good && attr(dir, "type", type, sizeof type) && strcmp(type, "0") == 0)
		good = false;           /* an 8250 slot without a chip */
	if (good) {
		if (real(drv, full))
			last_part(full, p->driver, sizeof p->driver);
		snprintf(p->path, sizeof p->path, "%s/dev/%s", root, name);
		snprintf(p->sysfs, sizeof p->sysfs, "%.*s", (int)sizeof p->sysfs - 1,
		    device + strlen(root));
		read_usb(p, root, device);
		read_links(p, root, name);
		read_access(p, flags);
		read_description(p, root);
	}
	mem_free(drv);
	mem_free(link);
	mem_free(dir);
	return good;
}

struct walk { const char *root; unsigned flags; struct port_list *out; };

static bool
add_port(const char *name, void *arg)
{
	struct walk *w = arg;
	struct port p;

	if (!fill(w->root, name, w->flags, &p))
		return true;
	w->out->v = mem_resize(w->out->v, w->out->n + 1, sizeof *w->out->v);
	w->out->v[w->out->n++] = p;
	return w->out->n < PORTS_MAX;
}

/* root without links in it, so that paths below it can be cut by its length. */
static bool
real_root(const char *root, char *out)
{
	out[0] = '\0';
	return root[0] == '\0' || real(root, out);
}

enum err
ports_list(const char *root, unsigned flags, struct port_list *out, struct err_msg *why)
{
	char base[PATH_MAX], *dir;
	struct walk w = { .root = base, .flags = flags, .out = out };

	*out = (struct port_list){ .n = 0 };
	if (!real_root(root, base))
		return err_set(why, ERR_NOENT, root, NULL, "there is no such folder");
	dir = mem_fmt("%s/sys/class/tty", base);
	if (path_is_dir(dir))           /* without a tty class there are no ports: no error */
		(void)path_each(dir, add_port, &w, NULL);
	mem_free(dir);
	return ERR_OK;
}

void
ports_free(struct port_list *l)
{
	mem_free(l->v);
	*l = (struct port_list){ .n = 0 };
}

enum err
port_describe(const char *root, const char *path, unsigned flags, struct port *out)
{
	char base[PATH_MAX], full[PATH_MAX], name[PORT_TEXT_MAX];

	*out = (struct port){ .interface = -1 };
	if (!real_root(root, base) || !node_resolve(path, full, sizeof full))
		return ERR_NOTHING;
	last_part(full, name, sizeof name);
	return fill(base, name, flags, out) ? ERR_OK : ERR_NOTHING;
}

bool
port_same(const struct port *a, const struct port *b)
{
	if (!a->usb || !b->usb || a->vid != b->vid || a->pid != b->pid ||
	    a->interface != b->interface)
		return false;
	if (a->serial[0] != '\0' || b->serial[0] != '\0')
		return strcmp(a->serial, b->serial) == 0;
	return strcmp(a->sysfs, b->sysfs) == 0;
}

static bool
find_same(const char *root, const struct port *was, struct port *out)
{
	struct port_list l;
	bool found = false;

	if (ports_list(root, 0, &l, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < l.n && !found; i++) {
		found = port_same(&l.v[i], was);
		if (found)
			*out = l.v[i];
	}
	ports_free(&l);
	return found;
}

enum err
port_find_again(const char *root, const char *path, const struct port *was, struct port *out,
    struct err_msg *why)
{
	struct port here;
	const bool there = port_describe(root, path, 0, &here) == ERR_OK;

	*out = here;
	if ((there && port_same(&here, was)) || find_same(root, was, out))
		return ERR_OK;
	if (there)
		return err_set(why, ERR_BUSY, path, "open it by hand if that is the one you want",
		    "another board (%04x:%04x %s) stands in its place", here.vid, here.pid,
		    here.serial);
	return err_set(why, ERR_NOTHING, path, NULL, "it is not there yet");
}

/* The parts of VID:PID[:SERIAL[:INTERFACE]]. */
struct selector { uint64_t vid, pid, interface; bool has_interface; struct slice serial; };

static bool
parse_selector(const char *text, struct selector *s)
{
	struct slice rest = slice_of(text);
	const struct slice vid = slice_cut(rest, ':', &rest), pid = slice_cut(rest, ':', &rest);

	s->serial = slice_cut(rest, ':', &rest);
	s->has_interface = rest.n != 0;
	return slice_hex(vid, &s->vid) && slice_hex(pid, &s->pid) && s->vid <= UINT16_MAX &&
	    s->pid <= UINT16_MAX &&
	    (!s->has_interface || (slice_hex(rest, &s->interface) && s->interface <= 255));
}

static bool
selected(const struct selector *s, const struct port *p)
{
	return p->usb && p->vid == s->vid && p->pid == s->pid &&
	    (s->serial.n == 0 || slice_is(s->serial, p->serial)) &&
	    (!s->has_interface || p->interface == (int)s->interface);
}

enum err
port_select(const char *root, const char *selector, struct port *out, struct err_msg *why)
{
	struct port_list l;
	struct selector s;
	size_t hits = 0;
	enum err e;

	if (!parse_selector(selector, &s))
		return err_set(why, ERR_USAGE, selector,
		    "write usb:VID:PID[:SERIAL[:INTERFACE]], VID and PID in hex",
		    "it does not name a USB port");
	e = ports_list(root, 0, &l, why);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < l.n; i++)
		if (selected(&s, &l.v[i]) && hits++ == 0)
			*out = l.v[i];
	ports_free(&l);
	if (hits == 0) {
		char there[ERR_NEXT_MAX];

		ports_sentence(root, there, sizeof there);
		return err_set(why, ERR_NOENT, selector, there, "no such port is plugged in");
	}
	if (hits > 1)
		return err_set(why, ERR_USAGE, selector, "add :SERIAL or :SERIAL:INTERFACE",
		    "%zu ports fit", hits);
	return ERR_OK;
}

void
ports_sentence(const char *root, char *out, size_t size)
{
	struct port_list l;
	size_t used = 0;

	if (ports_list(root, 0, &l, NULL) != ERR_OK || l.n == 0) {
		snprintf(out, size, "no serial port is plugged in");
		ports_free(&l);
		return;
	}
	used += (size_t)snprintf(out, size, "there is ");
	for (size_t i = 0; i < l.n && used < size; i++) {
		const char *text = l.v[i].description;

		used += (size_t)snprintf(out + used, size - used, "%s%s%s%.40s%s", 
		    i == 0 ? "" : ", ", l.v[i].path,
		    text[0] != '\0' ? " (" : "", text, text[0] != '\0' ? ")" : "");
	}
	ports_free(&l);
}
