/* capture.c - running a program for what it prints. */
#include "cli/capture.h"

#include <poll.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/say.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"
#include "sys/time.h"
#include "transport/usblist.h"

enum { OUTPUT_MAX = 8 << 20, WORDS_MAX = 160, USB_TEXT_MAX = 96 << 10 /* of one word of argv */ };

/* Something to read, or the end, before the deadline (0: none)? */
static bool
in_time(int fd, uint64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	const uint64_t now = sys_mono();

	if (deadline == 0)
		return true;
	return now < deadline && poll(&p, 1, (int)((deadline - now) / NS_PER_MS) + 1) > 0;
}

static enum err
read_all(int fd, uint64_t deadline, struct buf *out, const char *what, struct err_msg *why)
{
	char piece[16384];
	ssize_t n;

	while (in_time(fd, deadline)) {
		if ((n = sys_read(fd, piece, sizeof piece)) <= 0)
			return ERR_OK;
		if (buf_add(out, piece, (size_t)n) != ERR_OK)
			return err_set(why, ERR_LIMIT, what, NULL, "it prints too much");
	}
	return err_set(why, ERR_TIMEOUT, what, NULL, "it did not end in time");
}

static enum err
run(const char *const *argv, uint64_t both_ns, struct buf *out, int *status, struct err_msg *why)
{
	const uint64_t deadline = both_ns != 0 ? sys_mono() + both_ns : 0;
	int fd[2];
	pid_t pid = -1;
	enum err e, ended;

	if (!sys_socketpair(fd))
		return err_set(why, ERR_INFRA, argv[0], NULL, "no descriptors left");
	const struct sys_spawn s = { .argv = argv, .fd_in = -1, .fd_out = fd[1],
		.fd_err = both_ns != 0 ? fd[1] : 2, .fd3 = -1, .keep_group = true };

	(void)sys_nonblock(fd[0], false);
	(void)sys_nonblock(fd[1], false);
	e = sys_spawn(&s, &pid, why);
	sys_close(fd[1]);
	if (e != ERR_OK) {
		sys_close(fd[0]);
		return e;
	}
	ended = read_all(fd[0], deadline, out, argv[0], why);
	sys_close(fd[0]);
	if (ended != ERR_OK)
		sys_kill_group(pid, SIGKILL);
	*status = sys_wait(pid);
	return ended;
}

enum err
capture(const char *const *argv, struct buf *out, int *status, struct err_msg *why)
{
	return run(argv, 0, out, status, why);
}

enum err
capture_both(const char *const *argv, uint64_t limit_ns, struct buf *out, int *status,
    struct err_msg *why)
{
	return run(argv, limit_ns, out, status, why);
}

enum err
capture_words(const json_t *words, const char *const *rest, struct buf *out, int *status,
    struct err_msg *why)
{
	char *program = path_program("vise-script");
	const char **argv = mem_zero(json_array_size(words) + WORDS_MAX, sizeof *argv);
	const json_t *word;
	size_t n = 1, more = 0, i;
	enum err e;

	argv[0] = program;
	json_array_foreach(words, i, word)
		argv[n++] = json_string_value(word);
	while (rest[more] != NULL && more + 2 < WORDS_MAX)
		argv[n++] = rest[more++];
	e = capture(argv, out, status, why);
	mem_free(argv);
	mem_free(program);
	return e;
}

enum err
capture_plugin(const json_t *words, const char *const *rest, json_t **out, int *status,
    struct err_msg *why)
{
	struct buf text;
	enum err e;

	*out = NULL;
	buf_init(&text, OUTPUT_MAX);
	e = capture_words(words, rest, &text, status, why);
	if (e == ERR_OK && *status == 0) {
		*out = json_read(buf_str(&text), text.len, "vise-script", why);
		e = *out != NULL ? ERR_OK : ERR_FORMAT;
	}
	buf_fini(&text);
	return e;
}

enum err
capture_say(const json_t *words, const char *const *rest, int *status, struct err_msg *why)
{
	struct buf text;
	enum err e;

	buf_init(&text, OUTPUT_MAX);
	e = capture_words(words, rest, &text, status, why);
	say_text(stdout, buf_str(&text), text.len);
	buf_fini(&text);
	return e;
}

enum err
capture_plan(const json_t *words, const char *const *rest, json_t **out, int *status,
    struct err_msg *why)
{
	const char *all[WORDS_MAX] = { "--usb" };
	json_t *devices = NULL;
	struct buf text;
	size_t n = 2;
	enum err e;

	buf_init(&text, USB_TEXT_MAX);
	if (usblist("", &devices, NULL) != ERR_OK || json_write(devices, &text) != ERR_OK)
		n = 0;
	else
		all[1] = buf_str(&text);
	while (*rest != NULL && n + 1 < WORDS_MAX)
		all[n++] = *rest++;
	all[n] = NULL;
	e = capture_plugin(words, all, out, status, why);
	buf_fini(&text);
	json_decref(devices);
	return e;
}
