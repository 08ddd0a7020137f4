/*
 * options.h - the one typed table of options: name, type, default, range, help.
 *
 * Layer   core. Set from ~/.config/vise/config ("set NAME VALUE" lines, # comments), then by
 *         `option.set`, `--set` and Lua.
 * State   values live in a struct options, owned by each process; the bench sends changes as
 *         events.
 */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

enum option_type { OPTION_BOOL, OPTION_INT, OPTION_DURATION, OPTION_TEXT, OPTION_CHOICE };

/*	id               name                 type              default  choices or range, help */
#define OPTION_LIST(X) \
	X(KEYS_PREFIX,   "keys.prefix",       OPTION_TEXT,      "^T",    NULL, \
	    "prefix key while the console is live (^A..^_; not ^[ ^I ^J ^M ^H)") \
	X(BENCH_LINGER,  "bench.linger",      OPTION_DURATION,  "10m",   NULL, \
	    "how long a bench outlives its last viewer") \
	X(BENCH_GRACE,   "bench.grace",       OPTION_DURATION,  "10s",   NULL, \
	    "how long the clean-up of a script may take when it is stopped") \
	X(GLYPHS,        "screen.glyphs",     OPTION_CHOICE,    "auto",  "auto,ascii,unicode", \
	    "characters for lines, bars and sparklines") \
	X(SYNC,          "screen.sync",       OPTION_CHOICE,    "auto",  "auto,on,off", \
	    "mode 2026 marks around each frame") \
	X(FRAMES,        "screen.frames",     OPTION_INT,       "0",     "0,60", \
	    "frames a second at most; 0: 20, or 10 over ssh") \
	X(CONSOLE_BAUD,  "console.baud",      OPTION_INT,       "115200","1,20000000", \
	    "speed of a serial port opened without one") \
	X(CONSOLE_EOL,   "console.eol",       OPTION_CHOICE,    "cr",    "cr,lf,crlf", \
	    "what Enter sends") \
	X(CONSOLE_ECHO,  "console.echo",      OPTION_BOOL,      "off",   NULL, \
	    "show what is typed here too") \
	X(CONSOLE_TIMES, "console.times",     OPTION_CHOICE,    "on",    "off,on,start,last", \
	    "time column in the console: of day, since the start, since the line before") \
	X(CONSOLE_LEVELS, "console.levels",   OPTION_BOOL,      "on",    NULL, \
	    "highlight error, warn, info and debug in lines without colours") \
	X(CONSOLE_PASTE, "console.paste",     OPTION_CHOICE,    "ask",   "ask,send", \
	    "several pasted lines are asked about, or sent at once") \
	X(CONSOLE_PASTE_LINE, "console.paste_line", OPTION_DURATION, "20ms", NULL, \
	    "rest after each line of a slow paste") \
	X(CONSOLE_MAP,   "console.map",       OPTION_TEXT,      "",      NULL, \
	    "maps of new consoles: in:cr=lf out:lf=crlf out:del=bs, or ICRNL ONLCRNL ...") \
	X(CONSOLE_LAYOUT, "console.layout",   OPTION_BOOL,      "on",    NULL, \
	    "lay JSON and logfmt lines out as time, level, message and fields") \
	X(DECODE_ELF,    "decode.elf",        OPTION_TEXT,      "",      NULL, \
	    "ELF file that addresses on a console are looked up in") \
	X(AT_TIMEOUT,    "at.timeout",        OPTION_DURATION,  "5s",    NULL, \
	    "how long an AT command may take") \
	X(AT_EOL,        "at.eol",            OPTION_CHOICE,    "cr",    "cr,lf,crlf", \
	    "what ends an AT command") \
	X(AT_INIT,       "at.init",           OPTION_TEXT,      "",      NULL, \
	    "AT lines before the first command and after a restart: ATE0|AT+CMEE=1") \
	X(GAUGE_EVERY,   "gauge.every",       OPTION_DURATION,  "1s",    NULL, \
	    "sampling period of gauges") \
	X(PROFILE_LIMIT, "profile.limit",     OPTION_INT,       "1024",  "16,65536", \
	    "largest profile after inflating, in MiB") \
	X(PROFILE_SOURCE, "profile.source_root", OPTION_TEXT,    "",      NULL, \
	    "where the sources of profiles are: FOLDER, or FROM=TO") \
	X(LOG_LEVEL,     "log.level",         OPTION_CHOICE,    "info",  "debug,info,warn,error", \
	    "least level that reaches the bench's log") \
	X(BELL,          "screen.bell",       OPTION_BOOL,      "on",    NULL, \
	    "ring on a new alarm or a finished long job")

enum option_id {
#define X(id, name, type, dflt, range, help) OPT_##id,
	OPTION_LIST(X)
#undef X
	OPT_COUNT
};

struct options { char *text[OPT_COUNT]; uint64_t num[OPT_COUNT]; };

void        options_init(struct options *o);            /* defaults */
void        options_fini(struct options *o);
enum err    options_set(struct options *o, const char *name, const char *value,
    struct err_msg *why);
/* A missing file is fine. A line that is wrong is passed over; the first of them is told. */
enum err    options_load(struct options *o, const char *path, struct err_msg *why);
const char *options_text(const struct options *o, enum option_id id);
uint64_t    options_num(const struct options *o, enum option_id id);  /* bool 0/1, duration in ns */
const char *options_name(enum option_id id);
/* [{name,type,value,default,choices,help}] */
json_t     *options_list(const struct options *o);

#endif
