/* cli_ports.c - `vise ports`. */
#include "cli/cli_ports.h"

#include <stdio.h>

#include "cli/args.h"
#include "cli/say.h"
#include "core/json.h"
#include "transport/discover.h"

static json_t *
port_json(const struct port *p)
{
	json_t *o = json_object();
	char id[16];

	json_put_str(o, "path", p->path);
	json_put_str(o, "by_id", p->by_id);
	json_put_str(o, "driver", p->driver);
	json_put_str(o, "description", p->description);
	json_put_str(o, "manufacturer", p->manufacturer);
	json_put_str(o, "product", p->product);
	json_put_str(o, "serial", p->serial);
	json_put_bool(o, "usb", p->usb);
	if (p->usb) {
		(void)snprintf(id, sizeof id, "%04x:%04x", p->vid, p->pid);
		json_put_str(o, "id", id);
		json_put_int(o, "interface", p->interface);
	}
	json_put_bool(o, "denied", p->denied);
	json_put_str(o, "group", p->group);
	json_put_int(o, "holder", p->holder);
	json_put_str(o, "holder_name", p->holder_name);
	return o;
}

static void
print_port(const struct port *p)
{
	say_str(stdout, p->path);
	if (p->usb)
		printf("  %04x:%04x", p->vid, p->pid);
	printf("  ");
	say_str(stdout, p->description[0] != '\0' ? p->description : p->product);
	if (p->driver[0] != '\0') {
		printf("  (");
		say_str(stdout, p->driver);
		putchar(')');
	}
	putchar('\n');
	if (p->by_id[0] != '\0') {
		printf("    ");
		say_str(stdout, p->by_id);
		putchar('\n');
	}
	if (p->denied)
		printf("    not yours to open: sudo usermod -aG %s \"$USER\", then log in again\n",
		    p->group[0] != '\0' ? p->group : "dialout");
	if (p->holder != 0) {
		printf("    held by process %ld ", (long)p->holder);
		say_str(stdout, p->holder_name);
		putchar('\n');
	}
}

int
cli_ports(struct cli_call *c)
{
	struct port_list list = { .v = NULL };
	json_t *all = json_array();
	struct err_msg why;
	enum err e = args_parse(c, NULL, 0, 0, &why);

	if (e == ERR_OK)
		e = ports_list("", PORTS_HOLDERS, &list, &why);
	for (size_t i = 0; e == ERR_OK && i < list.n; i++) {
		if (c->json)
			(void)json_array_append_new(all, port_json(&list.v[i]));
		else
			print_port(&list.v[i]);
	}
	if (e == ERR_OK && c->json)
		say_json(all);
	else if (e == ERR_OK && list.n == 0)
		puts("no serial port is there");
	json_decref(all);
	ports_free(&list);
	return say_end(c, e, &why);
}
