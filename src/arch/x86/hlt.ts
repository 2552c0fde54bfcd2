// The instruction with which x86 waits for an interrupt.

const HLT = 0xf4;

export function isHlt(code: Uint8Array): boolean {
  return code.length === 1 && code[0] === HLT;
}
