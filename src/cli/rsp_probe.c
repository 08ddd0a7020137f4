/* rsp_probe.c - `vise rsp probe`. */
#include "cli/rsp_probe.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "cli/args.h"
#include "cli/rsp_ask.h"
#include "cli/say.h"
#include "rsp/meaning.h"
#include "sys/time.h"

enum { HELLO_TRIPS = 20 };

/* Each asks for something that changes nothing; an empty answer is a no. */
static const struct probe {
	const char *key, *request, *label;
} probes[] = {
	{ "binary_write", "X0,0:", "binary writes (X)" },
	{ "binary_read", "x0,0", "binary reads (x)" },
	{ "software_breakpoints", "z0,0,2", "software breakpoints" },
	{ "hardware_breakpoints", "z1,0,2", "hardware breakpoints" },
	{ "write_watchpoints", "z2,0,4", "write watchpoints" },
	{ "read_watchpoints", "z3,0,4", "read watchpoints" },
	{ "access_watchpoints", "z4,0,4", "access watchpoints" },
	{ "one_register", "p0", "single registers (p)" },
	{ "crc", "qCRC:0,4", "checksums of memory (qCRC)" },
	{ "threads", "qfThreadInfo", "threads" },
	{ "monitor", "qRcmd,68656c70", "monitor commands" },
};

static enum err
ask_probes(struct rsp_ask *a, struct err_msg *why)
{
	json_t *does = json_object();
	struct buf reply;
	enum err e = ERR_OK;

	buf_init(&reply, RSP_BODY_MAX);
	for (size_t i = 0; e == ERR_OK && i < sizeof probes / sizeof *probes; i++) {
		e = rsp_client_say(a->client, probes[i].request, &reply, why);
		if (e == ERR_OK)
			json_put_bool(does, probes[i].key, reply.len != 0);
	}
	json_put(a->out, "does", does);
	buf_fini(&reply);
	return e;
}

static enum err
ask_words(struct rsp_ask *a, struct err_msg *why)
{
	static const struct { const char *key, *request; } words[] = {
		{ "continues", "vCont?" }, { "stop", "?" }, { "attached", "qAttached" },
	};
	struct buf reply;
	enum err e = ERR_OK;

	buf_init(&reply, RSP_BODY_MAX);
	for (size_t i = 0; e == ERR_OK && i < sizeof words / sizeof *words; i++) {
		e = rsp_client_say(a->client, words[i].request, &reply, why);
		if (e == ERR_OK)
			json_put_strn(a->out, words[i].key, buf_str(&reply), reply.len);
	}
	buf_fini(&reply);
	return e;
}

static enum err
time_trips(struct rsp_ask *a, struct err_msg *why)
{
	uint64_t best = UINT64_MAX, sum = 0;
	enum err e = ERR_OK;

	for (int i = 0; e == ERR_OK && i < HELLO_TRIPS; i++) {
		const uint64_t start = sys_mono();
		uint64_t took;

		e = rsp_client_say(a->client, "qC", NULL, why);
		took = sys_mono() - start;
		sum += took;
		best = took < best ? took : best;
	}
	json_put_num(a->out, "round_trip_ms", (double)sum / HELLO_TRIPS / 1e6);
	json_put_num(a->out, "best_round_trip_ms", (double)best / 1e6);
	return e;
}

static void
put_target(struct rsp_ask *a)
{
	json_t *features = json_array();

	json_put_str(a->out, "hello", rsp_client_features(a->client));
	json_put_int(a->out, "packet_size", (int64_t)rsp_client_packet_size(a->client));
	json_put_bool(a->out, "no_ack_mode", rsp_client_has(a->client, "QStartNoAckMode+"));
	json_put_bool(a->out, "non_stop", rsp_client_has(a->client, "QNonStop+"));
	json_put_bool(a->out, "memory_map", rsp_client_has(a->client, "qXfer:memory-map:read+"));
	json_put_bool(a->out, "described", a->described);
	json_put_str(a->out, "architecture", a->target.architecture);
	json_put_int(a->out, "registers", (int64_t)a->target.registers);
	json_put_str(a->out, "isa", rsp_isa_word(a->target.isa));
	for (size_t i = 0; i < a->target.features; i++)
		(void)json_array_append_new(features, json_text(a->target.feature[i],
		    strlen(a->target.feature[i])));
	json_put(a->out, "features", features);
}

static void
row(const char *label, const char *text)
{
	printf("%-28s ", label);
	say_str(stdout, text[0] != '\0' ? text : "not said");
	putchar('\n');
}

static const char *
yes_no(const json_t *o, const char *key)
{
	return json_get_bool(o, key, false) ? "yes" : "no";
}

/* Its pieces, as many in a line as 80 columns hold. */
static void
pieces(const char *label, const char *text)
{
	struct slice rest = slice_of(text);
	size_t at = 0;

	printf("%-28s ", label);
	while (rest.n != 0) {
		const struct slice one = slice_cut(rest, ';', &rest);

		if (at != 0 && at + one.n > 48) {
			printf("\n%-28s ", "");
			at = 0;
		}
		say_text(stdout, one.p, one.n);
		fputs(rest.n != 0 ? ";" : "", stdout);
		at += one.n + 1;
	}
	putchar('\n');
}

/* vCont;c;C;s;S in words. */
static void
ways(const char *text)
{
	static const struct { char c; const char *word; } acts[] = { { 'c', "continue" },
		{ 's', "step" }, { 'r', "step within a range" }, { 't', "stop" } };
	const bool has = strncmp(text, "vCont", 5) == 0;
	bool any = false;

	printf("%-28s ", "ways to run (vCont)");
	for (size_t i = 0; has && i < sizeof acts / sizeof *acts; i++)
		if (strchr(text + 5, acts[i].c) != NULL) {
			printf("%s%s", any ? ", " : "", acts[i].word);
			any = true;
		}
	puts(any ? "" : "none");
}

static void
registers(const json_t *o)
{
	const json_t *features = json_object_get(o, "features");

	printf("%-28s ", "registers described");
	if (json_get_int(o, "registers", 0) == 0)
		fputs("no", stdout);
	else
		printf("%lld", (long long)json_get_int(o, "registers", 0));
	for (size_t i = 0; i < json_array_size(features); i++) {
		printf(i == 0 ? ": " : ",\n%-32s", "");
		say_str(stdout, json_string_value(json_array_get(features, i)));
	}
	putchar('\n');
}

static void
text_probe(const json_t *o)
{
	const json_t *does = json_object_get(o, "does");
	const char *hello = json_get_str(o, "hello", ""), *stop = json_get_str(o, "stop", "");
	char words[RSP_WORDS_MAX];

	printf("%-28s %lld bytes%s\n", "packets up to",
	    (long long)json_get_int(o, "packet_size", 0),
	    strstr(hello, "PacketSize=") == NULL ? " (not said: what gdb takes then)" : "");
	printf("%-28s %.3f ms, at best %.3f ms\n", "round trip",
	    json_get_num(o, "round_trip_ms", 0), json_get_num(o, "best_round_trip_ms", 0));
	row("architecture", json_get_str(o, "architecture", ""));
	registers(o);
	row("no-ack mode", yes_no(o, "no_ack_mode"));
	row("non-stop mode", yes_no(o, "non_stop"));
	row("memory map", yes_no(o, "memory_map"));
	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
		row(probes[i].label, yes_no(does, probes[i].key));
	ways(json_get_str(o, "continues", ""));
	rsp_reply_words(slice_of("?"), slice_of(stop), words);
	row("why it stopped", stop[0] != '\0' ? words : "");
	pieces("says of itself", hello);
}

int
cli_rsp_probe(struct cli_call *c)
{
	struct rsp_ask a = { .call = c };
	struct err_msg why;
	enum err e = args_parse(c, NULL, 1, 1, &why);

	if (e == ERR_OK)
		e = rsp_ask_open(&a, c->word[0], false, NULL, &why);
	if (e == ERR_OK) {
		put_target(&a);
		e = ask_words(&a, &why);
	}
	if (e == ERR_OK)
		e = ask_probes(&a, &why);
	if (e == ERR_OK)
		e = time_trips(&a, &why);
	return rsp_ask_close(&a, e, &why, text_probe);
}
