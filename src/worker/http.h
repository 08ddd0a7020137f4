/*
 * http.h - the worker's http.request: one HTTP request of a script through vise-fetch.
 *
 * Layer   worker. params {"url","method"?,"headers"?: ["Name: value"],"body64"?,"timeout_ms"?,
 *         "max_bytes"?}; result {"status","location","content_type","bytes","ns","body64"}. Any
 *         status is an answer; redirects are not followed: who may reach one address may not
 *         therefore reach another.
 * Errors  ERR_USAGE for what is no http(s) URL, method or header; else those of fetch/fetch.h.
 */
#ifndef WORKER_HTTP_H
#define WORKER_HTTP_H
#include "base/err.h"
#include "core/json.h"

enum { HTTP_BODY_MAX = 2 << 20, HTTP_HEADERS_MAX = 32 };

enum err http_request(const json_t *params, json_t **result, struct err_msg *why);

#endif
