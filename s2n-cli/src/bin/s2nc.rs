//! A TLS client: connects, tells what was agreed on, and carries standard input and output.

fn main() -> std::process::ExitCode {
    s2n_cli::s2nc()
}
