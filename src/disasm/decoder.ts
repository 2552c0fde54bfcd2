// Machine code to text, by Capstone.  It is WebAssembly, so it is opened once and
// asynchronously; decoding is synchronous.  x86 is in AT&T's syntax, as gdb, objdump and
// the kernel's own oopses have it.

import type { Capstone, Handle } from '@alexaltea/capstone-js';
import type { Addr } from '../base/address.ts';
import { EM_386, EM_AARCH64, EM_ARM, EM_X86_64 } from '../object/elf/constants.ts';
import {
  conditionalAArch64,
  conditionalArm,
  conditionalX86,
  type IsConditional,
} from './conditional.ts';

/** One instruction, as the manual writes it. */
export interface Instruction {
  readonly bytes: number;
  readonly mnemonic: string;
  readonly operands: string;
  /** A branch or a call, direct or not. */
  readonly jumps: boolean;
  /** It goes on behind it or elsewhere, as a condition says. */
  readonly conditional: boolean;
}

export interface Decoder {
  /** Of an instruction; what cannot be decoded is as long. */
  readonly unit: number;
  /** The same in the second instruction set: Thumb; undefined: there is none. */
  readonly secondUnit: number | undefined;
  /** What begins a comment in the assembler's language. */
  readonly comment: string;
  /**
   * The first `limit` instructions in `code`, which lies at `address`, or as many as there are
   * before something that is none.  `second`: of the second instruction set.
   */
  decode(code: Uint8Array, address: Addr, limit: number, second: boolean): readonly Instruction[];
}

/** The decoder for an e_machine of ELF; undefined: Capstone is not asked for this one. */
export async function openDecoder(elfMachine: number): Promise<Decoder | undefined> {
  const { default: open } = await import('@alexaltea/capstone-js');
  const library = await open();
  const modes = modesOf(library, elfMachine);
  if (modes === undefined) return undefined;
  const first = handle(library, modes.arch, modes.first);
  const second = modes.second === undefined ? undefined : handle(library, modes.arch, modes.second);
  return {
    unit: modes.unit,
    secondUnit: second === undefined ? undefined : 2,
    comment: modes.comment,
    decode: (code, address, limit, wantsSecond) => {
      const opened = (wantsSecond ? second : undefined) ?? first;
      const decoded = decode({ library, opened, modes }, code, address, limit);
      return decoded.map(modes.adjust ?? ((each) => each));
    },
  };
}

interface Modes {
  readonly arch: number;
  readonly first: number;
  readonly second?: number;
  readonly unit: number;
  readonly comment: string;
  readonly conditional: IsConditional;
  readonly adjust?: (instruction: Instruction) => Instruction;
}

/** What its two modes have in common. */
const x86 = {
  ...{ unit: 1, comment: '#', conditional: conditionalX86 },
  adjust: (instruction: Instruction) => inHexadecimal(instruction),
};

function modesOf(library: Capstone, elfMachine: number): Modes | undefined {
  const { ARCH_ARM, ARCH_ARM64, ARCH_X86, MODE_ARM, MODE_THUMB, MODE_32, MODE_64 } = library;
  switch (elfMachine) {
    case EM_386:
      return { ...x86, arch: ARCH_X86, first: MODE_32 };
    case EM_X86_64:
      return { ...x86, arch: ARCH_X86, first: MODE_64 };
    case EM_ARM:
      return {
        ...{ arch: ARCH_ARM, first: MODE_ARM, second: MODE_THUMB, unit: 4, comment: '@' },
        ...{ conditional: conditionalArm, adjust: withRegisterNumbers },
      };
    case EM_AARCH64:
      return {
        ...{ arch: ARCH_ARM64, first: MODE_ARM, unit: 4, comment: '//' },
        conditional: conditionalAArch64,
      };
    default:
      return undefined;
  }
}

/** Capstone has negative immediates of 64 bits as large decimal numbers. */
function inHexadecimal(instruction: Instruction): Instruction {
  const operands = instruction.operands.replace(
    /\$(\d{10,})/g,
    (_, digits) => `$0x${BigInt(digits).toString(16)}`,
  );
  return { ...instruction, operands };
}

const numbered: Readonly<Record<string, string>> = { sb: 'r9', sl: 'r10', fp: 'r11', ip: 'r12' };

/** Capstone calls ARM's registers as AAPCS does; the debugger's registers are numbered. */
function withRegisterNumbers(instruction: Instruction): Instruction {
  const { operands } = instruction;
  return {
    ...instruction,
    operands: operands.replace(/\b(sb|sl|fp|ip)\b/g, (name) => numbered[name] ?? name),
  };
}

function handle(library: Capstone, arch: number, mode: number): Handle {
  const opened = new library.Capstone(arch, mode);
  opened.option(library.OPT_DETAIL, library.OPT_ON);
  if (arch === library.ARCH_X86) opened.option(library.OPT_SYNTAX, library.OPT_SYNTAX_ATT);
  return opened;
}

function decode(
  { library, opened, modes }: { library: Capstone; opened: Handle; modes: Modes },
  code: Uint8Array,
  address: Addr,
  limit: number,
): readonly Instruction[] {
  const found: Instruction[] = [];
  if (limit <= 0) return found;
  opened.disasm_iter(code, address, ({ size, mnemonic, op_str }, pointer) => {
    const isIn = (group: number): boolean => opened.insn_group(pointer, group);
    found.push({
      bytes: size,
      mnemonic,
      operands: op_str,
      jumps: isIn(library.GRP_JUMP) || isIn(library.GRP_CALL),
      conditional: modes.conditional({ mnemonic, operands: op_str }),
    });
    return found.length < limit;
  });
  return found;
}
