/*
 * What is added to the reference's own assertions. Read at the end of `lgc.h`, and so by every file
 * that runs bytecode; `checks.c` says what each function looks at.
 */
#ifndef MOONPROOF_CHECKS_H
#define MOONPROOF_CHECKS_H

#include "lobject.h"
#include "lstate.h"

/* Whether invariants are asserted on top of what the reference asserts itself. */
extern int moonproof_is_oracle;

/* Every so many places where the collector may run it does; 0 is when it wants to. */
extern unsigned moonproof_gc_every;

/* Instructions that have been executed, and how many of them are enough. One of the prelude is one;
 * one of anybody else is this many. */
#define MOONPROOF_STEP 8
extern unsigned moonproof_n_steps;
extern unsigned moonproof_max_steps;

/* An instruction that is executed for the first time in a way raises the limit to so many from there
 * on, and to `moonproof_most_steps` at most. 0: it does not. */
extern unsigned moonproof_more_steps;
extern unsigned moonproof_most_steps;

/* Where chance is when a chunk is steered to where it has not been; 0: it is not. Only an oracle steers:
 * it has seen that what it changes is there. */
extern unsigned moonproof_chance;

/* Whether there is memory, however much is wanted. */
extern int moonproof_must_succeed;

/* Whether the function's first instruction has not been executed. */
int moonproof_is_new(const Proto *p);

/* Says which functions are the prelude's: those of the same source. NULL: none. */
void moonproof_prelude(const Proto *p);

/* Whether what runs is the prelude, of which most is not worth to be looked at closely. */
int moonproof_is_aside(CallInfo *ci);

/* What need not happen each time in a loop: an instruction is looked at by a hook, or the collector is
 * made to run there. */
enum MoonproofUsual { MOONPROOF_LOOKED, MOONPROOF_COLLECTED, MOONPROOF_N_USUAL };
#define MOONPROOF_MANY 6

/* Whether it has happened many times in this way at the instruction that is executed, and is not to
 * happen again this time: one time in eight it is. */
int moonproof_is_usual(CallInfo *ci, enum MoonproofUsual what);

/* Another way begins, one of 0 to 31. */
void moonproof_way(int way);

/* Forgets which instructions have been executed, and all else that decides what is done, but for
 * `phase`: the next chunk is run alike whichever was before. */
void moonproof_forget(unsigned phase);

/* Of the instructions of a function and those in it, how many in a hundred have been executed since.
 * What belongs to the instruction before does not count, as the jump behind a test. Equal ones at equal
 * places of functions of equal length count as one. */
int moonproof_percent(const Proto *p);

/* Called when there were too many. Returns if execution goes on. */
void moonproof_out_of_steps(lua_State *L);

/* An instruction is about to be executed; `pc` is the one behind it. Returns it, or what is to be executed
 * in its place. */
Instruction moonproof_step(lua_State *L, CallInfo *ci, const TValue *k, const Instruction *pc);

/* A function is about to be called, by whatever means. */
void moonproof_call(lua_State *L, StkId func);

/* A function has returned and its results are where its caller wants them. */
void moonproof_return(lua_State *L, CallInfo *ci);

/* Where the registry has the function that is called in place of finalizers, if it has one. */
#define MOONPROOF_FINALIZER 3

/* Where the registry has a table of the closures that were made of late, if it has one, and their
 * number. */
#define MOONPROOF_CLOSURES 4
#define MOONPROOF_N_CLOSURES 16u

/* Where the registry has a metatable for tables that a chunk has made, if it has one. */
#define MOONPROOF_META 5
/* Where it has a table with that metatable. */
#define MOONPROOF_CALLABLE 6

/* Whether the collector shall run here, though it need not. */
int moonproof_wants_gc(lua_State *L);

/* What a collection may do at any such place: finalizers are called, dead slots are cleared. */
void moonproof_gc(lua_State *L);

/* Where the reference's own test macro would evaluate `pre` twice, if collection moves what it is
 * about, this one does so once. */
#undef luaC_condGC
#define luaC_condGC(L, pre, pos) \
  { \
    if (G(L)->GCdebt > 0) { pre; luaC_step(L); pos; } \
    else if (moonproof_wants_gc(L)) { pre; moonproof_gc(L); pos; } \
  }

/* Moves the stack where it might have been moved. The collector, which `pre` may call, may have made
 * it smaller, and then it has to get the room back that was just asked for. */
#undef condmovestack
#define condmovestack(L, pre, pos) \
  { \
    if (!moonproof_is_aside(L->ci)) { \
      int size_before = stacksize(L); \
      pre; \
      luaD_reallocstack((L), size_before, stacksize(L) < size_before); \
      pos; \
    } \
  }

#endif
