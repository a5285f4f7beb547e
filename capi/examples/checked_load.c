/*
 * Loads binary chunks by way of the verifier, and runs them: `checked_load FILE...`.
 *
 * The function `load_verified` is all that a host needs that loads chunks itself. Scripts must then
 * not get at loaders of their own: here `load` takes text only, and what reads files is gone. Where
 * scripts are to load bytecode, see undump.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#include "moonproof.h"

/* As `luaL_loadbufferx` with mode "b", for chunks that verify. */
static int load_verified(lua_State *L, const char *chunk, size_t size, const char *name) {
  moonproof_report report;
  if (moonproof_verify(chunk, size, &report) != MOONPROOF_VERIFIED) {
    lua_pushfstring(L, "%s: not verified: %s", name, report.message);
    return LUA_ERRSYNTAX;
  }
  return luaL_loadbufferx(L, chunk, size, name, "b");
}

static int load_text(lua_State *L) {
  size_t size;
  const char *text = luaL_checklstring(L, 1, &size);
  if (luaL_loadbufferx(L, text, size, luaL_optstring(L, 2, text), "t") == LUA_OK)
    return 1;
  lua_pushnil(L);
  lua_insert(L, -2);
  return 2;
}

/* The whole of a file, or NULL. */
static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  char *bytes = NULL;
  long length;
  if (file == NULL)
    return NULL;
  if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
    *size = (size_t)length;
    bytes = malloc(*size == 0 ? 1 : *size);
    if (bytes != NULL && fread(bytes, 1, *size, file) != *size) {
      free(bytes);
      bytes = NULL;
    }
  }
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  int status = EXIT_SUCCESS;
  for (int i = 1; i < argc; i++) {
    size_t size;
    char *chunk = read_file(argv[i], &size);
    lua_State *L = luaL_newstate();
    if (chunk == NULL || L == NULL)
      return 2;
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    lua_register(L, "load", load_text);
    lua_pushnil(L);
    lua_setglobal(L, "loadfile");
    lua_pushnil(L);
    lua_setglobal(L, "dofile");
    if (load_verified(L, chunk, size, argv[i]) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK) {
      fprintf(stderr, "%s\n", lua_tostring(L, -1));
      status = EXIT_FAILURE;
    }
    lua_close(L);
    free(chunk);
  }
  return status;
}
