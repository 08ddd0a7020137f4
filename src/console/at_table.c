/* at_table.c - the tables of AT dialects, and the look-ups in them. */
#include "console/at_table.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "console/at_errors.h"

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

#define SENDS "+CIPSEND|+QISEND|+CIPSENDEX|+QISENDEX|+QSSLSEND|+CIPSENDL"

struct final_row {
	const char *text;
	bool prefix;
	enum at_code code;
	const char *only;               /* commands it ends; NULL: all */
};

/* Where the word stands for more than a result, `only` names the commands it ends. */
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
	{ "NO DIALTONE ", true, AT_NO_DIALTONE, CALLS },
	{ "BLACKLISTED", false, AT_NO_CARRIER, CALLS },         /* V.250 annex: call refused */
	{ "DELAYED", false, AT_NO_CARRIER, CALLS },
	{ "SEND OK", false, AT_OK, SENDS },                     /* ESP-AT, SIMCom, Quectel */
	{ "SEND FAIL", false, AT_SEND_FAIL, SENDS },
	{ "DATA ACCEPT:", true, AT_OK, SENDS },                 /* SIMCom with CIPQSEND=1 */
	{ "CLOSE OK", false, AT_OK, "+CIPCLOSE|+QICLOSE" },
	{ "SHUT OK", false, AT_OK, "+CIPSHUT" },
	{ "DEACT OK", false, AT_OK, "+QIDEACT" },
	{ "FAIL", false, AT_ERROR, "+CWJAP|+CWMODE|+CIUPDATE" }, /* ESP-AT before 2.0 */
	{ "MODEM ERROR:", true, AT_ERROR, NULL },
	{ "COMMAND NOT SUPPORT", false, AT_ERROR, NULL },       /* Huawei */
	{ "TOO MANY PARAMETERS", false, AT_ERROR, NULL },
	{ "NA", false, AT_ERROR, NULL },                        /* not available: Longcheer, ZTE */
	{ "ERROR:(", true, AT_ERROR, NULL },                    /* HC-05: ERROR:(0) */
	{ "+EXT ERROR:", true, AT_ERROR, NULL },                /* Telit */
	{ "+USSTIM ERROR:", true, AT_ERROR, NULL },
	{ "busy p...", false, AT_BUSY, NULL },                  /* ESP-AT refused the command */
	{ "busy s...", false, AT_BUSY, NULL },
};

static int
number_after(struct slice line, size_t at)
{
	uint64_t v;

	return slice_u64(slice_trim(slice_skip(line, at)), INT_MAX, &v) ? (int)v : -1;
}

/* The number of +CME ERROR: 10 and of +CME ERROR: SIM not inserted alike. */
static int
error_number(enum at_code code, struct slice line, size_t at)
{
	const int n = number_after(line, at);

	if (n >= 0 || (code != AT_CME && code != AT_CMS))
		return n;
	return at_errors_number(code, slice_trim(slice_skip(line, at)));
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
		if (r->prefix && r->code != AT_CONNECT && r->code != AT_OK)
			*number = error_number(r->code, line, strlen(r->text));
		return true;
	}
	return false;
}

/* V.250 table 1; 5 and 10 on are the CONNECT speeds that makers added. */
struct numeric_row { unsigned char n; enum at_code code; bool call; };

static const struct numeric_row numerics[] = {
	{ 0, AT_OK, false }, { 1, AT_CONNECT, true }, { 3, AT_NO_CARRIER, true },
	{ 4, AT_ERROR, false }, { 5, AT_CONNECT, true }, { 6, AT_NO_DIALTONE, true },
	{ 7, AT_BUSY, true }, { 8, AT_NO_ANSWER, true }, { 10, AT_CONNECT, true },
	{ 11, AT_CONNECT, true }, { 12, AT_CONNECT, true }, { 14, AT_CONNECT, true },
	{ 16, AT_CONNECT, true }, { 17, AT_CONNECT, true }, { 18, AT_CONNECT, true },
};

bool
at_table_numeric(struct slice line, struct slice command, enum at_code *code)
{
	uint64_t v;

	if (line.n == 0 || line.n > 2 || !slice_u64(line, 99, &v) ||
	    (line.n == 2 && line.p[0] == '0'))
		return false;
	for (size_t i = 0; i < sizeof numerics / sizeof *numerics; i++)
		if (numerics[i].n == v && (!numerics[i].call || is_one_of(command, CALLS))) {
			*code = numerics[i].code;
			return true;
		}
	return false;
}

/* ---- what a command asks of the line itself */

static size_t
digits(struct slice s, size_t at)
{
	while (at < s.n && isdigit((unsigned char)s.p[at]))
		at++;
	return at;
}

/* "E0V1&D2S3=13": one command of a basic line. Its name, its number, and where the next begins. */
static size_t
basic_one(struct slice c, size_t at, struct slice *name, struct slice *number)
{
	size_t e = at + (c.p[at] == '&' || c.p[at] == '\\' ? 2 : 1), d;

	if (tolower((unsigned char)c.p[at]) == 's')
		e = digits(c, e);
	e = e < c.n ? e : c.n;
	d = e < c.n && c.p[e] == '=' ? e + 1 : e;
	*name = slice_make(c.p + at, e - at);
	*number = slice_make(c.p + d, digits(c, d) - d);
	return digits(c, d);
}

bool
at_table_basic(struct slice command, const char *what, unsigned *value)
{
	struct slice name, number;
	uint64_t v = 0;
	size_t at = 2;

	if (!at_table_is_at(command))
		return false;
	while (at < command.n && !is_mark(command.p[at]) &&
	    tolower((unsigned char)command.p[at]) != 'd') {
		at = basic_one(command, at, &name, &number);
		if (name.n != strlen(what) || strncasecmp(name.p, what, name.n) != 0)
			continue;
		(void)slice_u64(number, 255, &v);
		*value = (unsigned)v;
		return number.n != 0 || tolower((unsigned char)what[0]) != 's'; /* S3? only asks */
	}
	return false;
}

bool
at_table_terse(struct slice command)
{
	struct slice name, number;
	size_t at = 2;

	if (!at_table_is_at(command))
		return false;
	while (at < command.n) {
		if (is_mark(command.p[at]))
			return false;
		at = basic_one(command, at, &name, &number);
		if (name.n == 0 || (name.p[0] != '&' && strchr("EVQZHLMXS", toupper(name.p[0])) ==
		    NULL) || (name.p[0] == '&' && toupper(name.p[1]) == 'V'))
			return false;   /* ATI, ATD, AT&V ... */
	}
	return true;
}

/* ---- data behind a command */

struct prompt_row { const char *list, *prompt; bool raw; int field; };

/* field: which argument counts the bytes, LAST: the last number; NO_COUNT: Ctrl-Z ends them. */
enum { NO_COUNT = 98, LAST = 99 };
static const struct prompt_row prompts[] = {
	{ "+CMGS=|+CMGW=|+CMGC=|+CNMA=|#SSEND=", ">", false, NO_COUNT },
	{ "+CIPSEND=|+CIPSENDEX=|+CIPSENDL=", ">", true, LAST },
	{ "+QISEND=|+QSSLSEND=|+CCHSEND=|#SSENDEXT=", ">", true, 1 },
	{ "+CMQTTTOPIC=|+CMQTTPAYLOAD=|+CMQTTWILLTOPIC=|+CMQTTWILLMSG=", ">", true, 1 },
	{ "+MQTTPUBRAW=|+CCERTDOWN=|+HTTPCPOST=", ">", true, LAST },
	{ "+USOWR=|+USOST=|+UDWNFILE=", "@", true, LAST },      /* u-blox */
	{ "+HTTPDATA=", "DOWNLOAD", true, 0 },                  /* SIMCom */
	{ "+QFUPL=|+QHTTPURL=|+QHTTPPOST=|+QFWRITE=", "CONNECT", true, 0 }, /* Quectel */
};

bool
at_table_prompt(struct slice command, struct at_prompt *out)
{
	struct slice rest;
	uint64_t v;

	for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
		const struct prompt_row *r = &prompts[i];

		if (!is_one_of(command, r->list))
			continue;
		*out = (struct at_prompt){ r->prompt, r->raw, -1 };
		(void)slice_cut(command, '=', &rest);
		for (int n = 0; r->raw && rest.n != 0; n++) {
			const struct slice f = slice_trim(slice_cut(rest, ',', &rest));

			if (slice_u64(f, AT_RAW_MAX, &v) && (r->field == LAST || r->field == n))
				out->count = (int64_t)v;
		}
		out->raw = out->count >= 0;
		return true;
	}
	return false;
}

/* V.250 5.6.1: any character ends these early, and the result comes all the same. */
bool
at_table_abortable(struct slice command)
{
	return is_one_of(command, "D|A|O|+COPS=?|+CWLAP|+QSCAN|+QNWINFO");
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
	"+CUSATP:", "+CPING:", "+CIPOPEN:", "+IPCLOSE:", "+CIPEVENT:", "+CCHCLOSE:", "+CCHEVENT:",
	"+CMQTTRX", "+CMQTTCONNLOST:", "+APP PDP:", "+SAPBR 1: DEACT", "+RECEIVE,", "+QMTRECV:",
	"+QMTSTAT:", "+QSSLURC:", "+QGPSURC:", "+UGNSINF:", "+CLOSED:", "#NCGM", "%CESQ:", "%XSIM:",
	"^HCSQ:", "+ETH_CONNECTED", "+ETH_DISCONNECTED", "+BLECONN:", "+BLEDISCONN:", "+WRITE:",
	"+SCRD:", "=*PSUTTZ", "=STATE: IP INITIAL", "OK+CONN", "OK+LOST",
};

/* "0,CLOSED", "3,CONNECT": a link number in front (ESP-AT, SIMCom). */
static bool
is_link_news(struct slice line)
{
	return line.n > 2 && isdigit((unsigned char)line.p[0]) && line.p[1] == ',' &&
	    (begins(slice_skip(line, 2), "CLOSED") || begins(slice_skip(line, 2), "CONNECT"));
}

/* Each line of a console comes here, and hardly one begins as these do. */
static bool
may_begin(const char *text, char first)
{
	return text[text[0] == '='] == first;
}

bool
at_table_urc(struct slice line)
{
	if (line.n == 0)
		return false;
	for (size_t i = 0; i < sizeof urcs / sizeof *urcs; i++)
		if (!may_begin(urcs[i], line.p[0]))
			continue;
		else if (urcs[i][0] == '=' ? equals(line, urcs[i] + 1) :
		    slice_starts(line, urcs[i]))
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

/* A '=' in front: the whole line; otherwise its beginning. */
static const struct { const char *text; enum at_banner kind; } banners[] = {
	{ "=ready", AT_BANNER_BOOT },                           /* ESP-AT */
	{ "=RDY", AT_BANNER_BOOT },                             /* Quectel, SIMCom */
	{ "=[READY]", AT_BANNER_BOOT },
	{ "=START", AT_BANNER_BOOT }, { "^SYSSTART", AT_BANNER_BOOT },  /* Cinterion */
	{ "=*ATREADY: 1", AT_BANNER_BOOT }, { "=+SYSSTART", AT_BANNER_BOOT },
	{ "=Ready", AT_BANNER_BOOT },                           /* nRF serial modem */
	{ "ets ", AT_BANNER_BOOT }, { "rst:0x", AT_BANNER_BOOT }, /* ESP32 ROM */
	{ "ESP-ROM:", AT_BANNER_BOOT },
	{ "waiting for download", AT_BANNER_LOADER },           /* ESP32 ROM, strapped */
	{ "[BOOT]", AT_BANNER_LOADER },
	{ "=DFU", AT_BANNER_LOADER }, { "=BOOTLOADER", AT_BANNER_LOADER },
	{ "Bootloader ", AT_BANNER_LOADER },
};

enum at_banner
at_table_banner(struct slice line)
{
	if (line.n == 0)
		return AT_BANNER_NONE;
	for (size_t i = 0; i < sizeof banners / sizeof *banners; i++)
		if (!may_begin(banners[i].text, line.p[0]))
			continue;
		else if (banners[i].text[0] == '=' ? equals(line, banners[i].text + 1)
		    : slice_starts(line, banners[i].text))
			return banners[i].kind;
	return AT_BANNER_NONE;
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
	{ "+CFUN|+CUSD|+CLCK|+CPWD|+CWJAP|+CWLAP|+CNETSTART|+NETOPEN|+QIACT", 30 * NS_PER_S },
	{ "+CNMI|+CSCA|+HTTPACTION|+HTTPCLIENT|+QHTTP|+CCHOPEN|+CMQTTCONNECT", 30 * NS_PER_S },
	{ "H|+CHUP|+CPIN|+CPBR|+CMGL|+CMGD|+RST|+RESTORE|+CPBF|+CSIM", 20 * NS_PER_S },
	{ "+CGPADDR|+CIPCLOSE|+QICLOSE|+QIDEACT|+CDNSGIP|+CIPDOMAIN|+PING", 15 * NS_PER_S },
	{ "&F|&W|Z", 10 * NS_PER_S },
};

uint64_t
at_table_timeout(struct slice command)
{
	for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
		if (is_one_of(command, slow[i].list))
			return slow[i].ns;
	return 0;
}

/* Headers that announce raw bytes. `end`: what stands just before the first of them. The length is
 * field `pick` of what follows the head (from the end when negative); `fields`: how many there must
 * be before ',' or '"' counts as the end. */
struct raw_row { const char *head; char end; signed char pick; unsigned char fields; };

static const struct raw_row raws[] = {
	{ "+RECEIVE,", ':', 1, 0 },             /* SIMCom: +RECEIVE,0,5:<CR><LF> */
	{ "+CIPRECVDATA,", ':', 0, 0 },         /* ESP-AT before 2.2 */
	{ "+CIPRECVDATA:", ',', 0, 1 },
	{ "+HTTPCGET:", ',', 0, 1 }, { "+HTTPCLIENT:", ',', 0, 1 }, { "+HTTPCPOST:", ',', 0, 1 },
	{ "+MQTTSUBRECV:", ',', 2, 3 },
	{ "SRING:", ',', 1, 2 },                /* Telit, mode 2 */
	{ "+USORD:", '"', 1, 2 }, { "+USORF:", '"', 3, 4 },     /* u-blox, in quotes */
	{ "+CIPRXGET: 2,", '\n', -2, 0 },       /* SIMCom */
	{ "+QIRD:", '\n', 0, 0 },               /* Quectel; three numbers: a query, no data */
	{ "+QIURC: \"recv\",", '\n', 1, 0 }, { "+QSSLRECV:", '\n', 0, 0 },
	{ "#SRECV:", '\n', 1, 0 },              /* Telit */
	{ "#XRECV:", '\n', 0, 0 }, { "#XRECVFROM:", '\n', 0, 0 },      /* nRF serial LTE modem */
	{ "+HTTPREAD:", '\n', -1, 0 }, { "+CCHRECV: DATA,", '\n', -1, 0 },
	{ "+FTPGET: 2,", '\n', 0, 0 }, { "+FTPGET:2,", '\n', 0, 0 },
	{ "+CMQTTRXTOPIC:", '\n', 1, 0 }, { "+CMQTTRXPAYLOAD:", '\n', 1, 0 },
};

static uint64_t
raw_count(struct slice fields, const struct raw_row *r)
{
	uint64_t v[8] = { 0 }, n;
	int count = 0, numbers = 0;

	while (fields.n != 0 && count < 8) {
		const struct slice f = slice_trim(slice_cut(fields, ',', &fields));

		if (slice_u64(f, AT_RAW_MAX, &n)) {
			v[count] = n;
			numbers++;
		}
		count++;
	}
	if (r->fields != 0 && count != r->fields)
		return 0;
	if (numbers >= 3 && slice_is(slice_of(r->head), "+QIRD:"))
		return 0;
	count = r->pick < 0 ? count + r->pick : r->pick;
	return count >= 0 && count < 8 ? v[count] : 0;
}

/* ESP-AT: +IPD,len: | +IPD,link,len: | with CIPDINFO also ,"ip",port before the colon. */
static uint64_t
ipd_count(struct slice rest)
{
	uint64_t n = 0, v;

	while (rest.n != 0) {
		const struct slice field = slice_cut(rest, ',', &rest);

		if (!slice_u64(field, UINT16_MAX, &v))
			break;                  /* the quoted address: the length stood before it */
		n = v;
	}
	return n;
}

uint64_t
at_table_raw(struct slice line, char end, struct slice command)
{
	if (slice_starts(line, "+IPD,"))
		return end == ':' ? ipd_count(slice_skip(line, 5)) : 0;
	if (slice_starts(line, "CONNECT ") && end == '\n' && is_one_of(command, "+QFREAD="))
		return raw_count(slice_skip(line, 8), &(struct raw_row){ "", '\n', 0, 0 });
	for (size_t i = 0; i < sizeof raws / sizeof *raws; i++)
		if (raws[i].end == end && slice_starts(line, raws[i].head)) {
			const uint64_t n =
			    raw_count(slice_skip(line, strlen(raws[i].head)), &raws[i]);

			if (n != 0)
				return n;
		}
	return 0;
}
