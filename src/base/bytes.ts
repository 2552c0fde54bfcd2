// Little-endian bytes.  Every machine we know is little-endian, so nothing here
// takes an order.  Offsets must have been checked: reading outside throws.

const decoder = new TextDecoder();

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const isLittleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The whole 32-bit words in `bytes`, faster to read than a DataView: in place
 * wherever the host's arrays can be, else copied.
 */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const length = bytes.length >> 2;
  if (isLittleEndianHost && bytes.byteOffset % 4 === 0)
    return new Uint32Array(bytes.buffer, bytes.byteOffset, length);
  const view = viewOf(bytes);
  return Uint32Array.from({ length }, (_, i) => view.getUint32(i * 4, true));
}

/**
 * A 64-bit size or file offset as a number.  Above 2^53 it is rounded, which
 * keeps it far outside any file: good for a bounds check, not for an address.
 */
export function size64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
}

/** An unsigned little-endian integer of 0, 1, 2, 4 or 8 bytes. */
export function readUnsigned(view: DataView, offset: number, bytes: 0 | 1 | 2 | 4 | 8): bigint {
  switch (bytes) {
    case 0:
      return 0n;
    case 1:
      return BigInt(view.getUint8(offset));
    case 2:
      return BigInt(view.getUint16(offset, true));
    case 4:
      return BigInt(view.getUint32(offset, true));
    case 8:
      return view.getBigUint64(offset, true);
  }
}

/** Stores the low 0, 1, 2, 4 or 8 bytes of `value`. */
export function writeUnsigned(
  view: DataView,
  offset: number,
  bytes: 0 | 1 | 2 | 4 | 8,
  value: bigint,
): void {
  switch (bytes) {
    case 0:
      return;
    case 1:
      view.setUint8(offset, Number(BigInt.asUintN(8, value)));
      return;
    case 2:
      view.setUint16(offset, Number(BigInt.asUintN(16, value)), true);
      return;
    case 4:
      view.setUint32(offset, Number(BigInt.asUintN(32, value)), true);
      return;
    case 8:
      view.setBigUint64(offset, value, true);
  }
}

/** The text from `offset` to the next NUL; undefined when there is none. */
export function cString(bytes: Uint8Array, offset: number): string | undefined {
  if (offset < 0 || offset >= bytes.length) return undefined;
  const end = bytes.indexOf(0, offset);
  return end < 0 ? undefined : decoder.decode(bytes.subarray(offset, end));
}
