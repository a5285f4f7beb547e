//! Prototypes at run time: one form shared by all VMs, and what each VM adds to it.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use moonproof_bytecode::limits::MAX_SHORT_LEN;
use moonproof_bytecode::{ByteString, Constant, Proto, Tree};
use moonproof_verifier::VerifiedChunk;

use crate::heap::{Gc, Header, Heap};
use crate::interp::{Code, ConstTable, Consts, Insn, Pc, translate};
use crate::string::Str;
use crate::value::{Tag, Value};

/// A verified function, immutable, with its nested ones apart. It is shared by VMs and threads.
pub(crate) struct SharedProto {
    /// The function without its nested ones, and with the source that its chunk states.
    pub(crate) proto: Proto,
    pub(crate) children: Box<[Arc<Self>]>,
    /// The chunk name, its own or inherited; absent if stripped.
    pub(crate) source: Option<ByteString>,
    /// Whether it, or a function nested in it, has a long string that its chunk has elsewhere too.
    shares_long_strings: bool,
    /// Bytes that it takes as it comes from its chunk, nested functions included.
    bytes: usize,
    code: OnceLock<Code>,
}

impl SharedProto {
    /// The main function of a chunk.
    pub(crate) fn from_chunk(chunk: VerifiedChunk) -> Arc<Self> {
        let main = chunk.into_chunk().main;
        let mut strings = Vec::new();
        collect_long_strings(&main, &mut strings);
        strings.sort_unstable_by(|a, b| a[..].cmp(b));
        let same = |pair: &[&ByteString]| (pair[0] == pair[1]).then(|| pair[0].clone());
        let repeated: Vec<ByteString> = strings.windows(2).filter_map(same).collect();
        Arc::new(Self::from_proto(main, None, &repeated))
    }

    /// `repeated` are the long strings that the chunk has more than once, sorted. Depth is bounded
    /// by the verifier (rule H6).
    fn from_proto(
        mut proto: Proto,
        inherited: Option<&ByteString>,
        repeated: &[ByteString],
    ) -> Self {
        let source = proto.source.as_ref().or(inherited).cloned();
        let children: Box<[Arc<Self>]> = std::mem::take(&mut proto.protos)
            .into_iter()
            .map(|child| Arc::new(Self::from_proto(child, source.as_ref(), repeated)))
            .collect();
        let is_repeated = |constant: &Constant| {
            as_long_string(constant)
                .is_some_and(|s| repeated.binary_search_by(|other| other[..].cmp(s)).is_ok())
        };
        let shares_long_strings = !repeated.is_empty()
            && (children.iter().any(|child| child.shares_long_strings)
                || proto.constants.iter().any(is_repeated));
        let nested: usize = children.iter().map(|child| child.bytes + size_of::<Arc<Self>>()).sum();
        let bytes = size_of::<Self>() + proto.list_bytes() + proto.string_bytes() + nested;
        Self { proto, children, source, shares_long_strings, bytes, code: OnceLock::new() }
    }

    /// Bytes that a VM counts for it, as long as none of the functions in it is instantiated.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.proto.code.len() * size_of::<Insn>()
    }

    /// The executed form, made at the first use in any VM.
    fn code(&self) -> &Code {
        self.code.get_or_init(|| translate(&self.proto))
    }
}

impl Tree for SharedProto {
    fn proto(&self) -> &Proto {
        &self.proto
    }

    fn nested(&self) -> impl ExactSizeIterator<Item = &Self> {
        self.children.iter().map(|child| &**child)
    }
}

fn as_long_string(constant: &Constant) -> Option<&ByteString> {
    match constant {
        Constant::String(string) if string.len() > MAX_SHORT_LEN => Some(string),
        _ => None,
    }
}

fn collect_long_strings<'a>(proto: &'a Proto, strings: &mut Vec<&'a ByteString>) {
    strings.extend(proto.constants.iter().filter_map(as_long_string));
    proto.protos.iter().for_each(|child| collect_long_strings(child, strings));
}

/// A function in one VM: the shared form, its constants as values of this VM, and the nested
/// functions that were instantiated here.
#[repr(C)]
pub(crate) struct FuncProto {
    header: Header,
    entry: Pc,
    consts: Consts,
    pub(crate) n_params: u8,
    pub(crate) max_stack: u8,
    pub(crate) is_vararg: bool,
    pub(crate) shared: Arc<SharedProto>,
    const_table: ConstTable,
    children: Box<[Cell<Option<Gc<Self>>>]>,
    /// Bytes that the heap counts for it: its own, and those of the shared form, but for nested
    /// functions with an instance, which count theirs.
    accounted: Cell<usize>,
}

impl FuncProto {
    #[inline(always)]
    pub(crate) fn entry(&self) -> Pc {
        self.entry
    }

    #[inline(always)]
    pub(crate) fn consts(&self) -> Consts {
        self.consts
    }

    /// The index of the instruction before the one at `pc`: the one that is being executed.
    pub(crate) fn current_index(&self, pc: Pc) -> usize {
        pc.index_from(self.entry).saturating_sub(1)
    }

    pub(crate) fn child(&self, i: usize) -> Option<Gc<Self>> {
        self.children[i].get()
    }

    pub(crate) fn for_each_reference(
        &self,
        mut value: impl FnMut(Value),
        mut child: impl FnMut(Gc<Self>),
    ) {
        self.const_table.for_each(&mut value);
        self.children.iter().filter_map(Cell::get).for_each(&mut child);
    }

    /// Bytes that the heap counts for it.
    pub(crate) fn accounted(&self) -> usize {
        self.accounted.get()
    }

    /// Bytes that a VM's use of the function takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.const_table.len() * 16 + self.children.len() * 8
    }
}

impl Heap {
    /// Makes a function known to this VM; its strings become this VM's strings.
    pub(crate) fn instantiate(&mut self, shared: &Arc<SharedProto>) -> Gc<FuncProto> {
        if shared.shares_long_strings {
            self.instantiate_sharing(shared, &mut HashMap::new())
        } else {
            self.instantiate_with(shared, |heap, bytes| heap.new_string(bytes))
        }
    }

    /// The function, and at once those below it that have long strings in common, so that equal ones
    /// become one object: a script can tell by their addresses. As all functions around such a one
    /// say that they share, this begins with the main function. Depth is bounded by the verifier
    /// (rule H6).
    fn instantiate_sharing<'a>(
        &mut self,
        shared: &'a Arc<SharedProto>,
        strings: &mut HashMap<&'a [u8], Gc<Str>>,
    ) -> Gc<FuncProto> {
        let instance = self.instantiate_with(shared, |heap, bytes| {
            if bytes.len() > MAX_SHORT_LEN {
                *strings.entry(bytes).or_insert_with(|| heap.new_string(bytes))
            } else {
                heap.new_string(bytes)
            }
        });
        for (child, place) in shared.children.iter().zip(&instance.children) {
            if child.shares_long_strings {
                let child = self.instantiate_sharing(child, strings);
                self.adopt(instance, place, child);
            }
        }
        instance
    }

    fn instantiate_with<'a>(
        &mut self,
        shared: &'a Arc<SharedProto>,
        mut string: impl FnMut(&mut Self, &'a [u8]) -> Gc<Str>,
    ) -> Gc<FuncProto> {
        let proto = &shared.proto;
        let constants = proto.constants.iter().map(|constant| match constant {
            Constant::Nil => Value::NIL,
            Constant::Bool(b) => Value::bool(*b),
            Constant::Integer(i) => Value::int(*i),
            Constant::Float(f) => Value::float(*f),
            Constant::String(s) => Value::string(string(self, s)),
        });
        let const_table = ConstTable::new(constants);
        let instance = FuncProto {
            header: Header::new(Tag::PROTO),
            entry: shared.code().entry(),
            consts: const_table.consts(),
            n_params: proto.n_params,
            max_stack: proto.max_stack,
            is_vararg: proto.is_vararg != 0,
            shared: Arc::clone(shared),
            const_table,
            children: shared.children.iter().map(|_| Cell::new(None)).collect(),
            accounted: Cell::new(0),
        };
        let bytes = instance.bytes() + shared.bytes();
        instance.accounted.set(bytes);
        self.account(0, bytes);
        self.new_proto(instance)
    }

    /// Puts the instance of a nested function into its place.
    fn adopt(
        &mut self,
        parent: Gc<FuncProto>,
        place: &Cell<Option<Gc<FuncProto>>>,
        child: Gc<FuncProto>,
    ) {
        place.set(Some(child));
        let bytes = child.shared.bytes;
        parent.accounted.set(parent.accounted.get() - bytes);
        self.account(bytes, 0);
    }

    /// The nested function `i`, instantiated if this is the first closure of it.
    #[inline(always)]
    pub(crate) fn child_proto(&mut self, parent: Gc<FuncProto>, i: usize) -> Gc<FuncProto> {
        match parent.child(i) {
            Some(child) => child,
            None => self.instantiate_child(parent, i),
        }
    }

    #[cold]
    #[inline(never)]
    fn instantiate_child(&mut self, parent: Gc<FuncProto>, i: usize) -> Gc<FuncProto> {
        let shared = Arc::clone(&parent.shared);
        let child = self.instantiate(&shared.children[i]);
        self.adopt(parent, &parent.children[i], child);
        if parent.erase().is_marked() {
            self.collector.barrier_back(parent.erase());
        }
        child
    }
}
