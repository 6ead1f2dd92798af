//! What is neither a client nor a server: for now, a demonstration.

fn main() -> std::process::ExitCode {
    s2n_cli::s2n()
}
