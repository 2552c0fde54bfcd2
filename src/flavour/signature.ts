// The signature behind a Linux module: a PKCS#7 message, twelve bytes that say how
// long it is, and a line of text.  Who signed it is told, as modinfo(8) tells it;
// whether the signature is right is for a kernel that has the key.
// kernel/module_signature.c of Linux; RFC 2315, section 9

import { viewOf } from '../base/bytes.ts';
import {
  type DerValue,
  derObjectId,
  derValues,
  INTEGER,
  OBJECT_ID,
  OCTET_STRING,
  SEQUENCE,
  SET,
} from './der.ts';

export interface ModuleSignature {
  /** What modinfo calls sig_id. */
  readonly id: 'PKCS#7' | 'PGP' | 'X509' | 'unknown';
  /** The common name of who issued the signer's certificate. */
  readonly signer: string | undefined;
  /** The serial number of that certificate, or the key's identifier: "1A:2B". */
  readonly key: string | undefined;
  readonly hash: string | undefined;
  /** The signature proper, in hexadecimal; undefined when there is none to be found. */
  readonly signature: string | undefined;
}

const MAGIC = '~Module signature appended~\n';
/** struct module_signature: algo, hash, id_type, signer_len, key_id_len, pad, be32 sig_len. */
const TRAILER = 12;
const ids = ['PGP', 'X509', 'PKCS#7'] as const;

/** Reads the end of a file; undefined: it is not signed. */
export function readSignature(file: Uint8Array): ModuleSignature | undefined {
  const magicAt = file.length - MAGIC.length;
  const at = magicAt - TRAILER;
  if (at < 0 || new TextDecoder().decode(file.subarray(magicAt)) !== MAGIC) return undefined;
  const view = viewOf(file);
  const id = ids[view.getUint8(at + 2)] ?? 'unknown';
  const bytes = view.getUint32(at + 8, false);
  const message = bytes <= at ? file.subarray(at - bytes, at) : new Uint8Array();
  const info = id === 'PKCS#7' ? signerInfo(message) : undefined;
  return { id, ...(info ?? nothing) };
}

type Facts = Omit<ModuleSignature, 'id'>;
const nothing: Facts = { signer: undefined, key: undefined, hash: undefined, signature: undefined };

/** Of the first signer. */
function signerInfo(message: Uint8Array): Facts | undefined {
  // ContentInfo { id, [0] SignedData { version, digests, content, ..., SET of SignerInfo } }
  const [, wrapped] = inside(derValues(message)?.[0], SEQUENCE);
  const signedData = inside(inside(wrapped, 0xa0)[0], SEQUENCE);
  const last = signedData[signedData.length - 1];
  const info = inside(inside(last, SET)[0], SEQUENCE);
  // SignerInfo { version, who, digest, [0] attributes, method, signature, ... }
  const [, who, digest] = info;
  if (who === undefined || digest === undefined) return undefined;
  const [issuer, serial] = who.tag === SEQUENCE ? inside(who, SEQUENCE) : [undefined, who];
  const [algorithm] = inside(digest, SEQUENCE);
  const signature = info.find(({ tag }) => tag === OCTET_STRING);
  const isKey = serial?.tag === INTEGER || serial?.tag === 0x80;
  return {
    signer: commonName(issuer),
    key: isKey ? hex(serial.content, ':') : undefined,
    hash: algorithm?.tag === OBJECT_ID ? hashName(derObjectId(algorithm.content)) : undefined,
    signature: signature && hex(signature.content, ':'),
  };
}

/** The values in one of this tag; none when it is another. */
function inside(value: DerValue | undefined, tag: number): readonly DerValue[] {
  return value?.tag === tag ? (derValues(value.content) ?? []) : [];
}

const COMMON_NAME = '2.5.4.3';

/** Name: SEQUENCE of SET of SEQUENCE { type, value }. */
function commonName(name: DerValue | undefined): string | undefined {
  for (const set of inside(name, SEQUENCE))
    for (const pair of inside(set, SET)) {
      const [type, value] = inside(pair, SEQUENCE);
      if (type?.tag === OBJECT_ID && derObjectId(type.content) === COMMON_NAME)
        return value && new TextDecoder().decode(value.content);
    }
  return undefined;
}

const hashes: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.5', 'md5'],
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.8', 'sha3-256'],
  ['2.16.840.1.101.3.4.2.9', 'sha3-384'],
  ['2.16.840.1.101.3.4.2.10', 'sha3-512'],
]);

function hashName(objectId: string): string {
  return hashes.get(objectId) ?? objectId;
}

function hex(bytes: Uint8Array, separator: string): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(separator);
}
