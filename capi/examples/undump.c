/*
 * The verifier in the way of everything that loads bytecode: `lua_load`, and so `load`, `dofile`,
 * `require` and whatever a host does.
 *
 * All of these end up in `luaU_undump`, which ldo.c calls. Compile ldo.c of Lua 5.4 with
 *
 *     -DluaU_undump=moonproof_undump
 *
 * and link this file and the library. (The macro `luai_verifycode` of lundump.c would come too
 * late: by then the loader has believed every count in the chunk.)
 */
#define LUA_CORE

#include "lprefix.h"

#include "lauxlib.h"
#include "ldo.h"
#include "lua.h"
#include "lundump.h"
#include "lzio.h"
#include "moonproof.h"

typedef struct Piece {
  const char *bytes;
  size_t size;
} Piece;

static const char *give(lua_State *L, void *data, size_t *size) {
  Piece *piece = data;
  const char *bytes = piece->bytes;
  (void)L;
  *size = piece->size;
  piece->size = 0;
  piece->bytes = NULL;
  return bytes;
}

/* As `luaU_undump`; the first byte of the chunk has been read already. */
LClosure *moonproof_undump(lua_State *L, ZIO *Z, const char *name) {
  luaL_Buffer buffer;
  moonproof_report report;
  Piece piece;
  ZIO again;
  LClosure *closure;
  size_t size;
  int c;
  luaL_checkstack(L, LUA_MINSTACK, "no room to verify a chunk");
  luaL_buffinit(L, &buffer);
  luaL_addchar(&buffer, LUA_SIGNATURE[0]);
  while ((c = zgetc(Z)) != EOZ)
    luaL_addchar(&buffer, (char)c);
  luaL_pushresult(&buffer); /* keeps the bytes alive, and nobody can change them */
  piece.bytes = lua_tolstring(L, -1, &size);
  if (moonproof_verify(piece.bytes, size, &report) != MOONPROOF_VERIFIED) {
    lua_pushfstring(L, "%s: not verified: %s", name, report.message);
    luaD_throw(L, LUA_ERRSYNTAX);
  }
  piece.bytes++;
  piece.size = size - 1;
  luaZ_init(L, &again, give, &piece);
  closure = luaU_undump(L, &again, name);
  lua_remove(L, -2);
  return closure;
}
