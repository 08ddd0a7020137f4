/*
 * test_files.h - the test files that the words of a command line mean.
 *
 * Layer   cli.
 */
#ifndef CLI_TEST_FILES_H
#define CLI_TEST_FILES_H
#include "base/err.h"
#include "core/json.h"

/* A file is itself; a folder is every *_test.lua and test_*.lua in it and below, in order of their
 * names, without folders that begin with a dot. Adds paths to out, an array. */
enum err test_files(const char *word, json_t *out, struct err_msg *why);

#endif
