/*
 * How long the reference takes to compile a source, to dump it, and to load the dump; and to make
 * a state; and what memory that takes.
 */
#include "driver.h"

#include <stdlib.h>
#include <time.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds that loading takes; negative if the dump is refused. */
static double time_load(lua_State *L, const moonproof_text *dump, const char *name) {
  double start = now();
  int status = luaL_loadbufferx(L, dump->data, dump->len, name, "b");
  double seconds = now() - start;
  return status == LUA_OK ? seconds : -1;
}

int moonproof_time(const char *source, size_t len, const char *name, moonproof_times *times) {
  moonproof_text dump = {NULL, 0, 0, 0};
  double start;
  int fine = 0;
  lua_State *L = luaL_newstate();
  if (L == NULL)
    return 0;
  start = now();
  if (luaL_loadbufferx(L, source, len, name, "t") == LUA_OK) {
    times->compile = now() - start;
    start = now();
    lua_dump(L, moonproof_collect, &dump, 0);
    times->dump = now() - start;
    if (!dump.failed) {
      times->load = time_load(L, &dump, name);
      fine = times->load >= 0;
    }
  }
  lua_close(L);
  if (fine && (L = luaL_newstate()) != NULL) {
    luaL_openlibs(L);
    times->load_new = time_load(L, &dump, name);
    lua_close(L);
  } else {
    fine = 0;
  }
  free(dump.data);
  return fine;
}

double moonproof_time_states(unsigned n) {
  double start = now();
  for (; n > 0; n--) {
    lua_State *L = luaL_newstate();
    if (L == NULL)
      break;
    luaL_openlibs(L);
    lua_close(L);
  }
  return now() - start;
}

/* The allocator, which counts what it is asked for. */
static void *count(void *ud, void *block, size_t old_size, size_t size) {
  moonproof_allocations *counts = (moonproof_allocations *)ud;
  void *moved = NULL;
  if (block == NULL)
    old_size = 0; /* it is a kind of object then */
  if (size == 0)
    free(block);
  else
    moved = realloc(block, size);
  if (size > 0 && moved == NULL)
    return NULL;
  counts->bytes += size - old_size;
  counts->n_requests += size > 0;
  return moved;
}

moonproof_allocations moonproof_count_state(void) {
  moonproof_allocations counts = {0, 0};
  moonproof_allocations result = {0, 0};
  lua_State *L = lua_newstate(count, &counts);
  if (L == NULL)
    return result;
  luaL_openlibs(L);
  result = counts;
  lua_close(L);
  return result;
}
