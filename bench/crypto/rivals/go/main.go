// Signature checks of Go's standard library, exported from a Wasm module for the bench. Keys are read once and kept.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"hash"
	"math/big"
	"unsafe"
)

// What was allocated, so that the collector leaves it alone.
var kept [][]byte

// A check of one signature, with its key.
type verifier func(message, signature []byte) bool

var verifiers []verifier

//go:wasmexport allocate
func allocate(size int32) unsafe.Pointer {
	block := make([]byte, size+1)
	kept = append(kept, block)
	return unsafe.Pointer(&block[0])
}

// create makes a key to verify with: SubjectPublicKeyInfo, or a secret. 0: not understood.
//
//go:wasmexport create
func create(name unsafe.Pointer, nameSize int32, key unsafe.Pointer, size int32) int32 {
	verify := read(string(bytesAt(name, nameSize)), bytesAt(key, size))
	if verify == nil {
		return 0
	}
	verifiers = append(verifiers, verify)
	return int32(len(verifiers))
}

// verifyTimes answers how many of so many checks of one signature succeed.
//
//go:wasmexport verify_times
func verifyTimes(key int32, message unsafe.Pointer, messageSize int32, signature unsafe.Pointer, signatureSize int32, times int32) int32 {
	verify := verifiers[key-1]
	valid := int32(0)
	for range times {
		if verify(bytesAt(message, messageSize), bytesAt(signature, signatureSize)) {
			valid++
		}
	}
	return valid
}

// digestTimes makes the digest of a message so many times; it answers the first byte of it.
//
//go:wasmexport digest_times
func digestTimes(bits int32, message unsafe.Pointer, size int32, times int32) int32 {
	first := byte(0)
	for range times {
		switch bits {
		case 256:
			first = sha256.Sum256(bytesAt(message, size))[0]
		case 384:
			first = sha512.Sum384(bytesAt(message, size))[0]
		default:
			first = sha512.Sum512(bytesAt(message, size))[0]
		}
	}
	return int32(first)
}

func bytesAt(at unsafe.Pointer, size int32) []byte {
	return unsafe.Slice((*byte)(at), size)
}

func read(name string, key []byte) verifier {
	switch name {
	case "HS256":
		return mac(sha256.New, key)
	case "HS384":
		return mac(sha512.New384, key)
	case "HS512":
		return mac(sha512.New, key)
	}
	public, err := x509.ParsePKIXPublicKey(key)
	if err != nil {
		return nil
	}
	switch public := public.(type) {
	case *rsa.PublicKey:
		return rsaVerifier(name, public)
	case *ecdsa.PublicKey:
		return ecdsaVerifier(name, public)
	case ed25519.PublicKey:
		return func(message, signature []byte) bool { return ed25519.Verify(public, message, signature) }
	}
	return nil
}

func rsaVerifier(name string, key *rsa.PublicKey) verifier {
	if name == "PS256" {
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return func(message, signature []byte) bool {
			digest := sha256.Sum256(message)
			return rsa.VerifyPSS(key, crypto.SHA256, digest[:], signature, options) == nil
		}
	}
	return func(message, signature []byte) bool {
		digest := sha256.Sum256(message)
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
	}
}

func ecdsaVerifier(name string, key *ecdsa.PublicKey) verifier {
	return func(message, signature []byte) bool {
		half := len(signature) / 2
		r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
		return ecdsa.Verify(key, digestFor(name, message), r, s)
	}
}

func digestFor(name string, message []byte) []byte {
	switch name {
	case "ES256":
		digest := sha256.Sum256(message)
		return digest[:]
	case "ES384":
		digest := sha512.Sum384(message)
		return digest[:]
	default:
		digest := sha512.Sum512(message)
		return digest[:]
	}
}

func mac(newHash func() hash.Hash, key []byte) verifier {
	keyed := hmac.New(newHash, key)
	return func(message, code []byte) bool {
		keyed.Reset()
		keyed.Write(message)
		return hmac.Equal(keyed.Sum(nil), code)
	}
}

func main() {}
