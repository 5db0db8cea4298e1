/**
 * `verify_signature` and `sign`: BoringSSL's EVP_DigestVerify and EVP_DigestSign as Envoy wraps them. RSA with PKCS #1
 * v1.5 padding and ECDSA with DER signatures; no RSA-PSS, no Ed25519, no HMAC.
 */
import { createPrivateKey, createPublicKey, sign as signDigest, verify, type KeyObject } from "node:crypto";
import { WasmResult } from "../abi.ts";
import { bytesField, ProtoWriter, readProto, textField } from "../proto.ts";
import type { ForeignCall, ForeignResult } from "./functions.ts";

const HASHES = ["sha1", "sha224", "sha256", "sha384", "sha512"];
const CURVES = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];

/** Parsing a key costs more than verifying with it; the same few keys come again and again. */
const MAX_CACHED_KEYS = 64;
const publicKeys = new Map<string, KeyObject | undefined>();

/** `VerifySignatureArguments` to `VerifySignatureResult`. A signature that does not fit is an answer, not an error. */
export function verifySignature({ argument }: ForeignCall): ForeignResult {
  const fields = readProto(argument);
  if (fields === undefined) return { status: WasmResult.BadArgument };
  const [der, pem] = [bytesField(fields, 2), bytesField(fields, 5)];
  if ((der.length === 0) === (pem.length === 0)) return { status: WasmResult.BadArgument };
  const hash = textField(fields, 1);
  if (!HASHES.includes(hash.toLowerCase())) return verifyResult(`${hash} is not supported.`);
  const key = publicKey(der, pem);
  if (key === undefined) return verifyResult("Failed to initialize digest verify.");
  const isValid = verify(hash.toLowerCase(), bytesField(fields, 4), key, bytesField(fields, 3));
  return verifyResult(isValid ? "" : "Failed to verify digest. Error code: 0");
}

function verifyResult(error: string): ForeignResult {
  return {
    status: WasmResult.Ok,
    result: new ProtoWriter()
      .varint(1, error === "")
      .bytes(2, error)
      .finish(),
  };
}

/** `SignArguments` to `SignResult`. */
export function sign({ argument }: ForeignCall): ForeignResult {
  const fields = readProto(argument);
  if (fields === undefined) return { status: WasmResult.BadArgument };
  const [der, pem] = [bytesField(fields, 2), bytesField(fields, 4)];
  if ((der.length === 0) === (pem.length === 0)) return { status: WasmResult.BadArgument };
  const hash = textField(fields, 1);
  if (!HASHES.includes(hash.toLowerCase())) return signResult(undefined, `${hash} is not supported.`);
  const key = usable(() =>
    pem.length > 0 ? createPrivateKey(pem) : createPrivateKey({ key: der, format: "der", type: "pkcs8" }),
  );
  if (key === undefined) return signResult(undefined, "Failed to initialize digest sign.");
  return signResult(signDigest(hash.toLowerCase(), bytesField(fields, 3), key), "");
}

function signResult(signature: Buffer | undefined, error: string): ForeignResult {
  const writer = new ProtoWriter()
    .varint(1, signature !== undefined)
    .bytes(2, signature ?? "")
    .bytes(3, error);
  return { status: WasmResult.Ok, result: writer.finish() };
}

function publicKey(der: Buffer, pem: Buffer): KeyObject | undefined {
  const id = (pem.length > 0 ? pem : der).toString("latin1");
  if (publicKeys.has(id)) return publicKeys.get(id);
  const key = usable(() =>
    pem.length > 0 ? parsePem(pem) : createPublicKey({ key: der, format: "der", type: "spki" }),
  );
  if (publicKeys.size >= MAX_CACHED_KEYS) publicKeys.clear();
  publicKeys.set(id, key);
  return key;
}

/** Node would also derive the public key of a certificate or a private key. */
function parsePem(pem: Buffer): KeyObject {
  if (!pem.includes("-----BEGIN PUBLIC KEY-----")) throw new Error("not a public key");
  return createPublicKey(pem);
}

/** The key, when BoringSSL would take it; undefined also for what cannot be parsed. */
function usable(parse: () => KeyObject): KeyObject | undefined {
  try {
    const key = parse();
    if (key.asymmetricKeyType === "rsa") return key;
    const curve = key.asymmetricKeyType === "ec" ? key.asymmetricKeyDetails?.namedCurve : undefined;
    return curve !== undefined && CURVES.includes(curve) ? key : undefined;
  } catch {
    return undefined;
  }
}
