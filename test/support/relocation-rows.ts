// One row per relocation that has a rule: the bytes before, the limits, one
// value and the bytes that hold it.  The bytes were taken from ld.lld 19, except
// where a comment says so.

import type { ArchName } from '../../src/arch/arch.ts';

/** Inclusive limits and the distance to the next value that could be asked for. */
export type Limits = readonly [min: bigint, max: bigint, step: bigint];

export type RelocationRow = readonly [
  type: number,
  name: string,
  bytes: 1 | 2 | 4 | 8,
  before: bigint,
  limits: Limits | undefined,
  value: bigint,
  after: bigint,
];

/** Cut off, never refused. */
const any = undefined;

const i386: readonly RelocationRow[] = [
  [1, '32', 4, 0x0n, any, 0x89ab_cdefn, 0x89ab_cdefn],
  [2, 'PC32', 4, 0x0n, any, -0x1234_5678n, 0xedcb_a988n],
  [3, 'GOT32', 4, 0x1234_5678n, any, 0x1234_5678n, 0x1234_5678n],
  [4, 'PLT32', 4, 0x0n, any, 0x1234_5678n, 0x1234_5678n],
  [9, 'GOTOFF', 4, 0x0n, any, -0x1234_5678n, 0xedcb_a988n],
  [10, 'GOTPC', 4, 0x0n, any, 0x1234_5678n, 0x1234_5678n],
  [20, '16', 2, 0x0n, [-0x8000n, 0xffffn, 1n], 0x1234n, 0x1234n],
  // lld takes the wider range of 16-bit code.
  [21, 'PC16', 2, 0x0n, [-0x8000n, 0x7fffn, 1n], -0x1234n, 0xedccn],
  [22, '8', 1, 0x0n, [-0x80n, 0xffn, 1n], 0x5an, 0x5an],
  [23, 'PC8', 1, 0x0n, [-0x80n, 0x7fn, 1n], -0x5an, 0xa6n],
  [43, 'GOT32X', 4, 0xffff_fff0n, any, -0x10n, 0xffff_fff0n],
];

const amd64: readonly RelocationRow[] = [
  [1, '64', 8, 0x0n, any, 0x123_4567_89ab_cdefn, 0x123_4567_89ab_cdefn],
  [2, 'PC32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], -0x1234_5678n, 0xedcb_a988n],
  [3, 'GOT32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], 0x1234_5678n, 0x1234_5678n],
  [4, 'PLT32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], 0x1234_5678n, 0x1234_5678n],
  [9, 'GOTPCREL', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], -0x1234_5678n, 0xedcb_a988n],
  [10, '32', 4, 0x0n, [0x0n, 0xffff_ffffn, 1n], 0x89ab_cdefn, 0x89ab_cdefn],
  [11, '32S', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], -0x3fdf_ff00n, 0xc020_0100n],
  [12, '16', 2, 0x0n, [-0x8000n, 0xffffn, 1n], 0x1234n, 0x1234n],
  [13, 'PC16', 2, 0x0n, [-0x8000n, 0x7fffn, 1n], -0x1234n, 0xedccn],
  [14, '8', 1, 0x0n, [-0x80n, 0xffn, 1n], 0x5an, 0x5an],
  [15, 'PC8', 1, 0x0n, [-0x80n, 0x7fn, 1n], -0x5an, 0xa6n],
  [24, 'PC64', 8, 0x0n, any, -0x123_4567_89ab_cdefn, 0xfedc_ba98_7654_3211n],
  [25, 'GOTOFF64', 8, 0x0n, any, -0x123_4567_89ab_cdefn, 0xfedc_ba98_7654_3211n],
  [26, 'GOTPC32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], 0x1234_5678n, 0x1234_5678n],
  [27, 'GOT64', 8, 0x0n, any, 0x123_4567_89ab_cdefn, 0x123_4567_89ab_cdefn],
  [28, 'GOTPCREL64', 8, 0x0n, any, -0x123_4567_89ab_cdefn, 0xfedc_ba98_7654_3211n],
  [29, 'GOTPC64', 8, 0x0n, any, 0x123_4567_89ab_cdefn, 0x123_4567_89ab_cdefn],
  [31, 'PLTOFF64', 8, 0x0n, any, -0x123_4567_89ab_cdefn, 0xfedc_ba98_7654_3211n],
  [41, 'GOTPCRELX', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], -0x1234_5678n, 0xedcb_a988n],
  [42, 'REX_GOTPCRELX', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], 0x1234_5678n, 0x1234_5678n],
];

const armv7: readonly RelocationRow[] = [
  [1, 'PC24', 4, 0xea00_0000n, [-0x200_0000n, 0x1ff_fffcn, 4n], -0x12_3458n, 0xeafb_72ean],
  [2, 'ABS32', 4, 0x0n, any, 0x89ab_cdefn, 0x89ab_cdefn],
  [3, 'REL32', 4, 0x0n, any, -0x1234_5678n, 0xedcb_a988n],
  // lld does not know these two; the bytes are the value's own.
  [5, 'ABS16', 2, 0x0n, [-0x8000n, 0xffffn, 1n], 0x1234n, 0x1234n],
  [8, 'ABS8', 1, 0x0n, [-0x80n, 0xffn, 1n], 0x5an, 0x5an],
  [10, 'THM_CALL', 4, 0xf800_f000n, [-0x100_0000n, 0xff_fffen, 2n], -0x12_3456n, 0xfdd5_f6dcn],
  [24, 'GOTOFF32', 4, 0x0n, any, -0x1234_5678n, 0xedcb_a988n],
  [25, 'BASE_PREL', 4, 0x0n, any, 0x1234_5678n, 0x1234_5678n],
  [26, 'GOT_BREL', 4, 0x1234_5678n, any, 0x1234_5678n, 0x1234_5678n],
  [27, 'PLT32', 4, 0xeb00_0000n, [-0x200_0000n, 0x1ff_fffcn, 4n], 0x12_3458n, 0xeb04_8d16n],
  [28, 'CALL', 4, 0xeb00_0000n, [-0x200_0000n, 0x1ff_fffcn, 4n], 0x12_3458n, 0xeb04_8d16n],
  [29, 'JUMP24', 4, 0x1a00_0000n, [-0x200_0000n, 0x1ff_fffcn, 4n], -0x12_3458n, 0x1afb_72ean],
  [30, 'THM_JUMP24', 4, 0xb800_f000n, [-0x100_0000n, 0xff_fffen, 2n], 0x72_3456n, 0xb22b_f323n],
  [38, 'TARGET1', 4, 0x0n, any, 0x89ab_cdefn, 0x89ab_cdefn],
  [41, 'TARGET2', 4, 0x0n, any, -0x1234_5678n, 0xedcb_a988n],
  [42, 'PREL31', 4, 0x8000_0000n, [-0x4000_0000n, 0x3fff_ffffn, 1n], -0x1234_5678n, 0xedcb_a988n],
  [43, 'MOVW_ABS_NC', 4, 0xe300_1000n, any, 0x89ab_cdefn, 0xe30c_1defn],
  [44, 'MOVT_ABS', 4, 0xe340_1000n, any, 0x89ab_cdefn, 0xe348_19abn],
  [45, 'MOVW_PREL_NC', 4, 0xe300_1000n, any, -0x1234_5678n, 0xe30a_1988n],
  [46, 'MOVT_PREL', 4, 0xe340_1000n, any, -0x1234_5678n, 0xe34e_1dcbn],
  [47, 'THM_MOVW_ABS_NC', 4, 0x100_f240n, any, 0x89ab_cdefn, 0x51ef_f64cn],
  [48, 'THM_MOVT_ABS', 4, 0x100_f2c0n, any, 0x89ab_cdefn, 0x11ab_f6c8n],
  [49, 'THM_MOVW_PREL_NC', 4, 0x100_f240n, any, -0x1234_5678n, 0x1188_f64an],
  [50, 'THM_MOVT_PREL', 4, 0x100_f2c0n, any, -0x1234_5678n, 0x51cb_f6cen],
  [51, 'THM_JUMP19', 4, 0x8000_f000n, [-0x10_0000n, 0xf_fffen, 2n], -0x5_4322n, 0x8e6f_f42bn],
  [57, 'ALU_PC_G0_NC', 4, 0xe28f_1000n, any, 0x123_4560n, 0xe28f_1748n],
  [59, 'ALU_PC_G1_NC', 4, 0xe281_1000n, any, -0x123_4560n, 0xe241_1bd1n],
  // Its limits are no interval: see its own test.
  [63, 'LDR_PC_G2', 4, 0xe591_1000n, any, 0x123_4560n, 0xe591_1160n],
  [95, 'GOT_ABS', 4, 0x0n, any, 0x1234_5678n, 0x1234_5678n],
  [96, 'GOT_PREL', 4, 0x0n, any, -0x1234_5678n, 0xedcb_a988n],
  [102, 'THM_JUMP11', 2, 0xe000n, [-0x800n, 0x7fen, 2n], -0x456n, 0xe5d5n],
  [103, 'THM_JUMP8', 2, 0xd000n, [-0x100n, 0xfen, 2n], -0x56n, 0xd0d5n],
];

const aarch64: readonly RelocationRow[] = [
  [257, 'ABS64', 8, 0x0n, any, 0x123_4567_89ab_cdefn, 0x123_4567_89ab_cdefn],
  [258, 'ABS32', 4, 0x0n, [-0x8000_0000n, 0xffff_ffffn, 1n], 0x89ab_cdefn, 0x89ab_cdefn],
  [259, 'ABS16', 2, 0x0n, [-0x8000n, 0xffffn, 1n], 0x89abn, 0x89abn],
  [260, 'PREL64', 8, 0x0n, any, -0x123_4567_89ab_cdefn, 0xfedc_ba98_7654_3211n],
  // lld also takes values that only fit unsigned.
  [261, 'PREL32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], -0x1234_5678n, 0xedcb_a988n],
  [262, 'PREL16', 2, 0x0n, [-0x8000n, 0x7fffn, 1n], -0x1234n, 0xedccn],
  [263, 'MOVW_UABS_G0', 4, 0xd280_0001n, [0x0n, 0xffffn, 1n], 0xabcdn, 0xd295_79a1n],
  [264, 'MOVW_UABS_G0_NC', 4, 0xf280_0001n, any, 0x123_4567_89ab_cdefn, 0xf299_bde1n],
  [265, 'MOVW_UABS_G1', 4, 0xd2a0_0001n, [0x0n, 0xffff_ffffn, 1n], 0x89ab_cdefn, 0xd2b1_3561n],
  [266, 'MOVW_UABS_G1_NC', 4, 0xf2a0_0001n, any, 0x123_4567_89ab_cdefn, 0xf2b1_3561n],
  [
    267,
    'MOVW_UABS_G2',
    4,
    0xd2c0_0001n,
    [0x0n, 0xffff_ffff_ffffn, 1n],
    0x4567_89ab_cdefn,
    0xd2c8_ace1n,
  ],
  [268, 'MOVW_UABS_G2_NC', 4, 0xf2c0_0001n, any, 0x123_4567_89ab_cdefn, 0xf2c8_ace1n],
  [269, 'MOVW_UABS_G3', 4, 0xf2e0_0001n, any, 0x123_4567_89ab_cdefn, 0xf2e0_2461n],
  [270, 'MOVW_SABS_G0', 4, 0xd280_0001n, [-0x1_0000n, 0xffffn, 1n], -0x1234n, 0x9282_4661n],
  [
    271,
    'MOVW_SABS_G1',
    4,
    0xd2a0_0001n,
    [-0x1_0000_0000n, 0xffff_ffffn, 1n],
    -0x1234_5678n,
    0x92a2_4681n,
  ],
  [
    272,
    'MOVW_SABS_G2',
    4,
    0x92c0_0001n,
    [-0x1_0000_0000_0000n, 0xffff_ffff_ffffn, 1n],
    0x1234_5678_9abcn,
    0xd2c2_4681n,
  ],
  [273, 'LD_PREL_LO19', 4, 0x5800_0001n, [-0x10_0000n, 0xf_fffcn, 4n], -0x5_4324n, 0x58d5_e6e1n],
  [274, 'ADR_PREL_LO21', 4, 0x1000_0001n, [-0x10_0000n, 0xf_ffffn, 1n], -0x5_4323n, 0x30d5_e6e1n],
  [
    275,
    'ADR_PREL_PG_HI21',
    4,
    0x9000_0001n,
    [-0x1_0000_0000n, 0xffff_f000n, 4096n],
    -0x5432_3000n,
    0xb0d5_e6e1n,
  ],
  [276, 'ADR_PREL_PG_HI21_NC', 4, 0x9000_0001n, any, 0x5432_3000n, 0xf02a_1901n],
  [277, 'ADD_ABS_LO12_NC', 4, 0x9100_0021n, any, 0x89ab_cdefn, 0x9137_bc21n],
  [278, 'LDST8_ABS_LO12_NC', 4, 0x3940_0021n, any, 0x89ab_cdefn, 0x3977_bc21n],
  [279, 'TSTBR14', 4, 0x3600_0001n, [-0x8000n, 0x7ffcn, 4n], -0x1234n, 0x3607_6e61n],
  [280, 'CONDBR19', 4, 0x5400_0001n, [-0x10_0000n, 0xf_fffcn, 4n], 0x5_4324n, 0x542a_1921n],
  [282, 'JUMP26', 4, 0x1400_0000n, [-0x800_0000n, 0x7ff_fffcn, 4n], -0x123_4564n, 0x17b7_2ea7n],
  [283, 'CALL26', 4, 0x9400_0000n, [-0x800_0000n, 0x7ff_fffcn, 4n], 0x123_4564n, 0x9448_d159n],
  [284, 'LDST16_ABS_LO12_NC', 4, 0x7940_0021n, any, 0x89ab_cdeen, 0x795b_dc21n],
  [285, 'LDST32_ABS_LO12_NC', 4, 0xb940_0021n, any, 0x89ab_cdecn, 0xb94d_ec21n],
  [286, 'LDST64_ABS_LO12_NC', 4, 0xf940_0021n, any, 0x89ab_cde8n, 0xf946_f421n],
  [287, 'MOVW_PREL_G0', 4, 0xd280_0001n, [-0x1_0000n, 0xffffn, 1n], -0x1234n, 0x9282_4661n],
  [288, 'MOVW_PREL_G0_NC', 4, 0xf280_0001n, any, -0x1234_5678n, 0xf295_3101n],
  [
    289,
    'MOVW_PREL_G1',
    4,
    0xd2a0_0001n,
    [-0x1_0000_0000n, 0xffff_ffffn, 1n],
    0x1234_5678n,
    0xd2a2_4681n,
  ],
  [290, 'MOVW_PREL_G1_NC', 4, 0xf2a0_0001n, any, -0x1234_5678n, 0xf2bd_b961n],
  [
    291,
    'MOVW_PREL_G2',
    4,
    0xd2c0_0001n,
    [-0x1_0000_0000_0000n, 0xffff_ffff_ffffn, 1n],
    -0x1234_5678_9abcn,
    0x92c2_4681n,
  ],
  [292, 'MOVW_PREL_G2_NC', 4, 0xf2c0_0001n, any, -0x1234_5678_9abcn, 0xf2dd_b961n],
  [293, 'MOVW_PREL_G3', 4, 0xd2e0_0001n, any, 0x123_4567_89ab_cdefn, 0xd2e0_2461n],
  [299, 'LDST128_ABS_LO12_NC', 4, 0x3dc0_0021n, any, 0x89ab_cde0n, 0x3dc3_7821n],
  [307, 'GOTREL64', 8, 0x0n, any, -0x123_4567_89ab_cdefn, 0xfedc_ba98_7654_3211n],
  [308, 'GOTREL32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], 0x1234_5678n, 0x1234_5678n],
  [309, 'GOT_LD_PREL19', 4, 0x5800_0001n, [-0x10_0000n, 0xf_fffcn, 4n], -0x5_4324n, 0x58d5_e6e1n],
  // One table of one slot; its limits have a test of their own.
  [310, 'LD64_GOTOFF_LO15', 4, 0xf940_0021n, any, 0n, 0xf940_0021n],
  [
    311,
    'ADR_GOT_PAGE',
    4,
    0x9000_0001n,
    [-0x1_0000_0000n, 0xffff_f000n, 0x1000n],
    0x1234_5000n,
    0xb009_1a21n,
  ],
  [312, 'LD64_GOT_LO12_NC', 4, 0xf940_0021n, any, 0x89ab_cde8n, 0xf946_f421n],
  [313, 'LD64_GOTPAGE_LO15', 4, 0xf940_0021n, any, 0x9f8n, 0xf944_fc21n],
  // lld puts a thunk here; the bytes are the value's own.
  [314, 'PLT32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], -0x1234_5678n, 0xedcb_a988n],
  [315, 'GOTPCREL32', 4, 0x0n, [-0x8000_0000n, 0x7fff_ffffn, 1n], 0x1234_5678n, 0x1234_5678n],
];

export const relocationRows: { readonly [name in ArchName]: readonly RelocationRow[] } = {
  i386,
  amd64,
  armv7,
  aarch64,
};
