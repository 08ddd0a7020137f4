/*
 * sim.h - vise-sim: the simulated board behind `vise demo`, and its flash tool.
 *
 * Layer   sim; the folder's front door. vise-sim board DIR [--fast N]           until SIGTERM,
 *         SIGINT or SIGHUP; prints "ready DIR" when all is there vise-sim flash FILE | --size N
 *         [--seconds S] [--fail-at PERCENT] [--fast N] vise-sim describe
 *         one JSON object: what `board` makes and how it is reached
 * Exit    0 · 1 the flash failed · 2 usage · 3 files, sockets · 130 interrupted
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

int sim_main(int argc, char **argv);

#endif
