/*
 * process.h - vise-fetch as a process: one request in, a body and a report out.
 *
 * Layer   fetch. Why a process: loading libcurl costs 3 ms and several MB, which only a URL should
 *         pay, and what its bugs could reach ends here (no file can be written, Landlock holds it
 *         to that).
 * Descriptors
 *   0  a JSON object {"url","profile","query","gc","timeout_ms","silence_ms","max_bytes"}, to
 *      its end; url is a place (core/place.h). With "plain": true it is an http(s) URL, asked as it
 *      stands, with "method", "headers" (["Name: value"]) and "body64"
 *   1  takes the body
 *   3  takes one JSON object: {"result":{"bytes","ns","wait_ns","content_type","address"}} or
 *      {"error":{code,what,why,next}}
 */
#ifndef FETCH_PROCESS_H
#define FETCH_PROCESS_H

#include "core/json.h"
#include "fetch/fetch.h"

int fetch_main(void);                   /* the exit status */

/* A request's members; they borrow from o. */
void    process_request(const json_t *o, struct fetch_request *r);
json_t *process_report(enum err e, const struct fetch_result *r, const struct err_msg *why);

#endif
