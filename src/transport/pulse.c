/* pulse.c - reading the grammar of line sequences. */
#include "transport/pulse.h"

#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "transport/transport.h"

/* esptool's ClassicReset, UnixTightReset, USBJTAGSerialReset and HardReset, as steps. */
static const struct { const char *name, *steps; } known[] = {
	{ "reset", "R1|W0.1|R0" },
	{ "reset-dtr", "D1|W0.1|D0" },
	{ "reset-both", "U1,1|W0.1|U0,0" },
	{ "esp-reset", "U0,1|W0.1|U0,0" },
	{ "esp-boot", "U0,0|U1,1|U0,1|W0.1|U1,0|W0.05|U0,0" },
	{ "esp-usb-boot", "U0,0|W0.1|D1|R0|W0.1|R1|D0|R1|W0.1|U0,0" },
	{ "off", "U0,0" },
};

const char *
pulse_names(void)
{
	return "reset reset-dtr reset-both esp-reset esp-boot esp-usb-boot off, or steps such as "
	       "D0|R1|W0.1|D1|R0";
}

static bool
bit(struct slice s, unsigned line, struct pulse_step *step)
{
	if (!slice_is(s, "0") && !slice_is(s, "1"))
		return false;
	step->mask |= line;
	step->on = s.p[0] == '1' ? step->on | line : step->on & ~line;
	return true;
}

static bool
wait_of(struct slice s, struct pulse_step *step)
{
	double seconds;

	if (!slice_f64(s, &seconds) || !(seconds >= 0) || seconds > PULSE_WAIT_MAX_S)
		return false;
	step->wait_ns = (uint64_t)(seconds * (double)NS_PER_S);
	return true;
}

/* One word into *step, over what it holds. */
static bool
word(struct slice w, struct pulse_step *step)
{
	const struct slice rest = slice_skip(w, 1);
	struct slice second;
	struct slice first = slice_cut(rest, ',', &second);

	switch (w.n != 0 ? w.p[0] : '\0') {
	case 'D':
		return bit(rest, LINE_DTR, step);
	case 'R':
		return bit(rest, LINE_RTS, step);
	case 'U':
		return bit(first, LINE_DTR, step) && bit(second, LINE_RTS, step);
	case 'W':
		return wait_of(rest, step);
	default:
		return false;
	}
}

/* A line that is named again, or anything behind a wait, is a new step. */
static bool
begins_step(struct slice w, const struct pulse_step *step)
{
	const char c = w.n != 0 ? w.p[0] : '\0';
	const unsigned mask = c == 'D' ? LINE_DTR : c == 'R' ? LINE_RTS
	    : c == 'U' ? LINE_DTR | LINE_RTS : 0u;

	return step->wait_ns != 0 || (step->mask & mask) != 0;
}

enum err
pulse_parse(const char *text, struct pulse *out, struct err_msg *why)
{
	struct slice rest = slice_of(text);
	struct pulse_step *step;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_is(rest, known[i].name))
			rest = slice_of(known[i].steps);
	*out = (struct pulse){ .n = 1 };
	step = out->step;
	do {
		const struct slice w = slice_trim(slice_cut(rest, '|', &rest));

		if (begins_step(w, step)) {
			if (out->n == PULSE_STEPS_MAX)
				return err_set(why, ERR_LIMIT, "pulse", NULL,
				    "more than %d steps", PULSE_STEPS_MAX);
			step = &out->step[out->n++];
		}
		if (!word(w, step))
			return err_set(why, ERR_USAGE, "pulse", pulse_names(),
			    "\"%.*s\" is no step: D0 D1 R0 R1 U1,0 or W and seconds up to %d",
			    (int)(w.n < 40 ? w.n : 40), w.p, PULSE_WAIT_MAX_S);
	} while (rest.n != 0);
	return ERR_OK;
}
