// Erratum 843419: an ADRP at the end of a page, what becomes of it, and that the
// register gets the same value.

import { expect, test } from 'vitest';
import { littleEndian, writeElf } from '../../test/support/elf-writer.ts';
import { architectures } from '../arch/registry.ts';
import { addr } from '../base/address.ts';
import * as C from '../object/elf/constants.ts';
import { readElf } from '../object/elf/reader.ts';
import { type LayoutOptions, link, planLayout } from './link.ts';

const BASE = 0x4000_0000n;
const ADRP_X7 = 0x9000_0007;

/** `adrp x7, target` at this offset of .text. */
function linkAdrp(offset: number, target: bigint, options?: LayoutOptions) {
  const arch = architectures.aarch64;
  const text = new Uint8Array(offset + 8);
  text.set(littleEndian(4, ADRP_X7), offset);
  const read = readElf(
    writeElf({
      ...{ wordBytes: 8, machine: arch.elfMachine, addends: 'in-record' },
      sections: [{ name: '.text', flags: C.SHF_ALLOC | C.SHF_EXECINSTR, bytes: text, align: 4 }],
      symbols: [{ name: 'target' }],
      relocations: [{ section: '.text', offset, type: 275, symbol: 'target' }],
    }),
  );
  if (!read.ok) throw new Error('the object does not read');
  const layout = planLayout(read.value, arch, options);
  if (!layout.ok) throw new Error('the object has no layout');
  const lookup = () => ({ address: addr(target) });
  const object = read.value;
  const image = link({ object, arch, layout: layout.value, bases: [addr(BASE)], lookup });
  if (!image.ok) throw new Error('it does not link');
  const bytes = image.value.segments[0]?.bytes ?? new Uint8Array();
  return { image: image.value, layout: layout.value, view: new DataView(bytes.buffer) };
}

/** What x7 holds when the code from P comes to P + 4. */
function run(view: DataView, offset: number): bigint {
  const end = BASE + BigInt(offset) + 4n;
  let x7 = 0n;
  let pc = BASE + BigInt(offset);
  for (let steps = 0; pc !== end && steps < 10; steps++) {
    const word = BigInt(view.getUint32(Number(pc - BASE), true));
    const immediate = BigInt.asIntN(21, (((word >> 5n) & 0x7ffffn) << 2n) | ((word >> 29n) & 3n));
    const group = 16n * ((word >> 21n) & 3n);
    const half = ((word >> 5n) & 0xffffn) << group;
    let next = pc + 4n;
    if (word >> 26n === 0b000101n) next = pc + (BigInt.asIntN(26, word) << 2n);
    else if ((word & 0x9f00_001fn) === 0x9000_0007n) x7 = (pc & ~0xfffn) + (immediate << 12n);
    else if ((word & 0x9f00_001fn) === 0x1000_0007n) x7 = pc + immediate;
    else if ((word & 0xff80_001fn) === 0xd280_0007n) x7 = half;
    else if ((word & 0xff80_001fn) === 0xf280_0007n) x7 = (x7 & ~(0xffffn << group)) | half;
    else throw new Error(`no such instruction: ${word.toString(16)}`);
    pc = next;
  }
  if (pc !== end) throw new Error('it does not come back');
  return x7;
}

const MIB = 0x10_0000n;

test.for([
  ['in the middle of a page: nothing', 0xff4, BASE + 0x1000_0000n, 'adrp'],
  ['at the start of a page: nothing', 0x1000, BASE + 0x1000_0000n, 'adrp'],
  ['0xff8, near: ADR', 0xff8, BASE + 0x5678n, 'adr'],
  ['0xffc, near: ADR', 0xffc, BASE + 0x5678n, 'adr'],
  ['in the second page: ADR', 0x1ffc, BASE + 0x5678n, 'adr'],
  ['the last page above in reach of ADR', 0xff8, BASE + MIB, 'adr'],
  ['the first page above that is not', 0xff8, BASE + MIB + 0x1000n, 'b'],
  ['the last page below in reach of ADR', 0xff8, BASE - MIB + 0x1000n, 'adr'],
  ['the first page below that is not', 0xff8, BASE - MIB, 'b'],
  ['0xffc, far: veneer', 0xffc, BASE + 0x7fff_f123n, 'b'],
  ['0xff8, far below: veneer', 0xff8, 0x1234_5678n, 'b'],
] as const)('%s', ([, offset, target, becomes]) => {
  const { image, layout, view } = linkAdrp(offset, target);
  const word = view.getUint32(offset, true);
  const found = word >>> 26 === 0b000101 ? 'b' : word >>> 31 === 1 ? 'adrp' : 'adr';
  expect(found).toBe(becomes);
  expect(run(view, offset)).toBe(target & ~0xfffn);
  expect(image.veneers.emitted).toHaveLength(becomes === 'b' ? 1 : 0);
  expect(layout.errata).toHaveLength(becomes === 'adrp' ? 0 : 1);
  expect(layout.segments).toMatchObject([{ align: 4096 }]);
});

test('left alone when told so', () => {
  const { layout, view } = linkAdrp(0xff8, BASE + 0x5678n, { errata: false });
  expect(view.getUint32(0xff8, true)).toBe(0xb000_0027);
  expect(layout.segments).toMatchObject([{ align: 4, bytes: 0x1000 }]);
});
