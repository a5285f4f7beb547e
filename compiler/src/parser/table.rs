//! Table constructors.

use moonproof_bytecode::instruction::MAX_C;
use moonproof_bytecode::limits::{FIELDS_PER_FLUSH, MAX_INT};
use moonproof_bytecode::{Instruction, OpCode};

use crate::error::R;
use crate::expdesc::{ExpDesc, Kind};
use crate::func_state::{Pc, Reg};
use crate::parser::Parser;
use crate::token::Token;

/// Items a constructor may have in all.
const MAX_ITEMS: u32 = MAX_INT / 2;

/// A constructor being read (`ConsControl`).
struct Constructor {
    table: Reg,
    /// The last list item, not yet in a register.
    item: ExpDesc,
    /// Items with a key.
    n_keyed: u32,
    /// List items stored into the table.
    n_stored: u32,
    /// List items in registers, or the last of them about to be put into one.
    n_pending: u32,
}

impl Parser<'_> {
    /// Mirrors `constructor`.
    pub(super) fn constructor(&mut self, e: &mut ExpDesc) -> R<()> {
        let line = self.lex.line;
        let pc = self.emit_abc(OpCode::NewTable, 0, 0, 0);
        // Room for its extra argument.
        self.emit(Instruction(0));
        let table = self.fs.free_reg;
        let mut cons =
            Constructor { table, item: ExpDesc::void(), n_keyed: 0, n_stored: 0, n_pending: 0 };
        *e = ExpDesc::new(Kind::NonReloc(table));
        self.reserve_regs(1)?;
        self.check_next(Token::LeftBrace)?;
        while self.lex.token != Token::RightBrace {
            self.close_list_item(&mut cons)?;
            self.item(&mut cons)?;
            if cons.n_pending + cons.n_stored + cons.n_keyed > MAX_ITEMS {
                let line = self.fs.line_defined;
                return Err(self.too_many_in(line, MAX_ITEMS as usize, "items in a constructor"));
            }
            if !self.test_next(Token::Comma)? && !self.test_next(Token::Semicolon)? {
                break;
            }
        }
        self.check_match(Token::RightBrace, Token::LeftBrace, line)?;
        self.last_list_item(&mut cons)?;
        self.set_table_size(pc, &cons);
        Ok(())
    }

    /// Mirrors `field`.
    fn item(&mut self, cons: &mut Constructor) -> R<()> {
        let reg = self.fs.free_reg;
        let token = self.lex.token;
        let mut key = match token {
            Token::Name if self.lex.look_ahead()? == Token::Assign => {
                ExpDesc::new(Kind::Str(self.name()?))
            }
            Token::LeftBracket => {
                let mut key = ExpDesc::void();
                self.bracketed_index(&mut key)?;
                key
            }
            _ => {
                self.expr(&mut cons.item)?;
                cons.n_pending += 1;
                return Ok(());
            }
        };
        self.keyed_item(cons, &mut key)?;
        self.fs.free_reg = reg;
        Ok(())
    }

    /// Reads `= expression` after a key. Mirrors the rest of `recfield`.
    fn keyed_item(&mut self, cons: &mut Constructor, key: &mut ExpDesc) -> R<()> {
        cons.n_keyed += 1;
        self.check_next(Token::Assign)?;
        let mut field = ExpDesc::new(Kind::NonReloc(cons.table));
        self.index(&mut field, key)?;
        let mut value = ExpDesc::void();
        self.expr(&mut value)?;
        self.store(&field, &mut value)
    }

    /// Puts the last list item, if there is one, into a register, and empties the registers into
    /// the table when there are enough. Mirrors `closelistfield`.
    fn close_list_item(&mut self, cons: &mut Constructor) -> R<()> {
        if cons.item.is_void() {
            return Ok(());
        }
        self.exp_to_next_reg(&mut cons.item)?;
        cons.item = ExpDesc::void();
        if cons.n_pending == FIELDS_PER_FLUSH {
            self.set_list(cons.table, cons.n_stored, Some(cons.n_pending));
            cons.n_stored += cons.n_pending;
            cons.n_pending = 0;
        }
        Ok(())
    }

    /// Stores the list items that are left. Mirrors `lastlistfield`.
    ///
    /// Quirk: an item of any number of values is not counted in the table's size.
    fn last_list_item(&mut self, cons: &mut Constructor) -> R<()> {
        if cons.n_pending == 0 {
            return Ok(());
        }
        if cons.item.is_multiple() {
            self.set_returns(&cons.item, None)?;
            self.set_list(cons.table, cons.n_stored, None);
            cons.n_pending -= 1;
        } else {
            if !cons.item.is_void() {
                self.exp_to_next_reg(&mut cons.item)?;
            }
            self.set_list(cons.table, cons.n_stored, Some(cons.n_pending));
        }
        cons.n_stored += cons.n_pending;
        Ok(())
    }

    /// Stores `n` values above the table's register, or all up to top, behind the first `n_stored`
    /// items. Mirrors `luaK_setlist`.
    fn set_list(&mut self, table: Reg, n_stored: u32, n: Option<u32>) {
        let n = n.unwrap_or(0);
        if n_stored <= MAX_C {
            self.emit_abc(OpCode::SetList, table, n, n_stored);
        } else {
            self.emit_abck(OpCode::SetList, table, n, n_stored % (MAX_C + 1), true);
            self.emit_extra_arg(n_stored / (MAX_C + 1));
        }
        self.fs.free_reg = table + 1;
    }

    /// Fills in the two words of a NEWTABLE. Mirrors `luaK_settablesize`.
    fn set_table_size(&mut self, pc: Pc, cons: &Constructor) {
        let hash_size = match cons.n_keyed {
            0 => 0,
            n => n.next_power_of_two().trailing_zeros() + 1,
        };
        let (extra, items) = (cons.n_stored / (MAX_C + 1), cons.n_stored % (MAX_C + 1));
        let words = [
            Instruction::abc(OpCode::NewTable, cons.table, hash_size, items, extra > 0),
            Instruction::new_ax(OpCode::ExtraArg, extra),
        ];
        // The second word is missing if the function is too long; then nothing comes of it anyway.
        if let Some(room) = self.fs.code.get_mut(pc as usize..pc as usize + 2) {
            room.copy_from_slice(&words);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_code, check_errors};

    #[test]
    fn constructors() {
        check_code(&[
            ("return {}", "NEWTABLE 0 0 0; EXTRAARG 0; RETURN 0 2 1"),
            (
                "return {1, 2}",
                "NEWTABLE 0 0 2; EXTRAARG 0; LOADI 1 1; LOADI 2 2; SETLIST 0 2 0; RETURN 0 2 1",
            ),
            (
                "return {a = 1, ['b'] = 2, [c] = 3, [1] = 4}",
                "NEWTABLE 0 3 0; EXTRAARG 0; SETFIELD 0 0 1k; SETFIELD 0 2 3k; GETTABUP 1 0 4; SETTABLE 0 1 5k; SETI 0 1 6k; RETURN 0 2 1",
            ),
            (
                "return {f(), f()}",
                "NEWTABLE 0 0 1; EXTRAARG 0; GETTABUP 1 0 0; CALL 1 1 2; GETTABUP 2 0 0; CALL 2 1 0; SETLIST 0 0 0; RETURN 0 2 1",
            ),
            (
                "return {f(), (f())}",
                "NEWTABLE 0 0 2; EXTRAARG 0; GETTABUP 1 0 0; CALL 1 1 2; GETTABUP 2 0 0; CALL 2 1 2; SETLIST 0 2 0; RETURN 0 2 1",
            ),
            ("return {...}", "NEWTABLE 0 0 0; EXTRAARG 0; VARARG 1 0; SETLIST 0 0 0; RETURN 0 2 1"),
            (
                "return {x = 1, 2, y = 3; 4}",
                "NEWTABLE 0 2 2; EXTRAARG 0; SETFIELD 0 0 1k; LOADI 1 2; SETFIELD 0 2 3k; LOADI 2 4; SETLIST 0 2 0; RETURN 0 2 1",
            ),
            (
                "local a; return {a, b = a}",
                "LOADNIL 0 0; NEWTABLE 1 1 1; EXTRAARG 0; MOVE 2 0; SETFIELD 1 0 0; SETLIST 1 1 0; RETURN 1 2 1",
            ),
        ]);
    }

    #[test]
    fn wrong_constructors() {
        check_errors(&[
            ("x = {", "t:1: unexpected symbol near <eof>"),
            ("x = {\n1", "t:2: \\'}\\' expected (to close \\'{\\' at line 1) near <eof>"),
            ("x = {a =", "t:1: unexpected symbol near <eof>"),
            ("x = {[1] 2}", "t:1: \\'=\\' expected near \\'2\\'"),
            ("x = {[1] = }", "t:1: unexpected symbol near \\'}\\'"),
            ("x = {1 2}", "t:1: \\'}\\' expected near \\'2\\'"),
            ("x = {,}", "t:1: unexpected symbol near \\',\\'"),
        ]);
    }
}
