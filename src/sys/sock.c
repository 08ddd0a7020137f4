/* sock.c - unix and TCP sockets. */
#include "sys/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"

enum { BACKLOG = 64, DIAL_MS = 3000 };

/* Small packets go at once: an answer may wait for each. Does nothing to a unix socket. */
static void
no_delay(int fd)
{
	const int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static enum err
unix_address(const char *path, struct sockaddr_un *a, struct err_msg *why)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof a->sun_path)
		return err_set(why, ERR_USAGE, path,
		    "choose a shorter name, or set XDG_RUNTIME_DIR to a shorter path",
		    "longer than the %zu bytes a unix socket may have", sizeof a->sun_path - 1);
	snprintf(a->sun_path, sizeof a->sun_path, "%s", path);
	return ERR_OK;
}

/* The folder must be ours and closed to others: the socket's own mode is not trusted. */
static enum err
check_folder(const char *path, struct err_msg *why)
{
	char *dir = mem_str(path), *slash = strrchr(dir, '/');
	struct stat st;
	enum err e = ERR_OK;
	int fd;

	if (slash != NULL)
		*slash = '\0';
	fd = sys_open(slash == dir ? "/" : dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0 || fstat(fd, &st) != 0)
		e = err_errno(why, errno, dir, "opening the socket's folder");
	else if (st.st_uid != getuid() || (st.st_mode & 077) != 0)
		e = err_set(why, ERR_DENIED, dir, "chmod 700 it, or set XDG_RUNTIME_DIR",
		    "the socket's folder must be yours and closed to others (uid %u, mode %03o)",
		    (unsigned)st.st_uid, (unsigned)(st.st_mode & 0777));
	sys_close(fd);
	mem_free(dir);
	return e;
}

static int
new_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* A socket that has its name but does not listen yet looks like one whose owner is dead, and who
 * tidies up takes it away: so it gets the name when it listens. At once where that would be too
 * long a name, or the file system has no links. */
static bool
listen_then_name(const char *path, int fd)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const int n = snprintf(a.sun_path, sizeof a.sun_path, "%s.%ld", path, (long)getpid());
	bool named;
	int e;

	if (n < 0 || (size_t)n >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	(void)unlink(a.sun_path);
	if (bind(fd, (const struct sockaddr *)&a, sizeof a) != 0)
		return false;
	named = listen(fd, BACKLOG) == 0 && link(a.sun_path, path) == 0;
	e = errno == EEXIST ? EADDRINUSE : errno;
	(void)unlink(a.sun_path);
	errno = e;
	return named;
}

static enum err
bind_unix(const char *path, const struct sockaddr_un *at, int *fd, struct err_msg *why)
{
	const struct sockaddr_un a = *at;
	enum err e = ERR_OK;
	mode_t old;
	bool good;

	*fd = new_socket(AF_UNIX);
	old = umask(0177);
	good = *fd >= 0 && listen_then_name(path, *fd);
	if (!good && *fd >= 0 && errno != EADDRINUSE) {
		sys_close(*fd);
		*fd = new_socket(AF_UNIX);
		good = *fd >= 0 && bind(*fd, (const struct sockaddr *)&a, sizeof a) == 0 &&
		    listen(*fd, BACKLOG) == 0;
	}
	if (!good) {
		e = err_errno(why, errno, path, "listening");
		sys_close(*fd);
		*fd = -1;
	}
	umask(old);
	return e;
}

enum err
sys_unix_listen(const char *path, int *fd, struct err_msg *why)
{
	struct sockaddr_un a;
	enum err e = unix_address(path, &a, why);

	*fd = -1;
	if (e == ERR_OK)
		e = check_folder(path, why);
	return e == ERR_OK ? bind_unix(path, &a, fd, why) : e;
}

enum err
sys_unix_listen_user(const char *path, int *fd, struct err_msg *why)
{
	struct sockaddr_un a;
	struct stat st;
	enum err e = unix_address(path, &a, why);

	*fd = -1;
	if (e != ERR_OK)
		return e;
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_uid == getuid()) {
		int probe = new_socket(AF_UNIX);

		if (probe >= 0 && connect(probe, (const struct sockaddr *)&a, sizeof a) != 0 &&
		    errno == ECONNREFUSED)
			(void)unlink(path);
		sys_close(probe);
	}
	return bind_unix(path, &a, fd, why);
}

enum err
sys_unix_connect(const char *path, int *fd, struct err_msg *why)
{
	struct sockaddr_un a;
	enum err e = unix_address(path, &a, why);
	int r;

	*fd = -1;
	if (e != ERR_OK)
		return e;
	*fd = new_socket(AF_UNIX);
	if (*fd < 0)
		return err_errno(why, errno, path, "socket");
	do
		r = connect(*fd, (const struct sockaddr *)&a, sizeof a);
	while (r != 0 && errno == EINTR);
	if (r == 0)
		return ERR_OK;
	e = errno == EAGAIN ? err_set(why, ERR_BUSY, path, NULL, "too many waiting connections")
	    : err_errno(why, errno, path, "connecting");
	sys_close(*fd);
	*fd = -1;
	return e;
}

int
sys_accept(int fd)
{
	int c;

	do
		c = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (c < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (c >= 0)
		no_delay(c);
	return c;
}

bool
sys_peer_uid(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t n = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
		return false;
	*uid = cred.uid;
	return true;
}

bool
sys_socketpair(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) == 0;
}

bool
sys_peer_loopback(int fd, uint16_t *port)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;

	if (getpeername(fd, (struct sockaddr *)&a, &n) != 0 || a.sin_family != AF_INET ||
	    a.sin_addr.s_addr != htonl(INADDR_LOOPBACK))
		return false;
	*port = ntohs(a.sin_port);
	return true;
}

static int
connect_one(const struct addrinfo *ai)
{
	const int fd = new_socket(ai->ai_family);

	if (fd < 0)
		return -1;
	no_delay(fd);
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0 || errno == EINPROGRESS)
		return fd;
	sys_close(fd);
	return -1;
}

/* Within DIAL_MS: the connection stands. False with errno: it does not. */
static bool
stands(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int r;

	while ((r = poll(&p, 1, DIAL_MS)) < 0 && errno == EINTR)
		;
	errno = r <= 0 ? ETIMEDOUT : sys_sock_error(fd);
	return errno == 0;
}

/* patient: an address that does not answer is followed by the next one. */
static enum err
connect_any(const char *host, const char *port, bool patient, int *fd, struct err_msg *why)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG
	};
	struct addrinfo *list = NULL;
	const int r = getaddrinfo(host, port, &hints, &list);
	int saved = ECONNREFUSED;

	*fd = -1;
	if (r != 0)
		return err_set(why, ERR_NOENT, host, "check the name and the port",
		    "cannot be resolved: %s", gai_strerror(r));
	for (const struct addrinfo *ai = list; ai != NULL && *fd < 0; ai = ai->ai_next) {
		*fd = connect_one(ai);
		if (*fd >= 0 && (!patient || ai->ai_next == NULL || stands(*fd)))
			break;
		saved = errno;
		sys_close(*fd);
		*fd = -1;
	}
	freeaddrinfo(list);
	return *fd >= 0 ? ERR_OK : err_errno(why, saved, host, "connecting");
}

enum err
sys_tcp_connect(const char *host, const char *port, int *fd, struct err_msg *why)
{
	return connect_any(host, port, false, fd, why);
}

enum err
sys_tcp_dial(const char *host, const char *port, int *fd, struct err_msg *why)
{
	return connect_any(host, port, true, fd, why);
}

bool
sys_tcp_numeric(const char *host)
{
	struct in_addr v4;

	return strchr(host, ':') != NULL || inet_pton(AF_INET, host, &v4) == 1;
}

int
sys_sock_error(int fd)
{
	int e = 0;
	socklen_t n = sizeof e;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n) == 0 ? e : errno;
}

/* Binds a socket for one address and listens; the port that it got. */
static int
listen_one(const struct addrinfo *a, uint16_t *port)
{
	const int one = 1, fd = new_socket(a->ai_family);
	struct sockaddr_storage got;
	socklen_t n = sizeof got;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, (struct sockaddr *)&got, &n) != 0) {
		const int e = errno;

		sys_close(fd);
		errno = e;
		return -1;
	}
	*port = ntohs(got.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&got)->sin6_port
						: ((struct sockaddr_in *)&got)->sin_port);
	return fd;
}

enum err
sys_tcp_listen(const char *host, uint16_t *port, int *fd, struct err_msg *why)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *a = NULL;
	char number[8], name[64];
	int e;

	snprintf(name, sizeof name, "%s", host + (host[0] == '['));
	name[strcspn(name, "]")] = '\0';
	snprintf(number, sizeof number, "%u", *port);
	*fd = -1;
	e = getaddrinfo(name, number, &hints, &a);
	if (e != 0)
		return err_set(why, ERR_USAGE, host, "give an address such as 127.0.0.1",
		    "not an address to listen at: %s", gai_strerror(e));
	*fd = listen_one(a, port);
	e = errno;
	freeaddrinfo(a);
	return *fd >= 0 ? ERR_OK : err_errno(why, e, host, "listening");
}

enum err
sys_tcp_listen_loopback(uint16_t *port, int *fd, struct err_msg *why)
{
	return sys_tcp_listen("127.0.0.1", port, fd, why);
}

void
sys_sock_small(int fd)
{
	const int size = 4096;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

enum err
sys_tcp_listen_word(const char *word, int *fd, char *address, size_t size, struct err_msg *why)
{
	const char *colon = strrchr(word, ':');
	char host[256] = "127.0.0.1";
	uint64_t number;
	uint16_t port;
	enum err e;

	if (!slice_u64(slice_of(colon != NULL ? colon + 1 : word), UINT16_MAX, &number))
		return err_set(why, ERR_USAGE, word, "give PORT or HOST:PORT; 0 is a free port",
		    "the port is no number up to 65535");
	port = (uint16_t)number;
	if (colon != NULL && colon != word)     /* :PORT is one of this machine, as for servers */
		snprintf(host, sizeof host, "%.*s", (int)(colon - word), word);
	e = sys_tcp_listen(host, &port, fd, why);
	if (e == ERR_OK)
		snprintf(address, size, "%s:%u", host, port);
	return e;
}
