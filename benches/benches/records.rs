//! Sealing and opening records, ours beside the peers and the bare AEAD, under criterion.

use benches::bare::Bare;
use benches::ours::Ours;
use benches::peer::{OpenSsl, Rustls};
use benches::records::{Direction, Established, Records, SIZES, time};
use benches::stack::SUITES;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use tls_core::ciphersuites::CipherSuite;

fn one<R: Records>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    suite: CipherSuite,
    direction: Direction,
    len: usize,
) {
    let mut records = R::new(suite);
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| time(&mut records, direction, len, count));
    });
}

fn records(criterion: &mut Criterion) {
    for (name, suite) in SUITES {
        for direction in Direction::BOTH {
            for len in SIZES {
                let mut group = criterion.benchmark_group(format!("{name}/{}/{len}", direction.name()));
                group.throughput(Throughput::Bytes(u64::try_from(len).unwrap_or_default()));
                one::<Bare>(&mut group, "bare", suite, direction, len);
                one::<Established<Ours>>(&mut group, "ours", suite, direction, len);
                one::<Established<Rustls>>(&mut group, "rustls", suite, direction, len);
                one::<Established<OpenSsl>>(&mut group, "openssl", suite, direction, len);
                group.finish();
            }
        }
    }
}

criterion_group!(benches, records);
criterion_main!(benches);
