use std::collections::HashMap;
use std::time::Duration;

use tls_core::KeyId;
use tokio::time::Instant;

use crate::signer::dice::Dice;
use crate::signer::failover::Ejection;

/// An endpoint that was slow once is tried again after some time: what is known of its latency fades within this.
const MEMORY: Duration = Duration::from_secs(10);

/// A failure is as good as an answer after so long, or else an endpoint that fails fast would look like the best.
const FAILURE: Duration = Duration::from_secs(1);

/// Below this, differences in latency mean nothing.
const NOISE: Duration = Duration::from_micros(100);

/// How long an endpoint that did not have a key is not asked for it where another may have it.
const MISSING: Duration = Duration::from_secs(10);

/// Whatever was configured: times must stay within what can be added.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How the endpoints are.
#[derive(Debug)]
pub(crate) struct Board {
    ejection: Ejection,
    endpoints: Vec<Health>,
}

#[derive(Debug)]
struct Health {
    in_flight: usize,
    failures: u32,
    latency: Duration,
    /// When that was so.
    observed: Instant,
    standing: Standing,
    /// How often in a row it was ejected.
    ejections: u32,
    /// When it was last taken back.
    back_since: Instant,
    /// The keys that it did not have, and until when that is remembered. Only keys that the caller knows are asked for,
    /// so that there are not more than of those.
    missing: HashMap<KeyId, Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    In,
    OutUntil(Instant),
    /// It has been out for its time, and a request is under way that will tell how it is.
    Probing,
}

/// How a request at an endpoint ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It did its part, whatever the answer.
    Answered,
    /// It did, but it does not have this key.
    Lacks(KeyId),
    /// It is there, and has too much to do.
    Overloaded,
    /// It did not do its part.
    Failed,
    /// Nobody wanted to know any more.
    Abandoned,
}

/// What the end of a request did to its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    Ejected,
    TakenBack,
}

impl Board {
    pub(crate) fn new(ejection: Ejection) -> Self {
        Self { ejection, endpoints: Vec::new() }
    }

    pub(crate) fn add(&mut self, now: Instant) {
        self.endpoints.push(Health {
            in_flight: 0,
            failures: 0,
            latency: Duration::ZERO,
            observed: now,
            standing: Standing::In,
            ejections: 0,
            back_since: now,
            missing: HashMap::new(),
        });
    }

    pub(crate) fn in_flight(&self) -> impl Iterator<Item = usize> {
        self.endpoints.iter().map(|health| health.in_flight)
    }

    pub(crate) fn is_ejected(&self, index: usize) -> bool {
        self.endpoints.get(index).is_some_and(|health| health.standing != Standing::In)
    }

    /// Who gets the next request for this key: one whose probe is due, or the better of two that are in. One that did not
    /// have the key comes first only where all others did not have it either, and never second.
    pub(crate) fn pick(&mut self, now: Instant, key: KeyId, tried: &[usize], dice: &Dice) -> Option<usize> {
        let untried = || self.endpoints.iter().enumerate().filter(|(index, _)| !tried.contains(index));
        let with_key = || untried().filter(|(_, it)| !it.lacks(key, now));
        let due = with_key().find(|(_, it)| matches!(it.standing, Standing::OutUntil(end) if end <= now));
        let index = match due {
            Some((index, _)) => index,
            None => {
                let is_in = |it: &Health| it.standing == Standing::In;
                let mut candidates: Vec<usize> =
                    with_key().filter(|(_, it)| is_in(it)).map(|(index, _)| index).collect();
                if candidates.is_empty() && tried.is_empty() {
                    candidates = untried().filter(|(_, it)| is_in(it)).map(|(index, _)| index).collect();
                }
                self.better_of_two(&candidates, now, dice)?
            }
        };
        let health = self.endpoints.get_mut(index)?;
        health.in_flight += 1;
        if health.standing != Standing::In {
            health.standing = Standing::Probing;
        }
        Some(index)
    }

    fn better_of_two(&self, candidates: &[usize], now: Instant, dice: &Dice) -> Option<usize> {
        let draw = |count: usize| usize::try_from(dice.below(u64::try_from(count).ok()?)).ok();
        let first = draw(candidates.len())?;
        let (one, others) = (*candidates.get(first)?, candidates.len() - 1);
        if others == 0 {
            return Some(one);
        }
        // Any but the first: those after it move up by one.
        let second = draw(others)?;
        let other = *candidates.get(if second < first { second } else { second + 1 })?;
        let cost = |index: usize| self.endpoints.get(index).map_or(f64::MAX, |health| health.cost(now));
        Some(if cost(other) < cost(one) { other } else { one })
    }

    /// Notes how a request ended that began at `started`.
    pub(crate) fn end(
        &mut self,
        index: usize,
        now: Instant,
        started: Instant,
        outcome: Outcome,
        dice: &Dice,
    ) -> Change {
        let may_eject = self.may_eject();
        let Some(health) = self.endpoints.get_mut(index) else { return Change::None };
        let took = now.duration_since(started);
        let was_probing = health.standing == Standing::Probing;
        health.in_flight = health.in_flight.saturating_sub(1);
        match outcome {
            Outcome::Answered | Outcome::Lacks(_) => {
                health.observe(now, took);
                health.failures = 0;
                if let Outcome::Lacks(key) = outcome {
                    health.missing.insert(key, now + MISSING);
                }
            }
            Outcome::Overloaded => health.observe(now, took.max(FAILURE)),
            Outcome::Failed => {
                health.observe(now, took.max(FAILURE));
                health.failures = health.failures.saturating_add(1);
            }
            // It takes at least so long.
            Outcome::Abandoned => health.observe(now, took.max(health.latency_at(now))),
        }
        match outcome {
            Outcome::Answered | Outcome::Lacks(_) | Outcome::Overloaded if was_probing => {
                health.take_back(now);
                Change::TakenBack
            }
            Outcome::Failed if was_probing => {
                health.eject(now, &self.ejection, dice);
                Change::None
            }
            Outcome::Failed
                if health.standing == Standing::In
                    && health.failures >= self.ejection.failures
                    && may_eject =>
            {
                health.eject(now, &self.ejection, dice);
                Change::Ejected
            }
            Outcome::Abandoned if was_probing => {
                health.standing = Standing::OutUntil(now);
                Change::None
            }
            _ => Change::None,
        }
    }

    /// Whether there may be one more that is out.
    fn may_eject(&self) -> bool {
        let out = self.endpoints.iter().filter(|health| health.standing != Standing::In).count();
        let most = self.endpoints.len().saturating_mul(usize::from(self.ejection.most_percent)) / 100;
        out < most
    }
}

impl Health {
    fn lacks(&self, key: KeyId, now: Instant) -> bool {
        self.missing.get(&key).is_some_and(|until| now < *until)
    }

    /// What a request here costs: its likely latency, for all that are before it.
    fn cost(&self, now: Instant) -> f64 {
        let others = u32::try_from(self.in_flight).unwrap_or(u32::MAX);
        (self.latency_at(now) + NOISE).as_secs_f64() * (f64::from(others) + 1.0)
    }

    fn latency_at(&self, now: Instant) -> Duration {
        self.latency.mul_f64(self.weight(now))
    }

    /// How much of what was known is still worth.
    fn weight(&self, now: Instant) -> f64 {
        (-now.duration_since(self.observed).as_secs_f64() / MEMORY.as_secs_f64()).exp()
    }

    /// Rises at once, falls slowly: trouble shows in a single answer, the end of it in several.
    fn observe(&mut self, now: Instant, took: Duration) {
        let known = self.latency_at(now);
        self.latency = if took > known { took } else { (known * 7 + took) / 8 };
        self.observed = now;
    }

    fn eject(&mut self, now: Instant, ejection: &Ejection, dice: &Dice) {
        if self.standing == Standing::In && now.duration_since(self.back_since) > ejection.longest {
            self.ejections = 0;
        }
        let doubled = 1_u32.checked_shl(self.ejections).unwrap_or(u32::MAX);
        let length = ejection.first.saturating_mul(doubled).min(ejection.longest).min(DAY);
        self.ejections = self.ejections.saturating_add(1).min(31);
        self.standing = Standing::OutUntil(now + length + dice.up_to(length / 10));
    }

    fn take_back(&mut self, now: Instant) {
        self.standing = Standing::In;
        self.failures = 0;
        self.back_since = now;
        // What it was like before it was ejected says nothing.
        self.latency = Duration::ZERO;
    }
}

#[cfg(test)]
mod tests;
