/*
 * The monitor: invariants that verification promises, asserted while bytecode runs.
 *
 * The reference's assertions see a value of the wrong type when it is used. They do not see that an
 * upvalue points into registers which another function is about to use, for that goes wrong later,
 * somewhere else, or never. Here it is looked at where it begins. Each complaint names the rule of
 * the verifier that should have refused the chunk.
 *
 * This file is written from the rules and the opcodes' meanings once more, and shares nothing with
 * the verifier.
 */
#define LUA_CORE

#include "lprefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"

#include "ldebug.h"
#include "ldo.h"
#include "lfunc.h"
#include "lgc.h"
#include "lobject.h"
#include "lopcodes.h"
#include "lstate.h"
#include "ltable.h"
#include "ltm.h"

#include "checks.h"

int moonproof_is_oracle = 0;
unsigned moonproof_gc_every = 0;
unsigned moonproof_n_steps = 0;
unsigned moonproof_max_steps = 0;
unsigned moonproof_more_steps = 0;
unsigned moonproof_most_steps = 0;
unsigned moonproof_chance = 0;

/* Instructions that have been executed, as fingerprints: those of the present turn, each with the ways
 * in which it was, as bits. */
#define N_SEEN 8192u
static struct {
  l_uint32 print;
  l_uint32 turn;
  unsigned ways;
  unsigned char n[MOONPROOF_N_USUAL]; /* in the present way, what has happened here */
} seen[N_SEEN];
static l_uint32 turn = 1;
static unsigned way_bit = 1;

/* What is done every so often: how often it might have been. */
static struct { unsigned asides, ours, closures, places, collections, usual; } n_times;

/* Finds the place of an instruction. */
static l_uint32 find_seen(const Proto *p, int at, l_uint32 *print) {
  l_uint32 x = (l_uint32)p->code[at] * 0x9E3779B1u ^ ((l_uint32)at << 16 ^ (l_uint32)p->sizecode) * 0x85EBCA77u;
  l_uint32 place = (x ^ x >> 15) % N_SEEN;
  unsigned n;
  *print = x;
  for (n = 0; n < 16 && seen[place].turn == turn && seen[place].print != x; n++)
    place = (place + 1) % N_SEEN;
  return place;
}

/* Whether the instruction is executed for the first time in this way. */
static int see(const Proto *p, int at) {
  l_uint32 print;
  l_uint32 place = find_seen(p, at, &print);
  if (seen[place].print != print || seen[place].turn != turn)
    seen[place].ways = 0;
  seen[place].print = print;
  seen[place].turn = turn;
  if ((seen[place].ways & way_bit) != 0)
    return 0;
  seen[place].ways |= way_bit;
  memset(seen[place].n, 0, sizeof(seen[place].n));
  return 1;
}

void moonproof_forget(unsigned phase) {
  turn++;
  n_times.asides = n_times.ours = n_times.closures = n_times.places = n_times.collections
    = n_times.usual = phase;
}

void moonproof_way(int way) {
  way_bit = 1u << way;
}

static int is_seen(const Proto *p, int at) {
  l_uint32 print;
  l_uint32 place = find_seen(p, at, &print);
  return seen[place].turn == turn && seen[place].print == print;
}

int moonproof_is_new(const Proto *p) {
  return !is_seen(p, 0);
}

/* Whether the instruction is executed together with the one before, or only if that fails. */
static int is_second(const Proto *p, int at) {
  switch (GET_OPCODE(p->code[at])) {
    case OP_EXTRAARG: case OP_MMBIN: case OP_MMBINI: case OP_MMBINK: case OP_TFORLOOP:
      return 1;
    case OP_JMP:
      return at > 0 && testTMode(GET_OPCODE(p->code[at - 1]));
    default:
      return 0;
  }
}

static void count(const Proto *p, int *n_seen, int *n) {
  int idx;
  for (idx = 0; idx < p->sizecode; idx++) {
    int counts = !is_second(p, idx);
    *n += counts;
    *n_seen += counts && is_seen(p, idx);
  }
  for (idx = 0; idx < p->sizep; idx++)
    count(p->p[idx], n_seen, n);
}

int moonproof_percent(const Proto *p) {
  int n_seen = 0;
  int n = 0;
  count(p, &n_seen, &n);
  return n == 0 ? 0 : (int)(100.0 * n_seen / n);
}

int moonproof_is_usual(CallInfo *ci, enum MoonproofUsual what) {
  const Proto *p;
  l_uint32 print;
  l_uint32 place;
  int at;
  if (!isLua(ci) && ci->previous != NULL) /* what it calls */
    ci = ci->previous;
  if (!isLua(ci))
    return 0;
  p = ci_func(ci)->p;
  at = pcRel(ci->u.l.savedpc, p);
  if (at < 0) /* it is being called */
    return 0;
  place = find_seen(p, at, &print);
  if (seen[place].turn != turn || seen[place].print != print)
    return 0;
  if (seen[place].n[what] < MOONPROOF_MANY) {
    seen[place].n[what]++;
    return 0;
  }
  return ++n_times.usual % 8 != 0;
}

/* The prelude's source. That is a short string, of which a state has one, and the registry holds the
 * prelude. */
static const TString *prelude_source = NULL;

void moonproof_prelude(const Proto *p) {
  prelude_source = p == NULL ? NULL : p->source;
}

static int is_prelude(const Proto *p) {
  return p->source != NULL && p->source == prelude_source;
}

int moonproof_is_aside(CallInfo *ci) {
  if (!isLua(ci) && ci->previous != NULL) /* what it calls */
    ci = ci->previous;
  return isLua(ci) && is_prelude(ci_func(ci)->p) && ++n_times.asides % 8 != 0;
}

static void complain(const char *rule, const char *what) {
  fprintf(stderr, "moonproof: %s: %s\n", rule, what);
  fflush(stderr);
  abort();
}

static void insist(int fine, const char *rule, const char *what) {
  if (!fine)
    complain(rule, what);
}

/* No open upvalue points at `level` or above. The list begins with the highest. */
static void no_upvalue(lua_State *L, StkId level, const char *rule, const char *what) {
  insist(L->openupval == NULL || uplevel(L->openupval) < level, rule, what);
}

/* No variable at `level` or above waits to be closed. */
static void no_tbc(lua_State *L, StkId level, const char *rule, const char *what) {
  insist(L->tbclist.p < level, rule, what);
}

static void nothing_open(lua_State *L, StkId level, const char *what) {
  no_upvalue(L, level, "V2", what);
  no_tbc(L, level, "C3", what);
}

/* Where the function being executed is, and what its instruction says. */
typedef struct Step {
  lua_State *L;
  CallInfo *ci;
  const Proto *p;
  StkId base;
  int at; /* of the instruction */
  Instruction i;
} Step;

/* Registers `from` to `from + n - 1` lie in the frame. */
static void registers(const Step *s, int from, int n) {
  insist(from + n <= s->p->maxstacksize, "S2", "register outside of the frame");
}

static void constant(const Step *s, int idx) {
  insist(idx < s->p->sizek, "S3", "no such constant");
}

static void field(const Step *s, int idx) {
  constant(s, idx);
  insist(ttisshrstring(&s->p->k[idx]), "S4", "name is not a short string");
}

static void upvalue(const Step *s, int idx) {
  insist(idx < s->p->sizeupvalues, "S5", "no such upvalue");
}

static void register_or_constant(const Step *s) {
  if (GETARG_k(s->i))
    constant(s, GETARG_C(s->i));
  else
    registers(s, GETARG_C(s->i), 1);
}

static void target(const Step *s, int to) {
  insist(0 <= to && to < s->p->sizecode, "S7", "jump out of the code");
}

static OpCode next_op(const Step *s) {
  insist(s->at + 1 < s->p->sizecode, "S8", "no second half");
  return GET_OPCODE(s->p->code[s->at + 1]);
}

/* A test: what follows is a jump, and both ways lead somewhere. */
static void test(const Step *s) {
  Instruction jump;
  insist(next_op(s) == OP_JMP, "S8", "test without jump");
  jump = s->p->code[s->at + 1];
  target(s, s->at + 2 + GETARG_sJ(jump));
  target(s, s->at + 2);
}

static void arithmetic(const Step *s, OpCode fallback) {
  insist(next_op(s) == fallback, "S8", "arithmetic without fallback");
  target(s, s->at + 2);
}

/* No register among those waits to be closed: they are about to be written. */
static void written(const Step *s, int from, int n) {
  StkId slot = s->L->tbclist.p;
  StkId first = s->base + from;
  while (slot >= first && slot >= s->base) {
    insist(slot >= first + n, "C4", "pending variable is written");
    if (slot->tbclist.delta == 0)
      break; /* far apart, so further down than any register of the frame */
    slot -= slot->tbclist.delta;
  }
}

/* Whatever the instruction writes by itself, not by a call, does not wait to be closed. */
static void writes(const Step *s, OpCode op, int a, int b, int c) {
  switch (op) {
    case OP_LOADNIL:
      written(s, a, b + 1);
      break;
    case OP_SELF:
      written(s, a, 2);
      break;
    case OP_FORPREP: case OP_FORLOOP:
      written(s, a, 4);
      break;
    case OP_TFORLOOP:
      written(s, a + 2, 1);
      break;
    case OP_VARARG: /* of an open one see below */
      written(s, a, c == 0 ? 0 : c - 1);
      break;
    case OP_VARARGPREP: case OP_TESTSET:
      break;
    default:
      written(s, a, testAMode(op) != 0);
      break;
  }
}

/* The count that an open producer left for the instruction, which uses registers from `first`. */
static void open_count(const Step *s, int first) {
  insist(s->L->top.p - (s->base + first) >= 0, "O1", "negative count of values");
}

/* How far the frame of a function with variable arguments has moved. */
static int shift(const Step *s) {
  return s->p->is_vararg ? s->p->numparams + 1 : 0;
}

static void frame(const Step *s) {
  /* It may be larger: resuming what a hook had yield makes room there for arguments. */
  insist(s->ci->top.p >= s->base + s->p->maxstacksize, "F3", "frame is too small");
  insist(s->p->numparams <= s->p->maxstacksize, "F3", "more parameters than registers");
  insist(0 <= s->at && s->at < s->p->sizecode, "S7", "execution outside of the code");
  if (s->p->is_vararg && s->at > 0) {
    StkId original = s->ci->func.p - (s->ci->u.l.nextraargs + shift(s));
    insist(s->ci->u.l.nextraargs >= 0 && original >= s->L->stack.p
             && ttisLclosure(s2v(original)) && clLvalue(s2v(original))->p == s->p,
           "F4", "frame has moved by another amount");
  }
}

/* At a return that closes nothing there is nothing to close. */
static void all_closed(const Step *s) {
  no_upvalue(s->L, s->base, "V3", "return with an open upvalue");
  no_tbc(s->L, s->base, "C2", "return with a pending variable");
}

static void for_control(const Step *s, int a) {
  const UpVal *up;
  for (up = s->L->openupval; up != NULL && uplevel(up) >= s->base + a; up = up->u.open.next)
    insist(uplevel(up) > s->base + a + 2, "V1", "loop control is captured");
}

static void for_loop(const Step *s, int a) {
  int tag = ttypetag(s2v(s->base + a + 2));
  insist(tag == LUA_VNUMINT || tag == LUA_VNUMFLT, "T1", "step of a loop is no number");
  insist(ttypetag(s2v(s->base + a)) == tag, "T1", "index of a loop is another type than its step");
  insist(ttypetag(s2v(s->base + a + 1)) == tag, "T1", "limit of a loop is another type than its step");
  for_control(s, a);
}

static void closure(const Step *s, int a) {
  const Proto *nested;
  int n;
  insist(GETARG_Bx(s->i) < s->p->sizep, "S6", "no such nested function");
  nested = s->p->p[GETARG_Bx(s->i)];
  for (n = 0; n < nested->sizeupvalues; n++) {
    int idx = nested->upvalues[n].idx;
    if (!nested->upvalues[n].instack)
      upvalue(s, idx);
    else
      insist(idx <= a, "V1", "register above the closure is captured");
  }
}

static void collector_may_run(const Step *s, int a) {
  nothing_open(s->L, s->base + a + 1, "open above what the collector sees");
}

static void call(const Step *s, int a) {
  int b = GETARG_B(s->i);
  int c = GETARG_C(s->i);
  registers(s, a, 1);
  if (b == 0)
    open_count(s, a + 1);
  else
    registers(s, a, b);
  if (c != 0)
    registers(s, a, c - 1);
  nothing_open(s->L, s->base + a, "open where a callee begins");
}

static void tail_call(const Step *s, int a) {
  registers(s, a, 1);
  if (GETARG_B(s->i) == 0)
    open_count(s, a + 1);
  else
    registers(s, a, GETARG_B(s->i));
  insist(GETARG_C(s->i) == shift(s), "S11", "tail call moves the frame by another amount");
  insist(next_op(s) == OP_RETURN, "S8", "tail call without return");
  no_tbc(s->L, s->base, "C2", "tail call with a pending variable");
  if (!GETARG_k(s->i)) /* else they are closed first */
    no_upvalue(s->L, s->base, "V3", "tail call with an open upvalue");
}

static void give_back(const Step *s, int a) {
  if (GETARG_B(s->i) == 0)
    open_count(s, a);
  else
    registers(s, a, GETARG_B(s->i) - 1);
  insist(GETARG_C(s->i) == shift(s), "S11", "return moves the frame by another amount");
  if (!GETARG_k(s->i))
    all_closed(s);
}

static void set_list(const Step *s, int a) {
  registers(s, a, 1);
  insist(ttistable(s2v(s->base + a)), "T3", "list for something that is no table");
  if (GETARG_B(s->i) == 0)
    open_count(s, a + 1);
  else
    registers(s, a, GETARG_B(s->i) + 1);
  if (GETARG_k(s->i))
    insist(next_op(s) == OP_EXTRAARG, "S8", "SETLIST without second half");
}

static void for_call(const Step *s, int a) {
  registers(s, a, 7);
  registers(s, a + 4, GETARG_C(s->i));
  insist(next_op(s) == OP_TFORLOOP && GETARG_A(s->p->code[s->at + 1]) == a, "S8",
         "generic loop without end");
  nothing_open(s->L, s->base + a + 4, "open where an iterator begins");
}

/* One instruction; opcodes in the order of their numbers. */
static void check(const Step *s) {
  Instruction i = s->i;
  int a = GETARG_A(i);
  /* Of formats that have no such fields they are not used. */
  int b = getarg(i, POS_B, SIZE_B);
  int c = getarg(i, POS_C, SIZE_C);
  OpCode op = GET_OPCODE(i);
  insist(op < NUM_OPCODES, "S1", "no such opcode");
  writes(s, op, a, b, c);
  switch (op) {
    case OP_MOVE: case OP_UNM: case OP_BNOT: case OP_NOT: case OP_LEN:
      registers(s, a, 1);
      registers(s, b, 1);
      break;
    case OP_LOADI: case OP_LOADF: case OP_LOADFALSE: case OP_LOADTRUE:
      registers(s, a, 1);
      break;
    case OP_LFALSESKIP:
      registers(s, a, 1);
      target(s, s->at + 2);
      break;
    case OP_LOADK:
      registers(s, a, 1);
      constant(s, GETARG_Bx(i));
      break;
    case OP_LOADKX:
      registers(s, a, 1);
      insist(next_op(s) == OP_EXTRAARG, "S8", "LOADKX without second half");
      constant(s, GETARG_Ax(s->p->code[s->at + 1]));
      break;
    case OP_LOADNIL:
      registers(s, a, b + 1);
      break;
    case OP_GETUPVAL: case OP_SETUPVAL:
      registers(s, a, 1);
      upvalue(s, b);
      break;
    case OP_GETTABUP:
      registers(s, a, 1);
      upvalue(s, b);
      field(s, c);
      break;
    case OP_GETTABLE:
      registers(s, a, 1);
      registers(s, b, 1);
      registers(s, c, 1);
      break;
    case OP_GETI:
      registers(s, a, 1);
      registers(s, b, 1);
      break;
    case OP_GETFIELD:
      registers(s, a, 1);
      registers(s, b, 1);
      field(s, c);
      break;
    case OP_SETTABUP:
      upvalue(s, a);
      field(s, b);
      register_or_constant(s);
      break;
    case OP_SETTABLE:
      registers(s, a, 1);
      registers(s, b, 1);
      register_or_constant(s);
      break;
    case OP_SETI:
      registers(s, a, 1);
      register_or_constant(s);
      break;
    case OP_SETFIELD:
      registers(s, a, 1);
      field(s, b);
      register_or_constant(s);
      break;
    case OP_NEWTABLE:
      registers(s, a, 1);
      insist(next_op(s) == OP_EXTRAARG, "S8", "NEWTABLE without second half");
      collector_may_run(s, a);
      break;
    case OP_SELF:
      registers(s, a, 2);
      registers(s, b, 1);
      register_or_constant(s);
      if (GETARG_k(i))
        insist(ttisstring(&s->p->k[c]), "S4", "name of a method is no string");
      else
        insist(ttisstring(s2v(s->base + c)), "T4", "name of a method is no string");
      break;
    case OP_ADDI: case OP_SHRI: case OP_SHLI:
      registers(s, a, 1);
      registers(s, b, 1);
      arithmetic(s, OP_MMBINI);
      break;
    case OP_ADDK: case OP_SUBK: case OP_MULK: case OP_MODK: case OP_POWK: case OP_DIVK:
    case OP_IDIVK:
      registers(s, a, 1);
      registers(s, b, 1);
      constant(s, c);
      insist(ttisnumber(&s->p->k[c]), "S4", "operand is no number");
      arithmetic(s, OP_MMBINK);
      break;
    case OP_BANDK: case OP_BORK: case OP_BXORK:
      registers(s, a, 1);
      registers(s, b, 1);
      constant(s, c);
      insist(ttisinteger(&s->p->k[c]), "S4", "operand is no integer");
      arithmetic(s, OP_MMBINK);
      break;
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_MOD: case OP_POW: case OP_DIV: case OP_IDIV:
    case OP_BAND: case OP_BOR: case OP_BXOR: case OP_SHL: case OP_SHR:
      registers(s, a, 1);
      registers(s, b, 1);
      registers(s, c, 1);
      arithmetic(s, OP_MMBIN);
      break;
    case OP_MMBIN: case OP_MMBINI: case OP_MMBINK: {
      OpCode before = s->at > 0 ? GET_OPCODE(s->p->code[s->at - 1]) : OP_EXTRAARG;
      registers(s, a, 1);
      if (op == OP_MMBIN)
        registers(s, b, 1);
      else if (op == OP_MMBINK)
        constant(s, b);
      insist(c < TM_N, "S10", "no such event");
      insist(OP_ADDI <= before && before <= OP_SHR, "S8", "fallback without arithmetic");
      break;
    }
    case OP_CONCAT:
      insist(b >= 1, "S2", "concatenation of nothing");
      registers(s, a, b);
      collector_may_run(s, a);
      break;
    case OP_CLOSE:
      registers(s, a, 0);
      break;
    case OP_TBC:
      registers(s, a, 1);
      no_tbc(s->L, s->base + a, "C1", "pending variable at or above a new one");
      break;
    case OP_JMP:
      target(s, s->at + 1 + GETARG_sJ(i));
      break;
    case OP_EQ: case OP_LT: case OP_LE:
      registers(s, a, 1);
      registers(s, b, 1);
      test(s);
      break;
    case OP_EQK:
      registers(s, a, 1);
      constant(s, b);
      test(s);
      break;
    case OP_EQI: case OP_LTI: case OP_LEI: case OP_GTI: case OP_GEI: case OP_TEST:
      registers(s, a, 1);
      test(s);
      break;
    case OP_TESTSET:
      registers(s, a, 1);
      registers(s, b, 1);
      test(s);
      break;
    case OP_CALL:
      call(s, a);
      break;
    case OP_TAILCALL:
      tail_call(s, a);
      break;
    case OP_RETURN:
      registers(s, a, 0);
      give_back(s, a);
      break;
    case OP_RETURN0: case OP_RETURN1:
      registers(s, a, op == OP_RETURN1);
      insist(!s->p->is_vararg, "S11", "short return from a function with variable arguments");
      all_closed(s);
      break;
    case OP_FORLOOP:
      registers(s, a, 4);
      for_loop(s, a);
      target(s, s->at + 1);
      target(s, s->at + 1 - GETARG_Bx(i));
      break;
    case OP_FORPREP:
      registers(s, a, 4);
      target(s, s->at + 1);
      target(s, s->at + 2 + GETARG_Bx(i));
      break;
    case OP_TFORPREP: {
      Step called = *s;
      registers(s, a, 4);
      no_tbc(s->L, s->base + a + 3, "C1", "pending variable at or above a new one");
      called.at = s->at + 1 + GETARG_Bx(i);
      target(s, called.at);
      called.i = s->p->code[called.at];
      insist(GET_OPCODE(called.i) == OP_TFORCALL && GETARG_A(called.i) == a, "S8",
             "generic loop without call");
      break;
    }
    case OP_TFORCALL:
      for_call(s, a);
      break;
    case OP_TFORLOOP:
      registers(s, a, 5);
      target(s, s->at + 1);
      target(s, s->at + 1 - GETARG_Bx(i));
      break;
    case OP_SETLIST:
      set_list(s, a);
      break;
    case OP_CLOSURE:
      registers(s, a, 1);
      closure(s, a);
      collector_may_run(s, a);
      break;
    case OP_VARARG:
      registers(s, a, 1);
      insist(s->p->is_vararg, "F4", "no variable arguments");
      if (c == 0)
        nothing_open(s->L, s->base + a, "open where variable arguments go");
      else
        registers(s, a, c - 1);
      break;
    case OP_VARARGPREP:
      insist(s->at == 0 && s->p->is_vararg && a == s->p->numparams, "F4", "VARARGPREP");
      break;
    case OP_EXTRAARG:
      complain("S9", "second half executed");
      break;
  }
}

/* ---- getting further ---- */

/* Chance, the same each time. Never 0. */
static unsigned chance(void) {
  moonproof_chance ^= moonproof_chance << 13;
  moonproof_chance ^= moonproof_chance >> 17;
  moonproof_chance ^= moonproof_chance << 5;
  return moonproof_chance;
}

/* Makes a test come out the other way, if that leads to what has not been executed yet, and sometimes
 * if it does not: loops must end. */
static Instruction turn_test(const Step *s) {
  int past = s->at + 2;
  int jump = past + GETARG_sJ(s->p->code[s->at + 1]);
  int new_past = !is_seen(s->p, past);
  int new_jump = !is_seen(s->p, jump);
  int is_turned;
  if (new_past == new_jump)
    is_turned = !new_past && chance() % 4 == 0;
  else if (GET_OPCODE(s->i) == OP_TEST || GET_OPCODE(s->i) == OP_TESTSET) {
    int reg = GET_OPCODE(s->i) == OP_TEST ? GETARG_A(s->i) : GETARG_B(s->i);
    int is_past = l_isfalse(s2v(s->base + reg)) == GETARG_k(s->i);
    is_turned = is_past != new_past;
  }
  else
    is_turned = (int)(chance() >> 8 & 1);
  return is_turned ? s->i ^ (1u << POS_k) : s->i;
}

/* Lets a loop have been its last round, if what is behind it has not been executed. */
static void end_loop(const Step *s, int a) {
  TValue *limit = s2v(s->base + a + 1);
  if (is_seen(s->p, s->at + 1) && chance() % 8 != 0)
    return;
  if (chance() % 2 != 0)
    return;
  if (ttisinteger(limit)) {
    chgivalue(limit, 0);
  } else {
    chgfltvalue(limit, fltvalue(s2v(s->base + a)));
  }
}

/* Gives a loop that would fail numbers. */
static void begin_loop(const Step *s, int a) {
  int n;
  for (n = 0; n < 3 && ttisnumber(s2v(s->base + a + n)); n++)
    ;
  if (n == 3)
    return;
  for (n = 0; n < 3; n++)
    setivalue(s2v(s->base + a + n), n == 1 ? 1 + (lua_Integer)(chance() % 3) : 1);
}

/* A table that the instructions before have made takes part in all operations. */
static void prepare_table(const Step *s) {
  const TValue *meta = luaH_getint(hvalue(&G(s->L)->l_registry), MOONPROOF_META);
  const TValue *made = s2v(s->base + GETARG_A(s->p->code[s->at - 2]));
  if (!ttistable(meta) || !ttistable(made) || hvalue(made)->metatable != NULL || chance() % 2 == 0)
    return;
  hvalue(made)->metatable = hvalue(meta);
  luaC_objbarrier(s->L, gcvalue(made), hvalue(meta));
}

/* Gives what cannot be called, and is given up by the call, something that can. */
static void prepare_call(const Step *s, int a) {
  TValue *function = s2v(s->base + a);
  const TValue *other = luaH_getint(hvalue(&G(s->L)->l_registry), MOONPROOF_CALLABLE);
  if (ttisfunction(function) || !notm(luaT_gettmbyobj(s->L, function, TM_CALL)) || chance() % 8 == 0)
    return;
  setobj(s->L, function, other);
}

/* A value that cannot be closed becomes one that can; a table, which may be known to be one, stays it. */
static void prepare_closing(const Step *s, int a) {
  TValue *value = s2v(s->base + a);
  const TValue *other = luaH_getint(hvalue(&G(s->L)->l_registry), MOONPROOF_CALLABLE);
  if (l_isfalse(value) || ttisnumber(value) || !notm(luaT_gettmbyobj(s->L, value, TM_CLOSE))
      || !ttistable(other) || chance() % 8 == 0)
    return;
  setobj(s->L, value, other);
}

/* Steers a chunk to where it has not been. What is verified holds whichever way tests come out and
 * whatever values are, but for those that the verifier knows something about: of these none is changed.
 * Returns the instruction to be executed. */
static Instruction steer(const Step *s) {
  OpCode op = GET_OPCODE(s->i);
  if (s->at >= 2 && GET_OPCODE(s->p->code[s->at - 2]) == OP_NEWTABLE)
    prepare_table(s);
  if (testTMode(op))
    return turn_test(s);
  if (op == OP_FORLOOP)
    end_loop(s, GETARG_A(s->i));
  else if (op == OP_FORPREP)
    begin_loop(s, GETARG_A(s->i));
  else if (op == OP_CALL || op == OP_TAILCALL)
    prepare_call(s, GETARG_A(s->i));
  else if (op == OP_TBC)
    prepare_closing(s, GETARG_A(s->i));
  return s->i;
}

/* Keeps a closure that the instruction before has made, for what calls them when the way is over. There
 * is room in the table, so that nothing is allocated. */
static void keep_closure(lua_State *L, const Proto *p, StkId base, int at) {
  const Instruction before = p->code[at - 1];
  const TValue *list = luaH_getint(hvalue(&G(L)->l_registry), MOONPROOF_CLOSURES);
  StkId made = base + GETARG_A(before);
  TValue *slot;
  if (!ttistable(list) || GETARG_Bx(before) >= p->sizep || GETARG_A(before) >= p->maxstacksize)
    return;
  if (!ttisLclosure(s2v(made)) || clLvalue(s2v(made))->p != p->p[GETARG_Bx(before)])
    return; /* a jump leads here */
  slot = cast(TValue *, luaH_getint(hvalue(list), 1 + (int)(n_times.closures++ % MOONPROOF_N_CLOSURES)));
  if (isabstkey(slot))
    return;
  setobj(L, slot, s2v(made));
  luaC_barrierback(L, gcvalue(list), s2v(made));
}

/* A finalizer is being called. */
static int is_finalizing = 0;

Instruction moonproof_step(lua_State *L, CallInfo *ci, const TValue *k, const Instruction *pc) {
  Step s;
  int is_ours;
  s.p = clLvalue(s2v(ci->func.p))->p;
  s.at = (int)(pc - s.p->code) - 1;
  is_ours = is_prelude(s.p);
  /* What is around a chunk takes many steps for one of the chunk's, and finalizers as many as they want. */
  moonproof_n_steps += is_ours ? !is_finalizing : MOONPROOF_STEP;
  if (moonproof_n_steps >= moonproof_max_steps) {
    ci->u.l.savedpc = pc;
    moonproof_out_of_steps(L);
  }
  if (is_ours) {
    if (++n_times.ours % 8 != 0) /* a compiler made it; it is looked at for what others have done to it */
      return pc[-1];
  }
  else if (0 <= s.at && s.at < s.p->sizecode && see(s.p, s.at)) {
    if (moonproof_more_steps != 0) { /* it gets somewhere */
      unsigned max = moonproof_n_steps + moonproof_more_steps;
      if (max > moonproof_most_steps)
        max = moonproof_most_steps;
      if (max > moonproof_max_steps)
        moonproof_max_steps = max;
    }
    if (s.at > 0 && GET_OPCODE(s.p->code[s.at - 1]) == OP_CLOSURE)
      keep_closure(L, s.p, ci->func.p + 1, s.at);
  }
  if (!moonproof_is_oracle)
    return pc[-1];
  s.L = L;
  s.ci = ci;
  s.base = ci->func.p + 1;
  insist(k == s.p->k, "F3", "constants of another function");
  frame(&s);
  s.i = s.p->code[s.at];
  check(&s);
  return moonproof_chance != 0 && !is_ours ? steer(&s) : s.i;
}

void moonproof_call(lua_State *L, StkId func) {
  if (!moonproof_is_oracle)
    return;
  insist(L->top.p > func, "O1", "negative count of arguments");
  nothing_open(L, func, "open where a function begins");
}

void moonproof_return(lua_State *L, CallInfo *ci) {
  if (!moonproof_is_oracle)
    return;
  insist(L->top.p >= ci->func.p, "O1", "negative count of results");
  no_upvalue(L, ci->func.p, "V3", "a function has left an open upvalue");
  no_tbc(L, ci->func.p, "C2", "a function has left a pending variable");
}

int moonproof_wants_gc(lua_State *L) {
  if (moonproof_gc_every == 0 || !gcrunning(G(L)) || G(L)->gcemergency)
    return 0;
  return !moonproof_is_aside(L->ci) && ++n_times.places % moonproof_gc_every == 0
    && !moonproof_is_usual(L->ci, MOONPROOF_COLLECTED);
}

/* Calls the function that stands for all finalizers, if the registry has one. It is run as the
 * collector runs them. */
static void call_finalizer(lua_State *L, void *unused) {
  (void)unused;
  luaD_callnoyield(L, L->top.p - 1, 0);
}

void moonproof_gc(lua_State *L) {
  global_State *g = G(L);
  const TValue *finalizer = luaH_getint(hvalue(&g->l_registry), MOONPROOF_FINALIZER);
  StkId slot;
  /* What the atomic phase does with the part of the stack that is not in use. */
  for (slot = L->top.p; slot < L->stack_last.p + EXTRA_STACK; slot++)
    setnilvalue(s2v(slot));
  if (ttisfunction(finalizer)) {
    lu_byte allowed = L->allowhook;
    lu_byte stopped = g->gcstp;
    g->gcstp |= GCSTPGC;
    L->allowhook = 0;
    setobj2s(L, L->top.p, finalizer);
    L->top.p++;
    L->ci->callstatus |= CIST_FIN;
    is_finalizing = 1;
    if (luaD_pcall(L, call_finalizer, NULL, savestack(L, L->top.p - 1), 0) != LUA_OK)
      L->top.p--;
    is_finalizing = 0;
    L->ci->callstatus &= ~CIST_FIN;
    L->allowhook = allowed;
    g->gcstp = stopped;
  }
  /* What the monitor complains about need not wait for the collector to trip over it. */
  if (++n_times.collections % (moonproof_is_oracle ? 24 : 8) == 0)
    luaC_fullgc(L, 0);
}
