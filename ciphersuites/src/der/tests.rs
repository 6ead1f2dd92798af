use super::*;
use crate::testing::hex;

#[test]
fn lengths_in_their_shortest_form_only() {
    for len in [0, 1, 127, 128, 255, 256, 65535] {
        let contents = vec![7; len];
        let mut der = Vec::new();
        write(&mut der, OCTET_STRING, &[&contents]);
        let mut reader = Reader::new(&der);
        assert_eq!(reader.read(OCTET_STRING), Some(&contents[..]));
        assert!(reader.is_empty());
    }
    // Each with more than enough bytes behind it: what is wrong is the length itself.
    for bad in ["0480", "04800000", "048100", "04817f", "04820001", "048200ff", "0483000100", "0483010000"] {
        let der = [hex(bad), vec![0; 0x10100]].concat();
        assert_eq!(Reader::new(&der).read(OCTET_STRING), None, "{bad}");
    }
    for cut in ["", "04", "0401", "0481", "0482", "048201", "0482ffff00"] {
        assert_eq!(Reader::new(&hex(cut)).read(OCTET_STRING), None, "{cut}");
    }
}

#[test]
fn a_sequence_is_the_whole_input() {
    assert!(Reader::sequence(&hex("3000")).is_some());
    assert!(Reader::sequence(&hex("300000")).is_none());
    assert!(Reader::sequence(&hex("3100")).is_none());
    assert!(Reader::sequence(&[]).is_none());
}

#[test]
fn unsigned_integers() {
    let read = |text| Reader::new(&hex(text)).read_unsigned().map(<[u8]>::to_vec);
    assert_eq!(read("020100"), Some(vec![]));
    assert_eq!(read("02017f"), Some(vec![0x7f]));
    assert_eq!(read("02020080"), Some(vec![0x80]));
    for bad in ["0200", "020180", "0202007f", "02020000", "0101ff"] {
        assert_eq!(read(bad), None, "{bad}");
    }
}

#[test]
fn bit_strings_of_whole_bytes() {
    assert_eq!(Reader::new(&hex("03020042")).read_bit_string(), Some(&[0x42][..]));
    assert_eq!(Reader::new(&hex("03020142")).read_bit_string(), None);
    assert_eq!(Reader::new(&hex("0300")).read_bit_string(), None);
}

#[test]
fn a_wrong_tag_moves_nothing() {
    let der = hex("020105");
    let mut reader = Reader::new(&der);
    assert_eq!(reader.read(OCTET_STRING), None);
    assert_eq!(reader.peek(), Some(INTEGER));
    assert_eq!(reader.read(INTEGER), Some(&[5][..]));
}

#[test]
fn dotted_object_identifiers() {
    assert_eq!(dotted(&hex("2b6570")), "1.3.101.112");
    assert_eq!(dotted(&hex("2a864886f70d010101")), "1.2.840.113549.1.1.1");
    assert_eq!(dotted(&hex("2b8104000a")), "1.3.132.0.10");
    assert_eq!(dotted(&hex("8837")), "2.999");
    assert_eq!(dotted(&[]), "");
    // Arcs beyond 64 bits are cut off, not a reason to fail.
    assert!(dotted(&[0xff; 40]).is_empty());
}
