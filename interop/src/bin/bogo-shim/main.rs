//! The shim of BoGo, BoringSSL's protocol test suite: the runner starts it once per test, and it does on one
//! connection, and on those that resume it, what the flags say. `interop/scripts/bogo` runs the suite.
//!
//! A flag that is not known here makes the shim exit with 89, which counts the test as unimplemented.

mod arguments;
mod callbacks;
mod config;
mod credential;
mod expect;
mod failure;
mod link;
mod memory;
mod pre_shared_keys;
mod preferences;
mod script;
mod secrets;
mod setup;

use std::process::ExitCode;

use crate::arguments::{Arguments, Connections};
use crate::expect::Expectations;
use crate::failure::Failure;
use crate::link::Link;
use crate::memory::Memory;
use crate::script::Script;
use crate::secrets::TrafficSecrets;
use crate::setup::Setup;

/// What the command line asks for.
#[derive(Debug, Default)]
struct Plan {
    first: Flags,
    /// For each of those that follow it.
    later: Flags,
    resumptions: u8,
}

/// What it asks for on one connection.
#[derive(Debug, Default)]
struct Flags {
    setup: Setup,
    expect: Expectations,
    script: Script,
}

impl Plan {
    fn parse(mut arguments: Arguments) -> Result<Self, Failure> {
        let mut plan = Self::default();
        let mut elsewhere = Flags::default();
        while let Some((to, flag)) = arguments.flag()? {
            match to {
                Connections::All if flag == "-resume-count" => plan.resumptions = arguments.number()?,
                Connections::All => {
                    plan.first.take(&flag, &mut arguments.clone())?;
                    plan.later.take(&flag, &mut arguments)?;
                }
                Connections::First => plan.first.take(&flag, &mut arguments)?,
                Connections::Later => plan.later.take(&flag, &mut arguments)?,
                Connections::Elsewhere => elsewhere.take(&flag, &mut arguments)?,
            }
        }
        Ok(plan)
    }
}

impl Flags {
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
    match Plan::parse(Arguments::of_process()).and_then(|plan| run(&plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(plan: &Plan) -> Result<(), Failure> {
    let memory = Memory::new();
    connect(&plan.first, &memory, false)?;
    (0..plan.resumptions).try_for_each(|_| {
        memory.wait(plan.later.setup.resumption_delay);
        connect(&plan.later, &memory, true)
    })
}

fn connect(flags: &Flags, memory: &Memory, resumes: bool) -> Result<(), Failure> {
    let secrets = TrafficSecrets::new();
    let connection = config::connection(&flags.setup, memory, &secrets)?;
    let mut link = Link::connect(&flags.setup, connection)?;
    let result = talk(flags, &mut link, &secrets, resumes);
    link.finish();
    result?;
    flags.expect.check_memory(memory, flags.setup.context())
}

fn talk(flags: &Flags, link: &mut Link<'_>, secrets: &TrafficSecrets, resumes: bool) -> Result<(), Failure> {
    link.handshake()?;
    if let Some(alert) = flags.setup.refusal(resumes) {
        return Err(link.abort(alert)?);
    }
    flags.expect.check_resumption(resumes, link.facts()?)?;
    flags.expect.check(&flags.setup, link.facts()?)?;
    flags.script.run(link, secrets, flags.setup.server)?;
    flags.expect.check_at_the_end(link.facts()?)
}
