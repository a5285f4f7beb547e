//! Token kinds, their spellings in messages, and the reserved words among them.

/// Hands every token to a macro: the variant and how `luaX_token2str` spells it. Reserved words
/// come first, so that the number of a word's interned string is also its token's number.
macro_rules! for_each_token {
    ($callback:ident) => {
        $callback! {
            And "and", Break "break", Do "do", Else "else", ElseIf "elseif", End "end",
            False "false", For "for", Function "function", Goto "goto", If "if", In "in",
            Local "local", Nil "nil", Not "not", Or "or", Repeat "repeat", Return "return",
            Then "then", True "true", Until "until", While "while",
            IDiv "//", Concat "..", Dots "...", Equal "==", GreaterEqual ">=", LessEqual "<=",
            NotEqual "~=", Shl "<<", Shr ">>", DoubleColon "::",
            Plus "+", Minus "-", Star "*", Slash "/", Percent "%", Caret "^", Hash "#",
            Ampersand "&", Tilde "~", Pipe "|", Less "<", Greater ">", Assign "=",
            LeftParen "(", RightParen ")", LeftBrace "{", RightBrace "}", LeftBracket "[",
            RightBracket "]", Semicolon ";", Colon ":", Comma ",", Dot ".",
            Eos "<eof>", Float "<number>", Integer "<integer>", Name "<name>", String "<string>",
            Unknown "",
        }
    };
}

macro_rules! define_tokens {
    ($( $variant:ident $spelling:literal, )*) => {
        /// A token's kind. `Unknown` is a byte that starts no token; messages quote the byte.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Token {
            $( $variant, )*
        }

        const ALL: &[Token] = &[$( Token::$variant, )*];
        const SPELLINGS: &[&str] = &[$( $spelling, )*];
    };
}

for_each_token!(define_tokens);

/// Number of reserved words (`NUM_RESERVED`).
pub(crate) const N_RESERVED: u32 = Token::While as u32 + 1;

impl Token {
    /// The reserved word of that number, if it is one.
    #[inline]
    pub(crate) fn reserved(number: u32) -> Option<Self> {
        if number < N_RESERVED { Some(ALL[number as usize]) } else { None }
    }

    /// Spelling without quotes; empty for [`Token::Unknown`].
    pub(crate) fn spelling(self) -> &'static str {
        SPELLINGS[self as usize]
    }

    /// Spelling as messages show an expected token: quoted unless it stands for a class of tokens.
    pub(crate) fn quoted(self) -> String {
        if (self as u8) < Self::Eos as u8 {
            format!("'{}'", self.spelling())
        } else {
            self.spelling().to_owned()
        }
    }

    /// Whether messages show the text of such a token rather than its kind.
    pub(crate) fn has_own_text(self) -> bool {
        matches!(self, Self::Float | Self::Integer | Self::Name | Self::String)
    }
}

/// The token made of a single byte that starts no other token.
#[inline]
pub(crate) fn single(byte: u8) -> Token {
    SINGLES[usize::from(byte)]
}

/// A table of answers: a jump, which is what a match would be, cannot be predicted.
static SINGLES: [Token; 256] = {
    let mut singles = [Token::Unknown; 256];
    let mut byte = 0;
    while byte < 256 {
        singles[byte] = match byte as u8 {
            b'+' => Token::Plus,
            b'*' => Token::Star,
            b'%' => Token::Percent,
            b'^' => Token::Caret,
            b'#' => Token::Hash,
            b'&' => Token::Ampersand,
            b'|' => Token::Pipe,
            b'(' => Token::LeftParen,
            b')' => Token::RightParen,
            b'{' => Token::LeftBrace,
            b'}' => Token::RightBrace,
            b']' => Token::RightBracket,
            b';' => Token::Semicolon,
            b',' => Token::Comma,
            _ => Token::Unknown,
        };
        byte += 1;
    }
    singles
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_rows() {
        for (number, token) in ALL.iter().enumerate() {
            assert_eq!(*token as usize, number, "{token:?}");
        }
        assert_eq!(Token::reserved(N_RESERVED - 1), Some(Token::While));
        assert_eq!(Token::reserved(N_RESERVED), None);
    }

    #[test]
    fn classes_of_tokens_are_not_quoted() {
        for (token, expected) in [
            (Token::End, "'end'"),
            (Token::DoubleColon, "'::'"),
            (Token::Assign, "'='"),
            (Token::Eos, "<eof>"),
            (Token::Name, "<name>"),
        ] {
            assert_eq!(token.quoted(), expected);
        }
    }
}
