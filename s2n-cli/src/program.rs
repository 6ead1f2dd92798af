//! What the programs have in common: arguments in, an exit code out.

use std::ffi::OsString;
use std::future::Future;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::failure::Failure;
use crate::output;
use crate::unsupported::{self, Unsupported};

/// How a program ends. The number is its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// 0: all was done.
    #[default]
    Done,
    /// 1: wrong usage, or what is needed before a handshake was not to be had.
    SetUp,
    /// 1: the answer to what was asked is no.
    No,
    /// 2: a handshake failed.
    Handshake,
    /// 3: something failed after the handshake.
    Later,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::SetUp | Status::No => 1,
            Status::Handshake => 2,
            Status::Later => 3,
        })
    }
}

/// A program: its options, and what it does with them.
pub(crate) trait Program: clap::Parser {
    /// What messages begin with.
    const NAME: &'static str;

    /// Options that s2n-tls's program of this name has and this one does not have yet.
    const UNSUPPORTED: &'static [Unsupported] = &[];

    /// Whether the outcome is to be JSON.
    fn json(&self) -> bool;

    /// Does it all.
    ///
    /// # Errors
    /// The failure that ends the program, for [`run`] to tell.
    fn run(self) -> impl Future<Output = Result<Status, Failure>>;
}

/// Parses the command line and runs the program.
pub(crate) fn run<P: Program>() -> ExitCode {
    let program = match P::try_parse_from(std::env::args_os().map(detach_count)) {
        Ok(program) => program,
        Err(error) => return usage::<P>(&error),
    };
    let json = program.json();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return tell::<P>(&Failure::set_up("runtime", format!("cannot start threads: {error}")), json);
        }
    };
    let outcome = runtime.block_on(program.run());
    // A read of standard input cannot be cancelled, so waiting for the runtime could take for ever.
    runtime.shutdown_background();
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => tell::<P>(&failure, json),
    }
}

/// `-X3` as `-X=3`: getopt takes a short option's optional value without a sign, clap does not.
fn detach_count(argument: OsString) -> OsString {
    let count = argument.to_str().and_then(|argument| argument.strip_prefix("-X"));
    match count.filter(|count| count.starts_with(|first: char| first.is_ascii_digit())) {
        Some(count) => format!("-X={count}").into(),
        None => argument,
    }
}

fn tell<P: Program>(failure: &Failure, json: bool) -> ExitCode {
    match json {
        true => output::line(&failure.to_json().to_string()),
        false => output::diagnostic(&failure.to_text(P::NAME)),
    }
    failure.status().into()
}

/// Help and version go to standard output and are a success; all else that clap has to say is an error.
fn usage<P: Program>(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return Status::Done.into();
    }
    match unsupported::explain(error, P::UNSUPPORTED) {
        Some(sentence) => output::diagnostic(&format!("{}: {sentence}", P::NAME)),
        None => {
            let _ = error.print();
        }
    }
    Status::SetUp.into()
}
