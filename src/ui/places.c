/* places.c - errors, boots, crashes, marks, times and offsets of a console. */
#include "ui/places.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/history.h"
#include "ui/pane_box.h"
#include "ui/streamfind.h"
#include "ui/streamjump.h"

static void
to_time(struct ui *u, struct streamview *v, uint64_t t)
{
	if (!history_goto_time(u, t))
		streamview_goto(v, t);
}

/* "-5m", "+1m" from the line at the cursor (or now); "14:03[:07]" of today. */
static bool
goto_time(struct ui *u, struct streamview *v, const char *text)
{
	const uint64_t now = replica_time(u->replica, u->mono), at = v->follow ? now :
	    streamview_cur_time(v);
	const uint64_t day = 24 * 3600 * NS_PER_S;
	unsigned h, m, s = 0;
	uint64_t by;
	char clock[16];
	unsigned nh, nm, ns;

	if ((text[0] == '-' || text[0] == '+') && slice_duration(slice_of(text + 1), &by)) {
		to_time(u, v, text[0] == '+' ? at + by : by < at ? at - by : 0);
		return true;
	}
	if (sscanf(text, "%2u:%2u:%2u", &h, &m, &s) < 2 || h > 23 || m > 59 || s > 59)
		return false;
	clock_fmt_hms(replica_wall(u->replica, now), clock, sizeof clock);
	if (sscanf(clock, "%2u:%2u:%2u", &nh, &nm, &ns) != 3)
		return false;
	by = ((uint64_t)(nh * 3600 + nm * 60 + ns) * NS_PER_S + day -
	    (uint64_t)(h * 3600 + m * 60 + s) * NS_PER_S) % day;
	to_time(u, v, by < now ? now - by : 0);
	return true;
}

/* "@4096" or "0x1000": an offset of the stream, as logs and the hex view count. */
static bool
goto_offset(struct ui *u, struct streamview *v, const char *text)
{
	uint64_t at;

	if (text[0] == '@' ? !slice_u64(slice_of(text + 1), UINT64_MAX, &at) :
	    strncmp(text, "0x", 2) != 0 || !slice_hex(slice_of(text + 2), &at))
		return false;
	if (!history_goto_offset(u, at))
		streamview_goto_offset(v, at >= v->stream->base ? at - v->stream->base : 0);
	return true;
}

/* The mark whose text holds the words, the newest first. */
static bool
goto_mark(struct ui *u, struct streamview *v, const char *text)
{
	for (size_t i = v->stream->marks; i-- > 0;)
		if (pane_match(v->stream->mark[i].text, text)) {
			streamview_goto_offset(v, v->stream->mark[i].offset);
			return true;
		}
	return history_goto_mark(u, text);
}

bool
places_go(struct ui *u, struct streamview *v, const char *text)
{
	if (strcmp(text, "error") == 0 || strcmp(text, "boot") == 0 ||
	    strcmp(text, "crash") == 0)
		return streamjump(v, text, true) || history_seek(u, text, true);
	if (strncmp(text, "mark:", 5) == 0)
		return goto_mark(u, v, text + 5);
	return goto_offset(u, v, text) || goto_time(u, v, text);
}

