//! The halves of a full handshake, ours and the peers', under criterion.

use std::time::Duration;

use benches::handshake::{Halves, Pipes, Side, run};
use benches::ours::Ours;
use benches::peer::{OpenSsl, Rustls, S2n};
use benches::stack::{HANDSHAKES, Scenario, Stack};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};

fn half<S: Stack>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, scenario: &Scenario, side: Side) {
    let stack = S::new(scenario);
    let mut pipes = Pipes::default();
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let mut times = Halves::<Duration>::default();
            for _ in 0..count {
                run(&stack, &mut times, &mut pipes);
            }
            *times.of(side)
        });
    });
}

fn handshakes(criterion: &mut Criterion) {
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::new(suite, group);
        for side in Side::BOTH {
            let mut group = criterion.benchmark_group(format!("{name}/{}", side.name()));
            half::<Ours>(&mut group, "ours", &scenario, side);
            half::<Rustls>(&mut group, "rustls", &scenario, side);
            half::<S2n>(&mut group, "s2n-tls", &scenario, side);
            half::<OpenSsl>(&mut group, "openssl", &scenario, side);
            group.finish();
        }
    }
}

criterion_group!(benches, handshakes);
criterion_main!(benches);
