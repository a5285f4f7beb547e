//! A generator of the host's: it yields from Rust, through any number of Lua and host functions,
//! without a thread and without a Rust stack of its own.

use std::sync::Arc;

use moonproof_vm::{Lua, Result, Step};

/// A tree of the host's.
enum Tree {
    Leaf,
    Node(Arc<Self>, i64, Arc<Self>),
}

/// A balanced tree with the numbers from `first` up to `end`.
fn tree(first: i64, end: i64) -> Arc<Tree> {
    if first >= end {
        return Arc::new(Tree::Leaf);
    }
    let middle = first + (end - first) / 2;
    Arc::new(Tree::Node(tree(first, middle), middle, tree(middle + 1, end)))
}

/// Yields the numbers in order. What is left to do is in `path`: the continuation keeps it.
fn walk(lua: &Lua, mut node: Arc<Tree>, mut path: Vec<Arc<Tree>>) -> Result<Step> {
    while let Tree::Node(left, ..) = &*Arc::clone(&node) {
        path.push(node);
        node = Arc::clone(left);
    }
    match path.pop().as_deref() {
        Some(Tree::Node(_, number, right)) => {
            let right = Arc::clone(right);
            Step::yield_with(lua, *number, move |lua, ()| walk(lua, right, path))
        }
        _ => Step::done(lua, ()),
    }
}

/// What a script makes of the numbers up to `n`.
pub(crate) fn run(lua: &Lua, n: i64) -> Result<String> {
    let each = lua.create_step_function(|lua, n: i64| walk(lua, tree(1, n + 1), Vec::new()))?;
    lua.globals().set("each", each)?;
    lua.load(
        r#"
        local out = {}
        -- The generator runs under pcall and a Lua function, and yields through both.
        local last = ...
        for n in coroutine.wrap(function() assert(pcall(each, last)) end) do
            out[#out + 1] = n
        end
        return table.concat(out, " ")
        "#,
    )
    .set_name("=walk")
    .call(n)
}

fn main() -> Result<()> {
    println!("{}", run(&Lua::new(), 20)?);
    Ok(())
}
