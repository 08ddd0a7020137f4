/* usblist.c - walking /sys/bus/usb/devices. */
#include "transport/usblist.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/utf8.h"
#include "sys/io.h"
#include "sys/path.h"

enum { ATTR_MAX = 4096, TEXT_MAX = 256 };

struct walk { const char *dir; json_t *list; };

static bool
attr(const char *dir, const char *name, char out[TEXT_MAX])
{
	char *path = path_join(dir, name);
	struct buf b, clean;
	bool good;

	out[0] = '\0';
	buf_init(&b, ATTR_MAX + (1 << 16) + 1);
	buf_init(&clean, 4 * ATTR_MAX + 1);
	good = sys_file_read(path, ATTR_MAX, &b, NULL) == ERR_OK;
	if (good) {
		const struct slice s = slice_trim(slice_make(b.data, b.len));

		(void)utf8_escape(&clean, s.p, s.n, 0);
		snprintf(out, TEXT_MAX, "%s", buf_str(&clean));
	}
	buf_fini(&b);
	buf_fini(&clean);
	mem_free(path);
	return good;
}

static void
put(json_t *o, const char *dir, const char *name, const char *key)
{
	char text[TEXT_MAX];

	if (attr(dir, name, text) && text[0] != '\0')
		json_put(o, key, json_text(text, strlen(text)));
}

/* "1-2.3" is a device, "1-2.3:1.0" one of its interfaces, "usb1" a hub of the machine. */
static bool
add(const char *name, void *arg)
{
	const struct walk *w = arg;
	char vid[TEXT_MAX], pid[TEXT_MAX], *dir;
	uint64_t v, p;
	json_t *o;

	if (strchr(name, ':') != NULL || strncmp(name, "usb", 3) == 0)
		return true;
	dir = path_join(w->dir, name);
	if (attr(dir, "idVendor", vid) && attr(dir, "idProduct", pid) &&
	    slice_hex(slice_of(vid), &v) && slice_hex(slice_of(pid), &p) && v <= UINT16_MAX &&
	    p <= UINT16_MAX) {
		char id[12];

		snprintf(id, sizeof id, "%04x:%04x", (unsigned)v, (unsigned)p);
		o = json_object();
		json_put_str(o, "id", id);
		json_put_int(o, "vid", (int64_t)v);
		json_put_int(o, "pid", (int64_t)p);
		put(o, dir, "serial", "serial");
		put(o, dir, "product", "product");
		put(o, dir, "manufacturer", "manufacturer");
		put(o, dir, "bDeviceClass", "class");
		put(o, dir, "speed", "speed");
		json_put_str(o, "location", name);
		(void)json_array_append_new(w->list, o);
	}
	mem_free(dir);
	return json_array_size(w->list) < USBLIST_MAX;
}

enum err
usblist(const char *root, json_t **out, struct err_msg *why)
{
	char *dir = mem_fmt("%s/sys/bus/usb/devices", root);
	struct walk w = { dir, json_array() };
	enum err e = path_exists(dir) ? path_each(dir, add, &w, why) : ERR_OK;

	mem_free(dir);
	if (e == ERR_OK)
		*out = w.list;
	else
		json_decref(w.list);
	return e;
}
