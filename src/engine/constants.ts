// Unicorn's numbers (unicorn.h and its register headers, identical in 2.0 and
// 2.1): architectures, hooks, controls and registers by the names our
// architectures use.

import type { ArchName } from '../arch/arch.ts';

export const HOOK = {
  interrupt: 1,
  code: 4,
  block: 8,
  memoryRead: 1024,
  memoryWrite: 2048,
  invalidInstruction: 16384,
} as const;

/** uc_ctl words: type | argument count << 26 | direction << 30. */
export const CTL = {
  useExits: 0x4400_0004,
  cpuModel: 0x4400_0007,
  removeTranslations: 0x4800_0009,
  flushTranslations: 0x4000_000a,
  flushTlb: 0x4000_000b,
} as const;

export const PROT_ALL = 7;

interface Model {
  readonly arch: number;
  readonly mode: number;
  readonly cpu: number | undefined;
  readonly registers: Readonly<Record<string, number>>;
  /** uc_reg_read number through which system registers are reached. */
  readonly system: number | undefined;
}

const numbered = (prefix: string, first: number, count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, first + i]));

const tables = { idtr: 242, gdtr: 243, ldtr: 244, tr: 245 };
const segments = { cs: 11, ss: 49, ds: 17, es: 28, fs: 32, gs: 33 };
const control = { cr0: 50, cr2: 52, cr3: 53, cr4: 54 };
/** x87 and SSE, by gdb's names. */
const floating = {
  ...numbered('st', 114, 8),
  ...{ fctrl: 246, fstat: 31, ftag: 247, fiseg: 255, fioff: 254, foseg: 257, fooff: 256, fop: 258 },
  mxcsr: 249,
};

/** How each architecture is opened, and its registers' numbers. */
export const models: Readonly<Record<ArchName, Model>> = {
  i386: {
    arch: 4,
    mode: 4,
    cpu: undefined,
    system: undefined,
    registers: {
      ...{ eax: 19, ebx: 21, ecx: 22, edx: 24, esi: 29, edi: 23, ebp: 20, esp: 30 },
      ...{ eip: 26, eflags: 25 },
      ...segments,
      ...control,
      ...tables,
      ...floating,
      ...numbered('xmm', 122, 8),
    },
  },
  amd64: {
    arch: 4,
    mode: 8,
    cpu: undefined,
    system: undefined,
    registers: {
      ...{ rax: 35, rbx: 37, rcx: 38, rdx: 40, rsi: 43, rdi: 39, rbp: 36, rsp: 44 },
      ...{ r8: 106, r9: 107, r10: 108, r11: 109, r12: 110, r13: 111, r14: 112, r15: 113 },
      ...{ rip: 41, eflags: 25, fs_base: 250, gs_base: 251 },
      ...segments,
      ...control,
      ...tables,
      ...floating,
      ...numbered('xmm', 122, 16),
    },
  },
  armv7: {
    arch: 1,
    mode: 0,
    cpu: 17, // Cortex-A15
    system: 139,
    registers: {
      ...numbered('r', 66, 13),
      ...{ sp: 12, lr: 10, pc: 11, cpsr: 3, spsr: 13 },
      ...numbered('d', 14, 32),
      fpscr: 6,
    },
  },
  aarch64: {
    arch: 2,
    mode: 0,
    cpu: 2, // Cortex-A72
    system: 290,
    registers: {
      ...numbered('x', 199, 29),
      ...{ x29: 1, x30: 2, sp: 4, pc: 260, cpsr: 265 },
      ...{ elr_el1: 267, esr_el1: 277, far_el1: 281, vbar_el1: 287, sp_el0: 270, sp_el1: 271 },
      ...{ ttbr0_el1: 274, ttbr1_el1: 275 },
      ...numbered('v', 104, 32),
      ...{ fpsr: 292, fpcr: 291 },
    },
  },
};
