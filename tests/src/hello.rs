//! Handshake messages taken apart at their extensions, changed, and put together again.

/// ClientHello, ServerHello, HelloRetryRequest, EncryptedExtensions or CertificateRequest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Extended {
    /// The message's type.
    pub message_type: u8,
    /// What comes before the extensions.
    pub prefix: Vec<u8>,
    /// Type and body of each extension.
    pub extensions: Vec<(u16, Vec<u8>)>,
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])
}

/// Where the block of extensions begins in the body of a message of this type.
fn prefix_len(message_type: u8, body: &[u8]) -> usize {
    let session_id_end = || 35 + usize::from(body[34]);
    match message_type {
        1 => {
            let suites_end = session_id_end() + 2 + u16_at(body, session_id_end());
            suites_end + 1 + usize::from(body[suites_end])
        }
        2 => session_id_end() + 3,
        8 => 0,
        13 => 1 + usize::from(body[0]),
        other => panic!("messages of type {other} are not taken apart"),
    }
}

/// A handshake message of this type and body.
pub fn message(message_type: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[message_type], &len[1..], body].concat()
}

impl Extended {
    /// Takes a whole message apart.
    pub fn parse(message: &[u8]) -> Self {
        let (message_type, body) = (message[0], &message[4..]);
        let prefix_len = prefix_len(message_type, body);
        // A message may end without so much as an empty block.
        let mut rest = body.get(prefix_len + 2..).unwrap_or_default();
        let mut extensions = Vec::new();
        while !rest.is_empty() {
            let end = 4 + u16_at(rest, 2);
            extensions.push((u16::try_from(u16_at(rest, 0)).unwrap(), rest[4..end].to_vec()));
            rest = &rest[end..];
        }
        Self { message_type, prefix: body[..prefix_len].to_vec(), extensions }
    }

    /// Puts the message together.
    pub fn bytes(&self) -> Vec<u8> {
        let mut block = Vec::new();
        for (extension_type, body) in &self.extensions {
            block.extend_from_slice(&extension_type.to_be_bytes());
            block.extend_from_slice(&u16::try_from(body.len()).unwrap().to_be_bytes());
            block.extend_from_slice(body);
        }
        let len = u16::try_from(block.len()).unwrap().to_be_bytes();
        message(self.message_type, &[&self.prefix, len.as_slice(), &block].concat())
    }

    /// The message without even an empty block of extensions.
    pub fn bytes_without_extensions(&self) -> Vec<u8> {
        message(self.message_type, &self.prefix)
    }

    /// Whether there is such an extension.
    pub fn has(&self, extension_type: u16) -> bool {
        self.extensions.iter().any(|(present, _)| *present == extension_type)
    }

    /// The body of an extension that must be there.
    pub fn body_mut(&mut self, extension_type: u16) -> &mut Vec<u8> {
        let found = self.extensions.iter_mut().find(|(present, _)| *present == extension_type);
        &mut found.expect("the extension").1
    }

    /// Replaces the body of an extension that must be there.
    pub fn set(&mut self, extension_type: u16, body: &[u8]) {
        *self.body_mut(extension_type) = body.to_vec();
    }

    /// Replaces a ClientHello's cipher suites.
    pub fn set_suites(&mut self, list: &[u8]) {
        let at = self.suites_at();
        let new = [&u16::try_from(list.len()).unwrap().to_be_bytes(), list].concat();
        self.prefix.splice(at..at + 2 + u16_at(&self.prefix, at), new);
    }

    /// Puts another suite in front of a ClientHello's cipher suites.
    pub fn push_suite(&mut self, suite: u16) {
        let at = self.suites_at();
        let old = self.prefix[at + 2..][..u16_at(&self.prefix, at)].to_vec();
        self.set_suites(&[suite.to_be_bytes().as_slice(), &old].concat());
    }

    /// Replaces a ClientHello's compression methods, of which there is one.
    pub fn set_compression(&mut self, methods: &[u8]) {
        self.prefix.truncate(self.prefix.len() - 2);
        self.prefix.push(u8::try_from(methods.len()).unwrap());
        self.prefix.extend_from_slice(methods);
    }

    /// Takes an extension out.
    pub fn remove(&mut self, extension_type: u16) {
        self.extensions.retain(|(present, _)| *present != extension_type);
    }

    /// Puts an extension behind all others.
    pub fn push(&mut self, extension_type: u16, body: &[u8]) {
        self.extensions.push((extension_type, body.to_vec()));
    }

    /// Where a hello's cipher suites begin in its prefix: the list's length in a ClientHello, the one suite in a
    /// ServerHello.
    pub fn suites_at(&self) -> usize {
        35 + usize::from(self.prefix[34])
    }
}
