/* test_sys_dial.c - a name with two addresses: the one that answers is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sys/io.h"
#include "sys/sock.h"

static struct sockaddr_in where[2];
static struct addrinfo found[2];

/* Instead of the system's: 127.0.0.2, where nobody listens, then 127.0.0.1. */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **list)
{
	(void)node;
	(void)hints;
	for (unsigned i = 0; i < 2; i++) {
		where[i] = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons((uint16_t)strtoul(service, NULL, 10)),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 - i) };
		found[i] = (struct addrinfo){ .ai_family = AF_INET, .ai_socktype = SOCK_STREAM,
			.ai_addr = (struct sockaddr *)(void *)&where[i],
			.ai_addrlen = sizeof where[i], .ai_next = i == 0 ? &found[1] : NULL };
	}
	*list = found;
	return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

static void
test_second(void **state)
{
	uint16_t port = 0;
	char text[8];
	struct pollfd p;
	struct err_msg why;
	int listener, fd;

	(void)state;
	assert_int_equal(sys_tcp_listen_loopback(&port, &listener, &why), ERR_OK);
	snprintf(text, sizeof text, "%u", (unsigned)port);
	assert_int_equal(sys_tcp_dial("two.test", text, &fd, &why), ERR_OK);
	p = (struct pollfd){ .fd = fd, .events = POLLOUT };
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(sys_sock_error(fd), 0);
	sys_close(fd);
	sys_close(listener);
	/* neither: the last one's error is what is told, at once or when it is looked at */
	if (sys_tcp_dial("two.test", text, &fd, &why) == ERR_OK) {
		p.fd = fd;
		assert_int_equal(poll(&p, 1, 10000), 1);
		assert_int_not_equal(sys_sock_error(fd), 0);
		sys_close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_second) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
