// Names of the relocations that the rules leave out on purpose, and why, so that
// an error can say more than a number.  By ELF machine, as the psABIs number them.

import type { RelocationRule } from './relocation.ts';

const reasons = {
  tls: 'thread-local storage has no meaning in a kernel module',
  dynamic: 'belongs to the dynamic linker; link with -r, without -shared',
  copy: 'copies a variable out of a shared library; a kernel has none',
  ifunc: 'chooses a function for a dynamic linker; link with -r, without -shared',
  obsolete: 'is obsolete or private to another tool chain',
  rare: 'is not produced by compilers for kernel code and is not supported',
} as const;

type Reason = keyof typeof reasons;

interface Names {
  readonly prefix: string;
  readonly byReason: { readonly [reason in Reason]?: string };
}

// Each list is "number name number name ...".
const namesByMachine: ReadonlyMap<number, Names> = new Map<number, Names>([
  [
    3,
    {
      prefix: 'R_386_',
      byReason: {
        tls:
          '14 TLS_TPOFF 15 TLS_IE 16 TLS_GOTIE 17 TLS_LE 18 TLS_GD 19 TLS_LDM 24 TLS_GD_32 ' +
          '25 TLS_GD_PUSH 26 TLS_GD_CALL 27 TLS_GD_POP 28 TLS_LDM_32 29 TLS_LDM_PUSH ' +
          '30 TLS_LDM_CALL 31 TLS_LDM_POP 32 TLS_LDO_32 33 TLS_IE_32 34 TLS_LE_32 ' +
          '35 TLS_DTPMOD32 36 TLS_DTPOFF32 37 TLS_TPOFF32 39 TLS_GOTDESC 40 TLS_DESC_CALL 41 TLS_DESC',
        dynamic: '6 GLOB_DAT 7 JUMP_SLOT 8 RELATIVE',
        copy: '5 COPY',
        ifunc: '42 IRELATIVE',
        obsolete: '11 32PLT 250 GNU_VTINHERIT 251 GNU_VTENTRY',
        rare: '38 SIZE32',
      },
    },
  ],
  [
    62,
    {
      prefix: 'R_X86_64_',
      byReason: {
        tls:
          '16 DTPMOD64 17 DTPOFF64 18 TPOFF64 19 TLSGD 20 TLSLD 21 DTPOFF32 22 GOTTPOFF ' +
          '23 TPOFF32 34 GOTPC32_TLSDESC 35 TLSDESC_CALL 36 TLSDESC 44 CODE_4_GOTTPOFF',
        dynamic: '6 GLOB_DAT 7 JUMP_SLOT 8 RELATIVE 38 RELATIVE64',
        copy: '5 COPY',
        ifunc: '37 IRELATIVE',
        obsolete: '39 PC32_BND 40 PLT32_BND 250 GNU_VTINHERIT 251 GNU_VTENTRY',
        rare: '30 GOTPLT64 32 SIZE32 33 SIZE64 43 CODE_4_GOTPCRELX',
      },
    },
  ],
  [
    40,
    {
      prefix: 'R_ARM_',
      byReason: {
        tls:
          '13 TLS_DESC 17 TLS_DTPMOD32 18 TLS_DTPOFF32 19 TLS_TPOFF32 90 TLS_GOTDESC 91 TLS_CALL ' +
          '92 TLS_DESCSEQ 93 THM_TLS_CALL 104 TLS_GD32 105 TLS_LDM32 106 TLS_LDO32 107 TLS_IE32 ' +
          '108 TLS_LE32 109 TLS_LDO12 110 TLS_LE12 111 TLS_IE12GP 129 THM_TLS_DESCSEQ16 130 THM_TLS_DESCSEQ32',
        dynamic: '21 GLOB_DAT 22 JUMP_SLOT 23 RELATIVE',
        copy: '20 COPY',
        ifunc: '160 IRELATIVE',
        obsolete:
          '9 SBREL32 12 BREL_ADJ 14 THM_SWI8 15 XPC25 16 THM_XPC22 31 BASE_ABS 32 ALU_PCREL_7_0 ' +
          '33 ALU_PCREL_15_8 34 ALU_PCREL_23_15 35 LDR_SBREL_11_0_NC 36 ALU_SBREL_19_12_NC ' +
          '37 ALU_SBREL_27_20_CK 39 SBREL31 100 GNU_VTENTRY 101 GNU_VTINHERIT',
        rare:
          '4 LDR_PC_G0 6 ABS12 7 THM_ABS5 11 THM_PC8 52 THM_JUMP6 53 THM_ALU_PREL_11_0 54 THM_PC12 ' +
          '55 ABS32_NOI 56 REL32_NOI 58 ALU_PC_G0 60 ALU_PC_G1 61 ALU_PC_G2 62 LDR_PC_G1 ' +
          '64 LDRS_PC_G0 65 LDRS_PC_G1 66 LDRS_PC_G2 67 LDC_PC_G0 68 LDC_PC_G1 69 LDC_PC_G2 ' +
          '70 ALU_SB_G0_NC 71 ALU_SB_G0 72 ALU_SB_G1_NC 73 ALU_SB_G1 74 ALU_SB_G2 75 LDR_SB_G0 ' +
          '76 LDR_SB_G1 77 LDR_SB_G2 78 LDRS_SB_G0 79 LDRS_SB_G1 80 LDRS_SB_G2 81 LDC_SB_G0 ' +
          '82 LDC_SB_G1 83 LDC_SB_G2 84 MOVW_BREL_NC 85 MOVT_BREL 86 MOVW_BREL 87 THM_MOVW_BREL_NC ' +
          '88 THM_MOVT_BREL 89 THM_MOVW_BREL 94 PLT32_ABS 97 GOT_BREL12 98 GOTOFF12 ' +
          '132 THM_ALU_ABS_G0_NC 133 THM_ALU_ABS_G1_NC ' +
          '134 THM_ALU_ABS_G2_NC 135 THM_ALU_ABS_G3 136 THM_BF16 137 THM_BF12 138 THM_BF18 161 GOTFUNCDESC',
      },
    },
  ],
  [
    183,
    {
      prefix: 'R_AARCH64_',
      byReason: {
        dynamic: '1025 GLOB_DAT 1026 JUMP_SLOT 1027 RELATIVE',
        copy: '1024 COPY',
        ifunc: '1032 IRELATIVE',
        rare:
          '300 MOVW_GOTOFF_G0 301 MOVW_GOTOFF_G0_NC 302 MOVW_GOTOFF_G1 303 MOVW_GOTOFF_G1_NC ' +
          '304 MOVW_GOTOFF_G2 305 MOVW_GOTOFF_G2_NC 306 MOVW_GOTOFF_G3',
      },
    },
  ],
]);

/** AArch64 keeps its many TLS relocations in two ranges of numbers. */
const tlsRanges: ReadonlyMap<number, readonly (readonly [number, number])[]> = new Map([
  [
    183,
    [
      [512, 573],
      [1028, 1031],
    ],
  ],
]);

/** "R_386_GOT32X (43)"; "relocation type 99" for one nobody defined. */
export function relocationName(
  machine: number,
  type: number,
  rules: ReadonlyMap<number, RelocationRule>,
): string {
  const name = rules.get(type)?.name ?? unsupportedRelocation(machine, type)?.name;
  return name === undefined ? `relocation type ${type}` : `${name} (${type})`;
}

/** The name and the reason of a known relocation that has no rule. */
export function unsupportedRelocation(
  machine: number,
  type: number,
): { readonly name: string; readonly reason: string } | undefined {
  const names = namesByMachine.get(machine);
  if (names === undefined) return undefined;
  for (const reason of reasonsInOrder) {
    const words = names.byReason[reason]?.split(' ') ?? [];
    const at = words.findIndex((word, i) => i % 2 === 0 && Number(word) === type);
    const name = words[at + 1];
    if (at >= 0 && name !== undefined)
      return { name: names.prefix + name, reason: reasons[reason] };
  }
  const isTls = tlsRanges.get(machine)?.some(([first, last]) => type >= first && type <= last);
  return isTls ? { name: `${names.prefix}TLS*`, reason: reasons.tls } : undefined;
}

const reasonsInOrder: readonly Reason[] = ['tls', 'dynamic', 'copy', 'ifunc', 'obsolete', 'rare'];
