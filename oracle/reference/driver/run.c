/*
 * A script under the reference, as the stand-alone interpreter runs it: nesting of protected calls,
 * table `arg`, collector mode, messages and exit status are the same.
 */
#include "driver.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

/* Prints the message on top of the stack, if `status` is a failure. */
static int complain(lua_State *L, const char *name, int status) {
  if (status != LUA_OK) {
    const char *text = lua_tostring(L, -1);
    if (text == NULL)
      text = "(error message not a string)";
    fprintf(stderr, "%s: %s\n", name, text);
    fflush(stderr);
    lua_pop(L, 1);
  }
  return status;
}

/* Makes a message of an error value, with a traceback. */
static int explain(lua_State *L) {
  const char *text = lua_tostring(L, 1);
  if (text == NULL) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
      return 1;
    text = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, text, 1);
  return 1;
}

/* Table `arg`: the script at 0, its arguments above, the interpreter's name below. */
static void set_arguments(lua_State *L, int argc, char **argv) {
  int at;
  lua_createtable(L, argc - 2 > 0 ? argc - 2 : 0, 2);
  for (at = 0; at < argc; at++) {
    lua_pushstring(L, argv[at]);
    lua_rawseti(L, -2, at - 1);
  }
  lua_setglobal(L, "arg");
}

static int run_script(lua_State *L, int argc, char **argv) {
  int at;
  int handler;
  int status = luaL_loadfile(L, strcmp(argv[1], "-") == 0 ? NULL : argv[1]);
  if (status != LUA_OK)
    return complain(L, argv[0], status);
  luaL_checkstack(L, argc + 2, "too many arguments to script");
  for (at = 2; at < argc; at++)
    lua_pushstring(L, argv[at]);
  handler = lua_gettop(L) - (argc - 2);
  lua_pushcfunction(L, explain);
  lua_insert(L, handler);
  status = lua_pcall(L, argc - 2, LUA_MULTRET, handler);
  lua_remove(L, handler);
  return complain(L, argv[0], status);
}

static int run_protected(lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = (char **)lua_touserdata(L, 2);
  luaL_checkversion(L);
  luaL_openlibs(L);
  set_arguments(L, argc, argv);
  lua_gc(L, LUA_GCRESTART);
  lua_gc(L, LUA_GCGEN, 0, 0);
  if (run_script(L, argc, argv) != LUA_OK)
    return 0;
  lua_pushboolean(L, 1);
  return 1;
}

int moonproof_run(int argc, char **argv) {
  int status;
  int fine;
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    fprintf(stderr, "%s: cannot create state: not enough memory\n", argv[0]);
    return EXIT_FAILURE;
  }
#if defined(SIGPIPE)
  signal(SIGPIPE, SIG_DFL); /* a Rust program begins with it ignored */
#endif
  lua_gc(L, LUA_GCSTOP);
  lua_pushcfunction(L, run_protected);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  status = lua_pcall(L, 2, 1, 0);
  fine = lua_toboolean(L, -1);
  complain(L, argv[0], status);
  lua_close(L);
  fflush(NULL);
  return (fine && status == LUA_OK) ? EXIT_SUCCESS : EXIT_FAILURE;
}
