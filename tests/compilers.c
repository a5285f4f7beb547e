/*
 * What a compiler makes: linked with some release of Lua 5.4, writes the chunks of sources to
 * standard output. `tests/compilers.sh` builds it once per release.
 *
 *   compilers compile        files whose paths come in on standard input
 *   compilers run SCRIPT     whatever text the script has loaded while it runs, as PUC's test suite
 *                            does by the thousand; linked with `--wrap=lua_load`
 *
 * A chunk is written as u32 length of its name, u32 length, the name, the bytes: first with and then
 * without debug information. One without bytes is a source that did not compile.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

/* Sources that are longer are not compiled: the test suite has some that only fill memory. */
#define MAX_CHUNK (16u << 20)

typedef struct Buffer {
  char *data;
  size_t len, size;
} Buffer;

static FILE *out;

static int append(lua_State *L, const void *bytes, size_t len, void *ud) {
  Buffer *buffer = (Buffer *)ud;
  (void)L;
  if (buffer->len + len > MAX_CHUNK)
    return 1;
  if (buffer->len + len > buffer->size) {
    size_t size = 2 * (buffer->len + len);
    char *data = (char *)realloc(buffer->data, size);
    if (data == NULL)
      return 1;
    buffer->data = data;
    buffer->size = size;
  }
  memcpy(buffer->data + buffer->len, bytes, len);
  buffer->len += len;
  return 0;
}

static void put(const char *name, const char *bytes, size_t len) {
  uint32_t lens[2];
  lens[0] = (uint32_t)strlen(name);
  lens[1] = (uint32_t)len;
  if (fwrite(lens, sizeof(lens), 1, out) != 1 || fwrite(name, 1, lens[0], out) != lens[0]
      || fwrite(bytes, 1, len, out) != len) {
    perror("compilers");
    exit(2);
  }
}

/* Writes the function on top of the stack in both ways. */
static void put_function(lua_State *L, const char *name) {
  static Buffer buffer;
  int strip;
  for (strip = 0; strip <= 1; strip++) {
    buffer.len = 0;
    if (lua_dump(L, append, &buffer, strip) == 0)
      put(name, buffer.data, buffer.len);
  }
}

/* ---- files ---- */

static void compile(void) {
  char path[4096];
  while (fgets(path, sizeof(path), stdin) != NULL) {
    lua_State *L = luaL_newstate();
    path[strcspn(path, "\n")] = '\0';
    if (L == NULL)
      exit(2);
    if (luaL_loadfilex(L, path, "t") == LUA_OK)
      put_function(L, path);
    else
      put(path, "", 0);
    lua_close(L);
  }
}

/* ---- scripts that load ---- */

static const char *script;
static unsigned n_loaded;

typedef struct Source {
  lua_Reader reader;
  void *data;
  int is_text; /* -1 before the first piece */
} Source;

static const char *read_piece(lua_State *L, void *ud, size_t *len) {
  Source *source = (Source *)ud;
  const char *piece = source->reader(L, source->data, len);
  if (source->is_text < 0 && piece != NULL && *len > 0)
    source->is_text = piece[0] != LUA_SIGNATURE[0];
  return piece;
}

int __real_lua_load(lua_State *L, lua_Reader reader, void *data, const char *name, const char *mode);

int __wrap_lua_load(lua_State *L, lua_Reader reader, void *data, const char *name, const char *mode) {
  Source source;
  int status;
  source.reader = reader;
  source.data = data;
  source.is_text = -1;
  status = __real_lua_load(L, read_piece, &source, name, mode);
  if (status == LUA_OK && script != NULL && source.is_text != 0 && lua_checkstack(L, 4)) {
    char label[4096];
    snprintf(label, sizeof(label), "%s#%u", script, n_loaded++);
    put_function(L, label);
  }
  return status;
}

static int run(const char *path) {
  static const char *const modes[] = {"_U", "_port", "_soft"};
  lua_State *L = luaL_newstate();
  size_t at;
  int status;
  if (L == NULL)
    return 2;
  luaL_openlibs(L);
  for (at = 0; at < sizeof(modes) / sizeof(modes[0]); at++) {
    lua_pushboolean(L, 1);
    lua_setglobal(L, modes[at]);
  }
  script = path;
  status = luaL_loadfile(L, path) || lua_pcall(L, 0, 0, 0);
  if (status != LUA_OK)
    fprintf(stderr, "compilers: %s: %s\n", path, luaL_tolstring(L, -1, NULL));
  fflush(out);
  /* Not closed: what is left to be done is no matter here. */
  return status != LUA_OK;
}

int main(int argc, char **argv) {
  /* Scripts may use standard output for themselves. */
  const char *to = getenv("COMPILERS_OUT");
  out = to == NULL ? stdout : fopen(to, "wb");
  if (out == NULL) {
    perror(to);
    return 2;
  }
  if (argc == 2 && strcmp(argv[1], "compile") == 0)
    compile();
  else if (argc == 3 && strcmp(argv[1], "run") == 0)
    return run(argv[2]);
  else {
    fprintf(stderr, "usage: compilers compile | run SCRIPT\n");
    return 2;
  }
  return fclose(out) == 0 ? 0 : 2;
}
