//! `s2n policy`: security policies looked into, compared, judged and tried.

use crate::failure::Failure;
use crate::policy::check::Check;
use crate::policy::diff::Diff;
use crate::policy::explain::Explain;
use crate::policy::lint::Lint;
use crate::policy::list::List;
use crate::policy::show::Show;
use crate::program::Status;

/// What to do with policies.
#[derive(Debug, clap::Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    action: Action,
    /// Answer with one line of JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(List),
    Show(Show),
    Diff(Diff),
    Check(Check),
    Explain(Explain),
    Lint(Lint),
}

/// How an answer is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

impl Command {
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// Answers on standard output. The status is [`Status::No`] where the answer to what was asked is no.
    pub(crate) async fn run(self) -> Result<Status, Failure> {
        let form = if self.json { Form::Json } else { Form::Text };
        match self.action {
            Action::List(list) => list.run(form),
            Action::Show(show) => show.run(form),
            Action::Diff(diff) => diff.run(form),
            Action::Check(check) => check.run(form),
            Action::Explain(explain) => explain.run(form).await,
            Action::Lint(lint) => lint.run(form),
        }
    }
}
