/*
 * moonproof: is this Lua 5.4 bytecode safe to run?
 *
 * A chunk that verifies can be given to an unmodified Lua 5.4 without fear for memory: see the
 * project's README for what exactly is promised and what is not. Bytes that are verified must be
 * the bytes that are loaded; do not let anybody change them in between.
 */
#ifndef MOONPROOF_H
#define MOONPROOF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counts changes that break programs compiled with an earlier header. */
#define MOONPROOF_ABI 1

/* What `moonproof_verify` returns. */
enum {
  MOONPROOF_VERIFIED = 0, /* The chunk may run. */
  MOONPROOF_REJECTED = 1, /* It must not; the report says why. */
  MOONPROOF_FAILED = 2    /* Nobody knows: a mistake of the caller's or ours. Do not run it. */
};

/* For `pc` and `offset`, where there is none. */
#define MOONPROOF_NO_PC UINT32_MAX
#define MOONPROOF_NO_OFFSET SIZE_MAX

/* The first thing that is wrong with a chunk. Texts end with a zero, and are cut if too long. */
typedef struct moonproof_report {
  char rule[8];        /* Id of the rule that is broken, such as "S2"; empty if there is none. */
  char function[64];   /* "main", or the way to a nested function, such as "0.3". */
  char message[512];   /* All of it in words. UTF-8. */
  size_t findings;     /* How many things are wrong, this one included. */
  size_t offset;       /* Where in the chunk, in bytes. */
  uint32_t line;       /* The source line, or 0. */
  uint32_t pc;         /* The instruction, from 0. */
} moonproof_report;

/*
 * Verifies a binary chunk of `size` bytes. `report` may be NULL; it is written in every case.
 *
 * May be called by any number of threads at the same time, keeps nothing between calls, and never
 * runs longer or takes more memory than in proportion to the chunk. Faults of the library's own
 * are caught and end in MOONPROOF_FAILED; only memory that the system refuses ends the process.
 */
int moonproof_verify(const void *chunk, size_t size, moonproof_report *report);

/* What holds of a verified chunk, for the id of a rule; NULL if there is no such rule. Static. */
const char *moonproof_rule(const char *id);

/* MOONPROOF_ABI of the library. */
unsigned moonproof_abi(void);

#ifdef __cplusplus
}
#endif

#endif
