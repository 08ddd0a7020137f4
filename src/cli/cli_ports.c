/* cli_ports.c - `vise ports`. */
#include "cli/cli_ports.h"

#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "transport/portrow.h"

static void
print_word(const char *before, const json_t *o, const char *key)
{
	const char *text = json_get_str(o, key, "");

	if (text[0] == '\0')
		return;
	fputs(before, stdout);
	say_str(stdout, text);
}

/* Several profiles have these ids. */
static void
print_candidates(const json_t *ids)
{
	const json_t *id;
	size_t i;

	if (json_array_size(ids) == 0)
		return;
	fputs("    may be", stdout);
	json_array_foreach(ids, i, id)
		printf("%s%s", i == 0 ? " " : ", ", json_string_value(id));
	putchar('\n');
}

static void
print_usb(const json_t *o)
{
	print_word("    ", o, "id");
	print_word("  serial ", o, "serial");
	if (json_get_int(o, "interface", -1) >= 0)
		printf("  interface %lld", (long long)json_get_int(o, "interface", -1));
	print_word("  ", o, "manufacturer");
	putchar('\n');
}

/*
 *	/dev/ttyACM0  Board in FS Mode  (cdc_acm)  profile pico
 *	    2e8a:000a  serial E66  interface 0  Raspberry Pi
 *	    /dev/serial/by-id/usb-...
 *	    select it as usb:2e8a:000a:E66:00
 */
static void
print_port(const json_t *o)
{
	const char *spec = json_get_str(o, "spec", ""), *path = json_get_str(o, "path", ""),
		   *by_id = json_get_str(o, "by_id", "");

	say_str(stdout, path);
	print_word("  ", o, json_get_str(o, "product", "")[0] != '\0' ? "product" : "description");
	if (json_get_str(o, "driver", "")[0] != '\0') {
		print_word("  (", o, "driver");
		putchar(')');
	}
	print_word("  profile ", o, "profile");
	putchar('\n');
	if (json_get_bool(o, "usb", false))
		print_usb(o);
	print_candidates(json_object_get(o, "candidates"));
	if (by_id[0] != '\0')
		printf("    %s\n", by_id);
	if (strcmp(spec, path) != 0 && strcmp(spec, by_id) != 0) {
		print_word("    select it as ", o, "spec");
		putchar('\n');
	}
	if (json_get_bool(o, "denied", false)) {
		fputs("    not yours to open", stdout);
		print_word(": the group ", o, "group");
		fputs(json_get_str(o, "group", "")[0] != '\0' ? " may\n" : "\n", stdout);
		printf("    mend it: %s\n", json_get_str(o, "mend", ""));
	}
	if (json_get_int(o, "holder", 0) != 0) {
		printf("    held by process %lld", (long long)json_get_int(o, "holder", 0));
		print_word(" ", o, "holder_name");
		putchar('\n');
	}
}

int
cli_ports(struct cli_call *c)
{
	struct port_list list = { .v = NULL };
	json_t *all = json_array(), *boards = NULL;
	struct err_msg why;
	enum err e = args_parse(c, NULL, 0, 0, &why);

	if (e == ERR_OK)
		e = ports_list("", PORTS_HOLDERS, &list, &why);
	if (e == ERR_OK)
		boards = plugins_boards();
	for (size_t i = 0; e == ERR_OK && i < list.n; i++)
		(void)json_array_append_new(all, portrow_json(&list.v[i], boards));
	if (e == ERR_OK && c->json)
		say_json(all);
	for (size_t i = 0; e == ERR_OK && !c->json && i < json_array_size(all); i++)
		print_port(json_array_get(all, i));
	if (e == ERR_OK && !c->json && list.n == 0)
		puts("no serial port is there");
	json_decref(boards);
	json_decref(all);
	ports_free(&list);
	return say_end(c, e, &why);
}
