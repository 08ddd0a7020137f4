/* journal.c - the bench's append-only record. */
#include "core/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/time.h"

enum { WAITING_MAX = 1 << 20, RECORD_MAX = 1 << 20 };

struct journal {
	int      fd;
	char    *path;
	uint64_t start;                 /* sys_mono() of the bench's start */
	struct buf waiting;             /* whole records not on disk yet */
	struct buf record;
	uint64_t lost, lost_reported;
	int      errnum;                /* why the last write failed; 0: it did not */
};

enum err
journal_open(const char *path, uint64_t start_mono, struct journal **out, struct err_msg *why)
{
	struct journal *j = mem_zero(1, sizeof *j);

	*out = NULL;
	j->fd = sys_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	if (j->fd < 0) {
		const int saved = errno;

		mem_free(j);
		return err_errno(why, saved, path, "opening the journal");
	}
	j->path = mem_str(path);
	j->start = start_mono;
	buf_init(&j->waiting, WAITING_MAX);
	buf_init(&j->record, RECORD_MAX);
	*out = j;
	return ERR_OK;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	journal_flush(j);
	(void)sys_fsync(j->fd);
	sys_close(j->fd);
	buf_fini(&j->waiting);
	buf_fini(&j->record);
	mem_free(j->path);
	mem_free(j);
}

/* One record into j->record: {"t":..,"wall":..,"type":..,fields...}\n */
static enum err
format(struct journal *j, uint64_t mono, const char *type, const json_t *fields)
{
	json_t *o = json_object();
	enum err e;

	json_put_int(o, "t", (int64_t)(mono - j->start));
	json_put_int(o, "wall", (int64_t)sys_wall());
	json_put_str(o, "type", type);
	if (json_is_object(fields))
		(void)json_object_update_missing(o, (json_t *)(uintptr_t)fields);
	buf_clear(&j->record);
	e = json_write(o, &j->record);
	if (e == ERR_OK)
		e = buf_add_byte(&j->record, '\n');
	json_decref(o);
	return e;
}

void
journal_add(struct journal *j, uint64_t mono, const char *type, const json_t *fields)
{
	if (format(j, mono, type, fields) != ERR_OK ||
	    buf_add(&j->waiting, j->record.data, j->record.len) != ERR_OK)
		j->lost++;
}

/* Writes what waits. A record cut by a full disk is finished by the next successful write,
 * because the
 * unwritten rest stays first in line: a reader never sees half a record followed by another. */
void
journal_flush(struct journal *j)
{
	while (j->waiting.len != 0) {
		const ssize_t put = sys_write(j->fd, j->waiting.data, j->waiting.len);

		if (put <= 0) {
			j->errnum = put < 0 ? errno : ENOSPC;
			return;
		}
		buf_eat(&j->waiting, (size_t)put);
	}
	j->errnum = 0;
	if (j->lost != j->lost_reported) {
		json_t *o = json_object();

		json_put_int(o, "records", (int64_t)(j->lost - j->lost_reported));
		j->lost_reported = j->lost;
		journal_add(j, sys_mono(), "journal.hole", o);
		json_decref(o);
		journal_flush(j);
	}
}

bool
journal_failing(const struct journal *j, struct err_msg *why)
{
	if (j->errnum == 0)
		return false;
	(void)err_errno(why, j->errnum, j->path, "writing the journal");
	return true;
}

uint64_t
journal_lost(const struct journal *j)
{
	return j->lost;
}
