//! A TLS server: serves many clients at once, and tells what was agreed on with each.

fn main() -> std::process::ExitCode {
    s2n_cli::s2nd()
}
