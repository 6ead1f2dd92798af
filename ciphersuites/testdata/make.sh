#!/usr/bin/env bash
# Makes the keys and signatures in this directory afresh. OPENSSL names an openssl of at least 3.5, which has ML-DSA.
# Every file is by OpenSSL, so that what reads it here meets somebody else's encoding.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
openssl=${OPENSSL:-openssl}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -f ./*.pem ./*.der ./*.sig
printf 'a message to sign' >"$work/message"

genpkey() { "$openssl" genpkey -quiet "$@"; }
ossl() { "$openssl" "$@" 2>/dev/null; }

# Keys, each in every container it comes in.
genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pkcs8.pem
ossl rsa -in rsa.pkcs8.pem -traditional -out rsa.pkcs1.pem
genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsa-pss.pkcs8.pem
for bits in 256 384 512; do
    genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt "rsa_pss_keygen_md:sha$bits" \
        -pkeyopt "rsa_pss_keygen_mgf1_md:sha$bits" -pkeyopt "rsa_pss_keygen_saltlen:$((bits / 8))" \
        -out "rsa-pss-sha$bits.pkcs8.pem"
done
for bits in 256 384 521; do
    genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-$bits" -out "p$bits.pkcs8.pem"
    ossl ec -in "p$bits.pkcs8.pem" -out "p$bits.sec1.pem"
    ossl ec -in "p$bits.pkcs8.pem" -no_public -out "p$bits.bare.sec1.pem"
done
{ ossl ecparam -name prime256v1; cat p256.sec1.pem; } >p256.parameters.sec1.pem
genpkey -algorithm ED25519 -out ed25519.pkcs8.pem
for set in 44 65 87; do
    genpkey -algorithm "ML-DSA-$set" -out "$work/key.pem"
    for form in seed-only priv-only seed-priv; do
        "$openssl" pkey -in "$work/key.pem" -provparam "ml-dsa.output_formats=$form" -out "mldsa$set.$form.pkcs8.pem"
    done
done

# Public keys.
for key in *.pkcs8.pem; do
    "$openssl" pkey -in "$key" -pubout -outform DER -out "${key%%.*}.spki.der"
done

# Signatures over the message by each key and scheme.
sign() { "$openssl" pkeyutl -sign -rawin -inkey "$1.pem" -in "$work/message" -out "$2.sig" "${@:3}"; }
pss=(-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest)
for bits in 256 384 512; do
    sign rsa.pkcs8 "rsa_pss_rsae_sha$bits" -digest "sha$bits" "${pss[@]}"
    sign rsa-pss.pkcs8 "rsa_pss_pss_sha$bits" -digest "sha$bits" "${pss[@]}"
done
for bits in 1 224 256 384 512; do sign rsa.pkcs8 "rsa_pkcs1_sha$bits" -digest "sha$bits"; done
sign rsa.pkcs8 rsa_pss_rsae_sha256.salt20 -digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:20
sign p256.pkcs8 ecdsa_secp256r1_sha256 -digest sha256
sign p384.pkcs8 ecdsa_secp384r1_sha384 -digest sha384
sign p521.pkcs8 ecdsa_secp521r1_sha512 -digest sha512
# Every hash on every curve, for TLS 1.2.
for bits in 256 384 521; do
    for hash in sha1 sha224 sha256 sha384 sha512; do sign "p$bits.pkcs8" "p$bits.$hash" -digest "$hash"; done
done
sign ed25519.pkcs8 ed25519
for set in 44 65 87; do sign "mldsa$set.seed-only.pkcs8" "mldsa$set"; done

# What must be refused.
ossl pkcs8 -topk8 -in p256.pkcs8.pem -passout pass:secret -out bad.encrypted.pem
ossl rsa -in rsa.pkcs8.pem -traditional -aes128 -passout pass:secret -out bad.encrypted-pkcs1.pem
genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out bad.rsa1024.pem
genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 \
    -pkeyopt rsa_pss_keygen_mgf1_md:sha1 -pkeyopt rsa_pss_keygen_saltlen:32 -out bad.rsa-pss-mgf1-sha1.pem
genpkey -algorithm X25519 -out bad.x25519.pem
genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out bad.secp256k1.pem
ossl ec -in bad.secp256k1.pem -out bad.secp256k1.sec1.pem
ossl req -x509 -key p256.pkcs8.pem -subj /CN=test -days 36500 -out bad.certificate.pem
"$openssl" pkey -in p256.pkcs8.pem -pubout -out bad.public.pem

# Chains of two whose authority has an id-RSASSA-PSS key, without parameters and with.
pss=(-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -days 36500)
for key in rsa-pss rsa-pss-sha256; do
    ossl req -x509 -key "$key.pkcs8.pem" -subj /CN=authority "${pss[@]}" -out "$work/authority.pem"
    ossl req -new -key p256.pkcs8.pem -subj /CN=leaf -out "$work/leaf.csr"
    ossl x509 -req -in "$work/leaf.csr" -CA "$work/authority.pem" -CAkey "$key.pkcs8.pem" "${pss[@]}" \
        -extfile <(echo subjectAltName=DNS:leaf.test) -outform DER -out "$key.leaf.der"
    ossl x509 -in "$work/authority.pem" -outform DER -out "$key.authority.der"
done
