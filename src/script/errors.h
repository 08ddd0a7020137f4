/*
 * errors.h - errors as tables { code, msg, where, trace, cause, ... } with __tostring.
 *
 * Layer   script. Codes are the words of base/err.h; a test may fail with any further word (then
 *         `verdict` is set). where is the nearest line of the user's own code, not of the
 *         runtime. Strings that Lua raises become tables with the code "script" (or "memory")
 *         when they reach the end of a task.
 */
#ifndef SCRIPT_ERRORS_H
#define SCRIPT_ERRORS_H
#include <lua.h>
#include "base/err.h"
#include "core/json.h"

#define ERRORS_META "vise.error"
#define ERRORS_RUNTIME "=vise:"         /* chunk names of our own Lua begin so */

void errors_open(lua_State *L);
/* Never returns; int for `return errors_raise(...)`. fmt as lua_pushfstring's. */
int  errors_raise(lua_State *L, const char *code, const char *fmt, ...);
/* The text on top becomes an error table, which is not raised yet. */
void errors_make(lua_State *L, const char *code);
int  errors_raise_msg(lua_State *L, const struct err_msg *m);
/* With the error of who was asked (core/cause.h, may be NULL) as its cause; a word of the cause
 * that Vise does not know is the code of both. */
int  errors_raise_cause(lua_State *L, const struct err_msg *m, const json_t *cause);
/* `usage`, named by argument */
int  errors_argument(lua_State *L, int arg, const char *wanted);
/* Message handler of every task: adds trace and where, makes tables of strings. */
int  errors_handler(lua_State *L);
/* The value on top becomes an error table if it is none. Works without a handler's stack. */
void errors_wrap(lua_State *L);
/* Exit status of the error table at idx. */
int  errors_status(lua_State *L, int idx);
/* fail(code, msg, extra): the Lua form. handler: the message handler as a value. status(err). */
void errors_functions(lua_State *L);
/* {code,what,why,next,where,trace} of the error at idx; new reference. */
json_t *errors_json(lua_State *L, int idx);

#endif
