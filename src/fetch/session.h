/*
 * session.h - vise-fetch that stays: one request after the other, over a connection that is kept.
 *
 * Layer   fetch; `vise-fetch --session`. For what is asked every second: loading libcurl, a new
 *         connection and above all a new login by ssh each time would cost more than the answer.
 * Descriptors
 *   0  takes requests, one JSON object a line, as process.h has them; its end is ours
 *   1  "B LEN\n" and LEN bytes of the body, as often as there is more; then "R LEN\n" and LEN bytes
 *      of the report: process.h's, with "date" (seconds since 1970 by the server's clock, 0 when it
 *      did not tell)
 */
#ifndef FETCH_SESSION_H
#define FETCH_SESSION_H

int session_main(void);                 /* the exit status */

#endif
