//! The rule catalogue: the one place where a claim the verifier makes about a chunk is stated.
//!
//! Every finding, every `SAFETY` comment that leans on the verifier and every test that breaks a
//! rule cites it by its id. Ids are never reused: the row of a retired rule stays, marked as such
//! in its claim. Letters: H header and counts, F function, D debug information, S static per
//! instruction, O open results, T values, C to-be-closed variables, V captured variables.
//!
//! What T, C and V say holds where control can get; `debug.setlocal` can break T afterwards. The VM
//! looks at C1, C2 and V2 again as it runs, and raises "malformed bytecode".

/// Who makes sure that a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The loader refuses the bytes, or the data model cannot express a violation.
    Loader,
    /// This crate.
    Verifier,
}

/// What is lost if a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Memory or type safety of a VM that does not check again.
    Memory,
    /// An assertion of the reference VM; its release build stays safe.
    Assertion,
    /// That a function sees no values but its own: a register that it has not written may hold
    /// what another function left there, and what it holds depends on when the collector ran.
    Isolation,
    /// Only time or memory out of proportion to the chunk.
    Resources,
    /// Nothing but the shape that every Lua 5.4 compiler gives its output.
    Shape,
}

macro_rules! define_rules {
    ($( $variant:ident, $keeper:ident, $strength:ident, $title:literal,
        claim: $claim:literal, reference: $reference:literal, vm: $vm:literal; )*) => {
        /// A rule of the catalogue, named by its id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $( #[doc = $claim] $variant, )*
        }

        impl Rule {
            /// Every rule, in the catalogue's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What the catalogue says of the rule.
            pub const fn info(self) -> &'static RuleInfo {
                match self {
                    $( Self::$variant => &RuleInfo {
                        id: stringify!($variant),
                        keeper: Keeper::$keeper,
                        strength: Strength::$strength,
                        title: $title,
                        claim: $claim,
                        reference: $reference,
                        vm: $vm,
                    }, )*
                }
            }
        }
    };
}

/// A row of the catalogue.
#[derive(Debug)]
pub struct RuleInfo {
    /// Id, such as `S2`.
    pub id: &'static str,
    /// Who enforces it.
    pub keeper: Keeper,
    /// What is at stake.
    pub strength: Strength,
    /// A few words.
    pub title: &'static str,
    /// What holds of every verified chunk.
    pub claim: &'static str,
    /// What the reference VM does with a chunk that breaks it.
    pub reference: &'static str,
    /// What our VM builds on it; empty if nothing.
    pub vm: &'static str,
}

define_rules! {
    H1, Loader, Shape, "the header is that of Lua 5.4",
    claim: "The chunk begins with the signature, version, format, check bytes and sample numbers of \
            a 64-bit little-endian Lua 5.4.",
    reference: "refuses to load the chunk",
    vm: "";

    H2, Verifier, Memory, "upvalue counts agree",
    claim: "The upvalue count in front of the main function is that of the main function, and no \
            function has more than 255 upvalues.",
    reference: "reads upvalues past the end of the main closure, or frees a closure with the wrong \
                size, because closures keep their count in one byte",
    vm: "closures are made with exactly as many upvalues as their prototype describes";

    H3, Loader, Resources, "counts are backed by bytes",
    claim: "No count announces more items than the bytes that follow could hold.",
    reference: "allocates, and for constants writes, up to 32 GiB for a chunk of 60 bytes",
    vm: "";

    H4, Loader, Memory, "constant tags are known",
    claim: "Every constant is nil, a boolean, an integer, a float or a string.",
    reference: "takes the constant for nil and parses its payload as something else",
    vm: "";

    H5, Loader, Memory, "string constants are present",
    claim: "No constant is an absent string.",
    reference: "refuses to load the chunk",
    vm: "";

    H6, Verifier, Memory, "nesting is bounded",
    claim: "Functions are nested at most 200 deep, the main function included.",
    reference: "overflows the C stack while loading",
    vm: "walks over nested prototypes recurse at most 200 deep";

    F1, Verifier, Memory, "there is code",
    claim: "Every function has at least one instruction.",
    reference: "executes whatever lies at a null pointer",
    vm: "the first fetch of a call";

    F2, Verifier, Memory, "the last instruction returns",
    claim: "The last instruction of every function is RETURN, RETURN0 or RETURN1.",
    reference: "executes the memory behind the code",
    vm: "the fetch after any other instruction is unchecked";

    F3, Verifier, Memory, "parameters fit the frame",
    claim: "A function has at most as many fixed parameters as registers.",
    reference: "fills missing arguments with nil past the end of the stack",
    vm: "a call fills parameter registers unchecked";

    F4, Verifier, Memory, "vararg functions say so once",
    claim: "The vararg mark is 0 or 1. It is 1 if and only if the first instruction is VARARGPREP, \
            with A the number of fixed parameters and B zero; there is no other VARARGPREP, and no \
            jump goes to it.",
    reference: "shifts the frame by a wrong amount, at a call, a return or a hook",
    vm: "the frame shift that a return undoes is the one that the entry made";

    F5, Verifier, Memory, "captures exist in the enclosing function",
    claim: "An upvalue of a nested function names a register or an upvalue that the enclosing \
            function has.",
    reference: "makes an upvalue out of a foreign stack slot or out of memory past a closure",
    vm: "CLOSURE takes registers and upvalues by index unchecked";

    F6, Verifier, Resources, "size hints are in proportion",
    claim: "NEWTABLE asks for at most 2 hash slots and 50 array slots per instruction of the \
            function, and SETLIST stores behind at most 50 items per instruction.",
    reference: "allocates gigabytes, or computes a size by an undefined shift or an overflowing sum",
    vm: "sizes of tables in constructors cannot overflow";

    F7, Verifier, Resources, "the analysis ends",
    claim: "What is known of registers settles within 16 looks at each instruction, and a thousand \
            more, after the first.",
    reference: "nothing: the verifier gives up on a function whose jumps only serve to keep it busy",
    vm: "";

    D1, Verifier, Memory, "line information covers the code",
    claim: "A function has line information for all its instructions or for none.",
    reference: "reads past the line table when an error message or a hook asks for a line",
    vm: "";

    D2, Verifier, Memory, "absolute lines support their index",
    claim: "Where there is line information, the absolute entries lie at increasing instructions \
            of the function, exactly those marked in the line table, and are dense enough that the \
            estimate 'pc / 128 - 1' never overshoots.",
    reference: "indexes the absolute entries out of bounds, or walks over a mark as if it were a \
                line difference",
    vm: "";

    D3, Verifier, Assertion, "lines are ints",
    claim: "No line, computed from the first line and the differences, leaves the range of an int.",
    reference: "overflows a signed int",
    vm: "";

    D4, Verifier, Memory, "local variables have names",
    claim: "Every entry of the local variable table has a name.",
    reference: "dereferences a null pointer in an error message that names a variable",
    vm: "";

    D5, Verifier, Memory, "active variables fit the frame",
    claim: "At every instruction at most as many local variables are active as there are registers.",
    reference: "lets debug.setlocal write to any distance behind the frame",
    vm: "";

    D6, Verifier, Shape, "names and line numbers are well-formed",
    claim: "A function has a name for each of its upvalues or for none, and the lines of its \
            definition are non-negative ints.",
    reference: "ignores the announced number of names; a chunk with such lines cannot be written",
    vm: "";

    S1, Verifier, Memory, "opcodes exist",
    claim: "Every word's opcode is one of the 83.",
    reference: "jumps through memory behind its dispatch table",
    vm: "dispatch is unchecked";

    S2, Verifier, Memory, "registers lie in the frame",
    claim: "Every register that a word names or implies, read or written, is below the frame size. \
            CLOSE and returns of no value may name the frame size itself.",
    reference: "reads and writes foreign frames and memory behind the stack",
    vm: "register access is unchecked";

    S3, Verifier, Memory, "constants exist",
    claim: "Every constant index, also that of an EXTRAARG after LOADKX, is below the number of \
            constants.",
    reference: "takes memory behind the constants for a value",
    vm: "constant access is unchecked";

    S4, Verifier, Memory, "constants have the type of their use",
    claim: "Field names are strings of at most 40 bytes, method names strings, arithmetic constants \
            numbers and bitwise constants integers.",
    reference: "dereferences a number as a string, misses keys that exist, or discloses addresses",
    vm: "constant operands are taken for their type without looking";

    S5, Verifier, Memory, "upvalues exist",
    claim: "Every upvalue index is below the function's number of upvalues.",
    reference: "takes memory behind a closure for an upvalue",
    vm: "upvalue access is unchecked";

    S6, Verifier, Memory, "prototypes exist",
    claim: "Every prototype index is below the function's number of nested functions.",
    reference: "takes memory behind the prototypes for a function",
    vm: "prototype access is unchecked";

    S7, Verifier, Memory, "jumps stay in the function",
    claim: "Every jump goes to an instruction of its function.",
    reference: "executes foreign memory",
    vm: "jumps are unchecked";

    S8, Verifier, Memory, "halves meet",
    claim: "What executes as a pair is a pair: a test and its JMP; arithmetic and the MMBIN, MMBINI \
            or MMBINK of its kind; LOADKX, NEWTABLE or SETLIST with k and its EXTRAARG; LFALSESKIP \
            and LOADTRUE; TFORPREP, TFORCALL and TFORLOOP of the same A; TAILCALL and a RETURN of \
            its A, C and k and of B zero. No second half stands alone.",
    reference: "decodes the operands of an unrelated word, or goes on behind the code",
    vm: "first halves decode or skip the word that follows without looking at its opcode";

    S9, Verifier, Memory, "jumps do not split pairs",
    claim: "No jump goes to MMBIN, MMBINI, MMBINK, EXTRAARG, VARARGPREP, TFORLOOP or a consumer of \
            open results (B zero).",
    reference: "stores a metamethod's result in an unrelated register, executes an operand, or \
                computes a negative number of values",
    vm: "a second half finds its first half right before it";

    S10, Verifier, Memory, "numbers are in their range",
    claim: "CONCAT joins at least two values, TFORCALL asks for at least one, MMBIN names an \
            arithmetic or bitwise event, and NEWTABLE has k exactly if its EXTRAARG is not zero.",
    reference: "writes below a frame, or reads a name past the end of the event names",
    vm: "CONCAT has a first and a last operand; events index a table";

    S11, Verifier, Memory, "returns undo the vararg shift",
    claim: "C of RETURN and TAILCALL is the number of fixed parameters plus one in a vararg \
            function and zero in any other; VARARG occurs only in vararg functions, RETURN0 and \
            RETURN1 only in others.",
    reference: "moves the frame by garbage and returns into it",
    vm: "a return takes the frame shift from C, or its absence from the opcode";

    S12, Verifier, Shape, "numeric loops are closed",
    claim: "FORPREP skips to the word after a FORLOOP of the same A, whose jump leads to the word \
            after that FORPREP; every FORLOOP belongs to such a FORPREP.",
    reference: "runs a loop on a counter that was never prepared, so that a pointer is counted",
    vm: "a loop's two halves are specialised together";

    S13, Verifier, Memory, "unreachable code counts",
    claim: "The rules on single words and pairs hold of every word, whether or not it can be \
            reached. Findings name the rule that is broken, not this one.",
    reference: "decodes dead code too, when it looks for the name of a variable to put in a message",
    vm: "the search for variable names decodes from the first word on";

    O1, Verifier, Memory, "open results have a producer",
    claim: "A CALL, TAILCALL, RETURN or SETLIST that takes values up to top (B zero) directly \
            follows the instruction that set top, whose A is above its own (RETURN: not below).",
    reference: "computes a negative number of values: top falls below the frame, or a table is \
                resized to 2^32 slots",
    vm: "the number of open values is computed as top minus a register";

    O2, Verifier, Shape, "open results are consumed",
    claim: "A CALL or VARARG that sets top (C zero) is directly followed by a word that takes \
            values up to top.",
    reference: "nothing: the values are lost",
    vm: "top is meaningful exactly between a producer and its consumer";

    T1, Verifier, Memory, "loops count what was prepared",
    claim: "At a FORLOOP, A to A+2 hold what FORPREP has put there when it entered the loop, on \
            every path; nothing else has written them.",
    reference: "takes whatever is there for integers or floats: a pointer is counted down and used",
    vm: "";

    T3, Verifier, Memory, "lists go into new tables",
    claim: "At a SETLIST, A holds what a NEWTABLE of A has put there, on every path.",
    reference: "takes whatever is there for a table: a wild pointer",
    vm: "";

    T4, Verifier, Memory, "method names in registers are strings",
    claim: "A SELF that takes its key from a register directly follows a LOADK or LOADKX of a \
            string into that register, and no jump goes to it.",
    reference: "takes whatever is there for a string: a wild pointer",
    vm: "";

    T5, Verifier, Isolation, "registers are written before they are read",
    claim: "Every register that is read has been written on every path since the function began, a \
            call ran over it, or the collector might have cleared it; a closure captures no other.",
    reference: "reads what an earlier call left there, which may be another function's secret, or \
                nil, if the collector came first",
    vm: "";

    C1, Verifier, Memory, "variables are marked in order",
    claim: "TBC and TFORPREP mark a register that is above all that may be pending in its frame.",
    reference: "stores a distance of zero, or a negative one as unsigned, and writes far outside \
                the stack when it closes",
    vm: "";

    C2, Verifier, Memory, "nothing pending is left behind",
    claim: "At a return without k and at every TAILCALL no register is waiting to be closed.",
    reference: "keeps a register of a frame that is gone in its list; the next variable to be \
                closed, in a caller, corrupts memory",
    vm: "";

    C3, Verifier, Memory, "no call runs over pending registers",
    claim: "No register that may be waiting to be closed lies where an instruction lets something \
            else run: from A up at CALL and an open VARARG, from A+1 up at NEWTABLE, CLOSURE, \
            CONCAT and an open SETLIST, from A+4 up at TFORCALL.",
    reference: "overwrites the links of its list of pending registers",
    vm: "";

    C4, Verifier, Assertion, "pending registers are not written",
    claim: "No instruction writes a register that may be waiting to be closed.",
    reference: "aborts at an assertion if the value that is closed in the end has no '__close'",
    vm: "";

    V1, Verifier, Memory, "closures capture what is below them",
    claim: "A CLOSURE captures registers up to its A only, and none of A to A+2 of a numeric loop.",
    reference: "lets a finalizer's frame, or a loop's counter, be written through an upvalue",
    vm: "";

    V2, Verifier, Memory, "no call runs over captured registers",
    claim: "No register that an open upvalue may point to lies where an instruction lets something \
            else run, as in C3, nor from A up at a TAILCALL.",
    reference: "lets the upvalue point into another function's frame, whose own rules then no \
                longer hold, into arguments that a C function has checked already, or at the \
                function that is running",
    vm: "";

    V3, Verifier, Memory, "returns leave no upvalue open",
    claim: "At a return or TAILCALL without k, no open upvalue may point into the frame.",
    reference: "leaves an upvalue that points into later frames, or outside the stack once it \
                shrinks",
    vm: "";

    V4, Verifier, Memory, "what is relied upon is not captured",
    claim: "No open upvalue may point to A to A+2 of a FORLOOP, to A of a SETLIST or to the key of \
            a SELF that takes it from a register.",
    reference: "relies on a value that a closure may have replaced: as for T1, T3 and T4",
    vm: "";
}

impl Rule {
    /// Its id, such as `S2`.
    pub const fn id(self) -> &'static str {
        self.info().id
    }

    /// The rule of that id, in either case.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id().eq_ignore_ascii_case(id))
    }
}

impl core::fmt::Display for Rule {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_unique() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_id(rule.id()), Some(*rule));
            assert_eq!(Rule::from_id(&rule.id().to_lowercase()), Some(*rule));
        }
        assert_eq!(Rule::from_id("S99"), None);
    }

    #[test]
    fn texts_are_sentences_on_one_line() {
        for rule in Rule::ALL {
            let info = rule.info();
            assert!(info.claim.ends_with('.'), "{rule}: claim");
            for text in [info.title, info.claim, info.reference, info.vm] {
                assert!(!text.contains('\n') && !text.contains("  "), "{rule}: {text}");
            }
            assert!(!info.title.is_empty() && !info.reference.is_empty(), "{rule}");
        }
    }
}
