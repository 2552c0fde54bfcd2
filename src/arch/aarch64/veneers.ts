// Veneers of AArch64.  They may change x16 and x17, which AAPCS64 gives away to
// whatever stands between a call and its target.
// https://github.com/ARM-software/abi-aa/blob/main/aapcs64/aapcs64.rst
//
// The Cortex-A53 may compute a wrong address with an ADRP in the last two words of
// a page (erratum 843419).  Where its result is near, an ADR does the same; else
// the ADRP becomes a branch to code that loads the result.  That is done to every
// such ADRP, without asking whether a load or store follows as the erratum needs.

import { getBits, setBits } from '../field.ts';
import {
  type Erratum,
  type IndirectStub,
  type VeneerKind,
  type Veneers,
  words,
} from '../veneer.ts';

const x16 = 16n;
const NEAR = 1n << 32n;

const far: VeneerKind = {
  name: 'AArch64',
  neutral: 0n,
  code: (target, at) => {
    const pages = BigInt.asIntN(64, pageOf(target) - pageOf(at));
    if (pages < -NEAR || pages >= NEAR || isLastOfPage(Number(at & 0xfffn)))
      return words(...loadAddress(x16, target), BR_X16);
    const add = 0x9100_0000n | ((target & 0xfffn) << 10n) | (x16 << 5n) | x16;
    return words(withImmediate(0x9000_0000n | x16, pages >> 12n), add, BR_X16);
  },
};

const BR_X16 = 0xd61f_0200;
const MOVZ = 0xd280_0000n;
const MOVK = 0xf280_0000n;

/** MOVZ and three MOVKs. */
function loadAddress(register: bigint, value: bigint): readonly bigint[] {
  return [0n, 1n, 2n, 3n].map((group) => {
    const half = (value >> (16n * group)) & 0xffffn;
    return (group === 0n ? MOVZ : MOVK) | (group << 21n) | (half << 5n) | register;
  });
}

function pageOf(address: bigint): bigint {
  return address & ~0xfffn;
}

const immediateLow = { lsb: 29, width: 2 };
const immediateHigh = { lsb: 5, width: 19 };

/** ADR or ADRP with this immediate, in bytes or pages. */
function withImmediate(instruction: bigint, value: bigint): bigint {
  return setBits(setBits(instruction, immediateLow, value), immediateHigh, value >> 2n);
}

function branch(distance: bigint): number {
  return Number(0x1400_0000n | BigInt.asUintN(26, distance >> 2n));
}

function isLastOfPage(address: number): boolean {
  return (address & 0xff8) === 0xff8;
}

/** What the ADRP at P computes. */
function resultOf(adrp: bigint, P: bigint): bigint {
  const immediate = (getBits(adrp, immediateHigh) << 2n) | getBits(adrp, immediateLow);
  return BigInt.asUintN(64, pageOf(P) + (BigInt.asIntN(21, immediate) << 12n));
}

const ADRP_BIT = 1n << 31n;
const MIB = 1n << 20n;

const erratum: Erratum = {
  name: 'erratum 843419',
  // ADR_PREL_PG_HI21, ADR_PREL_PG_HI21_NC, ADR_GOT_PAGE
  types: new Set([275, 276, 311]),
  page: 4096,
  concerns: isLastOfPage,
  rewrite: (instruction, P) => {
    const adrp = BigInt(instruction);
    const distance = BigInt.asIntN(64, resultOf(adrp, P) - P);
    if (distance < -MIB || distance >= MIB) return undefined;
    return Number(withImmediate(adrp & ~ADRP_BIT, distance));
  },
  detour: (instruction, P, at) => {
    const adrp = BigInt(instruction);
    const load = loadAddress(adrp & 0x1fn, resultOf(adrp, P));
    const back = P + 4n - (at + BigInt(4 * load.length));
    return { branch: branch(at - P), code: words(...load, branch(back)) };
  },
};

export const veneers: Veneers = {
  bytes: 20,
  align: 4,
  // TSTBR14, CONDBR19, JUMP26, CALL26
  kinds: new Map([
    [279, far],
    [280, far],
    [282, far],
    [283, far],
  ]),
  erratum,
};

export const indirectStub: IndirectStub = {
  bytes: 24,
  align: 8,
  // ldr x16, .+16; ldr x16, [x16]; br x16; nop; .quad slot: without an ADRP no
  // erratum concerns it
  code: (slot) => words(0x5800_0090, 0xf940_0210, BR_X16, 0xd503_201f, slot, slot >> 32n),
};
