use super::*;

fn read(uri: &str) -> Pkcs11Uri {
    uri.parse().unwrap_or_else(|error| panic!("{uri}: {error}"))
}

/// The URIs of RFC 7512 §3, without the line breaks that it has for readers.
#[test]
fn the_examples_of_the_rfc() {
    let nothing = read("pkcs11:");
    assert_eq!(nothing.to_string(), "pkcs11:");

    let object = read("pkcs11:object=my-pubkey;type=public");
    assert_eq!(object.object.as_deref(), Some("my-pubkey"));
    assert_eq!(object.object_type, Some(ObjectType::Public));

    let key = read("pkcs11:object=my-key;type=private?pin-source=file:/etc/token");
    assert_eq!(key.object_type, Some(ObjectType::Private));
    assert_eq!(key.pin_source.as_deref(), Some("file:/etc/token"));

    let certificate = read(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;\
         object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin",
    );
    assert_eq!(certificate.token.as_deref(), Some("The Software PKCS#11 Softtoken"));
    assert_eq!(certificate.manufacturer.as_deref(), Some("Snake Oil, Inc."));
    assert_eq!(certificate.model.as_deref(), Some("1.0"));
    assert_eq!(certificate.serial.as_deref(), Some(""));
    assert_eq!(certificate.id, Some(vec![0x69, 0x95, 0x3e, 0x5c, 0xf4, 0xbd, 0xec, 0x91]));
    assert_eq!(certificate.object_type, Some(ObjectType::Certificate));

    let module = read("pkcs11:object=my-sign-key;type=private?module-name=mypkcs11");
    assert_eq!(module.module_name.as_deref(), Some("mypkcs11"));
    let path = read("pkcs11:object=my-sign-key;type=private?module-path=/mnt/libmypkcs11.so.1");
    assert_eq!(path.module_path, Some("/mnt/libmypkcs11.so.1".into()));

    let by_token = read(
        "pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin",
    );
    assert!(by_token.pin_value.is_some());

    let slot = read("pkcs11:slot-description=Sun%20Metaslot");
    assert_eq!(slot.slot_description.as_deref(), Some("Sun Metaslot"));

    let library = read(
        "pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token%20Library;library-version=1.23",
    );
    assert_eq!(library.library_manufacturer.as_deref(), Some("Snake Oil, Inc."));
    assert_eq!(library.library_description.as_deref(), Some("Soft Token Library"));
    assert_eq!(library.library_version, Some((1, 23)));

    let semicolon = read(
        "pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;id=%01%02%03%Ba%dd%Ca%fe%04%05%06",
    );
    assert_eq!(semicolon.token.as_deref(), Some("My token% created by Joe"));
    assert_eq!(semicolon.library_version, Some((3, 0)));
    assert_eq!(semicolon.id, Some(vec![1, 2, 3, 0xba, 0xdd, 0xca, 0xfe, 4, 5, 6]));

    let ascii = read("pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-certificate;type=cert");
    assert_eq!(ascii.token.as_deref(), Some("A name with a substring %;"));
    let unicode = read(
        "pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1;object=my-certificate;type=cert",
    );
    assert_eq!(unicode.token.as_deref(), Some("Name with a small A with acute: á"));
}

#[test]
fn vendors_may_add_to_the_query_only() {
    let query = read("pkcs11:object=my-key?x-vendor-attr=value-1&x-vendor-attr=value-2&module-name=m");
    assert_eq!(query.module_name.as_deref(), Some("m"));
    let path = "pkcs11:object=my-key;vendor-aaa=value-a".parse::<Pkcs11Uri>();
    assert_eq!(path.err(), Some(InvalidPkcs11Uri::UnknownAttribute("vendor-aaa".to_owned())));
    let misplaced = "pkcs11:object=my-key;pin-value=1234".parse::<Pkcs11Uri>();
    assert_eq!(misplaced.err(), Some(InvalidPkcs11Uri::UnknownAttribute("pin-value".to_owned())));
}

#[test]
fn what_is_no_such_uri_is_told_why() {
    let bad =
        |attribute: &str, expected| InvalidPkcs11Uri::BadValue { attribute: attribute.to_owned(), expected };
    let digits = "text in which % is followed by two hexadecimal digits";
    for (text, error) in [
        ("", InvalidPkcs11Uri::NotPkcs11),
        ("/etc/key.pem", InvalidPkcs11Uri::NotPkcs11),
        ("file:token=a", InvalidPkcs11Uri::NotPkcs11),
        ("pkcs11:token", InvalidPkcs11Uri::NoValue("token".to_owned())),
        ("pkcs11:token=a;token=a", InvalidPkcs11Uri::Repeated("token".to_owned())),
        ("pkcs11:?module-name=a&module-name=b", InvalidPkcs11Uri::Repeated("module-name".to_owned())),
        ("pkcs11:token=%", bad("token", digits)),
        ("pkcs11:token=%4", bad("token", digits)),
        ("pkcs11:token=%+4", bad("token", digits)),
        ("pkcs11:token=%é4", bad("token", digits)),
        ("pkcs11:token=%ff", bad("token", "UTF-8")),
        ("pkcs11:type=key", bad("type", "public, private, cert, secret-key or data")),
        ("pkcs11:slot-id=-1", bad("slot-id", "a number")),
        ("pkcs11:library-version=256", bad("library-version", "a version, such as 2.40")),
        ("pkcs11:?pin-value=1&pin-source=/etc/pin", InvalidPkcs11Uri::TwoPins),
    ] {
        assert_eq!(text.parse::<Pkcs11Uri>().err(), Some(error), "{text}");
    }
}

#[test]
fn a_uri_is_written_as_it_is_read_but_for_the_pin() {
    let text = "pkcs11:token=a%20%3B%25b;serial=;slot-id=7;object=k%C3%A1;id=%01%FF;type=private";
    let uri = read(&format!("{text}?pin-value=secret&module-path=/m.so"));
    assert_eq!(uri.to_string(), text);
    assert!(!format!("{uri:?}").contains("secret"), "{uri:?}");
    assert!(read("PKCS11:token=a").token.is_some(), "the scheme is read in any case");
}
