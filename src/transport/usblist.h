/*
 * usblist.h - USB devices of this machine, by sysfs; nothing is opened.
 *
 * Layer   transport. Text of a device is a stranger's: escaped and cut.
 * Source  Linux Documentation/ABI/testing/sysfs-bus-usb. Elsewhere the list is empty.
 */
#ifndef TRANSPORT_USBLIST_H
#define TRANSPORT_USBLIST_H
#include "base/err.h"
#include "core/json.h"

enum { USBLIST_MAX = 512 };

/* [{"id": "0483:374b", "vid", "pid", "serial", "product", "manufacturer", "class", "speed",
 * "location": "1-2.3"}], new reference; root: "" or a mocked one. The machine's own hubs are left
 * out. */
enum err usblist(const char *root, json_t **out, struct err_msg *why);

#endif
