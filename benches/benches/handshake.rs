//! The halves of a full handshake, ours and rustls', under criterion.

use std::time::Duration;

use benches::handshake::{Halves, Pipes, Side, run};
use benches::ours::Ours;
use benches::peer::Rustls;
use benches::stack::{GROUPS, Scenario, Stack};
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
    for (name, named_group) in GROUPS {
        let scenario = Scenario::handshake(named_group);
        for side in Side::BOTH {
            let mut group = criterion.benchmark_group(format!("{name}/{}", side.name()));
            half::<Ours>(&mut group, "ours", &scenario, side);
            half::<Rustls>(&mut group, "rustls", &scenario, side);
            group.finish();
        }
    }
}

criterion_group!(benches, handshakes);
criterion_main!(benches);
