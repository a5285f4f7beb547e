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

/* Instructions that have been executed, as fingerprints: those of the present turn. */
#define N_SEEN 8192u
static struct { l_uint32 print; l_uint32 turn; } seen[N_SEEN];
static l_uint32 turn = 1;

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

static void see(const Proto *p, int at) {
  l_uint32 print;
  l_uint32 place = find_seen(p, at, &print);
  seen[place].print = print;
  seen[place].turn = turn;
}

void moonproof_forget(void) {
  turn++;
}

static void count(const Proto *p, int *n_seen, int *n) {
  int idx;
  l_uint32 print;
  for (idx = 0; idx < p->sizecode; idx++) {
    l_uint32 place = find_seen(p, idx, &print);
    *n_seen += seen[place].turn == turn && seen[place].print == print;
  }
  *n += p->sizecode;
  for (idx = 0; idx < p->sizep; idx++)
    count(p->p[idx], n_seen, n);
}

int moonproof_percent(const Proto *p) {
  int n_seen = 0;
  int n = 0;
  count(p, &n_seen, &n);
  return n == 0 ? 0 : (int)(100.0 * n_seen / n);
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
  if (testAMode(op) && op != OP_VARARGPREP && op != OP_TESTSET)
    written(s, a, op == OP_LOADNIL ? b + 1 : op == OP_SELF ? 2 : 1);
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
      if (c != 0)
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

static int is_prelude(const Proto *p) {
  return p->source != NULL && strcmp(getstr(p->source), "=prelude") == 0;
}

void moonproof_step(lua_State *L, CallInfo *ci, const TValue *k, const Instruction *pc) {
  Step s;
  s.p = clLvalue(s2v(ci->func.p))->p;
  s.at = (int)(pc - s.p->code) - 1;
  /* What is around a chunk takes many steps for one of the chunk's. */
  moonproof_n_steps += is_prelude(s.p) ? 1 : MOONPROOF_STEP;
  if (moonproof_n_steps >= moonproof_max_steps) {
    ci->u.l.savedpc = pc;
    moonproof_out_of_steps(L);
  }
  if (0 <= s.at && s.at < s.p->sizecode)
    see(s.p, s.at);
  if (!moonproof_is_oracle)
    return;
  s.L = L;
  s.ci = ci;
  s.base = ci->func.p + 1;
  insist(k == s.p->k, "F3", "constants of another function");
  frame(&s);
  s.i = s.p->code[s.at];
  check(&s);
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
  static unsigned n_places = 0;
  return moonproof_gc_every != 0 && gcrunning(G(L)) && !G(L)->gcemergency
         && ++n_places % moonproof_gc_every == 0;
}

/* Calls the function that stands for all finalizers, if the registry has one. It is run as the
 * collector runs them. */
static void call_finalizer(lua_State *L, void *unused) {
  (void)unused;
  luaD_callnoyield(L, L->top.p - 1, 0);
}

void moonproof_gc(lua_State *L) {
  static unsigned n_times = 0;
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
    if (luaD_pcall(L, call_finalizer, NULL, savestack(L, L->top.p - 1), 0) != LUA_OK)
      L->top.p--;
    L->ci->callstatus &= ~CIST_FIN;
    L->allowhook = allowed;
    g->gcstp = stopped;
  }
  if (++n_times % 8 == 0)
    luaC_fullgc(L, 0);
}
