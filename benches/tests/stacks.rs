//! What is compared is comparable: every stack does what the scenario says.

use std::time::Duration;

use benches::handshake::{Halves, Pipes, run};
use benches::ours::Ours;
use benches::peer::{OpenSsl, OpenSslResuming, Rustls, S2n};
use benches::stack::{HANDSHAKES, Scenario, Stack};

/// Whether each of the first handshakes resumes the one before it.
fn resumed<S: Stack>(scenario: &Scenario) -> [bool; 3] {
    let (stack, mut pipes) = (S::new(scenario), Pipes::default());
    [(); 3].map(|()| run(&stack, &mut Halves::<Duration>::default(), &mut pipes))
}

#[test]
fn nobody_resumes_in_full_handshakes() {
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::new(suite, group);
        assert_eq!(resumed::<Ours>(&scenario), [false; 3], "{name}");
        assert_eq!(resumed::<Rustls>(&scenario), [false; 3], "{name}");
        assert_eq!(resumed::<S2n>(&scenario), [false; 3], "{name}");
        assert_eq!(resumed::<OpenSsl>(&scenario), [false; 3], "{name}");
    }
}

#[test]
fn everybody_resumes_in_resumptions() {
    const AFTER_THE_FIRST: [bool; 3] = [false, true, true];
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::resumed(suite, group);
        assert_eq!(resumed::<Ours>(&scenario), AFTER_THE_FIRST, "{name}");
        assert_eq!(resumed::<Rustls>(&scenario), AFTER_THE_FIRST, "{name}");
        assert_eq!(resumed::<S2n>(&scenario), AFTER_THE_FIRST, "{name}");
        assert_eq!(resumed::<OpenSslResuming>(&scenario), AFTER_THE_FIRST, "{name}");
    }
}
