//! Host functions and host types: a small bank that scripts can use, and break rules of.

use std::collections::BTreeMap;

use moonproof_vm::{
    Error, Lua, MetaMethod, Result, Table, UserData, UserDataFields, UserDataMethods,
};

/// An account: scripts call its methods and read its fields.
struct Account {
    owner: String,
    balance: i64,
}

impl UserData for Account {
    fn add_fields<F: UserDataFields<Self>>(fields: &mut F) {
        fields.add_field_method_get("owner", |_, this| Ok(this.owner.clone()));
        fields.add_field_method_get("balance", |_, this| Ok(this.balance));
    }

    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method_mut("deposit", |_, this, amount: i64| {
            this.balance += amount;
            Ok(this.balance)
        });
        methods.add_method_mut("withdraw", |_, this, amount: i64| {
            if amount > this.balance {
                let owner = &this.owner;
                return Err(Error::runtime(format!("{owner} has only {}", this.balance)));
            }
            this.balance -= amount;
            Ok(this.balance)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(format!("{}: {}", this.owner, this.balance))
        });
    }
}

/// Runs the script and returns what it made of the accounts.
pub(crate) fn run(lua: &Lua) -> Result<BTreeMap<String, String>> {
    let open = lua.create_function(|_, (owner, balance): (String, Option<i64>)| {
        Ok(Account { owner, balance: balance.unwrap_or(0) })
    })?;
    lua.globals().set("open", open)?;
    let report: Table = lua
        .load(
            r#"
            local ada, ben = open("Ada", 100), open("Ben")
            local function transfer(from, to, amount)
                from:withdraw(amount)
                to:deposit(amount)
            end
            transfer(ada, ben, 30)
            local ok, problem = pcall(transfer, ben, ada, 1000)
            return {
                ada = tostring(ada),
                ben = ben.owner .. " has " .. ben.balance,
                problem = not ok and tostring(problem),
            }
            "#,
        )
        .set_name("=bank")
        .eval()?;
    report.pairs().collect()
}

fn main() -> Result<()> {
    for (key, text) in run(&Lua::new())? {
        println!("{key:8} {text}");
    }
    Ok(())
}
