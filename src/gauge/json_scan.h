/*
 * json_scan.h - the numbers and short texts of a JSON document, as its bytes come: no tree.
 *
 * Layer   gauge. Pure. Memory is this struct, whatever comes; the cost of a byte is constant.
 * Path    keys joined by '.', places in arrays as numbers: "memstats.PauseNs.17". A key's control
 *         bytes and escapes are '?'. What lies under a path longer than JSON_SCAN_PATH is not told.
 * Errors  json_scan_feed() is false from the first byte that cannot be JSON, or that nests deeper
 *         than JSON_SCAN_DEPTH. Numbers outside of doubles are not told.
 * Source  RFC 8259.
 */
#ifndef GAUGE_JSON_SCAN_H
#define GAUGE_JSON_SCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_SCAN_DEPTH = 32, JSON_SCAN_PATH = 256, JSON_SCAN_TEXT = 128 };

struct json_scan_cb {
	void (*number)(void *arg, const char *path, double v);
	void (*text)(void *arg, const char *path, const char *text);    /* cut; may be NULL */
};

struct json_scan {
	struct json_scan_cb cb;
	void *arg;
	unsigned char state;
	bool failed, key;               /* key: the string that is read is one */
	unsigned hex;                   /* digits of \uXXXX still to come */
	unsigned depth;
	struct { bool object; uint16_t path; uint32_t index; } in[JSON_SCAN_DEPTH];
	char path[JSON_SCAN_PATH];
	size_t path_len;                /* past JSON_SCAN_PATH: too long, not told */
	char text[JSON_SCAN_TEXT];
	size_t text_len;
};

void json_scan_init(struct json_scan *s, const struct json_scan_cb *cb, void *arg);
bool json_scan_feed(struct json_scan *s, const char *p, size_t n);
bool json_scan_end(struct json_scan *s);        /* nothing more comes: it was one whole value */

#endif
