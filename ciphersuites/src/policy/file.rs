//! Policies from TOML files.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::policy::builder::{Edit, PolicyBuilder};
use crate::{SecurityPolicy, UnknownName};

mod error;
mod names;

pub use error::{Place, PolicyFileError};

use names::Names;

type Value<'i> = Spanned<DeValue<'i>>;

/// The keys of a file.
const KEYS: [&str; 16] = [
    "name",
    "from",
    "min_version",
    "cipher_suites",
    "chacha20_boosting",
    "groups",
    "key_shares",
    "strongly_preferred_groups",
    "signature_schemes",
    "certificate_signature_schemes",
    "certificate_keys",
    "certificate_preferences_apply_locally",
    "extended_main_secret_required",
    "post_quantum_required",
    "early_data_allowed",
    "rules",
];

/// The keys of a list's table, in the order in which they take effect.
const EDITS: [&str; 5] = ["set", "keep", "remove", "prefer", "add"];

impl SecurityPolicy {
    /// The policy that a TOML file describes: a name, a policy to begin with, and what is different. Every other key
    /// may be left out. They are the methods of [`PolicyBuilder`].
    ///
    /// `cipher_suites`, `groups`, `signature_schemes`, `certificate_signature_schemes` and `rules` are either whole
    /// lists or tables that change the list there is, by the keys `set`, `keep`, `remove`, `prefer` and `add`, in this
    /// order: each is an [`Edit`]. `key_shares`, `strongly_preferred_groups` and `certificate_keys` are whole lists.
    ///
    /// Suites, groups and schemes have their registered names, and three schemes also those that s2n-tls gives them:
    /// `ecdsa_sha256`, `ecdsa_sha384` and `ecdsa_sha512`. Keys are `rsa`, `rsa_pss`, either with a size as in
    /// `rsa_3072`, `ecdsa_p256`, `ecdsa_p384`, `ecdsa_p521`, `ed25519`, `mldsa_44`, `mldsa_65` and `mldsa_87`. Rules
    /// have their [`Rule::name`](crate::Rule::name). Letters may be of any case.
    ///
    /// ```
    /// use ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy};
    ///
    /// let policy = SecurityPolicy::from_toml(
    ///     r#"
    ///     name = "acme-2026"
    ///     from = "default_pq"
    ///
    ///     min_version = "TLS 1.3"
    ///     chacha20_boosting = true
    ///     post_quantum_required = true
    ///     extended_main_secret_required = true
    ///     early_data_allowed = false
    ///     certificate_preferences_apply_locally = true
    ///
    ///     ## Whole lists.
    ///     key_shares = ["SecP384r1MLKEM1024"]
    ///     strongly_preferred_groups = ["SecP384r1MLKEM1024"]
    ///     certificate_keys = ["ecdsa_p384", "mldsa_87", "rsa_3072", "rsa_4096"]
    ///     certificate_signature_schemes = ["mldsa87", "ecdsa_secp384r1_sha384", "rsa_pkcs1_sha384"]
    ///
    ///     ## What is different from default_pq.
    ///     [cipher_suites]
    ///     keep = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
    ///     prefer = ["TLS_AES_256_GCM_SHA384"]
    ///
    ///     [groups]
    ///     remove = ["x25519", "secp256r1", "secp521r1"]
    ///     add = ["MLKEM1024"]
    ///
    ///     [signature_schemes]
    ///     remove = ["mldsa44"]
    ///
    ///     [rules]
    ///     add = ["post-quantum-key-exchange"]
    ///     "#,
    /// )?;
    /// assert_eq!(policy.name, "acme-2026");
    /// assert_eq!(policy.min_version, ProtocolVersion::TLS1_3);
    /// assert_eq!(*policy.key_shares, [NamedGroup::SECP384R1MLKEM1024]);
    /// # Ok::<(), ciphersuites::PolicyFileError>(())
    /// ```
    ///
    /// # Errors
    /// It is no TOML, says something unknown or of the wrong type, or describes a policy that does not
    /// [build](PolicyBuilder::build). What is wrong in the file comes with line and column, and a wrong name with the
    /// one that is nearest.
    pub fn from_toml(source: &str) -> Result<Self, PolicyFileError> {
        let file = File { source };
        let table = DeTable::parse(source).map_err(|error| PolicyFileError::Syntax {
            place: Place::of(source, error.span()),
            message: error.message().to_owned(),
        })?;
        let table = table.get_ref();
        file.check_keys(table, &KEYS)?;
        let from = file.required(table, "from")?;
        let from = SecurityPolicy::by_name(file.string(from, "from")?).map_err(|error| {
            PolicyFileError::UnknownPolicy { place: Place::of(source, Some(from.span())), error }
        })?;
        let name = file.string(file.required(table, "name")?, "name")?;
        let mut builder = Self::builder(from, name);
        for (key, value) in table.iter() {
            builder = file.change(builder, key.get_ref(), value)?;
        }
        builder.build().map_err(PolicyFileError::Policy)
    }
}

/// A file that is being read.
struct File<'s> {
    source: &'s str,
}

impl File<'_> {
    /// Does with the builder what one key says.
    fn change(
        &self,
        builder: PolicyBuilder,
        key: &str,
        value: &Value<'_>,
    ) -> Result<PolicyBuilder, PolicyFileError> {
        Ok(match key {
            "min_version" => builder.min_version(self.member(value, key, &names::VERSIONS)?),
            "cipher_suites" => self
                .edits(value, key, &names::SUITES)?
                .into_iter()
                .fold(builder, PolicyBuilder::cipher_suites),
            "chacha20_boosting" => builder.chacha20_boosting(self.boolean(value, key)?),
            "groups" => {
                self.edits(value, key, &names::GROUPS)?.into_iter().fold(builder, PolicyBuilder::groups)
            }
            "key_shares" => builder.key_shares(self.list(value, key, &names::GROUPS)?),
            "strongly_preferred_groups" => {
                builder.strongly_preferred_groups(self.list(value, key, &names::GROUPS)?)
            }
            "signature_schemes" => self
                .edits(value, key, &names::SCHEMES)?
                .into_iter()
                .fold(builder, PolicyBuilder::signature_schemes),
            "certificate_signature_schemes" => self
                .edits(value, key, &names::CERTIFICATE_SCHEMES)?
                .into_iter()
                .fold(builder, PolicyBuilder::certificate_signature_schemes),
            "certificate_keys" => {
                builder.certificate_keys(self.list(value, key, &names::CERTIFICATE_KEYS)?)
            }
            "certificate_preferences_apply_locally" => {
                builder.certificate_preferences_apply_locally(self.boolean(value, key)?)
            }
            "extended_main_secret_required" => {
                builder.extended_main_secret_required(self.boolean(value, key)?)
            }
            "post_quantum_required" => builder.post_quantum_required(self.boolean(value, key)?),
            "early_data_allowed" => builder.early_data_allowed(self.boolean(value, key)?),
            "rules" => self.edits(value, key, &names::RULES)?.into_iter().fold(builder, PolicyBuilder::rules),
            // The name, and what it is made from.
            _ => builder,
        })
    }

    fn check_keys(&self, table: &DeTable<'_>, known: &'static [&'static str]) -> Result<(), PolicyFileError> {
        let is_unknown = |key: &&Spanned<DeString<'_>>| !known.contains(&key.get_ref().as_ref());
        match table.keys().find(is_unknown) {
            Some(key) => Err(PolicyFileError::UnknownName {
                place: Place::of(self.source, Some(key.span())),
                error: UnknownName::among("key", key.get_ref(), known.iter().copied()),
            }),
            None => Ok(()),
        }
    }

    fn required<'t, 'i>(
        &self,
        table: &'t DeTable<'i>,
        key: &'static str,
    ) -> Result<&'t Value<'i>, PolicyFileError> {
        table.get(key).ok_or(PolicyFileError::Missing(key))
    }

    /// A list to set, or a table of changes.
    fn edits<T>(
        &self,
        value: &Value<'_>,
        key: &str,
        names: &Names<T>,
    ) -> Result<Vec<Edit<T>>, PolicyFileError> {
        let Some(table) = value.get_ref().as_table() else {
            let all = self.members(value, key, names, "an array or a table")?;
            return Ok(vec![Edit::Set(all)]);
        };
        self.check_keys(table, &EDITS)?;
        let mut edits = Vec::new();
        for edit in EDITS {
            let Some(value) = table.get(edit) else { continue };
            let members = self.list(value, edit, names)?;
            edits.push(match edit {
                "set" => Edit::Set(members),
                "keep" => Edit::Keep(members),
                "remove" => Edit::Remove(members),
                "prefer" => Edit::Prefer(members),
                _ => Edit::Add(members),
            });
        }
        Ok(edits)
    }

    fn list<T>(&self, value: &Value<'_>, key: &str, names: &Names<T>) -> Result<Vec<T>, PolicyFileError> {
        self.members(value, key, names, "an array")
    }

    fn members<T>(
        &self,
        value: &Value<'_>,
        key: &str,
        names: &Names<T>,
        expected: &'static str,
    ) -> Result<Vec<T>, PolicyFileError> {
        let array = value.get_ref().as_array().ok_or_else(|| self.wrong_type(value, key, expected))?;
        array.iter().map(|member| self.member(member, key, names)).collect()
    }

    fn member<T>(&self, value: &Value<'_>, key: &str, names: &Names<T>) -> Result<T, PolicyFileError> {
        names.find(self.string(value, key)?).map_err(|error| PolicyFileError::UnknownName {
            place: Place::of(self.source, Some(value.span())),
            error,
        })
    }

    fn string<'v>(&self, value: &'v Value<'_>, key: &str) -> Result<&'v str, PolicyFileError> {
        value.get_ref().as_str().ok_or_else(|| self.wrong_type(value, key, "a string"))
    }

    fn boolean(&self, value: &Value<'_>, key: &str) -> Result<bool, PolicyFileError> {
        value.get_ref().as_bool().ok_or_else(|| self.wrong_type(value, key, "true or false"))
    }

    #[cold]
    fn wrong_type(&self, value: &Value<'_>, key: &str, expected: &'static str) -> PolicyFileError {
        PolicyFileError::WrongType {
            place: Place::of(self.source, Some(value.span())),
            key: key.to_owned(),
            expected,
            found: value.get_ref().type_str(),
        }
    }
}

#[cfg(test)]
mod tests;
