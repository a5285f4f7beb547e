/*
 * Runs chunks the ways a host would, one after the other, as they come in on standard input.
 *
 * First comes the prelude, a source in Lua: u32 length, bytes. It is called in every state with a
 * seed, and returns the functions that the ways use: see `prelude.lua`. Then come requests: u32
 * length, u32 flags, u64 seed, bytes of the chunk. Each has an answer of eight bytes: what became
 * of it, how many ways were gone and how many of them ended with an error, how many in a hundred of its
 * instructions were executed, and u32 instructions. Numbers are those of this machine.
 *
 * A request may bring a host along, a script that is given the chunk as the global `chunk` and all
 * libraries of this file, `debug` included; then it is run instead of the ways. In front of the chunk
 * there are u32 length and text of the host.
 *
 * There is no answer to a chunk that trips an assertion or a sanitizer: the process ends, having
 * told standard error why and in which way.
 */
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

#include "lstate.h"

#include "checks.h"

/* Flags of a request: assert invariants, too; there is a host. */
#define ORACLE 1u
#define HOST 2u
/* Where flags have the ways to go, as bits; none is all. */
#define WAYS_SHIFT 8

/* Answers. */
#define DONE 'd'
#define REFUSED 'r'
#define STATELESS 's'
#define TIMED_OUT 't'

#define MAX_MEMORY (6u << 20)
/* Of a host: what loads is to be seen, however large. */
#define HOST_MEMORY (256u << 20)
/* Instructions of a way after the last that was new: few, for there are many chunks. In all. */
#define FEW_STEPS (60 * MOONPROOF_STEP)
#define MANY_STEPS (2000 * MOONPROOF_STEP)
/* Instructions behind that which are too many for what is left to be cleaned up. */
#define MAX_OVERTIME (10000 * MOONPROOF_STEP)
#define MAX_STRIKES 8u
/* Of the chunk's instructions, how many in a hundred are enough. */
#define ENOUGH 75
#define MAX_RESUMES 150
/* Values that a way prints before most are not turned into strings any more. */
#define MANY_PRINTED 24
#ifdef MOONPROOF_SANITIZED
#define MAX_MICROSECONDS 999999
#else
#define MAX_MICROSECONDS 300000
#endif

#define OUT_OF_STEPS "out of steps"

enum Way { CALLED, ARGUMENTS, MANY, RESUMED, AGAIN, NO_MEMORY, INTERRUPTED, WATCHED, N_WAYS };

static const char *const way_names[N_WAYS] = {
  "called without arguments", "called with arguments", "called with many arguments",
  "resumed", "dumped and loaded again", "without memory", "interrupted by errors", "watched by hooks",
};

/* What the prelude returns, where the registry has it. */
enum { ARGUMENT_LIST = MOONPROOF_CALLABLE + 1, ENVIRONMENT, AFTERWARDS };

typedef struct Buffer {
  char *data;
  size_t len;
  size_t size;
} Buffer;

typedef struct Memory {
  size_t used;
  size_t most;
  unsigned long until_failure; /* 0: none is going to fail */
  int fails_once;
} Memory;

typedef struct Request {
  const Buffer *chunk;
  uint32_t flags;
  uint64_t seed;
} Request;

typedef struct Answer {
  unsigned char status;
  unsigned char n_ways;
  unsigned char n_errors;
  unsigned char percent;
  uint32_t n_steps;
} Answer;

int moonproof_must_succeed = 0;

static Buffer prelude;
static Memory memory;
static enum Way now;
static int is_running = 0;
/* Instructions of the way but for those that the monitor counts. */
static unsigned n_steps = 0;
/* How often the way was out of steps. */
static unsigned n_strikes = 0;
/* How often a hook has looked, something was printed, and a way has ended with an error. */
static unsigned n_looks = 0;
static unsigned n_printed = 0;
static unsigned n_ended = 0;
/* How much of the chunk was executed by the ways before. */
static int percent = 0;

static uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

/* ---- memory ---- */

#ifdef MOONPROOF_SANITIZED

static void *new_block(size_t size) { return malloc(size); }
static void free_block(void *ptr, size_t size) { (void)size; free(ptr); }
static void *resize_block(void *ptr, size_t old, size_t size) { (void)old; return realloc(ptr, size); }

#else

/* What a sanitizer would notice at once is noticed later, or most likely: a block ends with a mark,
 * which is looked at when it is freed; freed blocks are filled with what is neither a pointer nor a
 * value, and stay so for a while; blocks that change their size, or not even that, move. Large ones
 * would take too long. */
#define N_QUARANTINED 256u
#define LARGE 16384u
#define DEAD 0x5A
static const char end_mark[8] = {'m', 'o', 'o', 'n', 'p', 'r', 'o', 'f'};
static struct { unsigned char *block; size_t size; } quarantine[N_QUARANTINED];

static void overwritten(const char *what) {
  fprintf(stderr, "moonproof: memory: %s\n", what);
  abort();
}

static void check_end(const void *ptr, size_t size) {
  if (memcmp((const char *)ptr + size, end_mark, sizeof(end_mark)) != 0)
    overwritten("written behind a block");
}

static void *new_block(size_t size) {
  char *block = (char *)malloc(size + sizeof(end_mark));
  if (block != NULL)
    memcpy(block + size, end_mark, sizeof(end_mark));
  return block;
}

static void free_block(void *ptr, size_t size) {
  static unsigned next = 0;
  unsigned char *oldest = quarantine[next].block;
  if (ptr == NULL)
    return;
  check_end(ptr, size);
  memset(ptr, DEAD, size < LARGE ? size : LARGE);
  if (size > LARGE) {
    free(ptr);
    return;
  }
  if (oldest != NULL) {
    size_t n = quarantine[next].size;
    if (n > 0 && (oldest[0] != DEAD || memcmp(oldest, oldest + 1, n - 1) != 0))
      overwritten("written after it was freed");
    free(oldest);
  }
  quarantine[next].block = (unsigned char *)ptr;
  quarantine[next].size = size;
  next = (next + 1) % N_QUARANTINED;
}

static void *resize_block(void *ptr, size_t old, size_t size) {
  char *block;
  if (old > LARGE && size > LARGE) {
    check_end(ptr, old);
    block = (char *)realloc(ptr, size + sizeof(end_mark));
    if (block != NULL)
      memcpy(block + size, end_mark, sizeof(end_mark));
    return block;
  }
  block = (char *)new_block(size);
  if (block != NULL) {
    memcpy(block, ptr, old < size ? old : size);
    free_block(ptr, old);
  }
  return block;
}

#endif

static void *allocate(void *ud, void *ptr, size_t old, size_t size) {
  Memory *m = (Memory *)ud;
  void *block;
  if (ptr == NULL)
    old = 0;
  if (size == 0) {
    free_block(ptr, old);
    m->used -= old;
    return NULL;
  }
  if (size > old && !moonproof_must_succeed) {
    if (m->used + (size - old) > m->most)
      return NULL;
    if (m->until_failure != 0 && --m->until_failure == 0) {
      m->until_failure = !m->fails_once; /* from here on each fails, or none */
      return NULL;
    }
  }
  block = ptr == NULL ? new_block(size) : resize_block(ptr, old, size);
  if (block != NULL)
    m->used += size - old;
  return block;
}

static int grow(Buffer *buffer, size_t len) {
  char *data;
  if (len <= buffer->size)
    return 1;
  data = (char *)realloc(buffer->data, len + len / 2);
  if (data == NULL)
    return 0;
  buffer->data = data;
  buffer->size = len + len / 2;
  return 1;
}

static int append(lua_State *L, const void *bytes, size_t len, void *ud) {
  Buffer *buffer = (Buffer *)ud;
  (void)L;
  if (!grow(buffer, buffer->len + len))
    return 1;
  memcpy(buffer->data + buffer->len, bytes, len);
  buffer->len += len;
  return 0;
}

/* ---- the end of everything ---- */

static void answer(const Answer *a) {
  fwrite(a, sizeof(*a), 1, stdout);
  fflush(stdout);
}

/* Gives up on a chunk for which time is over, and on the process: its state cannot be closed. */
static void give_up(int unused) {
  Answer a = {TIMED_OUT, 0, 0, 0, 0};
  a.n_ways = (unsigned char)now;
  a.n_steps = moonproof_n_steps / MOONPROOF_STEP;
  (void)unused;
  if (write(1, &a, sizeof(a)) != (ssize_t)sizeof(a))
    _exit(3);
  _exit(0);
}

static void tell_way(void) {
  const char *name = is_running ? way_names[now] : "otherwise";
  char line[128];
  int len = snprintf(line, sizeof(line), "moonproof: way: %s\n", name);
  if (write(2, line, (size_t)len) != len)
    _exit(3);
}

static void on_abort(int unused) {
  (void)unused;
  tell_way();
  _exit(134);
}

#ifdef MOONPROOF_SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void));
#else
/* A crash, of which a sanitizer would tell. */
static void on_crash(int number) {
  char line[64];
  int len = snprintf(line, sizeof(line), "moonproof: signal %d\n", number);
  if (write(2, line, (size_t)len) == len)
    tell_way();
  _exit(134);
}
#endif

/* ---- limits and hooks ---- */

/* Goes on for a while: most often it was not the chunk's main function that went round in circles, and
 * somebody there handles the error. */
static void kill_by_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  if (n_strikes < (percent < ENOUGH ? MAX_STRIKES : 1)) {
    n_strikes++;
    moonproof_max_steps = moonproof_n_steps + FEW_STEPS;
    lua_sethook(L, NULL, 0, 0);
  }
  lua_pushstring(L, OUT_OF_STEPS);
  lua_error(L);
}

void moonproof_out_of_steps(lua_State *L) {
  if (moonproof_n_steps > moonproof_max_steps + MAX_OVERTIME)
    give_up(0);
  L->allowhook = 1; /* in finalizers, too */
  if (lua_gethook(L) != kill_by_hook)
    lua_sethook(L, kill_by_hook, LUA_MASKCOUNT, 1);
}

static void yield_by_hook(lua_State *L, lua_Debug *ar) {
  if (ar->event == LUA_HOOKCOUNT && lua_isyieldable(L))
    lua_yield(L, 0);
}

static void fail_by_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  luaL_error(L, "interrupted");
}

/* Asks everything that can be asked about the function being executed. */
static void look_by_hook(lua_State *L, lua_Debug *ar) {
  int idx;
  if (moonproof_is_aside(ar->i_ci) || moonproof_is_usual(ar->i_ci, MOONPROOF_LOOKED))
    return;
  if (++n_looks % 8 == 0) { /* lines take long, and looking for names of functions longer */
    lua_getinfo(L, "L", ar);
    lua_pop(L, 1);
  }
  if (n_looks % 128 == 0) {
    luaL_traceback(L, L, "here", 0);
    lua_pop(L, 1);
  }
  lua_getinfo(L, "nSltufr", ar);
  lua_getlocal(L, NULL, 1);
  for (idx = 1; lua_getlocal(L, ar, idx) != NULL; idx++)
    lua_setlocal(L, ar, idx); /* to what it is */
  for (idx = -1; idx > -3 && lua_getlocal(L, ar, idx) != NULL; idx--)
    lua_pop(L, 1);
}

/* ---- a state ---- */

/* As the library's, but for text only: what a script makes of strings is not what was verified. */
static int load_text(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  if (luaL_loadbufferx(L, text, len, "=load", "t") != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (!lua_isnone(L, 4)) {
    lua_pushvalue(L, 4);
    if (lua_setupvalue(L, -2, 1) == NULL)
      lua_pop(L, 1);
  }
  return 1;
}

static int set_metatable(lua_State *L) {
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 0;
}

static int print_nothing(lua_State *L) {
  int at;
  int n = lua_gettop(L);
  for (at = 1; at <= n; at++) {
    if (++n_printed > MANY_PRINTED && n_printed % 8 != 0)
      continue;
    luaL_tolstring(L, at, NULL);
    lua_pop(L, 1);
  }
  return 0;
}

static int prepare(lua_State *L) {
  static const luaL_Reg libraries[] = {
    {LUA_GNAME, luaopen_base}, {LUA_COLIBNAME, luaopen_coroutine}, {LUA_STRLIBNAME, luaopen_string},
    {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math}, {LUA_UTF8LIBNAME, luaopen_utf8},
  };
  static const luaL_Reg ours[] = {
    {"load", load_text}, {"print", print_nothing}, {"dofile", NULL}, {"loadfile", NULL}, {NULL, NULL},
  };
  const Request *request = (const Request *)lua_touserdata(L, 1);
  const luaL_Reg *reg;
  size_t at;
  int idx;
  for (at = 0; at < sizeof(libraries) / sizeof(libraries[0]); at++) {
    luaL_requiref(L, libraries[at].name, libraries[at].func, 1);
    lua_pop(L, 1);
  }
  lua_getglobal(L, "load");
  lua_setfield(L, LUA_REGISTRYINDEX, "load");
  for (reg = ours; reg->name != NULL; reg++) {
    if (reg->func == NULL)
      lua_pushnil(L);
    else
      lua_pushcfunction(L, reg->func);
    lua_setglobal(L, reg->name);
  }
  if (luaL_loadbufferx(L, prelude.data, prelude.len, "=prelude", NULL) != LUA_OK)
    return lua_error(L);
  moonproof_prelude(clLvalue(s2v(L->top.p - 1))->p);
  if (prelude.data[0] != LUA_SIGNATURE[0]) { /* the first time: it is quicker to load when compiled */
    prelude.len = 0;
    lua_dump(L, append, &prelude, 0);
  }
  lua_pushinteger(L, (lua_Integer)request->seed);
  lua_pushcfunction(L, set_metatable);
  lua_call(L, 2, 5);
  lua_newtable(L);
  lua_pushvalue(L, -2);
  lua_setmetatable(L, -2);
  lua_rawseti(L, LUA_REGISTRYINDEX, MOONPROOF_CALLABLE);
  lua_rawseti(L, LUA_REGISTRYINDEX, MOONPROOF_META);
  for (idx = AFTERWARDS; idx >= ARGUMENT_LIST; idx--)
    lua_rawseti(L, LUA_REGISTRYINDEX, idx);
  lua_rawseti(L, LUA_REGISTRYINDEX, MOONPROOF_FINALIZER);
  lua_createtable(L, MOONPROOF_N_CLOSURES, 0);
  for (at = 1; at <= MOONPROOF_N_CLOSURES; at++) {
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, (lua_Integer)at);
  }
  lua_rawseti(L, LUA_REGISTRYINDEX, MOONPROOF_CLOSURES);
  return 0;
}

/* ---- the ways ---- */

static int explain(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  /* Most runs end with an error, and a traceback takes long. */
  n_ended++;
  if (n_ended % 4 != 0 || (n_ended % 16 != 0 && strcmp(lua_tostring(L, -1), OUT_OF_STEPS) == 0))
    return 1;
  luaL_traceback(L, L, lua_tostring(L, -1), 0);
  return 1;
}

static void settings(enum Way way, uint64_t bits) {
  static const unsigned rates[] = {1, 2, 3, 5, 7, 13};
  moonproof_gc_every = rates[bits % 6];
  if (way == MANY && moonproof_gc_every < 5)
    moonproof_gc_every = 5;
  n_strikes = 0;
  n_printed = 0;
  moonproof_n_steps = 0;
  moonproof_most_steps = MANY_STEPS;
  moonproof_max_steps = FEW_STEPS;
  moonproof_more_steps = FEW_STEPS;
  moonproof_way(way);
  /* Some ways lead where values do, and others where nobody has been. */
  moonproof_chance = way == CALLED || way == NO_MEMORY || bits % 4 == 0 ? 0 : (unsigned)(bits >> 8) | 1;
}

static void peace(void) {
  moonproof_gc_every = 0;
  moonproof_n_steps = 0;
  moonproof_max_steps = UINT32_MAX - MAX_OVERTIME;
  moonproof_more_steps = 0;
  moonproof_chance = 0;
  memory.until_failure = 0;
}

static int n_arguments(enum Way way, uint64_t bits) {
  static const int few[] = {1, 2, 3, 3, 5, 9};
  static const int many[] = {10, 20, 20, 30, 40, 50, 60, 70, 80, 100, 200, 250, 255, 300, 1000, 3000};
  if (way == CALLED || way == NO_MEMORY)
    return 0;
  return way == MANY ? many[bits % 16] : few[bits % 6];
}

/* Pushes the chunk as a function, in an environment of its own, and arguments. */
static int push_call(lua_State *L, const Request *request, enum Way way, uint64_t bits) {
  int function;
  const Buffer *chunk = request->chunk;
  if (luaL_loadbufferx(L, chunk->data, chunk->len, "chunk", "b") != LUA_OK)
    lua_error(L);
  percent = moonproof_percent(clLvalue(s2v(L->top.p - 1))->p);
  if (way == AGAIN) {
    Buffer dumped = {NULL, 0, 0};
    int status;
    lua_dump(L, append, &dumped, (int)(bits & 1));
    lua_pop(L, 1);
    status = luaL_loadbufferx(L, dumped.data, dumped.len, "dumped", "b");
    free(dumped.data);
    if (status != LUA_OK)
      lua_error(L);
  }
  function = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ENVIRONMENT);
  /* What is not there is nil for some, and for others something that takes part in everything. */
  lua_pushboolean(L, way != CALLED);
  lua_pushboolean(L, way == RESUMED);
  lua_call(L, 2, 1);
  if (lua_setupvalue(L, function, 1) == NULL)
    lua_pop(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, ARGUMENT_LIST);
  lua_pushinteger(L, n_arguments(way, bits >> 8));
  lua_call(L, 1, LUA_MULTRET);
  return lua_gettop(L) - function;
}

/* A few more instructions for what comes after a way. */
static void more_time(void) {
  n_steps += moonproof_n_steps / MOONPROOF_STEP;
  moonproof_n_steps = 0;
  moonproof_max_steps = FEW_STEPS;
}

/* Calls functions that the way has made and nobody has called. */
static void call_closures(lua_State *L) {
  unsigned at;
  luaL_checkstack(L, 20, "closures");
  for (at = 1; at <= 2 * MOONPROOF_N_CLOSURES; at++) {
    int top = lua_gettop(L);
    const TValue *closure;
    lua_rawgeti(L, LUA_REGISTRYINDEX, MOONPROOF_CLOSURES);
    lua_rawgeti(L, -1, 1 + at % MOONPROOF_N_CLOSURES);
    closure = s2v(L->top.p - 1);
    if (ttisLclosure(closure) && moonproof_is_new(clLvalue(closure)->p)) {
      more_time();
      lua_rawgeti(L, LUA_REGISTRYINDEX, ARGUMENT_LIST);
      lua_pushinteger(L, clLvalue(closure)->p->numparams + 1);
      if (lua_pcall(L, 1, LUA_MULTRET, 0) == LUA_OK)
        lua_pcall(L, lua_gettop(L) - top - 2, 0, 0);
    }
    lua_settop(L, top);
  }
  more_time();
}

/* Hands what a way has left behind, and was left with, to the prelude. */
static void afterwards(lua_State *L, int first) {
  int n = lua_gettop(L) - first + 1;
  call_closures(L);
  luaL_checkstack(L, 3, "results");
  lua_rawgeti(L, LUA_REGISTRYINDEX, AFTERWARDS);
  lua_insert(L, first);
  if (n > 100) {
    lua_settop(L, first + 100);
    n = 100;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, MOONPROOF_CLOSURES);
  lua_insert(L, first + 1);
  n++;
  lua_pcall(L, n, 0, 0);
}

static void call(lua_State *L, const Request *request, enum Way way, uint64_t bits, int *failed) {
  int n;
  int first;
  lua_pushcfunction(L, explain);
  first = lua_gettop(L) + 1;
  n = push_call(L, request, way, bits);
  settings(way, bits >> 16);
  if (way == NO_MEMORY) {
    memory.until_failure = 1 + (bits >> 24) % 60;
    memory.fails_once = (int)(bits >> 36 & 1);
  }
  if (way == INTERRUPTED)
    lua_sethook(L, fail_by_hook, LUA_MASKCOUNT, 1 + (int)((bits >> 24) % 40));
  if (way == WATCHED || (way == AGAIN && (bits >> 24) % 2 == 0))
    lua_sethook(L, look_by_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT,
                1 + (int)((bits >> 25) % 4));
  *failed = lua_pcall(L, n, (bits >> 32) % 4 == 0 ? (int)((bits >> 34) % 5) : LUA_MULTRET, first - 1);
  lua_sethook(L, NULL, 0, 0);
  memory.until_failure = 0;
  afterwards(L, first);
}

static void resume(lua_State *L, const Request *request, uint64_t bits, int *failed) {
  lua_State *co = lua_newthread(L);
  int first = lua_gettop(L) + 1;
  int n = push_call(L, request, RESUMED, bits);
  int n_resumes = 0;
  int status;
  int n_results;
  if (!lua_checkstack(co, n + 2))
    luaL_error(L, "no stack");
  lua_xmove(L, co, n + 1);
  settings(RESUMED, bits >> 16);
  if ((bits >> 24) % 4 != 0)
    lua_sethook(co, yield_by_hook, LUA_MASKCOUNT, 1 + (int)((bits >> 26) % 5));
  do {
    status = lua_resume(co, L, n, &n_results);
    if (status == LUA_YIELD) {
      lua_pop(co, n_results);
      n = 0;
      if (n_resumes % 8 == 3) /* something else happens while it waits */
        afterwards(L, first);
    }
  } while (status == LUA_YIELD && ++n_resumes < MAX_RESUMES);
  lua_sethook(co, NULL, 0, 0);
  *failed = status > LUA_YIELD;
  if (status != LUA_YIELD || (bits >> 32) % 2 == 0)
    lua_closethread(co, L);
  lua_settop(L, first - 1);
  afterwards(L, first);
}

/* Runs the host of a request. */
static int run_host(lua_State *L) {
  const Request *request = (const Request *)lua_touserdata(L, 1);
  const char *text = request->chunk->data;
  uint32_t len;
  if (request->chunk->len < sizeof(len))
    return luaL_error(L, "no host");
  memcpy(&len, text, sizeof(len));
  text += sizeof(len);
  if (len > request->chunk->len - sizeof(len))
    return luaL_error(L, "no host");
  luaL_requiref(L, LUA_DBLIBNAME, luaopen_debug, 1);
  /* It says itself what it loads. */
  lua_getfield(L, LUA_REGISTRYINDEX, "load");
  lua_setglobal(L, "load");
  lua_pushlstring(L, text + len, request->chunk->len - sizeof(len) - len);
  lua_setglobal(L, "chunk");
  if (luaL_loadbufferx(L, text, len, "=host", "t") != LUA_OK) {
    fprintf(stderr, "moonproof: the host: %s\n", lua_tostring(L, -1));
    exit(2);
  }
  moonproof_gc_every = 3;
  moonproof_max_steps = 100 * MANY_STEPS;
  lua_call(L, 0, 0);
  return 0;
}

static int go(lua_State *L) {
  const Request *request = (const Request *)lua_touserdata(L, 1);
  uint64_t bits = mix(request->seed + (uint64_t)now);
  int failed = 0;
  lua_settop(L, 0);
  if (now == RESUMED)
    resume(L, request, bits, &failed);
  else
    call(L, request, now, bits, &failed);
  lua_pushboolean(L, failed);
  return 1;
}

/* Goes all ways, one after the other. */
static void go_all(lua_State *L, const Request *request, Answer *a) {
  unsigned ways = request->flags >> WAYS_SHIFT;
  for (now = CALLED; now < N_WAYS; now++) {
    int failed;
    if (ways != 0 && (ways >> now & 1) == 0)
      continue;
    lua_pushcfunction(L, go);
    lua_pushlightuserdata(L, (void *)request);
    failed = lua_pcall(L, 1, 1, 0) != LUA_OK;
    if (failed && a->n_ways == 0 && strstr(luaL_tolstring(L, -1, NULL), "truncated") != NULL)
      a->status = REFUSED;
    a->n_ways++;
    a->n_errors += failed || lua_toboolean(L, 1);
    a->n_steps += n_steps + moonproof_n_steps / MOONPROOF_STEP;
    n_steps = 0;
    lua_sethook(L, NULL, 0, 0);
    lua_settop(L, 0);
    peace();
  }
  if (luaL_loadbufferx(L, request->chunk->data, request->chunk->len, "chunk", "b") == LUA_OK)
    a->percent = (unsigned char)moonproof_percent(clLvalue(s2v(L->top.p - 1))->p);
  lua_settop(L, 0);
}

static void run(const Request *request, Answer *a) {
  lua_State *L;
  struct itimerval time = {{0, 0}, {0, MAX_MICROSECONDS}};
  setitimer(ITIMER_PROF, &time, NULL);
  peace();
  memory.used = 0;
  memory.most = (request->flags & HOST) != 0 ? HOST_MEMORY : MAX_MEMORY;
  moonproof_is_oracle = (request->flags & ORACLE) != 0;
  moonproof_prelude(NULL);
  L = lua_newstate(allocate, &memory);
  a->status = STATELESS;
  if (L == NULL)
    return;
  lua_pushcfunction(L, prepare);
  lua_pushlightuserdata(L, (void *)request);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    fprintf(stderr, "moonproof: the prelude: %s\n", lua_tostring(L, -1));
    exit(2);
  }
  a->status = DONE;
  now = CALLED;
  n_looks = n_ended = request->seed == 0 ? 0 : (unsigned)mix(request->seed) & 0xFFFF;
  moonproof_forget(n_looks);
  is_running = 1;
  if ((request->flags & HOST) != 0) {
    lua_pushcfunction(L, run_host);
    lua_pushlightuserdata(L, (void *)request);
    a->n_errors = lua_pcall(L, 1, 0, 0) != LUA_OK;
    a->n_ways = 1;
    lua_sethook(L, NULL, 0, 0);
    peace();
  }
  else
    go_all(L, request, a);
  n_strikes = 0;
  moonproof_max_steps = 4 * FEW_STEPS; /* of finalizers */
  lua_close(L);
  is_running = 0;
}

static int read_all(void *bytes, size_t len) {
  return fread(bytes, 1, len, stdin) == len;
}

int main(void) {
  Buffer chunk = {NULL, 0, 0};
  uint32_t len;
  signal(SIGABRT, on_abort);
  signal(SIGPROF, give_up);
#ifdef MOONPROOF_SANITIZED
  __sanitizer_set_death_callback(tell_way);
#else
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  signal(SIGSEGV, on_crash);
  signal(SIGBUS, on_crash);
  signal(SIGFPE, on_crash);
  signal(SIGILL, on_crash);
#endif
  if (!read_all(&len, sizeof(len)) || !grow(&prelude, len) || !read_all(prelude.data, len))
    return 2;
  prelude.len = len;
  for (;;) {
    Request request = {&chunk, 0, 0};
    Answer a = {0, 0, 0, 0, 0};
    if (!read_all(&len, sizeof(len)))
      return 0;
    if (!read_all(&request.flags, 4) || !read_all(&request.seed, 8))
      return 2;
    /* Exactly as long as it is, so that reading behind its end is noticed. */
    free(chunk.data);
    chunk.data = (char *)malloc(len == 0 ? 1 : len);
    if (chunk.data == NULL || !read_all(chunk.data, len))
      return 2;
    chunk.len = len;
    run(&request, &a);
    answer(&a);
  }
}
