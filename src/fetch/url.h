/*
 * url.h - what counts as a source over HTTP, and its parts.
 *
 * Layer   fetch; links no libcurl, so that a worker without any URL to read does not load it.
 * Forms   http://HOST[:PORT]/PATH, https://..., unix:SOCKET:/PATH
 */
#ifndef FETCH_URL_H
#define FETCH_URL_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

bool     url_is(const char *source);
/* socket: heap string or NULL; url: heap string libcurl can take. Both for mem_free. */
enum err url_parse(const char *source, char **socket, char **url, struct err_msg *why);
/* The source with one more query parameter ("gc=1"): heap string. */
char    *url_add_query(const char *source, const char *parameter);
/* seconds=N of the query: the server works so long before it says a word. 0 without. */
uint64_t url_seconds(const char *source);
/* The source without user, password and query values, for messages and logs. */
void     url_shown(const char *source, char *out, unsigned long size);

#endif
