use super::*;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

const KEY: KeyId = KeyId::from_bytes([1; 32]);

struct Bench {
    board: Board,
    dice: Dice,
    now: Instant,
}

impl Bench {
    fn new(endpoints: usize, ejection: Ejection) -> Self {
        let mut bench = Self { board: Board::new(ejection), dice: Dice::new(), now: Instant::now() };
        (0..endpoints).for_each(|_| bench.board.add(bench.now));
        bench
    }

    fn pick(&mut self) -> Option<usize> {
        self.pick_but(&[])
    }

    fn pick_but(&mut self, tried: &[usize]) -> Option<usize> {
        self.pick_for(KEY, tried)
    }

    fn pick_for(&mut self, key: KeyId, tried: &[usize]) -> Option<usize> {
        self.board.pick(self.now, key, tried, &self.dice)
    }

    fn end(&mut self, index: usize, took: Duration, outcome: Outcome) -> Change {
        let started = self.now;
        self.now += took;
        self.board.end(index, self.now, started, outcome, &self.dice)
    }

    /// Sends this endpoint requests until it is out.
    fn eject(&mut self, index: usize) {
        let others: Vec<usize> = (0..self.board.endpoints.len()).filter(|other| *other != index).collect();
        for _ in 0..self.board.ejection.failures {
            assert_eq!(self.pick_but(&others), Some(index));
            self.end(index, MS, Outcome::Failed);
        }
        assert!(self.board.is_ejected(index));
    }
}

#[test]
fn requests_go_where_they_take_less_time() {
    let mut bench = Bench::new(3, Ejection::default());
    let mut counts = [0_u32; 3];
    for _ in 0..1000 {
        let index = bench.pick().unwrap();
        counts[index] += 1;
        bench.end(index, if index == 1 { 50 * MS } else { MS }, Outcome::Answered);
    }
    assert!(counts[1] > 0 && counts[1] < 100, "{counts:?}");
    assert!(counts[0] > 300 && counts[2] > 300, "{counts:?}");
}

#[test]
fn requests_in_flight_count() {
    let mut bench = Bench::new(2, Ejection::default());
    for _ in 0..100 {
        bench.pick().unwrap();
    }
    let counts: Vec<usize> = bench.board.in_flight().collect();
    assert_eq!(counts, [50, 50]);
}

/// An endpoint that refuses at once is not the fastest.
#[test]
fn failing_fast_attracts_nobody() {
    let mut bench = Bench::new(2, Ejection { failures: 1000, ..Ejection::default() });
    let mut failed = 0;
    for _ in 0..1000 {
        let index = bench.pick().unwrap();
        failed += u32::from(index == 0);
        bench.end(
            index,
            if index == 0 { Duration::ZERO } else { 5 * MS },
            [Outcome::Failed, Outcome::Answered][index],
        );
    }
    assert!(failed < 20, "{failed}");
}

#[test]
fn an_endpoint_that_fails_is_out_and_is_probed_by_one_request() {
    let mut bench = Bench::new(2, Ejection::default());
    bench.eject(0);
    for _ in 0..10 {
        assert_eq!(bench.pick(), Some(1));
    }
    bench.now += 1200 * MS;
    assert_eq!(bench.pick(), Some(0), "the probe");
    assert_eq!(bench.pick(), Some(1), "one is enough");
    // It fails: out for twice as long.
    assert_eq!(bench.end(0, MS, Outcome::Failed), Change::None);
    bench.now += 1900 * MS;
    assert_eq!(bench.pick_but(&[1]), None);
    bench.now += 400 * MS;
    assert_eq!(bench.pick_but(&[1]), Some(0));
    // Nobody waited for this one's answer: the next request is the probe.
    bench.end(0, MS, Outcome::Abandoned);
    assert_eq!(bench.pick(), Some(0));
    assert_eq!(bench.end(0, MS, Outcome::Answered), Change::TakenBack);
    assert!(!bench.board.is_ejected(0));
}

#[test]
fn time_out_doubles_to_a_limit_and_is_forgotten() {
    let mut bench = Bench::new(2, Ejection { longest: 8 * SECOND, ..Ejection::default() });
    bench.eject(0);
    for expected in [1, 2, 4, 8, 8, 8] {
        let expected = expected * SECOND;
        bench.now += expected - MS * 2;
        assert_eq!(bench.pick_but(&[1]), None, "{expected:?}");
        bench.now += expected / 10 + MS * 2;
        assert_eq!(bench.pick_but(&[1]), Some(0), "{expected:?}");
        bench.end(0, Duration::ZERO, Outcome::Failed);
    }
    bench.now += 9 * SECOND;
    assert_eq!(bench.pick_but(&[1]), Some(0));
    bench.end(0, MS, Outcome::Answered);
    bench.now += 9 * SECOND;
    bench.eject(0);
    bench.now += 1200 * MS;
    assert_eq!(bench.pick_but(&[1]), Some(0), "a good while, and it begins anew");
}

#[test]
fn no_more_are_out_than_may_be() {
    for (endpoints, most_percent, expected) in
        [(1, 50, 0), (2, 50, 1), (3, 50, 1), (4, 50, 2), (2, 100, 2), (5, 0, 0)]
    {
        let mut bench = Bench::new(endpoints, Ejection { most_percent, ..Ejection::default() });
        for _ in 0..200 {
            if let Some(index) = bench.pick() {
                bench.end(index, MS, Outcome::Failed);
            }
        }
        let out = (0..endpoints).filter(|index| bench.board.is_ejected(*index)).count();
        assert_eq!(out, expected, "{endpoints} endpoints, {most_percent} per cent");
        assert_eq!(bench.pick().is_none(), out == endpoints);
    }
}

/// It is there, which is what ejection asks; but it gets fewer requests.
#[test]
fn who_has_too_much_to_do_is_spared_but_stays() {
    let mut bench = Bench::new(2, Ejection::default());
    let mut spared = 0;
    for _ in 0..100 {
        let index = bench.pick().unwrap();
        spared += u32::from(index == 1);
        bench.end(index, MS, [Outcome::Overloaded, Outcome::Answered][index]);
    }
    assert!(spared > 90, "{spared}");
    assert!(!bench.board.is_ejected(0));
}

/// While a key is on one of two endpoints only, that one is asked, and the other for all other keys.
#[test]
fn who_does_not_have_a_key_is_not_asked_for_it_for_a_while() {
    let (mut bench, other) = (Bench::new(2, Ejection::default()), KeyId::from_bytes([2; 32]));
    assert_eq!(bench.pick_for(KEY, &[1]), Some(0));
    assert_eq!(bench.end(0, MS, Outcome::Lacks(KEY)), Change::None);
    let mut asked = [0; 2];
    for _ in 0..100 {
        assert_eq!(bench.pick(), Some(1));
        bench.end(1, MS, Outcome::Answered);
        let index = bench.pick_for(other, &[]).unwrap();
        bench.end(index, MS, Outcome::Answered);
        asked[index] += 1;
    }
    assert!(asked[0] > 20, "{asked:?}");
    assert_eq!(bench.pick_but(&[1]), None, "there is no second one to ask");
    // If nobody has it, one is asked all the same, and no second one.
    assert_eq!(bench.pick(), Some(1));
    bench.end(1, MS, Outcome::Lacks(KEY));
    let first = bench.pick().unwrap();
    assert_eq!(bench.pick_but(&[first]), None);
    bench.end(first, MS, Outcome::Lacks(KEY));
    bench.now += 11 * SECOND;
    assert_eq!(bench.pick_but(&[1]), Some(0));
    assert_eq!(bench.pick_but(&[0]), Some(1));
}
