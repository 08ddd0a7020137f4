/* test_console_at.c - the AT engine under a clock of ours: every split, every lie, every
 * silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "console/at.h"

#define MS NS_PER_MS

/* What the engine wrote, the results it gave, the URCs it told. */
struct world {
	struct at at;
	struct buf out, urcs, lines;
	uint64_t now, offset;
	int done;
	enum at_code code;
	int number;
	char final[256], why[128];
	size_t count, dropped;
	uint64_t from, to;
	bool wire_gone;
	struct at_request *chain;       /* sent from inside `done` */
};

static bool
w_write(void *arg, const void *p, size_t n)
{
	struct world *w = arg;

	if (w->wire_gone)
		return false;
	assert_int_equal(buf_add(&w->out, p, n), ERR_OK);
	return true;
}

static void
w_urc(void *arg, const char *line, size_t n, uint64_t offset)
{
	struct world *w = arg;

	(void)offset;
	assert_int_equal(buf_add(&w->urcs, line, n), ERR_OK);
	assert_int_equal(buf_add_byte(&w->urcs, '\n'), ERR_OK);
}

static void
w_done(void *arg, const struct at_result *r)
{
	struct world *w = arg;

	w->done++;
	w->code = r->code;
	w->number = r->number;
	snprintf(w->final, sizeof w->final, "%s", r->final);
	snprintf(w->why, sizeof w->why, "%s", r->why);
	w->count = r->line_count;
	w->dropped = r->dropped;
	w->from = r->from;
	w->to = r->to;
	buf_clear(&w->lines);
	for (size_t i = 0; i < r->line_count; i++)
		assert_int_equal(buf_add_fmt(&w->lines, "%s\n", r->lines[i].text), ERR_OK);
	if (w->chain != NULL) {
		struct at_request *next = w->chain;

		w->chain = NULL;
		assert_int_equal(at_send(&w->at, next, NULL), ERR_OK);
	}
}

static const struct at_io io = { .write = w_write, .urc = w_urc };
static const struct at_config config = { .eol = "\r", .timeout = 5000 * MS };

static void
w_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	buf_init(&w->out, 1 << 22);
	buf_init(&w->urcs, 1 << 22);
	buf_init(&w->lines, 1 << 24);
	w->now = NS_PER_S;
	at_init(&w->at, &config, &io, w);
}

static void
w_fini(struct world *w)
{
	at_fini(&w->at);
	buf_fini(&w->out);
	buf_fini(&w->urcs);
	buf_fini(&w->lines);
}

static void
w_say(struct world *w, const char *p, size_t n)
{
	at_feed(&w->at, p, n, w->offset, w->now);
	w->offset += n;
	at_sent(&w->at, w->now);
}

static void
w_says(struct world *w, const char *text)
{
	w_say(w, text, strlen(text));
}

static void
w_send(struct world *w, const char *command)
{
	const struct at_request r = { .command = command, .done = w_done, .arg = w, .owner = w };
	struct err_msg why;

	assert_int_equal(at_send(&w->at, &r, &why), ERR_OK);
	at_tick(&w->at, w->now);
	at_sent(&w->at, w->now);
}

/* Lets the time pass, with every tick the engine asked for. */
static void
w_wait(struct world *w, uint64_t ns)
{
	const uint64_t end = w->now + ns;
	int guard = 10000;

	while (at_deadline(&w->at) <= end && guard-- > 0) {
		if (at_deadline(&w->at) > w->now)
			w->now = at_deadline(&w->at);
		at_tick(&w->at, w->now);
		at_sent(&w->at, w->now);
	}
	assert_true(guard > 0);
	w->now = end;
}

/* What was written since the last look. */
static void
assert_wrote(struct world *w, const char *text)
{
	assert_string_equal(buf_str(&w->out), text);
	buf_clear(&w->out);
}

static void
assert_answer(struct world *w, enum at_code code, const char *final, const char *lines)
{
	assert_int_equal(w->done, 1);
	assert_string_equal(at_code_word(w->code), at_code_word(code));
	assert_string_equal(w->final, final);
	assert_string_equal(buf_str(&w->lines), lines);
	w->done = 0;
}

/*
 * The twelve steps of a robust client, and where each is shown:
 *   1  one reader; the parser only tags lines ........ test_typed, and offsets in every dialog
 *   2  CR, LF, CR LF, CR CR LF, NULs, long lines ...... dialogs, test_limits_of_lines, test_s3
 *   3  prompts, unended, after a moment, when asked ... test_sms_prompt, test_raw_prompt,
 *                                                       test_stuck_prompt, test_prompt_tables
 *   4  echo consumed once, learned, half .............. test_echo_is_learned, dialogs
 *   5  finals, own lines, news, text, in this order ... dialogs, test_every_split
 *   6  whole lines only; nothing in a payload ......... dialogs (ATI, +IPD), test_payloads
 *   7  deadlines from the last byte; silence shortens . test_deadline_*, test_slow_commands_are_known,
 *                                                       test_silence
 *   8  resync by markers; a late answer is nobody's ... test_late_answer, test_mute, test_bootloader
 *   9  restarts recognised, init lines again .......... dialogs, test_init_lines
 *  10  hang-up fails all at once ...................... test_loss_*
 *  11  done sending when the wire is empty ............ test_wire_that_takes_nothing
 *  12  result: lines, final, number, time, match ...... test_number_of_cme, test_expect*, dialogs
 */
struct dialog {
	const char *command, *reply;
	enum at_code code;
	const char *final, *lines, *urcs;
};

static const struct dialog dialogs[] = {
	{ "AT", "\r\nOK\r\n", AT_OK, "OK", "", "" },
	{ "AT", "AT\r\r\nOK\r\n", AT_OK, "OK", "", "" },
	{ "AT", "\0\0AT\r\nOK\r\n", AT_OK, "OK", "", "" },
	{ "AT+CSQ", "AT+CSQ\r\r\n+CSQ: 21,0\r\n\r\nOK\r\n", AT_OK, "OK", "+CSQ: 21,0\n", "" },
	{ "AT+CSQ", "\r\n+CSQ: 21,0\r\n\r\nOK\r\n", AT_OK, "OK", "+CSQ: 21,0\n", "" },
	{ "AT+CSQ", "+CSQ: 21,0\nOK\n", AT_OK, "OK", "+CSQ: 21,0\n", "" },
	{ "AT+CSQ", "\r\n+CMTI: \"SM\",3\r\n\r\n+CSQ: 2,0\r\nRING\r\nOK\r\n", AT_OK, "OK",
	"+CSQ: 2,0\n",
	    "+CMTI: \"SM\",3\nRING\n" },
	{ "ATI", "ATI\r\r\nModel 7\r\nRev OK\r\nOKAY\r\n OK\r\n\r\nOK\r\n", AT_OK, "OK",
	    "Model 7\nRev OK\nOKAY\n OK\n", "" },
	{ "AT+CREG?", "\r\n+CREG: 2\r\n+CREG: 0,1\r\n+CREG: 5,\"00A1\",\"B2\"\r\n\r\nOK\r\n", AT_OK,
	"OK",
	    "+CREG: 0,1\n", "+CREG: 2\n+CREG: 5,\"00A1\",\"B2\"\n" },
	{ "AT+CREG=2", "\r\n+CREG: 1\r\nOK\r\n", AT_OK, "OK", "", "+CREG: 1\n" },
	{ "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", AT_CME, "+CME ERROR: 10", "", "" },
	{ "AT+CMGS=1", "\r\n+CMS ERROR: invalid\r\n", AT_CMS, "+CMS ERROR: invalid", "", "" },
	{ "AT+NO", "\r\nERROR\r\n", AT_ERROR, "ERROR", "", "" },
	{ "ATD123;", "\r\nNO CARRIER\r\n", AT_NO_CARRIER, "NO CARRIER", "", "" },
	{ "ATD*99#", "\r\nCONNECT 115200\r\n", AT_CONNECT, "CONNECT 115200", "", "" },
	{ "AT+CSQ", "\r\nNO CARRIER\r\n+CSQ: 1,0\r\nOK\r\n", AT_OK, "OK", "+CSQ: 1,0\n",
	"NO CARRIER\n" },
	{ "AT+CIPSTART=\"TCP\"", "CONNECT\r\n\r\nOK\r\n", AT_OK, "OK", "CONNECT\n", "" },
	{ "AT+CWJAP?", "WIFI CONNECTED\r\nWIFI GOT IP\r\n+CWJAP:\"x\"\r\nOK\r\n", AT_OK, "OK",
	    "+CWJAP:\"x\"\n", "WIFI CONNECTED\nWIFI GOT IP\n" },
	{ "AT+GMR", "busy p...\r\n", AT_BUSY, "busy p...", "", "" },
	{ "AT+CSQ", "\r\n+CMT: \"+49\",,\"x\"\r\nOK\r\n+CSQ: 3,0\r\nOK\r\n", AT_OK, "OK",
	"+CSQ: 3,0\n",
	    "+CMT: \"+49\",,\"x\"\nOK\n" },
	{ "AT+CSQ", "+IPD,4:OK\r\n\r\n+CSQ: 4,0\r\nOK\r\n", AT_OK, "OK", "+CSQ: 4,0\n",
	"+IPD,4:OK\\x0d\\x0a\n" },
	{ "AT+CSQ", "+IPD,0,4,\"1.2.3.4\",80:OK\r\n\r\nOK\r\n", AT_OK, "OK", "",
	    "+IPD,0,4,\"1.2.3.4\",80:OK\\x0d\\x0a\n" },
	{ "AT+CFUN=1", "ets Jun  8 2016\r\n", AT_RESTARTED, "ets Jun  8 2016", "", "" },
	{ "AT+X", "\r\n[READY]\r\n", AT_RESTARTED, "[READY]", "", "" },
	{ "AT+CSQ;+CREG?", "\r\n+CSQ: 9,9\r\n+CREG: 0,5\r\nOK\r\n", AT_OK, "OK",
	"+CSQ: 9,9\n+CREG: 0,5\n", "" },
	/* final codes stand only where they may */
	{ "ATI", "\r\nSEND OK\r\nSHUT OK\r\nCONNECT 9600\r\nBUSY\r\n\r\nOK\r\n", AT_OK, "OK",
	    "SEND OK\nSHUT OK\nCONNECT 9600\nBUSY\n", "" },
	{ "AT+CIPCLOSE", "CLOSED\r\nCLOSE OK\r\n", AT_OK, "CLOSE OK", "", "CLOSED\n" },
	{ "AT+CIPSHUT", "SHUT OK\r\n", AT_OK, "SHUT OK", "", "" },
	{ "ATDT1", "\r\nNO ANSWER\r\n", AT_NO_ANSWER, "NO ANSWER", "", "" },
	{ "ATDT1", "\r\nNO DIALTONE\r\n", AT_NO_DIALTONE, "NO DIALTONE", "", "" },
	{ "ATDT1", "\r\nBUSY\r\n", AT_BUSY, "BUSY", "", "" },
	{ "AT+CWJAP=\"a\"", "+CWJAP:3\r\n\r\nFAIL\r\n", AT_ERROR, "FAIL", "+CWJAP:3\n", "" },
	{ "AT+X", "COMMAND NOT SUPPORT\r\n", AT_ERROR, "COMMAND NOT SUPPORT", "", "" },
	{ "AT+X", "MODEM ERROR: 3\r\n", AT_ERROR, "MODEM ERROR: 3", "", "" },
	{ "AT", "ERROR:(0)\r\n", AT_ERROR, "ERROR:(0)", "", "" },
	/* news inside a basic command; information of its own */
	{ "AT", "\r\n+EVT: 1\r\n\r\nOK\r\n", AT_OK, "OK", "", "+EVT: 1\n" },
	{ "ATI", "Huawei\r\n+GCAP: +CGSM\r\nOK\r\n", AT_OK, "OK", "Huawei\n+GCAP: +CGSM\n", "" },
	/* half an echo */
	{ "AT+CREG?", "A+CEG\r\r\n+CREG: 0,1\r\nOK\r\n", AT_OK, "OK", "+CREG: 0,1\n", "" },
	{ "AT+CSQ", "+CSQ\r\r\n+CSQ: 1,0\r\nOK\r\n", AT_OK, "OK", "+CSQ: 1,0\n", "" },
	/* the bootloader */
	{ "AT+RST", "\r\n[BOOT] 1.4\r\n", AT_RESTARTED, "[BOOT] 1.4", "", "" },
	{ "AT+CSQ", "\r\n^SYSSTART\r\n", AT_RESTARTED, "^SYSSTART", "", "" },
	{ "AT+COPS=?", "\r\n+COPS: (2,\"a\"),(1,\"b\")\r\n+CREG: 2\r\n\r\nOK\r\n", AT_OK, "OK",
	    "+COPS: (2,\"a\"),(1,\"b\")\n", "+CREG: 2\n" },
};

/* The third dialog holds NULs: its length is not strlen's. */
static size_t
reply_length(const struct dialog *d)
{
	return d->reply[0] == '\0' ? 2 + strlen(d->reply + 2) : strlen(d->reply);
}

static void
one_dialog(const struct dialog *d, size_t cut_a, size_t cut_b)
{
	const size_t n = reply_length(d);
	struct world w;

	w_init(&w);
	w_send(&w, d->command);
	w_say(&w, d->reply, cut_a);
	w.now += 500 * MS;
	at_tick(&w.at, w.now);
	w_say(&w, d->reply + cut_a, cut_b - cut_a);
	w_say(&w, d->reply + cut_b, n - cut_b);
	assert_answer(&w, d->code, d->final, d->lines);
	assert_string_equal(buf_str(&w.urcs), d->urcs);
	assert_int_equal(w.from, 0);
	assert_true(w.to > 0 && w.to <= n);
	assert_false(at_busy(&w.at));
	w_fini(&w);
}

static void
test_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++) {
		const size_t n = reply_length(&dialogs[i]);

		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++)
				one_dialog(&dialogs[i], a, b);
	}
}

static void
test_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++) {
		const struct dialog *d = &dialogs[i];
		struct world w;

		w_init(&w);
		w_send(&w, d->command);
		for (size_t k = 0; k < reply_length(d); k++)
			w_say(&w, d->reply + k, 1);
		assert_answer(&w, d->code, d->final, d->lines);
		assert_string_equal(buf_str(&w.urcs), d->urcs);
		w_fini(&w);
	}
}

static void
test_echo_is_learned(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT+CSQ");
	w_says(&w, "AT+CSQ\r\r\n+CSQ: 1,0\r\nOK\r\n");
	assert_int_equal(w.at.echo, AT_ECHO_ON);
	w_send(&w, "AT+CSQ");
	w_says(&w, "\r\n+CSQ: 1,0\r\nOK\r\n");
	assert_int_equal(w.at.echo, AT_ECHO_OFF);
	/* Behind an unended line that stood there when the command went out. */
	w_says(&w, "board> ");
	w_send(&w, "AT+CSQ");
	w_says(&w, "AT+CSQ\r\n+CSQ: 7,0\r\nOK\r\n");
	assert_int_equal(w.at.echo, AT_ECHO_ON);
	assert_string_equal(buf_str(&w.lines), "+CSQ: 7,0\n");
	w_fini(&w);
}

static void
test_number_of_cme(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT+CPIN?");
	w_says(&w, "+CME ERROR: 13\r\n");
	assert_int_equal(w.number, 13);
	w_send(&w, "AT+CPIN?");
	w_says(&w, "+CME ERROR: SIM failure\r\n");
	assert_int_equal(w.number, 13);
	w_send(&w, "AT+CPIN?");
	w_says(&w, "+CME ERROR: own words\r\n");
	assert_int_equal(w.number, -1);
	w_fini(&w);
}

/* A mute device: fails at its deadline, three markers; then what waited first is tried as it is, for it
 * may be all that a bootloader knows, and what waits behind it fails. */
static void
test_mute(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT+CSQ");
	assert_wrote(&w, "AT+CSQ\r");
	w_send(&w, "AT+NEXT");
	w_send(&w, "AT+LAST");
	w_wait(&w, 4999 * MS);
	assert_int_equal(w.done, 0);
	w_wait(&w, 1 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "");
	assert_wrote(&w, "");
	w_wait(&w, 101 * MS);
	assert_wrote(&w, "AT\r");
	w_wait(&w, 3500 * MS);
	assert_wrote(&w, "AT\rATQ0V1\rAT+NEXT\r");
	assert_answer(&w, AT_TIMEOUT, "", "");
	assert_string_equal(w.why, "no modem answers at this speed");
	w_wait(&w, 9000 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "");
	assert_wrote(&w, "AT\rAT\rATQ0V1\r");
	assert_false(at_busy(&w.at));
	/* Nothing but AT waits: it fails with the markers, for it is one. */
	w_send(&w, "AT+CSQ");
	w_send(&w, "AT");
	w_wait(&w, 9000 * MS);
	assert_int_equal(w.done, 2);
	w.done = 0;
	assert_false(at_busy(&w.at));
	buf_clear(&w.out);
	/* Nothing came at all: the next one goes out as it is, but a bare OK may be a late one. */
	w_send(&w, "AT+AGAIN");
	assert_wrote(&w, "AT+AGAIN\r");
	w_says(&w, "OK\r\n");
	assert_int_equal(w.done, 0);
	w_says(&w, "AT+AGAIN\r\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "");
	w_fini(&w);
}

/* A bootloader that knows one command only, without echo: its own line proves the answer. A device that
 * said something since is asked by a marker first. */
static void
test_bootloader(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT");
	w_wait(&w, 9000 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "");
	assert_wrote(&w, "AT\rAT\rAT\rATQ0V1\r");
	w_send(&w, "AT+BOOT");
	assert_wrote(&w, "AT+BOOT\r");
	w_says(&w, "\r\nOK\r\n");
	assert_int_equal(w.done, 0);
	w_says(&w, "\r\n+BOOT:1.4\r\n\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "+BOOT:1.4\n");
	w_send(&w, "AT");
	w_wait(&w, 9000 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "");
	buf_clear(&w.out);
	w_says(&w, "noise\r\n");
	w_send(&w, "AT+BOOT");
	w_wait(&w, 150 * MS);
	assert_wrote(&w, "AT\r");
	w_fini(&w);
}

/* The answer of a command that timed out comes at every possible moment, and is never the next
 * one's. */
static void
late_answer_at(uint64_t when, const char *late)
{
	struct world w;
	int markers = 0;
	bool said = false;

	w_init(&w);
	w_send(&w, "AT+SLOW");
	w_wait(&w, 5000 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "");
	buf_clear(&w.out);
	w_send(&w, "AT+NEXT?");
	for (uint64_t t = 0; t < 3000; t += 10) {
		if (t >= when && !said) {
			said = true;
			w_says(&w, late);
		}
		/* The device answers markers in order, behind the late answer. */
		while (said && markers < 20 && (strncmp(buf_str(&w.out), "AT\r", 3) == 0 ||
		    strncmp(buf_str(&w.out), "ATQ0V1\r", 7) == 0)) {
			buf_eat(&w.out, buf_str(&w.out)[2] == '\r' ? 3 : 7);
			markers++;
			w_says(&w, "\r\nOK\r\n");
		}
		if (strncmp(buf_str(&w.out), "AT+NEXT?\r", 9) == 0)
			break;
		w_wait(&w, 10 * MS);
	}
	assert_int_equal(w.done, 0);
	assert_wrote(&w, "AT+NEXT?\r");
	w_says(&w, "\r\n+NEXT: 42\r\n\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "+NEXT: 42\n");
	w_fini(&w);
}

static void
test_late_answer(void **state)
{
	(void)state;
	for (uint64_t when = 0; when < 2500; when += 10) {
		late_answer_at(when, "\r\nOK\r\n");
		late_answer_at(when, "\r\n+SLOW: 1\r\n\r\nERROR\r\n");
	}
}

/* What stood behind a final code in the same piece came before the next command went out. */
static void
test_two_finals_in_one_piece(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT+A");
	w_send(&w, "AT+B");
	w_says(&w, "OK\r\nOK\r\n");
	assert_int_equal(w.done, 1);
	assert_wrote(&w, "AT+A\rAT+B\r");
	w_says(&w, "ERROR\r\n");
	assert_int_equal(w.done, 2);
	assert_int_equal(w.code, AT_ERROR);
	w_fini(&w);
}

static void
test_sms_prompt(void **state)
{
	const char *text = "hello\rOK\rbye";
	struct world w;
	struct at_request r = { .command = "AT+CMGS=\"1\"", .payload = text, .payload_n =
	    strlen(text),
	    .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	assert_wrote(&w, "AT+CMGS=\"1\"\r");
	w_says(&w, "AT+CMGS=\"1\"\r\r\n");
	w_says(&w, ">");
	w_wait(&w, 29 * MS);
	assert_wrote(&w, "");
	w_says(&w, " ");
	w_wait(&w, 29 * MS);
	assert_wrote(&w, "");
	w_wait(&w, 2 * MS);
	assert_wrote(&w, "hello\rOK\rbye\x1a");
	w_says(&w, "hello\r\n> OK\r\n> bye\x1a\r\n\r\n+CMGS: 12\r\n\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "+CMGS: 12\n");
	w_fini(&w);
}

static void
test_raw_prompt(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+CIPSEND=4", .prompt = ">", .payload = "\x1a\r\nx",
	    .payload_n = 4,
	    .payload_raw = true, .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	buf_clear(&w.out);
	w_says(&w, "\r\nOK\r\n> ");
	assert_int_equal(w.done, 0);
	w_wait(&w, 31 * MS);
	assert_wrote(&w, "\x1a\r\nx");
	w_says(&w, "\r\nRecv 4 bytes\r\n\r\nSEND OK\r\n");
	assert_answer(&w, AT_OK, "SEND OK", "Recv 4 bytes\n");
	/* A line that begins with the prompt is no prompt. */
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	buf_clear(&w.out);
	w_says(&w, "> text");
	w_wait(&w, 100 * MS);
	assert_wrote(&w, "");
	w_says(&w, "\r\nERROR\r\n");
	assert_answer(&w, AT_ERROR, "ERROR", "> text\n");
	w_fini(&w);
}

/* A prompt nobody expected is said so and left with ESC before the marker; one that is typed on is
 * none. */
static void
test_stuck_prompt(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT+CMGS=\"1\"");
	w_says(&w, "\r\n> ");
	buf_clear(&w.out);
	w_wait(&w, 499 * MS);
	assert_int_equal(w.done, 0);
	w_wait(&w, 1 * MS);
	assert_answer(&w, AT_PROMPT, "> ", "");
	assert_wrote(&w, "\x1b");
	w_wait(&w, 101 * MS);
	assert_wrote(&w, "AT\r");
	w_fini(&w);
}

static void
test_expect(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+RST", .expect = "ready", .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_says(&w, "\r\nOK\r\n\r\nboot\r\nready\r\n");
	assert_answer(&w, AT_OK, "ready", "boot\nready\n");
	/* In an unended line, after a moment. */
	r.command = "root";
	r.expect = "Password:";
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_says(&w, "root\r\nPassword: ");
	assert_int_equal(w.done, 0);
	w_wait(&w, 31 * MS);
	assert_answer(&w, AT_OK, "Password: ", "Password: \n");
	w_fini(&w);
}

/* What is expected comes first: its OK is waited for, so that it is not the next command's. */
static void
test_expect_before_ok(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+CSQ", .expect = "+CSQ:", .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_says(&w, "\r\n+CSQ: 1,0\r\n");
	assert_int_equal(w.done, 0);
	w_says(&w, "\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "+CSQ: 1,0\n");
	assert_false(at_busy(&w.at));
	/* A refusal after it is a refusal. */
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_says(&w, "+CSQ: 1,0\r\nERROR\r\n");
	assert_answer(&w, AT_ERROR, "ERROR", "+CSQ: 1,0\n");
	/* No result at all: good after a moment, and a marker keeps the late OK away. */
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_says(&w, "+CSQ: 1,0\r\n");
	w_wait(&w, 301 * MS);
	assert_answer(&w, AT_OK, "+CSQ: 1,0", "+CSQ: 1,0\n");
	assert_true(at_busy(&w.at));
	/* OK, but never the line: not good. */
	w_wait(&w, 9000 * MS);
	w_says(&w, "noise\r\n");
	w_send(&w, "AT");
	w_wait(&w, 200 * MS);
	w_says(&w, "OK\r\n");
	w_wait(&w, 200 * MS);
	w_says(&w, "OK\r\n");
	w_fini(&w);
}

static void
test_deadline_counts_from_the_last_byte(void **state)
{
	struct world w;
	const struct at_request r = { .command = "AT+CSQ", .done = w_done, .arg = &w, .timeout =
	    1000 * MS };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	w.now += 3000 * MS;             /* the wire took its time */
	at_tick(&w.at, w.now);
	assert_int_equal(w.done, 0);
	at_sent(&w.at, w.now);
	assert_true(at_deadline(&w.at) == w.now + 1000 * MS);
	for (int i = 0; i < 99; i++) {  /* chatter does not extend it */
		w.now += 10 * MS;
		w_says(&w, "noise\r\n");
		at_tick(&w.at, w.now);
	}
	assert_int_equal(w.done, 0);
	w.now += 10 * MS;
	at_tick(&w.at, w.now);
	assert_int_equal(w.code, AT_TIMEOUT);
	assert_int_equal(w.count, 99);
	w_fini(&w);
}

static void
test_wire_that_takes_nothing(void **state)
{
	struct world w;
	const struct at_request r = { .command = "AT", .done = w_done, .arg = &w, .timeout =
	    1000 * MS };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	w.now += 11000 * MS;
	at_tick(&w.at, w.now);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.code, AT_TIMEOUT);
	assert_string_equal(w.why, "the port did not take the bytes");
	w_fini(&w);
}

static void
test_slow_commands_are_known(void **state)
{
	(void)state;
	assert_true(at_table_timeout(slice_of("AT+COPS=?")) == 180 * NS_PER_S);
	assert_true(at_table_timeout(slice_of("at+cops?")) == 120 * NS_PER_S);
	assert_true(at_table_timeout(slice_of("ATD123;")) == 60 * NS_PER_S);
	assert_true(at_table_timeout(slice_of("AT+CSQ")) == 0);
	assert_true(at_table_timeout(slice_of("DATE")) == 0);
}

static void
test_loss_fails_all_at_once(void **state)
{
	struct world w;

	(void)state;
	for (size_t cut = 0; cut <= strlen("AT+CSQ\r\r\n+CSQ: 1,0\r\n"); cut++) {
		w_init(&w);
		w_send(&w, "AT+CSQ");
		w_send(&w, "AT+B");
		w_say(&w, "AT+CSQ\r\r\n+CSQ: 1,0\r\n", cut);
		at_lost(&w.at, "unplugged", w.now);
		assert_int_equal(w.done, 2);
		assert_int_equal(w.code, AT_LOST);
		assert_string_equal(w.why, "unplugged");
		assert_false(at_busy(&w.at));
		assert_true(at_deadline(&w.at) == UINT64_MAX);
		w_fini(&w);
	}
}

static void
test_loss_while_writing(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w.wire_gone = true;
	w_send(&w, "AT+CSQ");
	assert_int_equal(w.done, 1);
	assert_int_equal(w.code, AT_LOST);
	assert_false(at_busy(&w.at));
	w_fini(&w);
}

static void
test_refused_requests(void **state)
{
	struct world w;
	struct err_msg why;
	char longest[LIMIT_AT_COMMAND + 2];
	struct at_request r = { .command = "AT\rATZ", .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, &why), ERR_USAGE);
	r.command = "";
	assert_int_equal(at_send(&w.at, &r, &why), ERR_USAGE);
	memset(longest, 'A', sizeof longest);
	longest[LIMIT_AT_COMMAND + 1] = '\0';
	r.command = longest;
	assert_int_equal(at_send(&w.at, &r, &why), ERR_USAGE);
	longest[LIMIT_AT_COMMAND] = '\0';
	assert_int_equal(at_send(&w.at, &r, &why), ERR_OK);
	r.command = "AT+CMGS=1";
	r.payload = "a\x1a" "AT+X";
	r.payload_n = 6;
	assert_int_equal(at_send(&w.at, &r, &why), ERR_USAGE);
	w_fini(&w);
	assert_int_equal(w.done, 1);
	assert_int_equal(w.code, AT_CANCELLED);
}

static void
test_queue_limit(void **state)
{
	struct world w;
	const struct at_request r = { .command = "AT", .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	for (int i = 0; i < AT_QUEUE_MAX; i++)
		assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_BUSY);
	w_fini(&w);
	assert_int_equal(w.done, AT_QUEUE_MAX);
}

static void
test_lock_and_cancel(void **state)
{
	struct world w;
	int other;
	struct at_request r = { .command = "AT", .done = w_done, .arg = &w, .owner = &other };

	(void)state;
	w_init(&w);
	assert_int_equal(at_lock(&w.at, &w, NULL), ERR_OK);
	assert_int_equal(at_lock(&w.at, &other, NULL), ERR_BUSY);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_BUSY);
	w_send(&w, "AT+MINE");
	at_unlock(&w.at, &other);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_BUSY);
	at_unlock(&w.at, &w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_cancel(&w.at, &w, w.now);
	assert_answer(&w, AT_CANCELLED, "", "");
	buf_clear(&w.out);
	w_wait(&w, 101 * MS);
	assert_wrote(&w, "AT\r");
	w_says(&w, "OK\r\n");           /* that of AT+MINE */
	w_says(&w, "OK\r\nOK\r\n");
	assert_string_equal(buf_str(&w.out), "AT\rAT\r");
	w_says(&w, "OK\r\n");
	assert_answer(&w, AT_OK, "OK", "");
	w_fini(&w);
}

static void
test_send_from_done(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+SECOND", .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	w.chain = &r;
	w_send(&w, "AT+FIRST");
	w_says(&w, "OK\r\n");
	assert_wrote(&w, "AT+FIRST\rAT+SECOND\r");
	w_says(&w, "ERROR\r\n");
	assert_int_equal(w.done, 2);
	assert_int_equal(w.code, AT_ERROR);
	w_fini(&w);
}

static void
test_limits_of_lines(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "ATI");
	for (unsigned i = 0; i < LIMIT_AT_LINES + 1; i++)
		w_says(&w, "x\r\n");
	w_says(&w, "OK\r\n");
	assert_int_equal(w.count, LIMIT_AT_LINES);
	assert_int_equal(w.dropped, 1);
	for (unsigned n = LIMIT_AT_LINE - 1; n <= LIMIT_AT_LINE + 1; n++) {
		w_send(&w, "ATI");
		for (unsigned i = 0; i < n; i++)
			w_says(&w, "y");
		w_says(&w, "\r\nOK\r\n");
		assert_int_equal(w.count, 1);
		assert_int_equal(w.lines.len - 1, n > LIMIT_AT_LINE ? LIMIT_AT_LINE : n);
	}
	w_fini(&w);
}

/* A header that promises more than comes hides answers, but not for ever. */
static void
test_false_ipd(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_says(&w, "+IPD,60000:");
	w_send(&w, "AT+CSQ");
	w_says(&w, "\r\nOK\r\n");
	assert_int_equal(w.done, 0);
	w_wait(&w, 5000 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "");
	w_wait(&w, 100 * MS);
	w_says(&w, "OK\r\n");
	w_says(&w, "OK\r\n");
	w_wait(&w, 101 * MS);
	assert_false(at_busy(&w.at));
	w_fini(&w);
}

static void
test_idle_news(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_says(&w,
	    "RING\r\n+CLIP: \"123\"\r\nOK\r\nplain log line\r\n0,CLOSED\r\nready\r\n+IPD,2:\r\n\r\n");
	assert_string_equal(buf_str(&w.urcs), "RING\n+CLIP: \"123\"\n0,CLOSED\nready\n+IPD,2:\\x0d\\x0a\n");
	assert_string_equal(buf_str(&w.out), "");
	w_fini(&w);
}

/* ---- ATV0: a digit and CR */

struct numeric { const char *command, *reply; enum at_code code; const char *lines; };

static const struct numeric numerics[] = {
	{ "AT", "0\r", AT_OK, "" },
	{ "AT", "AT\r0\r", AT_OK, "" },
	{ "AT+CSQ", "+CSQ: 1,0\r\n0\r", AT_OK, "+CSQ: 1,0\n" },
	{ "AT+NO", "4\r", AT_ERROR, "" },
	{ "ATDT1", "3\r", AT_NO_CARRIER, "" },
	{ "ATDT1", "7\r", AT_BUSY, "" },
	{ "ATDT1", "1\r", AT_CONNECT, "" },
	{ "AT+GET", "3\r\n4\r\n0\r", AT_OK, "3\n4\n" }, /* LF: text, in either form */
};

static void
test_numeric(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numerics / sizeof *numerics; i++)
		for (size_t cut = 0; cut <= strlen(numerics[i].reply); cut++) {
			const struct numeric *d = &numerics[i];
			struct world w;

			w_init(&w);
			w_send(&w, d->command);
			w_say(&w, d->reply, cut);
			w_wait(&w, 20 * MS);
			w_say(&w, d->reply + cut, strlen(d->reply) - cut);
			w_wait(&w, 201 * MS);
			assert_int_equal(w.done, 1);
			assert_string_equal(at_code_word(w.code), at_code_word(d->code));
			assert_string_equal(buf_str(&w.lines), d->lines);
			assert_int_equal(w.at.verbose, AT_ECHO_OFF);
			w_fini(&w);
		}
}

/* A number that is information: LF follows, or words have been seen. */
static void
test_number_is_no_result(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "ATS0?");
	w_says(&w, "\r\n000\r\n\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "000\n");
	w_send(&w, "ATX?");
	w_says(&w, "0\r");
	w_wait(&w, 1000 * MS);
	assert_int_equal(w.done, 0);
	w_says(&w, "\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "0\n");
	w_fini(&w);
}

/* ATQ1: silence is the result, until ATQ0. */
static void
test_quiet(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "ATQ1");
	w_wait(&w, 401 * MS);
	assert_answer(&w, AT_OK, "", "");
	w_send(&w, "AT+CSQ");
	w_says(&w, "+CSQ: 2,0\r\n");
	w_wait(&w, 401 * MS);
	assert_answer(&w, AT_OK, "", "+CSQ: 2,0\n");
	assert_non_null(strstr(w.why, "ATQ1"));
	w_send(&w, "ATQ0");
	w_says(&w, "\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "");
	w_send(&w, "AT+CSQ");
	w_wait(&w, 1000 * MS);
	assert_int_equal(w.done, 0);
	w_fini(&w);
}

/* ATS3=: the new line end holds for its own result already, and for what we send next. */
static void
test_s3(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "ATS3=30");
	assert_wrote(&w, "ATS3=30\r");
	w_says(&w, "\x1e\nOK\x1e\n");
	assert_answer(&w, AT_OK, "OK", "");
	w_send(&w, "AT+CSQ");
	assert_wrote(&w, "AT+CSQ\x1e");
	w_says(&w, "\x1e\n+CSQ: 1,0\x1e\n\x1e\nOK\x1e\n");
	assert_answer(&w, AT_OK, "OK", "+CSQ: 1,0\n");
	w_send(&w, "ATS3=13");
	w_says(&w, "\r\nERROR\r\n");          /* refused: nothing changes */
	assert_answer(&w, AT_ERROR, "ERROR", "");
	w_send(&w, "AT");
	assert_string_equal(buf_str(&w.out) + strlen("ATS3=13\x1e"), "AT\x1e");
	w_fini(&w);
}

/* ---- raw payloads of every dialect: nothing in them is looked at */

struct payload { const char *command, *head, *tail; bool mine; };

static const struct payload payloads[] = {
	{ "AT+CSQ", "\r\n+IPD,12:", "\r\nOK\r\n", false },
	{ "AT+CSQ", "\r\n+IPD,0,12,\"1.2.3.4\",80:", "\r\nOK\r\n", false },
	{ "AT+CSQ", "\r\n+RECEIVE,0,12:\r\n", "\r\nOK\r\n", false },
	{ "AT+CIPRXGET=2,0,12", "\r\n+CIPRXGET: 2,0,12,0\r\n", "\r\nOK\r\n", true },
	{ "AT+CIPRXGET=2,12", "\r\n+CIPRXGET: 2,12,0\r\n", "\r\nOK\r\n", true },
	{ "AT+CIPRECVDATA=12", "+CIPRECVDATA:12,", "\r\nOK\r\n", true },
	{ "AT+QIRD=0,12", "\r\n+QIRD: 12\r\n", "\r\nOK\r\n", true },
	{ "AT+CSQ", "\r\n+QIURC: \"recv\",0,12\r\n", "\r\nOK\r\n", false },
	{ "AT#SRECV=1,12", "\r\n#SRECV: 1,12\r\n", "\r\nOK\r\n", true },
	{ "AT#XRECV=0", "\r\n#XRECV: 12\r\n", "\r\nOK\r\n", true },
	{ "AT+USORD=0,12", "\r\n+USORD: 0,12,\"", "\"\r\n\r\nOK\r\n", true },
	{ "AT+HTTPREAD=0,12", "\r\n+HTTPREAD: 12\r\n", "\r\nOK\r\n", true },
	{ "AT+QFREAD=1,12", "\r\nCONNECT 12\r\n", "\r\nOK\r\n", true },
	{ "AT+CSQ", "+MQTTSUBRECV:0,\"t/x\",12,", "\r\nOK\r\n", false },
};

static void
test_payloads(void **state)
{
	static const char body[12] = "\r\nOK\r\n\0\xff> \"E";

	(void)state;
	for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
		const struct payload *p = &payloads[i];
		struct buf all;

		buf_init(&all, 4096);
		assert_int_equal(buf_add_str(&all, p->head), ERR_OK);
		assert_int_equal(buf_add(&all, body, sizeof body), ERR_OK);
		assert_int_equal(buf_add_str(&all, p->tail), ERR_OK);
		for (size_t cut = 0; cut <= all.len; cut++) {
			struct world w;

			w_init(&w);
			w_send(&w, p->command);
			w_say(&w, all.data, cut);
			w.now += 60 * MS;
			at_tick(&w.at, w.now);
			w_say(&w, all.data + cut, all.len - cut);
			assert_int_equal(w.done, 1);
			assert_string_equal(at_code_word(w.code), "ok");
			assert_int_equal(w.count, p->mine ? 2 : 0);
			assert_int_equal(w.urcs.len != 0, !p->mine);
			w_fini(&w);
		}
		buf_fini(&all);
	}
}

static void
test_prompt_tables(void **state)
{
	struct at_prompt p;

	(void)state;
	assert_true(at_table_prompt(slice_of("AT+CIPSEND=0,5"), &p));
	assert_true(p.raw && p.count == 5 && strcmp(p.prompt, ">") == 0);
	assert_true(at_table_prompt(slice_of("AT+QISEND=3"), &p) && !p.raw);
	assert_true(at_table_prompt(slice_of("AT+QISEND=3,7"), &p) && p.raw && p.count == 7);
	assert_true(at_table_prompt(slice_of("at+cmgs=\"1\""), &p) && !p.raw);
	assert_true(at_table_prompt(slice_of("AT+USOWR=0,4"), &p) && strcmp(p.prompt, "@") == 0);
	assert_true(at_table_prompt(slice_of("AT+HTTPDATA=9,1000"), &p) && p.count == 9);
	assert_string_equal(p.prompt, "DOWNLOAD");
	assert_false(at_table_prompt(slice_of("AT+CSQ"), &p));
}

/* DOWNLOAD is a whole line that asks. */
static void
test_line_prompt(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+HTTPDATA=3,1000", .payload = "abc", .payload_n = 3,
	    .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	buf_clear(&w.out);
	w_says(&w, "\r\nDOWNLOAD\r\n");
	assert_wrote(&w, "abc");
	w_says(&w, "\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "");
	r.payload_n = 2;
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_USAGE);
	w_fini(&w);
}

static void
test_silence(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+COPS=?", .silence = 300 * MS, .done = w_done, .arg = &w };

	(void)state;
	w_init(&w);
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_wait(&w, 200 * MS);
	w_says(&w, "+COPS: 1\r\n");
	w_wait(&w, 299 * MS);
	assert_int_equal(w.done, 0);
	w_wait(&w, 2 * MS);
	assert_answer(&w, AT_TIMEOUT, "", "+COPS: 1\n");
	w_fini(&w);
}

/* HM-10: no line end in either direction. */
static void
test_idle_framing(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+NAME?", .eol = "", .idle = 100 * MS, .done = w_done,
	    .arg = &w };

	(void)state;
	w_init(&w);
	for (size_t cut = 0; cut <= 11; cut++) {
		assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
		at_tick(&w.at, w.now);
		at_sent(&w.at, w.now);
		assert_wrote(&w, "AT+NAME?");
		w_say(&w, "OK+NAME:abc", cut);
		w_wait(&w, 50 * MS);
		w_say(&w, &"OK+NAME:abc"[cut], 11 - cut);
		w_wait(&w, 101 * MS);
		assert_answer(&w, AT_OK, "", "OK+NAME:abc\n");
	}
	assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
	at_tick(&w.at, w.now);
	at_sent(&w.at, w.now);
	w_says(&w, "ERROR");
	w_wait(&w, 101 * MS);
	assert_answer(&w, AT_ERROR, "ERROR", "");
	w_fini(&w);
}

static void
test_vendor_finals(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+GO", .good = "DONE|READY*", .bad = "NOPE", .done = w_done,
	    .arg = &w };
	static const char *const replies[] = { "DONE\r\n", "READY 5\r\n", "NOPE\r\n" };

	(void)state;
	w_init(&w);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(at_send(&w.at, &r, NULL), ERR_OK);
		at_tick(&w.at, w.now);
		at_sent(&w.at, w.now);
		w_says(&w, "DONE NOT\r\n");
		w_says(&w, replies[i]);
		assert_int_equal(w.done, 1);
		w.done = 0;
		assert_int_equal(w.code, i == 2 ? AT_ERROR : AT_OK);
		assert_string_equal(buf_str(&w.lines), "DONE NOT\n");
	}
	w_fini(&w);
}

/* The profile's lines go first, and again after a restart. */
static void
test_init_lines(void **state)
{
	struct world w;
	const struct at_config c = { .eol = "\r", .timeout = 5000 * MS, .init = "ATE0|AT+CMEE=1" };

	(void)state;
	w_init(&w);
	at_fini(&w.at);
	at_init(&w.at, &c, &io, &w);
	w_send(&w, "AT+CSQ");
	assert_wrote(&w, "ATE0\r");
	w_says(&w, "ATE0\r\r\nOK\r\n");
	assert_wrote(&w, "AT+CMEE=1\r");
	w_says(&w, "\r\nOK\r\n");
	assert_wrote(&w, "AT+CSQ\r");
	w_says(&w, "\r\nRDY\r\n");
	assert_answer(&w, AT_RESTARTED, "RDY", "");
	w_send(&w, "AT+CSQ");
	assert_wrote(&w, "ATE0\r");
	w_says(&w, "\r\nOK\r\n");
	assert_wrote(&w, "AT+CMEE=1\r");
	w_says(&w, "\r\nOK\r\n");
	assert_wrote(&w, "AT+CSQ\r");
	/* its echo is back though ATE0 was accepted: it has restarted unseen */
	w_says(&w, "AT+CSQ\r\r\n+CSQ: 1,0\r\nOK\r\n");
	assert_non_null(strstr(w.why, "its echo is back"));
	w.done = 0;
	buf_clear(&w.out);
	w_send(&w, "AT");
	assert_wrote(&w, "ATE0\r");
	w_fini(&w);
}

/* A dial or a scan is ended by a character; its late result belongs to nobody. */
static void
test_abort(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_send(&w, "AT+COPS=?");
	buf_clear(&w.out);
	at_cancel(&w.at, &w, w.now);
	assert_wrote(&w, "\r");
	assert_answer(&w, AT_CANCELLED, "", "");
	w_says(&w, "\r\nOK\r\n");
	w_wait(&w, 101 * MS);
	assert_wrote(&w, "AT\r");
	w_says(&w, "\r\nOK\r\n");
	assert_false(at_busy(&w.at));
	w_send(&w, "AT+CSQ");
	buf_clear(&w.out);
	at_cancel(&w.at, &w, w.now);
	assert_wrote(&w, "");
	w_fini(&w);
}

static void
w_heard(void *arg, const struct at_result *r)
{
	w_done(arg, r);
}

static const struct at_io ears = { .write = w_write, .urc = w_urc, .heard = w_heard };

static void
w_type(struct world *w, const char *text)
{
	at_typed(&w->at, text, strlen(text), w->now);
}

/* What is typed by hand is watched: never written, never resynchronised. */
static void
test_typed(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w.at.io = &ears;
	w_type(&w, "AT+CX\bSQ");
	w_type(&w, "\r");
	assert_false(at_busy(&w.at));           /* keys still pass */
	w_says(&w, "AT+CSQ\r\r\n+CSQ: 9,0\r\n\r\nOK\r\n");
	assert_answer(&w, AT_OK, "OK", "+CSQ: 9,0\n");
	w_type(&w, "ls -l\r");
	w_says(&w, "OK\r\n");
	assert_int_equal(w.done, 0);
	w_type(&w, "AT+CMGS=\"1\"\r");
	w_says(&w, "\r\n> ");
	w_type(&w, "AT no command\r more\x1a");
	w_wait(&w, 2000 * MS);
	w_says(&w, "\r\n+CMGS: 4\r\nOK\r\n");
	assert_int_equal(w.done, 1);
	assert_string_equal(at_code_word(w.code), "ok");
	w.done = 0;
	w_type(&w, "AT+MUTE\r");
	w_wait(&w, 6000 * MS);
	assert_int_equal(w.code, AT_TIMEOUT);
	assert_string_equal(buf_str(&w.out), "");       /* nothing was ever sent */
	w_type(&w, "AT+SLOW\r");
	w.done = 0;
	w_send(&w, "AT+OURS");
	assert_string_equal(buf_str(&w.out), "");       /* ours waits for it */
	w_says(&w, "OK\r\n");
	assert_string_equal(buf_str(&w.out), "AT+OURS\r");
	w_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_echo_is_learned),
		cmocka_unit_test(test_number_of_cme),
		cmocka_unit_test(test_mute),
		cmocka_unit_test(test_bootloader),
		cmocka_unit_test(test_late_answer),
		cmocka_unit_test(test_two_finals_in_one_piece),
		cmocka_unit_test(test_sms_prompt),
		cmocka_unit_test(test_raw_prompt),
		cmocka_unit_test(test_stuck_prompt),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_expect_before_ok),
		cmocka_unit_test(test_deadline_counts_from_the_last_byte),
		cmocka_unit_test(test_wire_that_takes_nothing),
		cmocka_unit_test(test_slow_commands_are_known),
		cmocka_unit_test(test_loss_fails_all_at_once),
		cmocka_unit_test(test_loss_while_writing),
		cmocka_unit_test(test_refused_requests),
		cmocka_unit_test(test_queue_limit),
		cmocka_unit_test(test_lock_and_cancel),
		cmocka_unit_test(test_send_from_done),
		cmocka_unit_test(test_limits_of_lines),
		cmocka_unit_test(test_false_ipd),
		cmocka_unit_test(test_idle_news),
		cmocka_unit_test(test_numeric),
		cmocka_unit_test(test_number_is_no_result),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_s3),
		cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_prompt_tables),
		cmocka_unit_test(test_line_prompt),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_idle_framing),
		cmocka_unit_test(test_vendor_finals),
		cmocka_unit_test(test_init_lines),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
