/* main_worker.c - vise-worker: one piece of dangerous work per process, over descriptor 3. */
#include "worker/process.h"

int
main(int argc, char **argv)
{
	return worker_main(argc, argv);
}
