/* test_ui_replica.c - snapshot, events, stream bytes with overlaps and gaps, hostile shapes. */
#include "ui_rig.h"

#include <math.h>

#include "base/limits.h"

static void
snapshot(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	const struct replica *p = r->ui->replica;

	(void)state;
	assert_string_equal(p->bench, "demo");
	assert_int_equal(p->consoles, 1);
	assert_string_equal(p->console[0]->device, "/dev/ttyUSB0");
	assert_int_equal(p->gauges, 15);
	assert_int_equal(p->samples, 60);
	assert_true(isnan(replica_value(replica_gauge(p, "psi.memory"))));
	assert_true(replica_value(replica_gauge(p, "mem.used")) > 3e8);
	assert_int_equal(p->jobs, 3);
	assert_true(fabs(p->job[2]->percent - 83) < 0.1);
	assert_int_equal(p->profile.rows, 7);
	assert_true(replica_command(p, "board.flash")->asks);
	assert_int_equal(replica_stream_time(&p->console[0]->stream, 0), 12 * NS_PER_S);
	rig_free(r);
}

static void
events(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct replica *p = r->ui->replica;

	(void)state;
	rig_event(r, "job",
	    "{\"t\":62000000000,\"job\":{\"id\":3,\"stream\":1003,\"kind\":\"flash\","
	    "\"name\":\"flash app\","
	    "\"state\":\"failed\",\"started\":50000000000,\"ended\":62000000000,\"exit\":74,"
	    "\"error\":{\"why\":\"link lost\",\"next\":\"plug it in\"}}}");
	assert_int_equal(p->job[2]->state, JOB_FAILED);
	assert_non_null(strstr(r->ui->message, "link lost"));
	rig_event(r, "notice",
	    "{\"t\":1,\"notice\":{\"id\":9,\"t\":1,\"level\":\"warn\",\"text\":\"hot\"}}");
	assert_int_equal(p->notices, 2);
	rig_event(r, "notice.clear", "{\"id\":9}");
	assert_int_equal(p->notices, 1);
	rig_event(r, "notice.clear", "{}");
	assert_int_equal(p->notices, 0);
	rig_event(r, "gauge.defs",
	    "{\"defs\":[{\"id\":\"new\"},{\"id\":\"mem.used\",\"unit\":\"B\"}]}");
	assert_int_equal(p->gauges, 2);
	assert_true(replica_value(replica_gauge(p, "mem.used")) > 3e8);        /* history kept */
	assert_true(isnan(replica_value(replica_gauge(p, "new"))));
	rig_event(r, "gauge", "{\"t\":70000000000,\"v\":[1,null]}");
	assert_true(isnan(replica_value(replica_gauge(p, "mem.used"))));
	assert_true(fabs(replica_value(replica_gauge(p, "new")) - 1) < 1e-9);
	rig_event(r, "console.gone", "{\"id\":1}");
	assert_int_equal(p->consoles, 0);
	rig_draw(r);
	rig_event(r, "bench.end", "{\"why\":\"stopped\"}");
	assert_string_equal(p->ended, "stopped");
	rig_free(r);
}

static void
stream_bytes(void **state)
{
	struct rig *r = rig_new("snapshot.json", 24, 80);
	struct replica_stream *s = replica_stream(r->ui->replica, 1);
	const uint64_t end = s->ring.end;
	char got[8];

	(void)state;
	/* two of them are known */
	(void)replica_bytes(r->ui->replica, 1, end - 2, 1, "# ab", 4);
	assert_int_equal(s->ring.end, end + 2);
	assert_int_equal(ring_copy(&s->ring, end, got, 2), 2);
	assert_memory_equal(got, "ab", 2);
	(void)replica_bytes(r->ui->replica, 1, end, 1, "a", 1);                 /* all known */
	assert_int_equal(s->ring.end, end + 2);
	/* a hundred are missing */
	(void)replica_bytes(r->ui->replica, 1, end + 102, 2, "z", 1);
	assert_int_equal(s->ring.end, end + 3);
	assert_int_equal(s->marks, 1);
	assert_int_equal(s->mark[0].kind, REPLICA_GAP);
	assert_non_null(strstr(s->mark[0].text, "100 bytes"));
	assert_null(replica_bytes(r->ui->replica, 77, 0, 0, "x", 1));
	rig_free(r);
}

/* The bench is ours, but a version apart: any shape of JSON must be survived. */
static void
odd_shapes(void **state)
{
	static const char *const bodies[] = {
		"{}", "{\"job\":3,\"notice\":[],\"console\":null,\"defs\":{},\"v\":{},"
		"\"profile\":1,\"clients\":2}",
		"{\"job\":{},\"notice\":{},\"console\":{},\"defs\":[1,null,{}],\"v\":[\"x\"],"
		"\"profile\":{\"rows\":[1,{}]}}",
		"{\"job\":{\"id\":-1,\"argv\":{},\"progress\":[]},\"console\":{\"id\":5,"
		"\"times\":[1,[],[2],[\"a\",\"b\"]]}}",
		"{\"boards\":{},\"workflows\":[1],\"macros\":[{}],\"console\":\"x\","
		"\"offset\":-5,\"why\":7}",
	};
	static const char *const types[] = {
		"gauge", "console", "console.gone", "gauge.defs", "job", "job.gone", "notice",
		    "notice.clear", "profile",
		"client", "option", "board", "mark", "at", "bench", "what",
	};
	struct rig *r = rig_new("snapshot.json", 24, 80);

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		for (size_t k = 0; k < sizeof bodies / sizeof bodies[0]; k++) {
			rig_event(r, types[i], bodies[k]);
			rig_draw(r);
		}
	rig_type(r, "\x14:\x03\x14" "a\x03\x14!\x03");
	rig_draw(r);
	assert_true(r->ui->replica->jobs > 0);
	rig_free(r);
}

static void
lists_are_bounded(void **state)
{
	struct rig *r = rig_new("empty.json", 24, 80);
	char body[200];

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(body, sizeof body,
		    "{\"job\":{\"id\":%d,\"stream\":%d,\"kind\":\"run\",\"state\":\"ok\"}}", i,
		    1000 + i);
		rig_event(r, "job", body);
		snprintf(body, sizeof body, "{\"notice\":{\"id\":%d,\"text\":\"n\"}}", i);
		rig_event(r, "notice", body);
		snprintf(body, sizeof body,
		    "{\"console\":{\"id\":%d,\"stream\":%d,\"name\":\"c\"}}", i, i);
		rig_event(r, "console", body);
	}
	assert_int_equal(r->ui->replica->jobs, LIMIT_JOBS);
	assert_int_equal(r->ui->replica->notices, LIMIT_NOTICES);
	assert_int_equal(r->ui->replica->consoles, LIMIT_CONSOLES);
	rig_draw(r);
	rig_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshot), cmocka_unit_test(events),
		    cmocka_unit_test(stream_bytes),
		cmocka_unit_test(odd_shapes), cmocka_unit_test(lists_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
