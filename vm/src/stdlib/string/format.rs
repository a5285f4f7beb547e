//! `string.format`: conversion specifications as in C, checked as the reference checks them.

use moonproof_bytecode::number::format::{
    Case, FloatStyle, Radix, Spec, float, integer, push_integer, unsigned,
};

use super::quote;
use crate::native::NativeResult;
use crate::value::{Tag, Value};
use crate::vm::{Raised, Vm};

/// Flags that conversions of floats take; those of the others are among them (`L_FMTFLAGSF`).
const FLOAT_FLAGS: &[u8] = b"-+#0 ";
const HEX_FLAGS: &[u8] = b"-#0";
const INTEGER_FLAGS: &[u8] = b"-+0 ";
const UNSIGNED_FLAGS: &[u8] = b"-0";
const TEXT_FLAGS: &[u8] = b"-";

/// A specification of so many bytes behind the `%` is refused (`MAX_FORMAT` less some extra).
const MAX_SPEC: usize = 22;

/// No conversion but `%s` and `%q` appends as much.
const MAX_CONVERTED: usize = 512;

/// A string of this length is longer than any width, so that it needs no padding.
const NO_PADDING: usize = 100;

pub(super) fn format(vm: &mut Vm) -> NativeResult {
    let format = vm.check_str(1)?;
    let mut out = vm.take_buffer();
    // What `__tostring` calls may set the arguments of this function, with the debug library.
    vm.pinned.push(Value::string(format));
    let result = format_into(vm, &mut out, format.bytes());
    vm.pinned.pop();
    match result {
        Ok(()) => vm.ret_buffer(out),
        Err(raised) => {
            vm.keep_buffer(out);
            Err(raised)
        }
    }
}

fn format_into(vm: &mut Vm, out: &mut Vec<u8>, format: &[u8]) -> Result<(), Raised> {
    let n_args = vm.n_args();
    let mut rest = format;
    let mut arg = 1;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        vm.make_room(out, at + MAX_CONVERTED)?;
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if rest.first() == Some(&b'%') {
            out.push(b'%');
            rest = &rest[1..];
            continue;
        }
        arg += 1;
        if arg > n_args {
            return Err(vm.arg_error(arg, "no value"));
        }
        rest = match rest.first() {
            Some(b'd') => {
                push_integer(out, vm.check_int(arg)?);
                &rest[1..]
            }
            Some(b's') => {
                plain_text(vm, out, arg)?;
                &rest[1..]
            }
            _ => {
                let form = Form::parse(vm, rest)?;
                convert(vm, out, &form, arg)?;
                &rest[form.text.len()..]
            }
        };
    }
    vm.append(out, rest)
}

/// A conversion specification as written, without the `%`.
struct Form<'a> {
    text: &'a [u8],
    /// The letter at its end; 0 at the end of the format.
    conversion: u8,
}

impl<'a> Form<'a> {
    /// Takes what may be flags, width and precision, and one byte more (`getformat`).
    fn parse(vm: &mut Vm, rest: &'a [u8]) -> Result<Self, Raised> {
        let n = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit() && *byte != b'.' && !FLOAT_FLAGS.contains(byte))
            .unwrap_or(rest.len());
        if n + 1 >= MAX_SPEC {
            return Err(vm.error_at_caller(b"invalid format (too long)"));
        }
        Ok(Self {
            text: &rest[..(n + 1).min(rest.len())],
            conversion: rest.get(n).copied().unwrap_or(0),
        })
    }

    fn is_plain(&self) -> bool {
        self.text.len() == 1
    }

    /// Flags, width and precision, of which there must be no others (`checkformat`).
    fn spec(&self, vm: &mut Vm, flags: &[u8], with_precision: bool) -> Result<Spec, Raised> {
        let mut spec = Spec::default();
        let mut rest = self.text;
        while let [flag, tail @ ..] = rest
            && flags.contains(flag)
        {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zero = true,
                _ => spec.space = true,
            }
            rest = tail;
        }
        // A width does not begin with a zero: that would be a flag which is not allowed here.
        if rest.first() != Some(&b'0') {
            spec.width = take_two_digits(&mut rest);
            if let [b'.', tail @ ..] = rest
                && with_precision
            {
                rest = tail;
                spec.precision = Some(take_two_digits(&mut rest));
            }
        }
        if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            Ok(spec)
        } else {
            Err(self.error(vm, "invalid conversion specification: '%", "'"))
        }
    }

    #[cold]
    fn error(&self, vm: &mut Vm, before: &str, after: &str) -> Raised {
        // The reference's text ends where a C string does.
        let text = self.text.split(|byte| *byte == 0).next().unwrap_or_default();
        vm.error_at_caller(&[before.as_bytes(), text, after.as_bytes()].concat())
    }
}

/// A number of at most two digits (`get2digits`).
fn take_two_digits(rest: &mut &[u8]) -> usize {
    let mut n = 0;
    for _ in 0..2 {
        let [digit @ b'0'..=b'9', tail @ ..] = *rest else { break };
        n = n * 10 + usize::from(digit - b'0');
        *rest = tail;
    }
    n
}

/// Appends one argument by its specification.
fn convert(vm: &mut Vm, out: &mut Vec<u8>, form: &Form<'_>, arg: usize) -> Result<(), Raised> {
    match form.conversion {
        b'd' | b'i' => {
            let value = vm.check_int(arg)?;
            let spec = form.spec(vm, INTEGER_FLAGS, true)?;
            integer(out, value, &spec);
        }
        b'u' => convert_unsigned(vm, out, form, arg, Radix::Decimal)?,
        b'o' => convert_unsigned(vm, out, form, arg, Radix::Octal)?,
        b'x' => convert_unsigned(vm, out, form, arg, Radix::Hex(Case::Lower))?,
        b'X' => convert_unsigned(vm, out, form, arg, Radix::Hex(Case::Upper))?,
        b'f' => convert_float(vm, out, form, arg, FloatStyle::Fixed)?,
        b'e' | b'E' => convert_float(vm, out, form, arg, FloatStyle::Exponent)?,
        b'g' | b'G' => convert_float(vm, out, form, arg, FloatStyle::General)?,
        b'a' | b'A' => {
            // Quirk: the only float conversion whose specification is checked before its argument.
            let spec = form.spec(vm, FLOAT_FLAGS, true)?;
            let value = vm.check_float(arg)?;
            float(out, FloatStyle::Hex, form.case(), value, &spec);
        }
        b'c' => {
            let spec = form.spec(vm, TEXT_FLAGS, false)?;
            // As C converts an `int` to a character.
            let byte = vm.check_int(arg)? as u8;
            pad_text(out, &[byte], &spec);
        }
        b's' => convert_text(vm, out, form, arg)?,
        b'p' => {
            let spec = form.spec(vm, TEXT_FLAGS, false)?;
            match address_of(vm.arg(arg)) {
                Some(address) => pad_text(out, format!("{address:#x}").as_bytes(), &spec),
                None => pad_text(out, b"(null)", &spec),
            }
        }
        b'q' => {
            if !form.is_plain() {
                return Err(vm.error_at_caller(b"specifier '%q' cannot have modifiers"));
            }
            quote::push_literal(vm, out, arg)?;
        }
        _ => return Err(form.error(vm, "invalid conversion '%", "' to 'format'")),
    }
    Ok(())
}

impl Form<'_> {
    fn case(&self) -> Case {
        if self.conversion.is_ascii_uppercase() { Case::Upper } else { Case::Lower }
    }
}

fn convert_unsigned(
    vm: &mut Vm,
    out: &mut Vec<u8>,
    form: &Form<'_>,
    arg: usize,
    radix: Radix,
) -> Result<(), Raised> {
    let value = vm.check_int(arg)?;
    let flags = if radix == Radix::Decimal { UNSIGNED_FLAGS } else { HEX_FLAGS };
    let spec = form.spec(vm, flags, true)?;
    unsigned(out, radix, value as u64, &spec);
    Ok(())
}

fn convert_float(
    vm: &mut Vm,
    out: &mut Vec<u8>,
    form: &Form<'_>,
    arg: usize,
    style: FloatStyle,
) -> Result<(), Raised> {
    let value = vm.check_float(arg)?;
    let spec = form.spec(vm, FLOAT_FLAGS, true)?;
    float(out, style, form.case(), value, &spec);
    Ok(())
}

/// `%s` without modifiers: the argument as `tostring` gives it, whole.
#[inline]
fn plain_text(vm: &mut Vm, out: &mut Vec<u8>, arg: usize) -> Result<(), Raised> {
    let value = vm.arg(arg);
    match value.tag() {
        Tag::SHORT_STR | Tag::LONG_STR => {
            let bytes = value.as_string().map_or(&b""[..], |string| string.bytes());
            vm.append(out, bytes)
        }
        Tag::INT => {
            push_integer(out, value.int_bits());
            Ok(())
        }
        _ => {
            let text = vm.display(value)?;
            vm.append_string(out, text)
        }
    }
}

/// `%s` with modifiers.
fn convert_text(vm: &mut Vm, out: &mut Vec<u8>, form: &Form<'_>, arg: usize) -> Result<(), Raised> {
    let string = vm.display(vm.arg(arg))?;
    let text = string.bytes();
    if text.contains(&0) {
        return Err(vm.arg_error(arg, "string contains zeros"));
    }
    let spec = form.spec(vm, TEXT_FLAGS, true)?;
    if spec.precision.is_none() && text.len() >= NO_PADDING {
        return vm.append_string(out, string);
    }
    let n = spec.precision.map_or(text.len(), |precision| precision.min(text.len()));
    pad_text(out, &text[..n], &spec);
    Ok(())
}

fn pad_text(out: &mut Vec<u8>, text: &[u8], spec: &Spec) {
    let n_blanks = spec.width.saturating_sub(text.len());
    if !spec.left {
        out.resize(out.len() + n_blanks, b' ');
    }
    out.extend_from_slice(text);
    if spec.left {
        out.resize(out.len() + n_blanks, b' ');
    }
}

/// What identifies an object, if the value is one (`lua_topointer`).
fn address_of(value: Value) -> Option<u64> {
    let has_address =
        value.tag().is_collectable() || matches!(value.tag(), Tag::NATIVE | Tag::LIGHT);
    (has_address && value.payload() != 0).then(|| value.payload())
}
