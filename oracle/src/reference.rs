//! The reference at hand: whether it is there, and how to start it.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::child::{self, Limits, Outcome};
use crate::entry::{self, Role};
use crate::server::{Server, Side};

/// Why there is no oracle.
#[derive(Debug)]
#[non_exhaustive]
pub enum OracleError {
    /// The reference was not built in, or is of another release.
    NoReference(String),
    /// This program's own file cannot be found, so that it cannot be started again.
    NoCommand(io::Error),
}

impl std::fmt::Display for OracleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoReference(why) => write!(
                f,
                "{why}\nComparing needs it. Install a C compiler (such as gcc or clang, named by CC \
                 if it is not `cc`) and build this program again."
            ),
            Self::NoCommand(error) => write!(f, "cannot find this program's own file: {error}"),
        }
    }
}

impl std::error::Error for OracleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoReference(_) => None,
            Self::NoCommand(error) => Some(error),
        }
    }
}

/// The reference, and the command that starts itself again to be either side.
#[derive(Clone, Debug)]
pub struct Oracle {
    exe: PathBuf,
    limits: Limits,
}

impl Oracle {
    /// An oracle whose children are this program, which therefore must call [`entry::enter`] first
    /// thing.
    ///
    /// # Errors
    ///
    /// If the reference was not built in, or is not the expected release.
    pub fn new(limits: Limits) -> Result<Self, OracleError> {
        let exe = std::env::current_exe().map_err(OracleError::NoCommand)?;
        Self::with_command(&exe, limits)
    }

    /// An oracle whose children are another program that calls [`entry::enter`].
    ///
    /// # Errors
    ///
    /// As [`Oracle::new`].
    pub fn with_command(exe: &Path, limits: Limits) -> Result<Self, OracleError> {
        moonproof_reference::check().map_err(OracleError::NoReference)?;
        Ok(Self { exe: exe.to_path_buf(), limits })
    }

    /// The limits of each child.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A compile server of one side.
    pub fn server(&self, side: Side) -> Server {
        Server::new(&self.exe, side, self.limits)
    }

    /// Runs a script under one side, as `lua SCRIPT ARGUMENTS` would.
    ///
    /// # Errors
    ///
    /// If the child cannot be started.
    pub fn run(
        &self,
        side: Side,
        script: &Path,
        arguments: &[&OsStr],
        stdin: &[u8],
    ) -> io::Result<Outcome> {
        let role = match side {
            Side::Reference => Role::RunReference,
            Side::Ours => Role::Command,
        };
        let mut command = entry::command(&self.exe, role, &self.limits);
        // For the reference it is the name in messages, for our command the subcommand; which also
        // is its name in messages.
        command.arg("lua").arg(script).args(arguments);
        child::run(command, stdin, &self.limits)
    }
}
