/*
 * cmsisdap.c - a CMSIS-DAP v2 (USB bulk) SWD probe that is not there, in front of a board of
 * tests/rig/qemu-board. libumockdev answers the usbfs ioctls; OpenOCD and libusb are unmodified.
 *
 *   umockdev-wrapper cmsisdap BOARD-DIR m0|m3|m4 ENV-FILE UMOCKDEV-FILE [init|program|verify]
 *
 * ENV-FILE gets the environment by which a program sees the probe, when it is there. SIGUSR1 unplugs
 * it; a last word says when it unplugs itself. Format: Arm CMSIS-DAP 2.1, "Commands".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <umockdev.h>
#include <unistd.h>

#include "chip.h"

static GQueue finished = G_QUEUE_INIT;  /* URBs to be reaped */
static GQueue waiting = G_QUEUE_INIT;   /* IN URBs without data yet */
static GQueue answers = G_QUEUE_INIT;   /* GByteArray * for them */
static volatile sig_atomic_t gone;
static bool at_init;
static unsigned transfers;
static const char *const strings[] = { "", "Arm", "BBC micro:bit CMSIS-DAP (mock)", "9900000000mock",
	"CMSIS-DAP v2" };

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
add(GByteArray *out, const void *p, size_t n)
{
	g_byte_array_append(out, p, (guint)n);
}

/* ---- SWD: acknowledge 1 is OK, 4 a fault */

enum { OK = 1, FAULT = 4, AP = 1, READ = 2, MATCH_VALUE = 16, MATCH_MASK = 32 };

static uint8_t
swd(uint8_t request, uint32_t *data)
{
	const bool read = (request & READ) != 0;
	const uint32_t reg = request & 12;
	uint32_t got;

	transfers++;
	if ((request & AP) == 0) {
		if (!read && reg == 0) {
			chip_clear((*data & 4 ? 0x20u : 0) | (*data & 2 ? 0x10u : 0) |
			    (*data & 8 ? 0x80u : 0) | (*data & 16 ? 2u : 0));
			return OK;
		}
		got = chip_dp(!read, reg, *data);
	} else if (chip_fault()) {
		return FAULT;
	} else {
		got = chip_ap(!read, (chip_select() & 0xf0) | reg, *data);
		if (read)
			chip_keep(got);
	}
	if (read)
		*data = got;
	return chip_fault() ? FAULT : OK;
}

/* DAP_Transfer: a list of requests, each with its data where it writes or compares. */
static void
transfer(const uint8_t *c, size_t n, GByteArray *out)
{
	const guint head = out->len;
	uint8_t ack = OK, start[3] = { 5 };
	size_t at = 3;
	uint8_t done = 0;

	add(out, start, 3);
	for (; done < c[2] && at < n && ack == OK; done++) {
		const uint8_t request = c[at++];
		uint32_t data = 0, want;

		if ((request & READ) == 0 || (request & MATCH_VALUE) != 0) {
			if (at + 4 > n)
				break;
			data = le32(c + at);
			at += 4;
		}
		if ((request & MATCH_MASK) != 0)
			continue;
		want = data;
		ack = swd(request, &data);
		if ((request & MATCH_VALUE) != 0 && ack == OK && data != want)
			ack |= 0x10;
		if (ack != OK)
			break;
		if ((request & READ) != 0 && (request & MATCH_VALUE) == 0)
			add(out, &data, 4);
	}
	out->data[head + 1] = done;
	out->data[head + 2] = ack;
}

/* DAP_TransferBlock: one request, many times. */
static void
transfer_block(const uint8_t *c, size_t n, GByteArray *out)
{
	const unsigned count = c[2] | (unsigned)c[3] << 8;
	const guint head = out->len;
	uint8_t ack = OK, start[4] = { 6 };
	size_t at = 5;
	unsigned done = 0;

	add(out, start, 4);
	for (; done < count; done++) {
		uint32_t data = 0;

		if ((c[4] & READ) == 0) {
			if (at + 4 > n)
				break;
			data = le32(c + at);
			at += 4;
		}
		ack = swd(c[4], &data);
		if (ack != OK)
			break;
		if ((c[4] & READ) != 0)
			add(out, &data, 4);
	}
	out->data[head + 1] = (guint8)done;
	out->data[head + 2] = (guint8)(done >> 8);
	out->data[head + 3] = ack;
}

static void
info(uint8_t what, GByteArray *out)
{
	const char *s = what == 1 ? strings[1] : what == 2 ? strings[2] : what == 3 ? strings[3] :
	    what == 4 ? "2.1.0" : NULL;
	const uint8_t caps[] = { 0, 1, 1 }, packets[] = { 0, 1, 4 }, size[] = { 0, 2, 0, 2 };
	const uint8_t head[] = { 0, s != NULL ? (uint8_t)(strlen(s) + 1) : 0 };

	if (what == 0xf0) {
		add(out, caps, sizeof caps);
	} else if (what == 0xfe) {
		add(out, packets, sizeof packets);
	} else if (what == 0xff) {
		add(out, size, sizeof size);
	} else {
		add(out, head, sizeof head);
		if (s != NULL)
			add(out, s, head[1]);
	}
}

static void
command(const uint8_t *in, size_t len, GByteArray *out)
{
	uint8_t c[1024] = { 0 }, answer[3] = { in[0] };
	uint32_t data;

	memcpy(c, in, len < sizeof c ? len : sizeof c);
	switch (c[0]) {
	case 0x00: info(c[1], out); return;
	case 0x05: transfer(c, len, out); return;
	case 0x06: transfer_block(c, len, out); return;
	case 0x02:                              /* connect: SWD alone */
		answer[1] = c[1] == 2 ? 0 : 1;
		break;
	case 0x08:                              /* write ABORT */
		data = le32(c + 2);
		(void)swd(0, &data);
		break;
	case 0x0a:
		add(out, answer, 3);
		return;
	case 0x10:                              /* pins: bit 7 is nRESET */
		if ((c[2] & 0x80) != 0 && (c[1] & 0x80) == 0)
			chip_reset_line();
		answer[1] = c[1] | 0x80;
		break;
	case 0x01: case 0x03: case 0x04: case 0x09: case 0x11: case 0x12: case 0x13:
		break;
	default:
		answer[0] = 0xff;
		add(out, answer, 1);
		return;
	}
	add(out, answer, 2);
}

/* ---- USB */

static int
control(const uint8_t *setup, uint8_t *data, int len)
{
	uint8_t d[256] = { 4, 3, 9, 4 };
	int n;

	if ((setup[0] & 0x60) != 0 || setup[1] != 6 || setup[3] != 3)
		return (setup[0] & 0x80) != 0 ? -EPIPE : len;
	if (setup[2] >= sizeof strings / sizeof strings[0])
		return -EPIPE;
	if (setup[2] != 0) {
		const char *s = strings[setup[2]];

		d[0] = (uint8_t)(2 + 2 * strlen(s));
		for (size_t i = 0; s[i] != '\0'; i++) {
			d[2 + 2 * i] = (uint8_t)s[i];
			d[3 + 2 * i] = 0;
		}
	}
	n = d[0] < len ? d[0] : len;
	memcpy(data, d, (size_t)n);
	return n;
}

static UMockdevIoctlData *
buffer_of(UMockdevIoctlData *urb)
{
	struct usbdevfs_urb *r = (struct usbdevfs_urb *)(void *)urb->data;

	return umockdev_ioctl_data_resolve(urb, offsetof(struct usbdevfs_urb, buffer),
	    (gsize)r->buffer_length, NULL);
}

static void
give_answers(void)
{
	while (!g_queue_is_empty(&answers) && !g_queue_is_empty(&waiting)) {
		GByteArray *a = g_queue_pop_head(&answers);
		UMockdevIoctlData *u = g_queue_pop_head(&waiting);
		struct usbdevfs_urb *r = (struct usbdevfs_urb *)(void *)u->data;
		const int n = (int)a->len < r->buffer_length ? (int)a->len : r->buffer_length;
		UMockdevIoctlData *b = buffer_of(u);

		if (b != NULL)
			memcpy(b->data, a->data, (size_t)n);
		r->status = 0;
		r->actual_length = n;
		g_byte_array_unref(a);
		g_queue_push_tail(&finished, u);
	}
}

/* What cannot be resolved is a client's that was just killed. */
static int
submit(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *u = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL);
	struct usbdevfs_urb *r = u != NULL ? (struct usbdevfs_urb *)(void *)u->data : NULL;
	UMockdevIoctlData *b = r != NULL ? buffer_of(u) : NULL;

	if (b == NULL)
		return EIO;
	if (r->type == USBDEVFS_URB_TYPE_CONTROL) {
		const int n = control(b->data, b->data + 8, r->buffer_length - 8);

		r->status = n < 0 ? n : 0;
		r->actual_length = n < 0 ? 0 : n;
		g_queue_push_tail(&finished, u);
	} else if ((r->endpoint & 0x80) != 0) {
		g_queue_push_tail(&waiting, u);
	} else {
		GByteArray *out = g_byte_array_new();

		if (r->buffer_length > 0)
			command(b->data, (size_t)r->buffer_length, out);
		r->status = 0;
		r->actual_length = r->buffer_length;
		g_queue_push_tail(&finished, u);
		g_queue_push_tail(&answers, out);
	}
	give_answers();
	return 0;
}

static int
discard(UMockdevIoctlData *arg)
{
	for (GList *l = waiting.head; l != NULL; l = l->next) {
		UMockdevIoctlData *u = l->data;

		if (u->client_addr != *(gulong *)(void *)arg->data)
			continue;
		((struct usbdevfs_urb *)(void *)u->data)->status = -ENOENT;
		g_queue_delete_link(&waiting, l);
		g_queue_push_tail(&finished, u);
		return 0;
	}
	return EINVAL;
}

static int
reap(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL);
	UMockdevIoctlData *u = d != NULL ? g_queue_pop_head(&finished) : NULL;

	if (u == NULL)
		return EAGAIN;
	umockdev_ioctl_data_set_ptr(d, 0, u);
	return 0;
}

static int
serve(gulong request, UMockdevIoctlData *arg)
{
	guint32 caps = 0;
	UMockdevIoctlData *d;

	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		d = umockdev_ioctl_data_resolve(arg, 0, 4, NULL);
		if (d != NULL)
			umockdev_ioctl_data_update(d, 0, (guint8 *)&caps, 4);
		return 0;
	case USBDEVFS_SUBMITURB:
		return submit(arg);
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY:
		return reap(arg);
	case USBDEVFS_DISCARDURB:
		return discard(arg);
	case USBDEVFS_CLAIMINTERFACE:
	case USBDEVFS_RELEASEINTERFACE:
	case USBDEVFS_SETINTERFACE:
	case USBDEVFS_SETCONFIGURATION:
	case USBDEVFS_CLEAR_HALT:
	case USBDEVFS_RESET:
		return 0;
	default:
		return ENOTTY;
	}
}

/* What an unplugged device answers: what it had taken comes back as failed, nothing more is taken. */
static int
serve_gone(gulong request, UMockdevIoctlData *arg)
{
	while (!g_queue_is_empty(&waiting)) {
		UMockdevIoctlData *u = g_queue_pop_head(&waiting);

		((struct usbdevfs_urb *)(void *)u->data)->status = -ENODEV;
		g_queue_push_tail(&finished, u);
	}
	if (request != USBDEVFS_REAPURB && request != USBDEVFS_REAPURBNDELAY)
		return ENODEV;
	return g_queue_is_empty(&finished) ? ENODEV : reap(arg);
}

static gboolean
on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer arg)
{
	const gulong request = umockdev_ioctl_client_get_request(client);
	int e;

	(void)base;
	(void)arg;
	if (request == USBDEVFS_SUBMITURB && (chip_unplug_now() || (at_init && transfers > 8)))
		gone = 1;
	e = (gone ? serve_gone : serve)(request, umockdev_ioctl_client_get_arg(client));
	umockdev_ioctl_client_complete(client, e != 0 ? -1 : 0, e);
	return TRUE;
}

/* OpenOCD ended, however: what waited for it goes with it. */
static void
on_vanished(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer arg)
{
	(void)base;
	(void)client;
	(void)arg;
	g_queue_clear(&finished);
	g_queue_clear(&waiting);
	while (!g_queue_is_empty(&answers))
		g_byte_array_unref(g_queue_pop_head(&answers));
}

static void
on_pull(int signum)
{
	(void)signum;
	gone = 1;
}

static void
tell(const char *path)
{
	char new[4096];
	FILE *f;

	snprintf(new, sizeof new, "%s.new", path);
	f = fopen(new, "w");
	if (f == NULL)
		exit(1);
	fprintf(f, "LD_PRELOAD=%s\nUMOCKDEV_DIR=%s\n", getenv("LD_PRELOAD"), getenv("UMOCKDEV_DIR"));
	if (fclose(f) != 0 || rename(new, path) != 0)
		exit(1);
}

int
main(int argc, char **argv)
{
	struct chip_options o = { .unplug = argc > 5 ? argv[5] : NULL };
	UMockdevIoctlBase *handler;
	UMockdevTestbed *bed;
	GError *e = NULL;

	if (argc < 5 || !chip_kind(argv[2], &o.kind)) {
		fputs("usage: umockdev-wrapper cmsisdap BOARD-DIR m0|m3|m4 ENV-FILE UMOCKDEV-FILE [WHEN]\n",
		    stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGUSR1, on_pull);
	signal(SIGPIPE, SIG_IGN);
	at_init = o.unplug != NULL && strcmp(o.unplug, "init") == 0;
	chip_open(argv[1], &o);
	bed = umockdev_testbed_new();
	handler = umockdev_ioctl_base_new();
	g_signal_connect(handler, "handle-ioctl", G_CALLBACK(on_ioctl), NULL);
	g_signal_connect(handler, "client-vanished", G_CALLBACK(on_vanished), NULL);
	if (!umockdev_testbed_add_from_file(bed, argv[4], &e) ||
	    !umockdev_testbed_attach_ioctl(bed, "/dev/bus/usb/001/009", handler, &e)) {
		fprintf(stderr, "cmsisdap: %s\n", e->message);
		return 1;
	}
	tell(argv[3]);
	for (;;)
		pause();
}
