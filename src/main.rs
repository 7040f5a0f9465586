//! The `chauban` program.

fn main() -> std::process::ExitCode {
    chauban::cli::run()
}
