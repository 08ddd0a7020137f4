/* elfsum.c - the digits of a line against those of the ELF file in use. */
#include "bench/elfsum.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "bench/decoders.h"
#include "bench/news.h"
#include "sys/io.h"

enum { DIGITS_LEAST = 8, BLOCK = 256 << 10 };

struct sum {
	struct bench *bench;
	char *path, *console;
	char said[SHA256_HEX], has[SHA256_HEX];         /* has: "" when it cannot be read */
};

static const char mark[] = "ELF file SHA256:";

/* The digits behind the words, lower case; 0: there are none. */
static size_t
digits(const char *p, size_t n, char out[SHA256_HEX])
{
	size_t k = 0;

	while (n != 0 && *p == ' ') {
		p++;
		n--;
	}
	while (k < n && k < SHA256_HEX - 1 && isxdigit((unsigned char)p[k])) {
		out[k] = (char)tolower((unsigned char)p[k]);
		k++;
	}
	out[k] = '\0';
	return k >= DIGITS_LEAST ? k : 0;
}

static void
sum_work(void *arg)
{
	struct sum *s = arg;
	const int fd = sys_open(s->path, O_RDONLY, 0);
	unsigned char *block = mem_alloc(BLOCK);
	struct sha256 sha;
	uint64_t all = 0;
	ssize_t n = -1;

	sha256_init(&sha);
	while (fd >= 0 && all < LIMIT_ELF && (n = sys_read(fd, block, BLOCK)) > 0) {
		sha256_add(&sha, block, (size_t)n);
		all += (uint64_t)n;
	}
	if (n == 0)
		sha256_hex(&sha, s->has);
	sys_close(fd);
	mem_free(block);
}

static void
sum_done(void *arg)
{
	struct sum *s = arg;

	if (!s->bench->ending && s->has[0] != '\0' &&
	    strncmp(s->said, s->has, strlen(s->said)) != 0)
		bench_notice(s->bench, "warn", s->console,
		    "flash this build, or decode.elf PATH names the one that runs",
		    "the board runs another build than %.200s: ELF SHA256 %.16s, the file has "
		    "%.16s; places may be wrong", s->path, s->said, s->has);
	mem_free(s->path);
	mem_free(s->console);
	mem_free(s);
}

void
elfsum_line(struct follow *f, const struct follow_line *l)
{
	struct bench *b = f->console->bench;
	const char *path, *at;
	char said[SHA256_HEX];
	struct sum *s;

	path = decoders_elf(b);
	if (path == NULL || l->n < sizeof mark || l->n > 512 || l->again ||
	    (at = memmem(l->p, l->n, mark, sizeof mark - 1)) == NULL)
		return;
	at += sizeof mark - 1;
	if (digits(at, l->n - (size_t)(at - l->p), said) == 0 ||
	    (strcmp(f->said, said) == 0 && f->said_of != NULL && strcmp(f->said_of, path) == 0))
		return;
	snprintf(f->said, sizeof f->said, "%s", said);
	mem_free(f->said_of);
	f->said_of = mem_str(path);
	s = mem_zero(1, sizeof *s);
	s->bench = b;
	s->path = mem_str(path);
	s->console = mem_str(f->console->name);
	snprintf(s->said, sizeof s->said, "%s", said);
	loop_work(b->loop, sum_work, sum_done, s);
}
