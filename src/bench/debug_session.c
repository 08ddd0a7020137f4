/* debug_session.c - what is known of a debug session, as rows for those who ask. */
#include "bench/debug_session.h"

struct debug_session *
debug_session_of(struct list *n)
{
	return LIST_ENTRY(n, struct debug_session, node);
}

bool
debug_session_live(const struct debug_session *s)
{
	return s->state.word != DEBUG_OVER;
}

static json_t *
member_row(const struct debug_member *m)
{
	json_t *o = json_pack("{s:s}", "name", m->name);

	if (m->id != 0)
		json_put_int(o, "job", m->id);
	if (m->port[0] != '\0')
		json_put_str(o, "port", m->port);
	json_put_bool(o, "runs", m->job != NULL);
	return o;
}

json_t *
debug_session_row(const struct debug_session *s)
{
	json_t *o = json_object(), *servers = json_array();

	json_put_int(o, "id", s->id);
	json_put_str(o, "name", json_get_str(s->plan, "name", "debug"));
	json_put_str(o, "board", json_get_str(s->plan, "board", NULL));
	debugstate_json(&s->state, o);
	for (size_t i = 0; i < s->servers; i++)
		(void)json_array_append_new(servers, member_row(&s->server[i]));
	json_put(o, "servers", servers);
	json_put(o, "debugger", member_row(&s->debugger));
	if (s->error.code != ERR_OK)
		json_put(o, "error", json_from_err(&s->error));
	return o;
}

json_t *
debug_session_list(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->debugs)
		(void)json_array_append_new(list, debug_session_row(debug_session_of(n)));
	return list;
}

void
debug_session_info(const struct bench *b, json_t *o)
{
	char text[400];

	LIST_EACH(n, &b->debugs)
		if (debug_session_live(debug_session_of(n))) {
			debugstate_text(&debug_session_of(n)->state, text, sizeof text);
			json_put_str(o, "debug", text);
			json_put_str(o, "debug_name",
			    json_get_str(debug_session_of(n)->plan, "name", "debug"));
		}
}
