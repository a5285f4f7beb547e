//! Prototypes at run time: one form shared by all VMs, and what each VM adds to it.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use moonproof_bytecode::limits::MAX_SHORT_LEN;
use moonproof_bytecode::{ByteString, Constant, Proto, Tree};
use moonproof_verifier::{VerifiedChunk, VerifiedImage};

use crate::heap::{Gc, Header, Heap};
use crate::interp::{Code, ConstTable, Consts, Insn, Pc, translate};
use crate::string::Str;
use crate::value::{Tag, Value};

/// A verified function, immutable, with its nested ones apart. It is shared by VMs and threads.
pub(crate) struct SharedProto {
    /// The function without its nested ones, and with the source that its chunk states.
    pub(crate) proto: Proto,
    /// The nested functions, each made when it is first asked for.
    children: Box<[OnceLock<Arc<Self>>]>,
    /// What those are made of that nobody has asked for yet, if there are any.
    waiting: Option<Waiting>,
    /// The chunk name, its own or inherited; absent if stripped.
    pub(crate) source: Option<ByteString>,
    /// Whether it, or a function nested in it, has a long string of which there are clones: they may
    /// be constants of other functions of its chunk.
    shares_long_strings: bool,
    /// Bytes that it takes as it comes from its chunk, nested functions included.
    bytes: usize,
    code: OnceLock<Code>,
}

/// Nested functions that are to be made.
enum Waiting {
    OfChunk(Mutex<Parts>),
    /// Their numbers in an image.
    OfImage(Arc<VerifiedImage>, Box<[u32]>),
}

/// Nested functions as they come from a chunk; nothing is left of those that were taken.
struct Parts {
    protos: Vec<Proto>,
    extents: Vec<Extent>,
    n_left: usize,
}

impl Parts {
    fn take(&mut self, i: usize) -> (Proto, Extent) {
        let taken = (std::mem::take(&mut self.protos[i]), std::mem::take(&mut self.extents[i]));
        self.n_left -= 1;
        if self.n_left == 0 {
            (self.protos, self.extents) = (Vec::new(), Vec::new());
        }
        taken
    }
}

impl SharedProto {
    /// The main function of a chunk.
    pub(crate) fn from_chunk(chunk: VerifiedChunk) -> Arc<Self> {
        let main = chunk.into_chunk().main;
        let extent = Extent::of(&main);
        Arc::new(Self::from_proto(main, extent, None))
    }

    /// The main function of an image.
    pub(crate) fn from_image(mut image: VerifiedImage) -> Arc<Self> {
        let main = image.take_main();
        let own_bytes = image.own_bytes();
        let mut main = Self::of_image(&Arc::new(image), (0, main), None);
        main.bytes += own_bytes;
        Arc::new(main)
    }

    fn from_proto(mut proto: Proto, extent: Extent, inherited: Option<&ByteString>) -> Self {
        let Extent { bytes, shares_long_strings, nested: extents } = extent;
        let protos = std::mem::take(&mut proto.protos);
        let n = protos.len();
        let waiting =
            (n > 0).then(|| Waiting::OfChunk(Mutex::new(Parts { n_left: n, protos, extents })));
        Self { shares_long_strings, ..Self::new(proto, (n, waiting), bytes, inherited) }
    }

    /// A function of an image, of whose strings the loader makes no clones.
    fn of_image(
        image: &Arc<VerifiedImage>,
        (index, proto): (u32, Option<Proto>),
        inherited: Option<&ByteString>,
    ) -> Self {
        let proto = proto.expect("it was read when the image was verified");
        let nested: Box<[u32]> = image.nested(index).collect();
        let n = nested.len();
        // One without nested functions must not keep the image.
        let waiting = (n > 0).then(|| Waiting::OfImage(Arc::clone(image), nested));
        let each = size_of::<(Self, OnceLock<Arc<Self>>, u32)>();
        let bytes = image.function_bytes(index) + image.n_functions(index) as usize * each;
        Self::new(proto, (n, waiting), bytes, inherited)
    }

    fn new(
        proto: Proto,
        (n_children, waiting): (usize, Option<Waiting>),
        bytes: usize,
        inherited: Option<&ByteString>,
    ) -> Self {
        let source = proto.source.as_ref().or(inherited).cloned();
        let children = (0..n_children).map(|_| OnceLock::new()).collect();
        let code = OnceLock::new();
        Self { proto, children, waiting, source, shares_long_strings: false, bytes, code }
    }

    /// The nested function `i`.
    fn child(&self, i: usize) -> &Arc<Self> {
        self.children[i].get_or_init(|| {
            let source = self.source.as_ref();
            Arc::new(match self.waiting.as_ref().expect("there is a nested function") {
                Waiting::OfChunk(parts) => {
                    let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
                    let (proto, extent) = parts.take(i);
                    Self::from_proto(proto, extent, source)
                }
                Waiting::OfImage(image, nested) => {
                    Self::of_image(image, (nested[i], image.function(nested[i])), source)
                }
            })
        })
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
        (0..self.children.len()).map(|i| &**self.child(i))
    }
}

/// What is to be known of a function before it is made, with all that are nested in it.
#[derive(Default)]
struct Extent {
    bytes: usize,
    shares_long_strings: bool,
    /// Those of the nested functions.
    nested: Vec<Self>,
}

impl Extent {
    /// Looks at each constant and name once. Depth is bounded by the verifier (rule H6).
    fn of(proto: &Proto) -> Self {
        let waiting = proto.protos.capacity() * size_of::<Proto>();
        let places = proto.protos.len() * size_of::<OnceLock<Arc<SharedProto>>>();
        let mut extent = Self {
            bytes: size_of::<(SharedProto, Self)>() + proto.list_bytes() - waiting + places,
            shares_long_strings: false,
            nested: proto.protos.iter().map(Self::of).collect(),
        };
        for constant in &proto.constants {
            if let Constant::String(string) = constant {
                extent.bytes += string.heap_bytes();
                extent.shares_long_strings |= string.len() > MAX_SHORT_LEN && string.has_clones();
            }
        }
        let locals = proto.loc_vars.iter().map(|local| &local.name);
        let names = locals.chain(&proto.upvalue_names).chain([&proto.source]).flatten();
        extent.bytes += names.map(ByteString::heap_bytes).sum::<usize>();
        for nested in &extent.nested {
            extent.bytes += nested.bytes;
            extent.shares_long_strings |= nested.shares_long_strings;
        }
        extent
    }
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

    /// The function, and at once those below it that may have long strings in common, so that clones
    /// become one object: a script can tell by their addresses. As all functions around such a one
    /// say that they share, this begins with the main function. Depth is bounded by the verifier
    /// (rule H6).
    fn instantiate_sharing(
        &mut self,
        shared: &Arc<SharedProto>,
        strings: &mut HashMap<*const u8, Gc<Str>>,
    ) -> Gc<FuncProto> {
        let instance = self.instantiate_with(shared, |heap, bytes| {
            if bytes.len() > MAX_SHORT_LEN {
                *strings.entry(bytes.as_ptr()).or_insert_with(|| heap.new_string(bytes))
            } else {
                heap.new_string(bytes)
            }
        });
        for (i, place) in instance.children.iter().enumerate() {
            let child = shared.child(i);
            if child.shares_long_strings {
                let child = self.instantiate_sharing(child, strings);
                self.adopt(instance, place, child);
            }
        }
        instance
    }

    fn instantiate_with(
        &mut self,
        shared: &Arc<SharedProto>,
        mut string: impl FnMut(&mut Self, &[u8]) -> Gc<Str>,
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
        let child = self.instantiate(shared.child(i));
        self.adopt(parent, &parent.children[i], child);
        if parent.erase().is_marked() {
            self.collector.barrier_back(parent.erase());
        }
        child
    }
}
