//! The shim of BoGo, BoringSSL's protocol test suite: the runner starts it once per test, and it does on one
//! connection what the flags say. `interop/scripts/bogo` runs the suite.
//!
//! A flag that is not known here makes the shim exit with 89, which counts the test as unimplemented.

mod arguments;
mod config;
mod expect;
mod failure;
mod link;
mod script;
mod secrets;
mod setup;

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::expect::Expectations;
use crate::failure::Failure;
use crate::link::Link;
use crate::script::Script;
use crate::secrets::TrafficSecrets;
use crate::setup::Setup;

/// What the command line asks for.
#[derive(Debug, Default)]
struct Flags {
    setup: Setup,
    expect: Expectations,
    script: Script,
}

impl Flags {
    fn parse(mut arguments: Arguments) -> Result<Self, Failure> {
        let mut flags = Self::default();
        // BoringSSL can leave a handshake to another process. There is none here, and its flags do not matter.
        let mut handshaker = Self::default();
        while let Some(flag) = arguments.flag()? {
            match flag.strip_prefix("-on-handshaker") {
                Some(flag) => handshaker.take(flag, &mut arguments)?,
                None => flags.take(&flag, &mut arguments)?,
            }
        }
        Ok(flags)
    }

    fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<(), Failure> {
        let is_known = self.setup.take(flag, arguments)?
            || self.expect.take(flag, arguments)?
            || self.script.take(flag, arguments)?
            || arguments::is_without_effect(flag);
        if is_known { Ok(()) } else { Err(Failure::Unimplemented(flag.to_owned())) }
    }
}

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|flag| flag == "-is-handshaker-supported") {
        println!("No");
        return ExitCode::SUCCESS;
    }
    match Flags::parse(Arguments::of_process()).and_then(|flags| run(&flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(flags: &Flags) -> Result<(), Failure> {
    let secrets = TrafficSecrets::new();
    let connection = config::connection(&flags.setup, &secrets)?;
    let mut link = Link::connect(&flags.setup, connection)?;
    let result = talk(flags, &mut link, &secrets);
    link.finish();
    result
}

fn talk(flags: &Flags, link: &mut Link, secrets: &TrafficSecrets) -> Result<(), Failure> {
    link.handshake()?;
    if let Some(alert) = flags.setup.refusal() {
        return Err(link.abort(alert)?);
    }
    flags.expect.check(flags.setup.server, link.facts()?)?;
    flags.script.run(link, secrets, flags.setup.server)?;
    flags.expect.check_at_the_end(link.facts()?)
}
