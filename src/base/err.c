/* err.c - error codes, their words and exit statuses, and messages for people. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row { const char *word; int status; };

static const struct err_row rows[ERR_COUNT] = {
#define X(name, text, exit_status) [ERR_##name] = { text, exit_status },
	ERR_LIST(X)
#undef X
};

/* A caller may hand a message its own text back: "the same, with a new reason". */
static void
put(char *to, size_t size, const char *from)
{
	if (from != to)
		snprintf(to, size, "%s", from != NULL ? from : "");
}

enum err
err_set(struct err_msg *m, enum err code, const char *what, const char *next, const char *why, ...)
{
	va_list ap;

	if (m == NULL)
		return code;
	m->code = code;
	put(m->what, sizeof m->what, what);
	put(m->next, sizeof m->next, next);
	va_start(ap, why);
	vsnprintf(m->why, sizeof m->why, why, ap);
	va_end(ap);
	return code;
}

static enum err
errno_code(int errnum)
{
	switch (errnum) {
	case ENOENT: case ENODEV: case ENXIO: case ENOTDIR:
		return ERR_NOENT;
	case EACCES: case EPERM:
		return ERR_DENIED;
	case EBUSY: case EWOULDBLOCK: case ETXTBSY: case EADDRINUSE:
		return ERR_BUSY;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	case ENOMEM:
		return ERR_MEMORY;
	default:
		return ERR_IO;
	}
}

enum err
err_errno(struct err_msg *m, int errnum, const char *what, const char *doing)
{
	return err_set(m, errno_code(errnum), what, NULL, "%s: %s", doing, strerror(errnum));
}

const char *
err_word(enum err code)
{
	return (unsigned)code < ERR_COUNT ? rows[code].word : "infra";
}

enum err
err_from_word(const char *word)
{
	for (unsigned i = 0; word != NULL && i < ERR_COUNT; i++)
		if (strcmp(rows[i].word, word) == 0)
			return (enum err)i;
	return ERR_INFRA;
}

int
err_exit_status(enum err code)
{
	return (unsigned)code < ERR_COUNT ? rows[code].status : 3;
}

void
err_format(const struct err_msg *m, char *out, unsigned long size)
{
	snprintf(out, size, "%s%s%s%s%s", m->what, m->what[0] != '\0' ? ": " : "", m->why,
	    m->next[0] != '\0' ? "; " : "", m->next);
}
