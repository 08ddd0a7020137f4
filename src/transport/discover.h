/*
 * discover.h - the serial ports of this machine, without opening one.
 *
 * Layer   transport. Names, driver, interface, by-id links and USB facts come from an own walk
 *         of sysfs; libserialport adds its description (its listing opens 8250 ports and may
 *         crash when one vanishes, so only its look-up by name is used).
 * Owns    ports_list fills a list for ports_free. Strings are "" when not known.
 * Source  Linux Documentation/ABI/testing/sysfs-tty, sysfs-bus-usb.
 */
#ifndef TRANSPORT_DISCOVER_H
#define TRANSPORT_DISCOVER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"

enum { PORT_PATH_MAX = 256, PORT_TEXT_MAX = 128 };
enum { PORTS_HOLDERS = 1 /* also look through /proc for who has it open */ };

struct port {
	char path[PORT_PATH_MAX];               /* "/dev/ttyUSB0" */
	char by_id[PORT_PATH_MAX];              /* the link that stays the same */
	char sysfs[PORT_PATH_MAX];              /* of the USB device, else of the port */
	char driver[PORT_TEXT_MAX], description[PORT_TEXT_MAX];
	char manufacturer[PORT_TEXT_MAX], product[PORT_TEXT_MAX], serial[PORT_TEXT_MAX];
	bool usb;
	uint16_t vid, pid;
	int  interface;                         /* bInterfaceNumber, -1 when there is none */
	pid_t holder;                           /* 0: nobody seen */
	char holder_name[PORT_TEXT_MAX];
	bool denied;                            /* we may not read and write it */
	char group[PORT_TEXT_MAX];              /* the group that may, when denied */
};

struct port_list { struct port *v; size_t n; };

/* root "" is this machine; a test gives a folder with sys/ and dev/ below it. */
enum err ports_list(const char *root, unsigned flags, struct port_list *out, struct err_msg *why);
void     ports_free(struct port_list *l);
/* What is known of one device node (links are followed). ERR_NOTHING when sysfs does not
 * know it. */
enum err port_describe(const char *root, const char *path, unsigned flags, struct port *out);
/* The same board's same port: by serial number, else by USB place. False when neither is USB. */
bool     port_same(const struct port *a, const struct port *b);
/* Where that port stands now: at path, else on any other name. ERR_NOTHING: not there; ERR_BUSY:
 * another board stands at path. */
enum err port_find_again(const char *root, const char *path, const struct port *was,
    struct port *out, struct err_msg *why);
/* The port that "VID:PID[:SERIAL[:INTERFACE]]" selects; ERR_USAGE when several fit. */
enum err port_select(const char *root, const char *selector, struct port *out, struct err_msg *why);
/* "ttyUSB0 (STM32 STLink), ttyACM1" or "no serial port is there" - for messages. */
void     ports_sentence(const char *root, char *out, size_t size);

#endif
