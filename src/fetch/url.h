/*
 * url.h - what counts as a source over HTTP, and its parts.
 *
 * Layer   fetch; links no libcurl, so that a worker without any URL to read does not load it.
 * Forms   core/place.h
 */
#ifndef FETCH_URL_H
#define FETCH_URL_H
#include <stdbool.h>
#include <stdint.h>

bool     url_is(const char *source);    /* place_fetched */
/* seconds=N of the query: the server works so long before it says a word. 0 without. */
uint64_t url_seconds(const char *source);
/* The source without user, password and query values, for messages and logs. */
void     url_shown(const char *source, char *out, unsigned long size);

#endif
