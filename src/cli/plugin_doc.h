/*
 * plugin_doc.h - `vise plugin doc`: functions of the module, from the stubs that editors read
 * (lua/meta/vise.lua), as they stand there or as JSON.
 *
 * Layer   cli. JSON: [{ name, module, declaration, doc, waits, contexts, params: [{ name, type,
 *         optional, doc }], returns: [{ type, name, doc }], errors: [code] }]. errors are those
 *         that the description names; each may raise usage, and what waits cancelled as well.
 */
#ifndef CLI_PLUGIN_DOC_H
#define CLI_PLUGIN_DOC_H
#include "cli/cli.h"

int plugin_doc(struct cli_call *c);

#endif
