//! Names that s2n-tls withdrew, most of them with the drafts of post-quantum groups that they stood for.

/// Each name, and the policy that takes its place, if one does.
static DEPRECATED: [(&str, Option<&str>); 30] = [
    ("KMS-PQ-TLS-1-0-2019-06", Some("KMS-FIPS-TLS-1-2-2024-10")),
    ("KMS-PQ-TLS-1-0-2020-02", Some("KMS-FIPS-TLS-1-2-2024-10")),
    ("KMS-PQ-TLS-1-0-2020-07", Some("KMS-FIPS-TLS-1-2-2024-10")),
    ("PQ-TLS-1-0-2020-12", Some("default_pq")),
    ("PQ-TLS-1-1-2021-05-17", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-18", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-19", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-20", Some("default_pq")),
    ("PQ-TLS-1-1-2021-05-21", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-22", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-23", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-24", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-25", Some("default_pq")),
    ("PQ-TLS-1-0-2021-05-26", Some("default_pq")),
    ("PQ-TLS-1-0-2023-01-24", Some("default_pq")),
    ("PQ-TLS-1-2-2023-04-07", Some("PQ-TLS-1-2-2024-10-07")),
    ("PQ-TLS-1-2-2023-04-08", Some("PQ-TLS-1-2-2024-10-08")),
    ("PQ-TLS-1-2-2023-04-09", Some("PQ-TLS-1-2-2024-10-09")),
    ("PQ-TLS-1-2-2023-04-10", Some("default_pq")),
    ("PQ-TLS-1-3-2023-06-01", Some("default_pq")),
    ("PQ-TLS-1-2-2023-10-07", Some("PQ-TLS-1-2-2024-10-07")),
    ("PQ-TLS-1-2-2023-10-08", Some("PQ-TLS-1-2-2024-10-08")),
    ("PQ-TLS-1-2-2023-10-09", Some("PQ-TLS-1-2-2024-10-09")),
    ("PQ-TLS-1-2-2023-10-10", Some("default_pq")),
    ("PQ-TLS-1-2-2023-12-13", Some("default_pq")),
    ("PQ-TLS-1-2-2023-12-14", Some("default_pq")),
    ("PQ-TLS-1-2-2023-12-15", Some("default_pq")),
    ("PQ-SIKE-TEST-TLS-1-0-2019-11", None),
    ("PQ-SIKE-TEST-TLS-1-0-2020-02", None),
    ("20240730", Some("default_pq")),
];

/// Whether s2n-tls once had a policy of this name. If so: the one that takes its place, where one does.
pub(in crate::policy) fn deprecated(name: &str) -> Option<Option<&'static str>> {
    DEPRECATED.iter().find(|(old, _)| old.eq_ignore_ascii_case(name)).map(|(_, replacement)| *replacement)
}

#[cfg(test)]
pub(in crate::policy) fn all() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    DEPRECATED.iter().copied()
}
