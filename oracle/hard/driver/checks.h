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

/* Forgets which instructions have been executed. */
void moonproof_forget(void);

/* Of the instructions of a function and those in it, how many in a hundred have been executed since.
 * Equal ones at equal places of functions of equal length count as one. */
int moonproof_percent(const Proto *p);

/* Called when there were too many. Returns if execution goes on. */
void moonproof_out_of_steps(lua_State *L);

/* An instruction is about to be executed; `pc` is the one behind it. */
void moonproof_step(lua_State *L, CallInfo *ci, const TValue *k, const Instruction *pc);

/* A function is about to be called, by whatever means. */
void moonproof_call(lua_State *L, StkId func);

/* A function has returned and its results are where its caller wants them. */
void moonproof_return(lua_State *L, CallInfo *ci);

/* Where the registry has the function that is called in place of finalizers, if it has one. */
#define MOONPROOF_FINALIZER 3

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
    int size_before = stacksize(L); \
    pre; \
    luaD_reallocstack((L), size_before, stacksize(L) < size_before); \
    pos; \
  }

#endif
