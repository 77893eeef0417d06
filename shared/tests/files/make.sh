#!/usr/bin/env bash
# Makes every file of this folder anew with OpenSSL 3, keytool and ssh-keygen. The tests need none of
# them: the files are kept. Every secret in here is worthless and has TEST KEY in its name.
set -euo pipefail
cd "$(dirname "$0")"
find . -type f ! -name make.sh -delete
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Longer than anybody will keep them: what is tested is reading, not dates.
days=36500
ec() { openssl ecparam -name "$1" -genkey -noout -out "$2" 2>/dev/null; }
rsa() { openssl genrsa -traditional -out "$2" "$1" 2>/dev/null; }
self_signed() { openssl req -x509 -new -key "$1" -days $days -utf8 -subj "$2" "${@:3}"; }

# A root, what it signed, and what that signed.
ec prime256v1 "$scratch/root.key"
ec prime256v1 "$scratch/intermediate.key"
ec prime256v1 "$scratch/leaf.key"
self_signed "$scratch/root.key" "/O=Trust file tests, Inc./CN=root" -set_serial 0x0a1b -out root.pem
openssl req -new -key "$scratch/intermediate.key" -subj /CN=intermediate -out "$scratch/intermediate.csr"
openssl x509 -req -in "$scratch/intermediate.csr" -CA root.pem -CAkey "$scratch/root.key" -days $days \
  -set_serial 2 -out intermediate.pem -extfile <(echo basicConstraints=critical,CA:true) 2>/dev/null
openssl req -new -key "$scratch/leaf.key" -subj /CN=leaf -out request.pem
openssl x509 -req -in request.pem -CA intermediate.pem -CAkey "$scratch/intermediate.key" -days $days \
  -set_serial 0xfe03 -out leaf.pem 2>/dev/null \
  -extfile <(echo subjectAltName=DNS:mqtt.example,DNS:*.mqtt.example,IP:192.0.2.7,IP:2001:db8::7,email:a@b.example)
openssl x509 -in root.pem -outform DER -out root.der
openssl x509 -in root.pem -trustout -addtrust serverAuth -setalias "a root" -out trusted.pem
openssl x509 -in leaf.pem -text -out text-and-pem.pem

# One for each kind of key and signature.
rsa 2048 "$scratch/rsa.key"
rsa 1024 "$scratch/rsa-1024.key"
ec secp384r1 "$scratch/p384.key"
ec secp521r1 "$scratch/p521.key"
ec secp256k1 "$scratch/secp256k1.key"
openssl genpkey -algorithm ED25519 -out "$scratch/ed25519.key"
self_signed "$scratch/rsa.key" /CN=rsa-2048 -out rsa-2048.pem
self_signed "$scratch/rsa.key" /CN=sha1 -sha1 -out sha1.pem
self_signed "$scratch/rsa.key" /CN=pss -sigopt rsa_padding_mode:pss -out pss.pem
self_signed "$scratch/rsa-1024.key" /CN=rsa-1024 -out rsa-1024.pem
self_signed "$scratch/p384.key" /CN=p384 -sha384 -out p384.pem
self_signed "$scratch/p521.key" /CN=p521 -sha512 -out p521.pem
self_signed "$scratch/secp256k1.key" /CN=secp256k1 -out secp256k1.pem
self_signed "$scratch/ed25519.key" /CN=ed25519 -out ed25519.pem

# Version 1: no extensions. Then names that nobody should believe.
openssl req -new -key "$scratch/root.key" -subj /CN=v1 -out "$scratch/v1.csr"
openssl x509 -req -in "$scratch/v1.csr" -signkey "$scratch/root.key" -days $days -out v1.pem 2>/dev/null
self_signed "$scratch/root.key" $'/CN=<b>\e[31m\xe2\x80\xaegnp.exe\n/O=Gr\xc3\xb6\xc3\x9fe\\/CN=other' -out hostile.pem

# keytool: the export as ThingsBoard's guide makes it, and the stores it comes from.
store=(-storepass testkey -keypass testkey -alias server)
keytool -genkeypair "${store[@]}" -keystore "keytool TEST KEY.jks" -storetype JKS -keyalg EC -groupname secp256r1 \
  -validity $days -dname "CN=keytool, OU=Tests, C=US" 2>/dev/null
keytool -genkeypair "${store[@]}" -keystore "keytool TEST KEY.jceks" -storetype JCEKS -keyalg EC -groupname secp256r1 \
  -validity $days -dname "CN=keytool" 2>/dev/null
keytool -genkeypair "${store[@]}" -keystore "keytool PKCS12 TEST KEY.jks" -keyalg EC -groupname secp256r1 \
  -validity $days -dname "CN=keytool" 2>/dev/null
keytool -exportcert -rfc "${store[@]}" -keystore "keytool TEST KEY.jks" -file keytool.pub.pem 2>/dev/null
keytool -exportcert "${store[@]}" -keystore "keytool TEST KEY.jks" -file keytool.cer 2>/dev/null

# Private keys in every dress.
plain="$scratch/leaf.key"
cp "$scratch/rsa-1024.key" "pkcs1 TEST KEY.pem"
cp "$plain" "sec1 TEST KEY.pem"
openssl rsa -in "pkcs1 TEST KEY.pem" -traditional -outform DER -out "pkcs1 TEST KEY.der" 2>/dev/null
openssl ec -in "$plain" -outform DER -out "sec1 TEST KEY.der" 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in "$plain" -out "pkcs8 TEST KEY.pem"
openssl pkcs8 -topk8 -nocrypt -in "$plain" -outform DER -out "pkcs8 TEST KEY.der"
for form in PEM DER; do
  end=$(tr '[:upper:]' '[:lower:]' <<<$form)
  openssl pkcs8 -topk8 -in "$plain" -v2 aes-256-cbc -passout pass:testkey -outform $form -out "pbes2 TEST KEY.$end"
  openssl pkcs8 -topk8 -in "$plain" -v1 PBE-SHA1-3DES -passout pass:testkey -outform $form -out "pbe-pkcs12 TEST KEY.$end"
  openssl pkcs8 -topk8 -in "$plain" -v1 PBE-MD5-DES -passout pass:testkey -outform $form -out "pbe-pkcs5 TEST KEY.$end" \
    -provider legacy -provider default
done
openssl rsa -in "pkcs1 TEST KEY.pem" -traditional -aes128 -passout pass:testkey -out "proc-type TEST KEY.pem" 2>/dev/null
ssh-keygen -q -t ed25519 -N "" -C "test key" -f "$scratch/ssh"
mv "$scratch/ssh" "openssh TEST KEY.pem"
mv "$scratch/ssh.pub" ssh.pub
openssl pkcs12 -export -in leaf.pem -inkey "$plain" -passout pass:testkey -out "store TEST KEY.p12"

# What people take for a certificate. A signature made while reading has no length up front (BER).
openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile intermediate.pem -out bundle.p7b
openssl crl2pkcs7 -nocrl -certfile leaf.pem -outform DER -out bundle-der.p7b
openssl cms -sign -stream -nodetach -in ssh.pub -signer leaf.pem -inkey "$plain" -outform DER -out signed-ber.p7m
openssl req -in request.pem -outform DER -out request.der
openssl pkey -in "$plain" -pubout -out public.pem
openssl pkey -in "$plain" -pubout -outform DER -out public.der
openssl rsa -in "pkcs1 TEST KEY.pem" -RSAPublicKey_out -out rsa-public.pem 2>/dev/null
openssl rsa -in "pkcs1 TEST KEY.pem" -RSAPublicKey_out -outform DER -out rsa-public.der 2>/dev/null
touch "$scratch/index"
cat > "$scratch/ca.conf" <<CONF
[ca]
default_ca = x
[x]
database = $scratch/index
default_md = sha256
default_crl_days = $days
CONF
openssl ca -gencrl -config "$scratch/ca.conf" -cert root.pem -keyfile "$scratch/root.key" -out list.crl.pem 2>/dev/null
openssl crl -in list.crl.pem -outform DER -out list.crl

# What OpenSSL says about them, to compare with: SHA-256, serial number, both dates in Unix seconds.
said() { openssl x509 -in "$1.pem" -noout "${@:2}" | sed 's/[^=]*=//'; }
unix() { date -u -d "$(said "$@" -dateopt iso_8601)" +%s; }
for file in root intermediate leaf rsa-2048 rsa-1024 sha1 pss p384 p521 secp256k1 ed25519 v1 hostile keytool.pub; do
  echo "$file $(said $file -fingerprint -sha256) $(said $file -serial) $(unix $file -startdate) $(unix $file -enddate)"
done > openssl.txt
