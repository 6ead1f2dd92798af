//! The shim of BoGo, BoringSSL's protocol test suite: the runner starts it once per test, and it does on one
//! connection, and on those that resume it, what the flags say. `interop/scripts/bogo` runs the suite.
//!
//! A flag that is not known here makes the shim exit with 89, which counts the test as unimplemented.

mod arguments;
mod callbacks;
mod config;
mod credential;
mod early_data;
mod expect;
mod failure;
mod link;
mod memory;
mod pre_shared_keys;
mod preferences;
mod script;
mod secrets;
mod setup;
mod tickets;

use std::process::ExitCode;

use crate::arguments::{Arguments, Connections};
use crate::expect::Expectations;
use crate::failure::Failure;
use crate::link::Link;
use crate::memory::Memory;
use crate::script::Script;
use crate::secrets::TrafficSecrets;
use crate::setup::Setup;
use crate::tickets::Opener;

/// What the command line asks for.
#[derive(Debug, Default)]
struct Plan {
    first: Flags,
    /// For each of those that follow it.
    later: Flags,
    /// For a client whose early data is rejected, from there on.
    retry: Flags,
    resumptions: u8,
}

/// What it asks for on one connection.
#[derive(Debug, Default)]
struct Flags {
    setup: Setup,
    expect: Expectations,
    early_data: early_data::Expectations,
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
                    plan.retry.take(&flag, &mut arguments.clone())?;
                    plan.later.take(&flag, &mut arguments)?;
                }
                Connections::First => plan.first.take(&flag, &mut arguments)?,
                Connections::Later => plan.later.take(&flag, &mut arguments)?,
                Connections::Retry => plan.retry.take(&flag, &mut arguments)?,
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
            || self.early_data.take(flag, arguments)?
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
    connect([&plan.first, &plan.retry], &memory, false)?;
    (0..plan.resumptions).try_for_each(|_| {
        memory.wait(plan.later.setup.resumption_delay);
        connect([&plan.later, &plan.retry], &memory, true)
    })
}

/// The second flags are those of a client whose early data is rejected.
fn connect([flags, retry]: [&Flags; 2], memory: &Memory, resumes: bool) -> Result<(), Failure> {
    let secrets = TrafficSecrets::new();
    let connection = config::connection(&flags.setup, memory, &secrets)?;
    let opener = Opener::new(memory.realm(flags.setup.context()).ticket_keys, memory.now());
    let mut link = Link::connect(&flags.setup, &retry.setup, opener, connection)?;
    let result = talk([flags, retry], &mut link, memory, &secrets, resumes);
    link.finish();
    let flags = result?;
    if flags.script.leaves_session() {
        flags.early_data.check_memory(memory)?;
    }
    flags.expect.check_memory(memory, flags.setup.context())
}

/// The flags that held in the end.
fn talk<'f>(
    [flags, retry]: [&'f Flags; 2],
    link: &mut Link<'_>,
    memory: &Memory,
    secrets: &TrafficSecrets,
    resumes: bool,
) -> Result<&'f Flags, Failure> {
    let offer = link.early_data_offer();
    flags.early_data.check_offer(offer.as_ref())?;
    if let Some(offer) = &offer {
        flags.expect.check_offer(offer)?;
        flags.script.run_early(link)?;
    }
    link.handshake()?;
    let flags = match link.is_retry() && flags.early_data.expects_rejection() {
        true => retry,
        false => flags,
    };
    if let Some(alert) = flags.setup.refusal(resumes) {
        return Err(link.abort(alert)?);
    }
    let facts = link.facts()?;
    flags.expect.check_resumption(resumes, &facts)?;
    flags.expect.check(&flags.setup, &facts)?;
    flags.early_data.check(&flags.setup, &facts, memory)?;
    flags.script.run(link, secrets, flags.setup.server)?;
    flags.expect.check_at_the_end(&link.facts()?)?;
    Ok(flags)
}
