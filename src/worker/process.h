/*
 * process.h - the worker as a process: its powers taken away, its socket served.
 *
 * Layer   worker. vise-worker [--write FOLDER]: the socket is descriptor 3. Without --write it can
 *         change no file (Landlock, where the kernel has it). It ends with its parent, at the
 *         latest after 120 s of CPU.
 */
#ifndef WORKER_PROCESS_H
#define WORKER_PROCESS_H

int worker_main(int argc, char **argv);         /* the exit status */

#endif
