/*
 * ocd_rtt.h - RTT by OpenOCD: the control block found, its channel served, opened as a console.
 * Private to bench/.
 *
 * Layer   bench. The command is bench_ocd_rtt_commands of hub.h.
 * Where   the address given; else the symbol (rtt.symbol of the profile, _SEGGER_RTT, TinyGo's
 *         machine.rttSerialInstance) in the ELF file in use; else what the profile's rtt.address
 *         and rtt.size say, or its memory.ram: that is searched.
 * Retry   the block appears when the program sets it up: it is looked for every OCD_RTT_RETRY_NS
 *         until the time given is over, and again after each reset of the target.
 */
#ifndef BENCH_OCD_RTT_H
#define BENCH_OCD_RTT_H
#include "bench/ocd.h"

#define OCD_RTT_RETRY_NS UINT64_C(100000000)

json_t *ocd_rtt_json(const struct ocd *o);      /* {address, channel, port, console} */
void    ocd_rtt_again(struct ocd *o);           /* the target was reset */
void    ocd_rtt_close(struct ocd *o);           /* its console too */

#endif
