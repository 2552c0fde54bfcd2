// CRC-64/XZ, the check that xz writes unless told otherwise.  Halves of 32 bits,
// for speed.
// https://tukaani.org/xz/xz-file-format.txt, section 6

const POLYNOMIAL = 0xc96c_5795_d787_0f42n;

/** By byte: lower halves, then upper ones. */
const table = new Int32Array(512);
for (let byte = 0; byte < 256; byte++) {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  table[byte] = Number(BigInt.asIntN(32, crc));
  table[byte + 256] = Number(BigInt.asIntN(32, crc >> 32n));
}

export function crc64(bytes: Uint8Array): bigint {
  let low = -1;
  let high = -1;
  for (let i = 0; i < bytes.length; i++) {
    const index = (low ^ (bytes[i] ?? 0)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (table[index] ?? 0);
    high = (high >>> 8) ^ (table[index + 256] ?? 0);
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
}
