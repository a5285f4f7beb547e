/*
 * The listing of `luac -l -l`, read from the reference's own prototypes.
 *
 * Operands are laid out by a string per opcode, written down here a second time on purpose: it is
 * what the Rust table is checked against.
 */
#include "driver.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lua.h"

#include "ldebug.h"
#include "lobject.h"
#include "lopcodes.h"
#include "lopnames.h"
#include "lstate.h"

/*
 * Upper case letters are fields; b and c are the signed B and C, X is Bx, x is sBx, Z is Ax, J is
 * sJ, K is k as a number, and k a letter behind the operand before it.
 */
static const char *const layouts[NUM_OPCODES] = {
    [OP_MOVE] = "AB",       [OP_LOADI] = "Ax",      [OP_LOADF] = "Ax",
    [OP_LOADK] = "AX",      [OP_LOADKX] = "A",      [OP_LOADFALSE] = "A",
    [OP_LFALSESKIP] = "A",  [OP_LOADTRUE] = "A",    [OP_LOADNIL] = "AB",
    [OP_GETUPVAL] = "AB",   [OP_SETUPVAL] = "AB",   [OP_GETTABUP] = "ABC",
    [OP_GETTABLE] = "ABC",  [OP_GETI] = "ABC",      [OP_GETFIELD] = "ABC",
    [OP_SETTABUP] = "ABCk", [OP_SETTABLE] = "ABCk", [OP_SETI] = "ABCk",
    [OP_SETFIELD] = "ABCk", [OP_NEWTABLE] = "ABC",  [OP_SELF] = "ABCk",
    [OP_ADDI] = "ABc",      [OP_ADDK] = "ABC",      [OP_SUBK] = "ABC",
    [OP_MULK] = "ABC",      [OP_MODK] = "ABC",      [OP_POWK] = "ABC",
    [OP_DIVK] = "ABC",      [OP_IDIVK] = "ABC",     [OP_BANDK] = "ABC",
    [OP_BORK] = "ABC",      [OP_BXORK] = "ABC",     [OP_SHRI] = "ABc",
    [OP_SHLI] = "ABc",      [OP_ADD] = "ABC",       [OP_SUB] = "ABC",
    [OP_MUL] = "ABC",       [OP_MOD] = "ABC",       [OP_POW] = "ABC",
    [OP_DIV] = "ABC",       [OP_IDIV] = "ABC",      [OP_BAND] = "ABC",
    [OP_BOR] = "ABC",       [OP_BXOR] = "ABC",      [OP_SHL] = "ABC",
    [OP_SHR] = "ABC",       [OP_MMBIN] = "ABC",     [OP_MMBINI] = "AbCK",
    [OP_MMBINK] = "ABCK",   [OP_UNM] = "AB",        [OP_BNOT] = "AB",
    [OP_NOT] = "AB",        [OP_LEN] = "AB",        [OP_CONCAT] = "AB",
    [OP_CLOSE] = "A",       [OP_TBC] = "A",         [OP_JMP] = "J",
    [OP_EQ] = "ABK",        [OP_LT] = "ABK",        [OP_LE] = "ABK",
    [OP_EQK] = "ABK",       [OP_EQI] = "AbK",       [OP_LTI] = "AbK",
    [OP_LEI] = "AbK",       [OP_GTI] = "AbK",       [OP_GEI] = "AbK",
    [OP_TEST] = "AK",       [OP_TESTSET] = "ABK",   [OP_CALL] = "ABC",
    [OP_TAILCALL] = "ABCk", [OP_RETURN] = "ABCk",   [OP_RETURN0] = "",
    [OP_RETURN1] = "A",     [OP_FORLOOP] = "AX",    [OP_FORPREP] = "AX",
    [OP_TFORPREP] = "AX",   [OP_TFORCALL] = "AC",   [OP_TFORLOOP] = "AX",
    [OP_SETLIST] = "ABC",   [OP_CLOSURE] = "AX",    [OP_VARARG] = "AC",
    [OP_VARARGPREP] = "A",  [OP_EXTRAARG] = "Z",
};

static int field(Instruction i, char letter) {
  switch (letter) {
    case 'A': return GETARG_A(i);
    case 'B': return GETARG_B(i);
    case 'b': return GETARG_sB(i);
    case 'C': return GETARG_C(i);
    case 'c': return GETARG_sC(i);
    case 'X': return GETARG_Bx(i);
    case 'x': return GETARG_sBx(i);
    case 'Z': return GETARG_Ax(i);
    case 'J': return GETARG_sJ(i);
    default: return GETARG_k(i) ? 1 : 0;
  }
}

static void put_string(moonproof_text *t, const TString *string) {
  static const char plain[] = "\"\\\a\b\f\n\r\t\v";
  static const char after_backslash[] = "\"\\abfnrtv";
  const char *s = getstr(string);
  size_t n = tsslen(string);
  size_t at;
  moonproof_put(t, "\"", 1);
  for (at = 0; at < n; at++) {
    int c = (unsigned char)s[at];
    const char *special = (c != 0) ? strchr(plain, c) : NULL;
    if (special != NULL)
      moonproof_print(t, "\\%c", after_backslash[special - plain]);
    else
      moonproof_print(t, isprint(c) ? "%c" : "\\%03d", c);
  }
  moonproof_put(t, "\"", 1);
}

static void put_constant(moonproof_text *t, const Proto *f, int at) {
  const TValue *o = &f->k[at];
  switch (ttypetag(o)) {
    case LUA_VNIL: moonproof_print(t, "nil"); break;
    case LUA_VFALSE: moonproof_print(t, "false"); break;
    case LUA_VTRUE: moonproof_print(t, "true"); break;
    case LUA_VNUMINT: moonproof_print(t, LUA_INTEGER_FMT, (LUAI_UACINT)ivalue(o)); break;
    case LUA_VNUMFLT: {
      char room[64];
      snprintf(room, sizeof(room), LUA_NUMBER_FMT, (LUAI_UACNUMBER)fltvalue(o));
      moonproof_print(t, "%s%s", room, room[strspn(room, "-0123456789")] == '\0' ? ".0" : "");
      break;
    }
    case LUA_VSHRSTR: case LUA_VLNGSTR: put_string(t, tsvalue(o)); break;
    default: moonproof_print(t, "?%d", ttypetag(o)); break;
  }
}

static char type_letter(const TValue *o) {
  switch (ttypetag(o)) {
    case LUA_VNIL: return 'N';
    case LUA_VFALSE: case LUA_VTRUE: return 'B';
    case LUA_VNUMFLT: return 'F';
    case LUA_VNUMINT: return 'I';
    case LUA_VSHRSTR: case LUA_VLNGSTR: return 'S';
    default: return '?';
  }
}

static const char *upvalue_name(const Proto *f, int at) {
  const TString *name = f->upvalues[at].name;
  return (name != NULL) ? getstr(name) : "-";
}

static const char *event_name(lua_State *L, int event) {
  return getstr(G(L)->tmname[event]);
}

/* A count that an operand holds plus one, zero being "all". */
static void put_count(moonproof_text *t, int operand, const char *what) {
  if (operand == 0)
    moonproof_print(t, "all %s", what);
  else
    moonproof_print(t, "%d %s", operand - 1, what);
}

static int extended_c(const Proto *f, int pc) {
  return GETARG_C(f->code[pc]) + GETARG_Ax(f->code[pc + 1]) * (MAXARG_C + 1);
}

/* Whether the opcode has nothing to remark on. */
static int is_plain(Instruction i) {
  switch (GET_OPCODE(i)) {
    case OP_SETTABLE: case OP_SETI: case OP_SELF: case OP_SETLIST:
      return !GETARG_k(i);
    case OP_LOADK: case OP_LOADKX: case OP_LOADNIL: case OP_GETUPVAL: case OP_SETUPVAL:
    case OP_GETTABUP: case OP_GETFIELD: case OP_SETTABUP: case OP_SETFIELD: case OP_NEWTABLE:
    case OP_ADDK: case OP_SUBK: case OP_MULK: case OP_MODK: case OP_POWK: case OP_DIVK:
    case OP_IDIVK: case OP_BANDK: case OP_BORK: case OP_BXORK: case OP_MMBIN: case OP_MMBINI:
    case OP_MMBINK: case OP_JMP: case OP_EQK: case OP_CALL: case OP_TAILCALL: case OP_RETURN:
    case OP_FORLOOP: case OP_FORPREP: case OP_TFORPREP: case OP_TFORLOOP: case OP_CLOSURE:
    case OP_VARARG:
      return 0;
    default:
      return 1;
  }
}

static void put_comment(lua_State *L, moonproof_text *t, const Proto *f, int pc) {
  const Instruction i = f->code[pc];
  const int b = GETARG_B(i), c = GETARG_C(i), bx = GETARG_Bx(i);
  const char *flip = GETARG_k(i) ? " flip" : "";
  if (is_plain(i))
    return;
  moonproof_print(t, "\t; ");
  switch (GET_OPCODE(i)) {
    case OP_LOADK: put_constant(t, f, bx); break;
    case OP_LOADKX: put_constant(t, f, GETARG_Ax(f->code[pc + 1])); break;
    case OP_LOADNIL: moonproof_print(t, "%d out", b + 1); break;
    case OP_GETUPVAL: case OP_SETUPVAL: moonproof_print(t, "%s", upvalue_name(f, b)); break;
    case OP_GETTABUP:
      moonproof_print(t, "%s ", upvalue_name(f, b));
      put_constant(t, f, c);
      break;
    case OP_SETTABUP: case OP_SETFIELD:
      if (GET_OPCODE(i) == OP_SETTABUP)
        moonproof_print(t, "%s ", upvalue_name(f, GETARG_A(i)));
      put_constant(t, f, b);
      if (GETARG_k(i)) {
        moonproof_print(t, " ");
        put_constant(t, f, c);
      }
      break;
    case OP_NEWTABLE: case OP_SETLIST: moonproof_print(t, "%d", extended_c(f, pc)); break;
    case OP_MMBIN: moonproof_print(t, "%s", event_name(L, c)); break;
    case OP_MMBINI: moonproof_print(t, "%s%s", event_name(L, c), flip); break;
    case OP_MMBINK:
      moonproof_print(t, "%s ", event_name(L, c));
      put_constant(t, f, b);
      moonproof_print(t, "%s", flip);
      break;
    case OP_EQK: put_constant(t, f, b); break;
    case OP_JMP: moonproof_print(t, "to %d", pc + 2 + GETARG_sJ(i)); break;
    case OP_FORLOOP: case OP_TFORLOOP: moonproof_print(t, "to %d", pc + 2 - bx); break;
    case OP_FORPREP: moonproof_print(t, "exit to %d", pc + 3 + bx); break;
    case OP_TFORPREP: moonproof_print(t, "to %d", pc + 2 + bx); break;
    case OP_CALL:
      put_count(t, b, "in ");
      put_count(t, c, "out");
      break;
    case OP_TAILCALL: moonproof_print(t, "%d in", b - 1); break;
    case OP_RETURN: put_count(t, b, "out"); break;
    case OP_VARARG: put_count(t, c, "out"); break;
    case OP_CLOSURE: moonproof_print(t, "%p", (const void *)f->p[bx]); break;
    default: put_constant(t, f, c); break; /* a constant operand in C */
  }
}

static void put_code(lua_State *L, moonproof_text *t, const Proto *f) {
  int pc;
  for (pc = 0; pc < f->sizecode; pc++) {
    const Instruction i = f->code[pc];
    const char *letter;
    int line = luaG_getfuncline(f, pc);
    moonproof_print(t, "\t%d\t", pc + 1);
    if (line > 0)
      moonproof_print(t, "[%d]\t", line);
    else
      moonproof_print(t, "[-]\t");
    moonproof_print(t, "%-9s\t", opnames[GET_OPCODE(i)]);
    for (letter = layouts[GET_OPCODE(i)]; *letter != '\0'; letter++) {
      if (*letter == 'k')
        moonproof_print(t, "%s", GETARG_k(i) ? "k" : "");
      else
        moonproof_print(t, "%s%d", letter == layouts[GET_OPCODE(i)] ? "" : " ",
                        field(i, *letter));
    }
    put_comment(L, t, f, pc);
    moonproof_print(t, "\n");
  }
}

#define PLURAL(n) ((n) == 1 ? "" : "s")

static void put_header(moonproof_text *t, const Proto *f) {
  const char *source = (f->source != NULL) ? getstr(f->source) : "=?";
  if (*source == '@' || *source == '=')
    source++;
  else
    source = (*source == LUA_SIGNATURE[0]) ? "(bstring)" : "(string)";
  moonproof_print(t, "\n%s <%s:%d,%d> (%d instruction%s at %p)\n",
                  f->linedefined == 0 ? "main" : "function", source, f->linedefined,
                  f->lastlinedefined, f->sizecode, PLURAL(f->sizecode), (const void *)f);
  moonproof_print(t, "%d%s param%s, %d slot%s, %d upvalue%s, ", f->numparams,
                  f->is_vararg ? "+" : "", PLURAL(f->numparams), f->maxstacksize,
                  PLURAL(f->maxstacksize), f->sizeupvalues, PLURAL(f->sizeupvalues));
  moonproof_print(t, "%d local%s, %d constant%s, %d function%s\n", f->sizelocvars,
                  PLURAL(f->sizelocvars), f->sizek, PLURAL(f->sizek), f->sizep,
                  PLURAL(f->sizep));
}

static void put_tables(moonproof_text *t, const Proto *f) {
  int at;
  moonproof_print(t, "constants (%d) for %p:\n", f->sizek, (const void *)f);
  for (at = 0; at < f->sizek; at++) {
    moonproof_print(t, "\t%d\t%c\t", at, type_letter(&f->k[at]));
    put_constant(t, f, at);
    moonproof_print(t, "\n");
  }
  moonproof_print(t, "locals (%d) for %p:\n", f->sizelocvars, (const void *)f);
  for (at = 0; at < f->sizelocvars; at++) {
    const LocVar *var = &f->locvars[at];
    moonproof_print(t, "\t%d\t%s\t%d\t%d\n", at, getstr(var->varname), var->startpc + 1,
                    var->endpc + 1);
  }
  moonproof_print(t, "upvalues (%d) for %p:\n", f->sizeupvalues, (const void *)f);
  for (at = 0; at < f->sizeupvalues; at++)
    moonproof_print(t, "\t%d\t%s\t%d\t%d\n", at, upvalue_name(f, at), f->upvalues[at].instack,
                    f->upvalues[at].idx);
}

void moonproof_list(lua_State *L, const Proto *f, moonproof_text *t) {
  int at;
  put_header(t, f);
  put_code(L, t, f);
  put_tables(t, f);
  for (at = 0; at < f->sizep; at++)
    moonproof_list(L, f->p[at], t);
}
