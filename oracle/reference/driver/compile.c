/*
 * Source to dumps and listing, each time in a fresh state.
 */
#include "driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"

#include "lobject.h"
#include "lopcodes.h"
#include "lopnames.h"
#include "lstate.h"

const char *moonproof_release(void) {
  return LUA_RELEASE;
}

int moonproof_opcode(int number, const char **name, unsigned char *mode) {
  if (number < 0 || number >= NUM_OPCODES)
    return 0;
  *name = opnames[number];
  *mode = luaP_opmodes[number];
  return 1;
}

void moonproof_put(moonproof_text *text, const char *bytes, size_t len) {
  if (text->failed)
    return;
  if (len > text->size - text->len) {
    size_t size = text->size + text->size / 2 + len + 256;
    char *data = (char *)realloc(text->data, size);
    if (data == NULL) {
      text->failed = 1;
      return;
    }
    text->data = data;
    text->size = size;
  }
  if (len > 0)
    memcpy(text->data + text->len, bytes, len);
  text->len += len;
}

void moonproof_print(moonproof_text *text, const char *format, ...) {
  char room[1024];
  int len;
  va_list args;
  va_start(args, format);
  len = vsnprintf(room, sizeof(room), format, args);
  va_end(args);
  if (len >= 0 && (size_t)len < sizeof(room))
    moonproof_put(text, room, (size_t)len);
  else if (len >= 0) {
    char *longer = (char *)malloc((size_t)len + 1);
    if (longer == NULL) {
      text->failed = 1;
      return;
    }
    va_start(args, format);
    vsnprintf(longer, (size_t)len + 1, format, args);
    va_end(args);
    moonproof_put(text, longer, (size_t)len);
    free(longer);
  }
}

/* Memory of one state. */
typedef struct budget {
  size_t used;
  size_t limit;
} budget;

static void *bounded_realloc(void *ud, void *block, size_t old_size, size_t new_size) {
  budget *b = (budget *)ud;
  void *moved;
  if (block == NULL)
    old_size = 0; /* it is a type then, not a size */
  if (new_size == 0) {
    free(block);
    b->used -= old_size;
    return NULL;
  }
  if (b->limit != 0 && new_size > old_size && new_size - old_size > b->limit - b->used)
    return NULL;
  moved = realloc(block, new_size);
  if (moved != NULL)
    b->used = b->used - old_size + new_size;
  return moved;
}

/* What to compile, and where the results go. */
typedef struct job {
  const char *source;
  size_t len;
  const char *name;
  const char *path; /* if not NULL, instead of the source */
  unsigned wanted;
  moonproof_outcome *outcome;
} job;

int moonproof_collect(lua_State *L, const void *bytes, size_t len, void *ud) {
  moonproof_text *text = (moonproof_text *)ud;
  (void)L;
  moonproof_put(text, (const char *)bytes, len);
  return text->failed;
}

static int compile_protected(lua_State *L) {
  job *j = (job *)lua_touserdata(L, 1);
  moonproof_outcome *outcome = j->outcome;
  const char *mode = (j->wanted & MOONPROOF_TEXT_ONLY) ? "t" : NULL;
  int status = (j->path != NULL) ? luaL_loadfilex(L, j->path, mode)
                                 : luaL_loadbufferx(L, j->source, j->len, j->name, mode);
  if (status != LUA_OK)
    return lua_error(L);
  if (j->wanted & MOONPROOF_PLAIN)
    lua_dump(L, moonproof_collect, &outcome->plain, 0);
  if (j->wanted & MOONPROOF_STRIPPED)
    lua_dump(L, moonproof_collect, &outcome->stripped, 1);
  if (j->wanted & MOONPROOF_LISTING)
    moonproof_list(L, getproto(s2v(L->top.p - 1)), &outcome->listing);
  if (outcome->plain.failed || outcome->stripped.failed || outcome->listing.failed)
    return luaL_error(L, "not enough memory");
  return 0;
}

static void refuse(moonproof_outcome *outcome, const char *message, size_t len) {
  outcome->accepted = 0;
  moonproof_put(&outcome->message, message, len);
}

static void compile(job *j, size_t memory) {
  static const char no_memory[] = "not enough memory";
  budget b;
  lua_State *L;
  moonproof_outcome *outcome = j->outcome;
  b.used = 0;
  b.limit = memory;
  memset(outcome, 0, sizeof(*outcome));
  L = lua_newstate(bounded_realloc, &b);
  if (L == NULL) {
    refuse(outcome, no_memory, sizeof(no_memory) - 1);
    return;
  }
  lua_pushcfunction(L, compile_protected); /* light: needs no memory */
  lua_pushlightuserdata(L, j);
  if (lua_pcall(L, 1, 0, 0) == LUA_OK)
    outcome->accepted = 1;
  else {
    size_t len;
    const char *message = lua_tolstring(L, -1, &len);
    if (message != NULL)
      refuse(outcome, message, len);
    else
      refuse(outcome, no_memory, sizeof(no_memory) - 1);
  }
  lua_close(L);
}

void moonproof_compile(const char *source, size_t len, const char *name, unsigned wanted,
                       size_t memory, moonproof_outcome *outcome) {
  job j;
  j.source = source;
  j.len = len;
  j.name = name;
  j.path = NULL;
  j.wanted = wanted;
  j.outcome = outcome;
  compile(&j, memory);
}

void moonproof_compile_file(const char *path, unsigned wanted, size_t memory,
                            moonproof_outcome *outcome) {
  job j;
  j.source = NULL;
  j.len = 0;
  j.name = NULL;
  j.path = path;
  j.wanted = wanted;
  j.outcome = outcome;
  compile(&j, memory);
}

void moonproof_release_outcome(moonproof_outcome *outcome) {
  free(outcome->message.data);
  free(outcome->plain.data);
  free(outcome->stripped.data);
  free(outcome->listing.data);
  memset(outcome, 0, sizeof(*outcome));
}
