/* at_table.c - the tables of AT dialects, and the look-ups in them. */
#include "console/at_table.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

struct code_row { const char *word; bool good; };

static const struct code_row codes[AT_CODE_COUNT] = {
#define X(name, text, is_good) [AT_##name] = { text, is_good },
	AT_CODE_LIST(X)
#undef X
};

const char *
at_code_word(enum at_code c)
{
	return (unsigned)c < AT_CODE_COUNT ? codes[c].word : "?";
}

bool
at_code_good(enum at_code c)
{
	return (unsigned)c < AT_CODE_COUNT && codes[c].good;
}

/* ---- small helpers */

static bool
begins(struct slice s, const char *text)
{
	const size_t n = strlen(text);

	return s.n >= n && strncasecmp(s.p, text, n) == 0;
}

static bool
equals(struct slice s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static bool
is_mark(char c)
{
	return c != '\0' && strchr("+^#$%*!_", c) != NULL;
}

bool
at_table_is_at(struct slice command)
{
	return begins(command, "AT");
}

bool
at_table_extended(struct slice command)
{
	return at_table_is_at(command) && command.n > 2 && is_mark(command.p[2]);
}

/* The command is one of the list "D|A|O|+CIPSTART": what follows AT begins with it. */
static bool
is_one_of(struct slice command, const char *list)
{
	const struct slice body = slice_skip(command, 2);
	struct slice rest = slice_of(list);

	if (!at_table_is_at(command))
		return false;
	while (rest.n != 0) {
		const struct slice w = slice_cut(rest, '|', &rest);

		if (body.n >= w.n && strncasecmp(body.p, w.p, w.n) == 0)
			return true;
	}
	return false;
}

/* ---- final codes */

/* Only for these commands CONNECT and the call results are an end; elsewhere they are news
 * of a call. */
#define CALLS "D|A|O|+CGDATA|#SD|#SKTD|#SO|&D"

struct final_row {
	const char *text;
	bool prefix;
	enum at_code code;
	const char *only;               /* commands it ends; NULL: all */
};

static const struct final_row finals[] = {
	{ "OK", false, AT_OK, NULL },
	{ "ERROR", false, AT_ERROR, NULL },
	{ "+CME ERROR:", true, AT_CME, NULL },
	{ "+CMS ERROR:", true, AT_CMS, NULL },
	{ "CONNECT", false, AT_CONNECT, CALLS },
	{ "CONNECT ", true, AT_CONNECT, CALLS },
	{ "NO CARRIER", false, AT_NO_CARRIER, CALLS },
	{ "BUSY", false, AT_BUSY, CALLS },
	{ "NO ANSWER", false, AT_NO_ANSWER, CALLS },
	{ "NO DIALTONE", false, AT_NO_DIALTONE, CALLS },
	{ "NO DIAL TONE", false, AT_NO_DIALTONE, CALLS },
	{ "SEND OK", false, AT_OK, "+CIPSEND|+QISEND|+CIPSENDEX" }, /* ESP-AT, SIMCom, Quectel */
	{ "SEND FAIL", false, AT_SEND_FAIL, "+CIPSEND|+QISEND|+CIPSENDEX" },
	{ "CLOSE OK", false, AT_OK, "+CIPCLOSE|+QICLOSE" },
	{ "SHUT OK", false, AT_OK, "+CIPSHUT" },
	{ "MODEM ERROR:", true, AT_ERROR, NULL },
	{ "COMMAND NOT SUPPORT", false, AT_ERROR, NULL },                       /* Huawei */
	{ "TOO MANY PARAMETERS", false, AT_ERROR, NULL },
	{ "busy p...", false, AT_BUSY, NULL }, /* ESP-AT refused the command */
	{ "busy s...", false, AT_BUSY, NULL },
};

static int
number_after(struct slice line, size_t at)
{
	uint64_t v;

	return slice_u64(slice_trim(slice_skip(line, at)), INT_MAX, &v) ? (int)v : -1;
}

bool
at_table_final(struct slice line, struct slice command, enum at_code *code, int *number)
{
	*number = -1;
	for (size_t i = 0; i < sizeof finals / sizeof *finals; i++) {
		const struct final_row *r = &finals[i];

		if (!(r->prefix ? slice_starts(line, r->text) : equals(line, r->text)))
			continue;
		if (r->only != NULL && !is_one_of(command, r->only))
			continue;
		*code = r->code;
		if (r->prefix && r->code != AT_CONNECT)
			*number = number_after(line, strlen(r->text));
		return true;
	}
	return false;
}

/* ---- unsolicited lines */

/* A '=' in front: the whole line; otherwise its beginning. */
static const char *const urcs[] = {
	"=RING", "=NO CARRIER", "=CLOSED", "=CONNECT OK", "=PB DONE", "=SMS Ready", "=Call Ready",
	"=SMS DONE", "=NORMAL POWER DOWN", "=POWERED DOWN", "UNDER-VOLTAGE ", "OVER-VOLTAGE ",
	"WIFI CONNECTED", "WIFI GOT IP", "WIFI DISCONNECT", "SRING:", "+IPD,",
	"+CMTI:", "+CMT:", "+CDSI:", "+CDS:", "+CBMI:", "+CBM:", "+CRING:", "+CLIP:", "+CCWA:",
	"+CREG:", "+CGREG:", "+CEREG:", "+C5GREG:", "+CGEV:", "+CTZV:", "+CTZE:", "*PSUTTZ:",
	"+CIEV:", "+CUSD:", "+CSSI:", "+CSSU:", "+CPIN:", "+CFUN:", "+PDP:", "+QIURC:", "+QIND:",
	"+QUSIM:", "+UU", "+STA_CONNECTED:", "+STA_DISCONNECTED:", "+DIST_STA_IP:", "+LINK_CONN:",
	"+MQTTCONNECTED:", "+MQTTDISCONNECTED:", "+MQTTSUBRECV:", "^RSSI:", "^MODE:", "^SRVST:",
	"^SIMST:", "^SYSINFO:",
};

/* "0,CLOSED", "3,CONNECT": a link number in front (ESP-AT, SIMCom). */
static bool
is_link_news(struct slice line)
{
	return line.n > 2 && isdigit((unsigned char)line.p[0]) && line.p[1] == ',' &&
	    (begins(slice_skip(line, 2), "CLOSED") || begins(slice_skip(line, 2), "CONNECT"));
}

bool
at_table_urc(struct slice line)
{
	for (size_t i = 0; i < sizeof urcs / sizeof *urcs; i++)
		if (urcs[i][0] == '=' ? equals(line, urcs[i] + 1) : slice_starts(line, urcs[i]))
			return true;
	return is_link_news(line);
}

/* 3GPP TS 27.005 3.4.1: the message text or PDU comes on a line of its own. */
bool
at_table_two_lines(struct slice line)
{
	return slice_starts(line, "+CMT:") || slice_starts(line, "+CDS:") ||
	    slice_starts(line, "+CBM:");
}

/* A '=' in front: the whole line; otherwise its beginning. ESP-AT, Quectel, Cinterion,
 * SIMCom, ESP32 ROM. */
static const char *const banners[] = {
	"=ready", "=RDY", "=[READY]", "=START", "^SYSSTART", "ets ", "rst:0x",
};

bool
at_table_banner(struct slice line)
{
	for (size_t i = 0; i < sizeof banners / sizeof *banners; i++)
		if (banners[i][0] == '=' ? equals(line, banners[i] + 1)
		    : slice_starts(line, banners[i]))
			return true;
	return false;
}

/* ---- prefixes */

size_t
at_table_head(struct slice line)
{
	size_t n = 1;

	if (line.n < 3 || !is_mark(line.p[0]) || !isalpha((unsigned char)line.p[1]))
		return 0;
	while (n < line.n && (isalnum((unsigned char)line.p[n]) || line.p[n] == '_'))
		n++;
	return n < line.n && line.p[n] == ':' ? n : 0;
}

/* Where the command names head (outside quotes); the rest behind the name. */
static bool
names(struct slice command, struct slice head, struct slice *rest)
{
	bool quoted = false;

	for (size_t i = 0; i + head.n <= command.n; i++) {
		if (command.p[i] == '"')
			quoted = !quoted;
		if (quoted || strncasecmp(command.p + i, head.p, head.n) != 0)
			continue;
		*rest = slice_skip(command, i + head.n);
		if (rest->n == 0 || !isalnum((unsigned char)rest->p[0]))
			return true;
	}
	return false;
}

/* +CREG: and its kin are answer and news under one name: "n,stat" answers,
 * "stat[,"lac"...]" is news. */
static bool
is_registration(struct slice head)
{
	return equals(head, "+CREG") || equals(head, "+CGREG") || equals(head, "+CEREG") ||
	    equals(head, "+C5GREG");
}

static bool
answers_registration(struct slice args, struct slice rest)
{
	struct slice second;

	if (slice_starts(rest, "=?"))
		return true;
	if (!slice_starts(rest, "?"))
		return false;
	(void)slice_cut(args, ',', &second);
	second = slice_trim(second);
	return second.n != 0 && isdigit((unsigned char)second.p[0]);
}

bool
at_table_own(struct slice line, struct slice command)
{
	const size_t n = at_table_head(line);
	const struct slice head = slice_make(line.p, n);
	struct slice rest;

	if (n == 0 || !names(command, head, &rest))
		return false;
	return !is_registration(head) || answers_registration(slice_skip(line, n + 1), rest);
}

/* ---- time */

struct slow_row { const char *list; uint64_t ns; };

static const struct slow_row slow[] = {
	{ "+COPS=?", 180 * NS_PER_S },
	{ "+CGACT", 150 * NS_PER_S },
	{ "+COPS", 120 * NS_PER_S },
	{ "+CGATT|+QIOPEN|+CIPSTART|+CNACT|+CIICR", 75 * NS_PER_S },
	{ "D|A|O|+CMGS|+CMSS|+CMGW|+CIPSHUT", 60 * NS_PER_S },
	{ "+CFUN|+CUSD|+CLCK|+CPWD|+CWJAP|+CWLAP", 30 * NS_PER_S },
	{ "H|+CHUP|+CPIN|+CPBR|+CMGL|+CMGD|+RST|+RESTORE", 20 * NS_PER_S },
};

uint64_t
at_table_timeout(struct slice command)
{
	for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
		if (is_one_of(command, slow[i].list))
			return slow[i].ns;
	return 0;
}

/* ESP-AT: +IPD,len: | +IPD,link,len: | with CIPDINFO also ,"ip",port before the colon. */
uint64_t
at_table_raw(struct slice partial)
{
	struct slice rest = partial;
	uint64_t n = 0, v;

	if (!slice_starts(partial, "+IPD,") || !slice_ends(partial, ":"))
		return 0;
	rest.n--;
	rest = slice_skip(rest, 5);
	while (rest.n != 0) {
		const struct slice field = slice_cut(rest, ',', &rest);

		if (!slice_u64(field, UINT16_MAX, &v))
			break;                  /* the quoted address: the length stood before it */
		n = v;
	}
	return n;
}
