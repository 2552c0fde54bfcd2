// The ELF file header.  What it leaves open is a machine: a wrong one is the
// business of the caller, who knows which one was wanted.
// https://www.sco.com/developers/gabi/latest/ch4.eheader.html

import { type Addr, addr } from '../../base/address.ts';
import { size64 } from '../../base/bytes.ts';
import { type Result, refuse, succeed } from '../../base/result.ts';
import * as C from './constants.ts';
import type { ElfFileType } from './model.ts';
import type { ElfProblem } from './problems.ts';

export interface ElfHeader {
  readonly wordBytes: 4 | 8;
  readonly type: ElfFileType;
  readonly machine: number;
  readonly flags: number;
  readonly entry: Addr;
  readonly phoff: number;
  readonly phnum: number;
  readonly shoff: number;
  /** Where these two do not fit, section 0 has them. */
  readonly shnum: number;
  readonly shstrndx: number;
  /** Section 0 has the number of sections in its sh_size. */
  readonly shnumInSection0: boolean;
}

const fileTypes: ReadonlyMap<number, ElfFileType> = new Map([
  [C.ET_REL, 'relocatable'],
  [C.ET_EXEC, 'executable'],
  [C.ET_DYN, 'shared'],
]);

const magic = [0x7f, 0x45, 0x4c, 0x46];

export function readHeader(bytes: Uint8Array, view: DataView): Result<ElfHeader, ElfProblem> {
  const start = [...bytes.subarray(0, magic.length)];
  if (start.length === magic.length && start.some((byte, i) => byte !== magic[i])) {
    return refuse([{ kind: 'not-elf', found: start }]);
  }
  if (bytes.length < C.EI_NIDENT) {
    return refuse([{ kind: 'too-short', wanted: C.EI_NIDENT, found: bytes.length }]);
  }
  const problems: ElfProblem[] = [];
  const expect = (field: string, offset: number, found: number, ...wanted: number[]): void => {
    if (wanted.includes(found)) return;
    problems.push({ kind: 'bad-header', field, offset, wanted: wanted.join(' or '), found });
  };
  const elfClass = view.getUint8(C.EI_CLASS);
  const data = view.getUint8(C.EI_DATA);
  expect('EI_CLASS', C.EI_CLASS, elfClass, C.ELFCLASS32, C.ELFCLASS64);
  expect('EI_VERSION', C.EI_VERSION, view.getUint8(C.EI_VERSION), C.EV_CURRENT);
  if (data === C.ELFDATA2MSB) problems.push({ kind: 'big-endian', offset: C.EI_DATA });
  else expect('EI_DATA', C.EI_DATA, data, C.ELFDATA2LSB);
  // Nothing behind e_ident can be read without knowing these.
  if (problems.length > 0) return refuse(problems);

  const wide = elfClass === C.ELFCLASS64;
  const headerBytes = wide ? 64 : 52;
  if (bytes.length < headerBytes) {
    return refuse([{ kind: 'too-short', wanted: headerBytes, found: bytes.length }]);
  }
  const half = (offset: number): number => view.getUint16(offset, true);
  // The words of e_entry, e_phoff and e_shoff move everything behind them.
  const tail = wide ? 48 : 36;
  const type = half(16);
  const fileType = fileTypes.get(type);
  if (fileType === undefined) {
    problems.push({ kind: 'wrong-type', offset: 16, found: type });
  }
  expect('e_version', 20, view.getUint32(20, true), C.EV_CURRENT);
  expect('e_ehsize', tail + 4, half(tail + 4), headerBytes);
  const phnum = half(tail + 8);
  const shoff = wide ? size64(view, 40) : view.getUint32(32, true);
  if (phnum === C.PN_XNUM) {
    problems.push({
      kind: 'unsupported',
      what: 'e_phnum PN_XNUM (65535 or more program headers)',
      section: undefined,
    });
  } else if (phnum > 0) {
    expect('e_phentsize', tail + 6, half(tail + 6), wide ? 56 : 32);
  }
  if (shoff !== 0) expect('e_shentsize', tail + 10, half(tail + 10), wide ? 64 : 40);
  if (half(tail + 12) > 0 && shoff === 0) problems.push({ kind: 'no-sections' });
  if (fileType === undefined || problems.length > 0) return refuse(problems);
  const counts = readCounts(bytes, view, tail + 12, shoff, wide);
  if (!counts.ok) return counts;
  return succeed({
    wordBytes: wide ? 8 : 4,
    type: fileType,
    machine: half(18),
    flags: view.getUint32(tail, true),
    entry: addr(wide ? view.getBigUint64(24, true) : view.getUint32(24, true)),
    phoff: wide ? size64(view, 32) : view.getUint32(28, true),
    phnum,
    shoff,
    ...counts.value,
  });
}

/** e_shnum and e_shstrndx at `at`, or what section 0 has in their place. */
function readCounts(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  shoff: number,
  wide: boolean,
): Result<Pick<ElfHeader, 'shnum' | 'shstrndx' | 'shnumInSection0'>, ElfProblem> {
  const shnum = view.getUint16(at, true);
  const shstrndx = view.getUint16(at + 2, true);
  const shnumInSection0 = shnum === 0 && shoff !== 0;
  const shstrndxInSection0 = shstrndx === C.SHN_XINDEX && shoff !== 0;
  if (!shnumInSection0 && !shstrndxInSection0) return succeed({ shnum, shstrndx, shnumInSection0 });
  const section0Bytes = wide ? 64 : 40;
  if (shoff + section0Bytes > bytes.length) {
    const where = { offset: shoff, bytes: section0Bytes, fileBytes: bytes.length };
    return refuse([
      { kind: 'outside-file', what: 'section header 0', section: undefined, ...where },
    ]);
  }
  const size = wide ? size64(view, shoff + 32) : view.getUint32(shoff + 20, true);
  const link = view.getUint32(shoff + (wide ? 40 : 24), true);
  return succeed({
    shnum: shnumInSection0 ? size : shnum,
    shstrndx: shstrndxInSection0 ? link : shstrndx,
    shnumInSection0,
  });
}
