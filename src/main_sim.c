/* main_sim.c - vise-sim: the simulated board. */
#include "sim/sim.h"

int
main(int argc, char **argv)
{
	return sim_main(argc, argv);
}
