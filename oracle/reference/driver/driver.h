/*
 * What Rust may ask of the reference. Everything here is plain C89 types; Lua's own never leave the
 * driver. Every function may be called from any thread, each call using a Lua state of its own.
 */
#ifndef MOONPROOF_DRIVER_H
#define MOONPROOF_DRIVER_H

#include <stddef.h>

/* Bytes that grow; `data` comes from malloc. `failed` is set when memory ran out. */
typedef struct moonproof_text {
  char *data;
  size_t len;
  size_t size;
  int failed;
} moonproof_text;

/* What compiling gave: either a message, or whichever of the others were asked for. */
typedef struct moonproof_outcome {
  int accepted;
  moonproof_text message;
  moonproof_text plain;
  moonproof_text stripped;
  moonproof_text listing;
} moonproof_outcome;

/* What to compute: bits of `wanted`. */
#define MOONPROOF_PLAIN 1u
#define MOONPROOF_STRIPPED 2u
#define MOONPROOF_LISTING 4u
/* Refuse binary chunks, which the reference does not check. */
#define MOONPROOF_TEXT_ONLY 8u

/* "Lua 5.4.9", as the headers say. */
const char *moonproof_release(void);

/* Name and mode byte of an opcode; 0 if there is no such opcode. */
int moonproof_opcode(int number, const char **name, unsigned char *mode);

/* Compiles `len` bytes at `source` under `name`. `memory` bounds what Lua may allocate; 0 is no bound. */
void moonproof_compile(const char *source, size_t len, const char *name, unsigned wanted,
                       size_t memory, moonproof_outcome *outcome);

/* Compiles a file, as `luaL_loadfile` reads it. */
void moonproof_compile_file(const char *path, unsigned wanted, size_t memory,
                            moonproof_outcome *outcome);

/* Frees what an outcome holds. */
void moonproof_release_outcome(moonproof_outcome *outcome);

/* Runs a script with arguments as `lua` does. argv[0] is the name in messages, argv[1] the script
 * or "-"; argv ends with a null pointer. The result is the exit status. */
int moonproof_run(int argc, char **argv);

/*
 * Seconds that compiling, dumping and loading the dump took: in the state that compiled, which has
 * the strings already, and in a new one with its libraries.
 */
typedef struct moonproof_times {
  double compile;
  double dump;
  double load;
  double load_new;
} moonproof_times;

/* Measures these for a source that compiles; 0 if it does not. */
int moonproof_time(const char *source, size_t len, const char *name, moonproof_times *times);

/* Seconds to make `n` states with their libraries, one after the other, and to close each. */
double moonproof_time_states(unsigned n);

/* What a state with its libraries holds, and how often it asked for memory until then. */
typedef struct moonproof_allocations {
  size_t bytes;
  size_t n_requests;
} moonproof_allocations;

/* Makes a state and counts. Both are 0 if there was no memory. */
moonproof_allocations moonproof_count_state(void);

/* Within the driver. */
void moonproof_put(moonproof_text *text, const char *bytes, size_t len);
void moonproof_print(moonproof_text *text, const char *format, ...);
struct Proto;
struct lua_State;
/* A writer for `lua_dump`, to a text. */
int moonproof_collect(struct lua_State *L, const void *bytes, size_t len, void *text);
void moonproof_list(struct lua_State *L, const struct Proto *f, moonproof_text *text);

#endif
