// Whether code ends with a call of x86: relative, or through a register or memory
// (Intel SDM volume 2, CALL: E8 cd, FF /2).

/** @param code 8 bytes */
export function endsWithCall(code: Uint8Array): boolean {
  if (code[3] === 0xe8) return true;
  // FF, a ModRM byte whose middle is 2, then what it asks for: 0 to 5 bytes more.
  for (let more = 0; more <= 5; more++) {
    const modrm = code[7 - more] ?? 0;
    if (code[6 - more] === 0xff && (modrm & 0x38) === 0x10 && operandBytes(modrm) === more)
      return true;
    // With a SIB byte there is one byte more.
    const hasSib = (modrm & 7) === 4 && modrm < 0xc0;
    if (code[6 - more] === 0xff && (modrm & 0x38) === 0x10 && hasSib && more > 0) return true;
  }
  return false;
}

/** Behind a ModRM byte without SIB. */
function operandBytes(modrm: number): number {
  const mode = modrm >> 6;
  if (mode === 3) return 0;
  if (mode === 0) return (modrm & 7) === 5 ? 4 : 0;
  return mode === 1 ? 1 : 4;
}
