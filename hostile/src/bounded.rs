//! Targets in a bounded time: inputs from the corpus, altered by numbers that are the same in every run.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

/// What became of an input: `accepted`, or the code of the error.
pub type Outcome = &'static str;

/// A target, and how it is fed.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests make them")]
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// Runs it on one input.
    pub run: fn(&[u8]) -> Outcome,
    /// How many inputs of a bounded run are tried.
    pub executions: usize,
    /// How many different outcomes they must have: a target that refuses everything at once tests nothing.
    pub outcomes: usize,
}

/// What a bounded run came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// The target's name.
    pub name: &'static str,
    /// Inputs in the corpus.
    pub corpus: usize,
    /// Inputs that were tried.
    pub executions: usize,
    /// How often each outcome was seen.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The time it took.
    pub took: Duration,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, corpus, executions, outcomes, took } = self;
        write!(f, "fuzz {name}: {executions} executions from {corpus} inputs in {took:.1?}, ")?;
        write!(f, "{} outcomes: {outcomes:?}", outcomes.len())
    }
}

/// Runs the corpus as it is, and then what comes of it.
///
/// # Panics
/// As the target does; the input is printed before. Or the outcomes are too few.
pub fn run(target: &Target) -> Report {
    let corpus = corpus(target.name);
    assert!(!corpus.is_empty(), "no corpus for {}", target.name);
    let factor = std::env::var("FUZZ_FACTOR").map_or(1, |factor| factor.parse().expect("a number"));
    let executions = target.executions.saturating_mul(factor).max(corpus.len());
    let (start, mut outcomes, mut random) = (Instant::now(), BTreeMap::new(), Random(0x9e37_79b9_7f4a_7c15));
    for number in 0..executions {
        let input = match corpus.get(number) {
            Some(input) => input.clone(),
            None => random.alter(&corpus),
        };
        let shown = Shown(&input);
        *outcomes.entry((target.run)(&input)).or_default() += 1;
        std::mem::forget(shown);
    }
    let report =
        Report { name: target.name, corpus: corpus.len(), executions, outcomes, took: start.elapsed() };
    assert!(report.outcomes.len() >= target.outcomes, "{report}");
    report
}

/// Prints the input if it is dropped, which only a panic does.
struct Shown<'i>(&'i [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        eprintln!("the input that failed: {hex}");
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let listed = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Random numbers that are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        // Lengths, counts and code points are mostly small, or just at an end of their range.
        const LIKELY: [u8; 10] = [0, 1, 2, 3, 4, 16, 32, 127, 128, 255];
        match self.below(2) {
            0 => LIKELY[self.below(LIKELY.len())],
            _ => u8::try_from(self.below(256)).unwrap(),
        }
    }

    /// One of the inputs, altered in up to eight places.
    fn alter(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(8) {
            let at = self.below(input.len() + 1);
            let end = (at + 1 + self.below(8)).min(input.len());
            match self.below(6) {
                0 if at < input.len() => input[at] = self.byte(),
                1 if at < input.len() => input[at] ^= 1 << self.below(8),
                2 => input.insert(at, self.byte()),
                3 if at < end => drop(input.drain(at..end)),
                4 => {
                    let other = &corpus[self.below(corpus.len())];
                    let from = self.below(other.len() + 1);
                    let to = (from + 1 + self.below(64)).min(other.len());
                    input.splice(at..end.max(at), other[from.min(to)..to].iter().copied());
                }
                _ => input.truncate(input.len() - self.below(input.len() / 4 + 1)),
            }
        }
        input
    }
}
