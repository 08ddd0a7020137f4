/* main_fetch.c - vise-fetch: HTTP GETs for others; the only process that loads libcurl. */
#include <string.h>

#include "fetch/process.h"
#include "fetch/session.h"

int
main(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "--session") == 0 ? session_main() : fetch_main();
}
