// The part that we use of @alexaltea/capstone-js, which is Capstone compiled to
// WebAssembly and has no types of its own.

declare module '@alexaltea/capstone-js' {
  export interface Instruction {
    readonly size: number;
    readonly mnemonic: string;
    readonly op_str: string;
  }

  export interface Handle {
    option(option: number, value: number): void;
    /** Decodes until the callback answers false or something is no instruction. */
    disasm_iter(
      code: Uint8Array,
      address: bigint,
      callback: (instruction: Instruction, pointer: number) => boolean,
    ): number;
    /** Asks the library: what the package reads out of cs_detail itself is from wrong offsets. */
    insn_group(pointer: number, group: number): boolean;
  }

  export interface Capstone {
    readonly ARCH_ARM: number;
    readonly ARCH_ARM64: number;
    readonly ARCH_X86: number;
    readonly MODE_ARM: number;
    readonly MODE_THUMB: number;
    readonly MODE_32: number;
    readonly MODE_64: number;
    readonly OPT_SYNTAX: number;
    readonly OPT_SYNTAX_ATT: number;
    readonly OPT_DETAIL: number;
    readonly OPT_ON: number;
    readonly GRP_JUMP: number;
    readonly GRP_CALL: number;
    readonly Capstone: new (arch: number, mode: number) => Handle;
  }

  const open: () => Promise<Capstone>;

  export { open as default };
}
