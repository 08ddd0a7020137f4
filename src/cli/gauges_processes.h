/*
 * gauges_processes.h - vise gauges processes: the processes of this machine or of a board.
 *
 * Layer   cli. Two looks a second apart: a share of the CPU takes two.
 */
#ifndef CLI_GAUGES_PROCESSES_H
#define CLI_GAUGES_PROCESSES_H

/* argv[0] is "processes"; the exit status. */
int gauges_processes(int argc, char **argv);

#endif
