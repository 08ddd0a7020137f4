/* main_fetch.c - vise-fetch: one HTTP GET for a worker; the only process that loads libcurl. */
#include "fetch/process.h"

int
main(void)
{
	return fetch_main();
}
