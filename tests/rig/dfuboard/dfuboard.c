/*
 * dfuboard.c - an STM32 in its DfuSe boot loader, as a USB device of umockdev: the stock dfu-util flashes it.
 *
 *	umockdev-wrapper dfuboard DEVICE.umockdev IMAGE FAULT COMMAND...
 *
 * Answers the usbfs ioctls of the device that DEVICE describes while COMMAND runs; then IMAGE is what the flash holds, and
 * the exit status is COMMAND's. FAULT: none; verify: the second block ends in errVERIFY; gone: the device is unplugged
 * there; hang: it answers no more; leave: the device is gone when it should start the program.
 */
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <umockdev.h>
#include <unistd.h>

#define BASE 0x08000000u
enum { SIZE = 0x100000, BLOCK = 2048 };
enum state { IDLE = 2, SYNC, BUSY, MORE, MANIFEST_SYNC, MANIFEST, UPLOAD = 9, FAILED };

static struct {
	guint8 flash[SIZE], pending[4096];
	guint32 address, top;
	enum state state;
	int status, length, block, written;
	const char *fault;
	gboolean gone;
	GQueue urbs;
} board = { .address = BASE, .state = IDLE, .urbs = G_QUEUE_INIT };

static const char *const strings[] = { NULL, "STMicroelectronics", "STM32  BOOTLOADER", "3574364C3033",
	"@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg", "@Option Bytes  /0x1FFFC000/01*016 e" };

static gboolean
is_fault(const char *name)
{
	return strcmp(board.fault, name) == 0;
}

static void
erase(guint32 at)
{
	const guint32 size = at < 0x10000 ? 0x4000 : at < 0x20000 ? 0x10000 : 0x20000;

	if (at < SIZE)
		memset(board.flash + at / size * size, 0xff, size);
}

/* DfuSe: block 0 is a command, 2 and up are data. */
static void
execute(void)
{
	const guint8 *p = board.pending;
	guint32 at;

	if (board.block == 0 && board.length >= 5) {
		at = (guint32)p[1] | (guint32)p[2] << 8 | (guint32)p[3] << 16 | (guint32)p[4] << 24;
		if (p[0] == 0x21)
			board.address = at;
		else if (p[0] == 0x41)
			erase(at - BASE);
		return;
	}
	if (board.block < 2)
		return;
	at = board.address - BASE + (guint32)(board.block - 2) * BLOCK;
	board.written++;
	if (board.written == 2 && is_fault("hang"))
		pause();
	board.gone = board.written == 2 && is_fault("gone");
	if ((board.written == 2 && is_fault("verify")) || at + (guint32)board.length > SIZE) {
		board.state = FAILED;
		board.status = 7;
		return;
	}
	memcpy(board.flash + at, p, (size_t)board.length);
	if (at + (guint32)board.length > board.top)
		board.top = at + (guint32)board.length;
}

static int
string_descriptor(int which, guint8 *out, int room)
{
	guint8 d[256] = { 4, 3, 9, 4 };
	int n;

	if (which >= (int)G_N_ELEMENTS(strings))
		return -EPIPE;
	if (which != 0) {
		d[0] = (guint8)(2 + 2 * strlen(strings[which]));
		for (int i = 0; strings[which][i] != '\0'; i++) {
			d[2 + 2 * i] = (guint8)strings[which][i];
			d[3 + 2 * i] = 0;
		}
	}
	n = d[0] < room ? d[0] : room;
	memcpy(out, d, (size_t)n);
	return n;
}

static int
download(int block, const guint8 *data, int n)
{
	if (n == 0) {
		board.gone = is_fault("leave");
		board.state = MANIFEST_SYNC;
		return 0;
	}
	if (n > (int)sizeof board.pending)
		return -EPIPE;
	memcpy(board.pending, data, (size_t)n);
	board.length = n;
	board.block = block;
	board.state = SYNC;
	return n;
}

static int
upload(int block, guint8 *out, int room)
{
	static const guint8 commands[] = { 0, 0x21, 0x41, 0x92 };
	const guint32 at = board.address - BASE + (guint32)(block - 2) * BLOCK;

	if (block < 2) {
		memcpy(out, commands, sizeof commands);
		return sizeof commands;
	}
	if (at >= SIZE)
		return 0;
	if (at + (guint32)room > SIZE)
		room = (int)(SIZE - at);
	memcpy(out, board.flash + at, (size_t)room);
	board.state = UPLOAD;
	return room;
}

static int
get_status(guint8 *out, int room)
{
	guint8 answer[6] = { 0 };
	const int n = room < 6 ? room : 6;

	if (board.state == SYNC) {
		board.state = BUSY;
		answer[1] = 5;
		execute();
	} else if (board.state == BUSY) {
		board.state = MORE;
	} else if (board.state == MANIFEST_SYNC) {
		board.state = MANIFEST;
	}
	answer[0] = (guint8)board.status;
	answer[4] = (guint8)board.state;
	memcpy(out, answer, (size_t)n);
	return n;
}

/* One control transfer: bytes moved, or a negative errno. */
static int
control(const guint8 *setup, guint8 *data, int n)
{
	const int value = setup[2] | setup[3] << 8;

	if ((setup[0] & 0x60) == 0 && setup[1] == 6 && setup[3] == 3)
		return string_descriptor(setup[2], data, n);
	if ((setup[0] & 0x60) != 0x20)
		return (setup[0] & 0x80) != 0 ? -EPIPE : n;
	switch (setup[1]) {
	case 1:
		return download(value, data, n);
	case 2:
		return upload(value, data, n);
	case 3:
		return get_status(data, n);
	case 4: case 6:                 /* CLRSTATUS, ABORT */
		board.state = IDLE;
		board.status = 0;
		return 0;
	case 5:
		*data = (guint8)board.state;
		return 1;
	default:
		return -EPIPE;
	}
}

static void
submit(UMockdevIoctlClient *c, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL), *buffer;
	struct usbdevfs_urb *urb = (void *)d->data;
	int n;

	if (board.gone || urb->type != USBDEVFS_URB_TYPE_CONTROL || urb->buffer_length < 8) {
		umockdev_ioctl_client_complete(c, -1, board.gone ? ENODEV : EINVAL);
		return;
	}
	buffer = umockdev_ioctl_data_resolve(d, offsetof(struct usbdevfs_urb, buffer), (gsize)urb->buffer_length, NULL);
	n = control(buffer->data, buffer->data + 8, urb->buffer_length - 8);
	urb->status = n < 0 ? n : 0;
	urb->actual_length = n < 0 ? 0 : n;
	g_queue_push_tail(&board.urbs, d);
	umockdev_ioctl_client_complete(c, 0, 0);
}

static void
reap(UMockdevIoctlClient *c, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *d = g_queue_pop_head(&board.urbs);

	if (d == NULL) {
		umockdev_ioctl_client_complete(c, -1, board.gone ? ENODEV : EAGAIN);
		return;
	}
	umockdev_ioctl_data_set_ptr(umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL), 0, d);
	umockdev_ioctl_client_complete(c, 0, 0);
}

static gboolean
on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *c, gpointer unused)
{
	const gulong request = umockdev_ioctl_client_get_request(c);
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(c);
	guint32 can = USBDEVFS_CAP_BULK_CONTINUATION;

	(void)base;
	(void)unused;
	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		umockdev_ioctl_data_update(umockdev_ioctl_data_resolve(arg, 0, 4, NULL), 0, (guint8 *)&can, 4);
		umockdev_ioctl_client_complete(c, 0, 0);
		break;
	case USBDEVFS_SUBMITURB:
		submit(c, arg);
		break;
	case USBDEVFS_REAPURB: case USBDEVFS_REAPURBNDELAY:
		reap(c, arg);
		break;
	case USBDEVFS_CLAIMINTERFACE: case USBDEVFS_RELEASEINTERFACE: case USBDEVFS_SETINTERFACE:
	case USBDEVFS_SETCONFIGURATION: case USBDEVFS_CLEAR_HALT: case USBDEVFS_RESET:
		umockdev_ioctl_client_complete(c, 0, 0);
		break;
	default:
		umockdev_ioctl_client_complete(c, -1, ENOTTY);
	}
	return TRUE;
}

static int
run(char **argv)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
main(int argc, char **argv)
{
	UMockdevTestbed *bed = umockdev_testbed_new();
	UMockdevIoctlBase *base = umockdev_ioctl_base_new();
	GError *error = NULL;
	FILE *image;
	int status;

	if (argc < 5) {
		fputs("usage: umockdev-wrapper dfuboard DEVICE.umockdev IMAGE FAULT COMMAND...\n", stderr);
		return 2;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	board.fault = argv[3];
	memset(board.flash, 0xff, sizeof board.flash);
	g_signal_connect(base, "handle-ioctl", G_CALLBACK(on_ioctl), NULL);
	if (!umockdev_testbed_add_from_file(bed, argv[1], &error) ||
	    !umockdev_testbed_attach_ioctl(bed, "/dev/bus/usb/001/007", base, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return 2;
	}
	status = run(argv + 4);
	image = fopen(argv[2], "wb");
	if (image != NULL) {
		(void)fwrite(board.flash, 1, board.top, image);
		(void)fclose(image);
	}
	g_object_unref(bed);
	return status;
}
