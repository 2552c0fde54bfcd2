// One entry out of a zip archive, which is what a Python wheel is: the end
// record points at the central directory, whose entries point at local headers.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.7 to 4.3.16).
// No zip64 and no encryption: the wheels we pin have neither.

import zlib from 'node:zlib';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/**
 * @param {Buffer} zip
 * @param {string} name
 * @returns {Buffer} the entry's bytes
 */
export function unzip(zip, name) {
  let at = centralDirectory(zip);
  while (zip.readUInt32LE(at) === CENTRAL) {
    const nameBytes = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameBytes) === name) return entry(zip, at, name);
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`no ${name} in the archive`);
}

/** The end record is last, but a comment of up to 64 KiB may follow it. */
function centralDirectory(/** @type {Buffer} */ zip) {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === END) return zip.readUInt32LE(at + 16);
  }
  throw new Error('not a zip archive: no end record');
}

function entry(/** @type {Buffer} */ zip, /** @type {number} */ at, /** @type {string} */ name) {
  const method = zip.readUInt16LE(at + 10);
  const packedBytes = zip.readUInt32LE(at + 20);
  const header = zip.readUInt32LE(at + 42);
  if (zip.readUInt32LE(header) !== LOCAL) throw new Error(`${name}: no local header`);
  // Name and extra field may differ in length from the central directory's.
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const packed = zip.subarray(start, start + packedBytes);
  if (method !== 0 && method !== 8) throw new Error(`${name}: packing method ${method}`);
  const bytes = method === 0 ? packed : zlib.inflateRawSync(packed);
  if (bytes.length !== zip.readUInt32LE(at + 24)) throw new Error(`${name}: wrong length`);
  if (zlib.crc32(bytes) !== zip.readUInt32LE(at + 16)) throw new Error(`${name}: wrong checksum`);
  return bytes;
}
