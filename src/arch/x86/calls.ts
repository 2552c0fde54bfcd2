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

const PUSH_BP = 0x55;

/**
 * PUSH and MOV of the frame pointer at a function's entry, behind what compilers put
 * there for the CPU (ENDBR) and for tracers (a call, or a no-op in its place).
 *
 * @param rex the prefix of the MOV; undefined: it has none
 */
export function pointerKept(
  code: DataView,
  rex: number | undefined,
): { readonly pushed: number; readonly set: number } | undefined {
  const byte = (at: number): number => code.getUint8(at);
  let at = 0;
  if (byte(at) === 0xf3 && byte(at + 1) === 0x0f && byte(at + 2) === 0x1e) at += 4;
  const isNop = byte(at) === 0x0f && byte(at + 1) === 0x1f && byte(at + 2) === 0x44;
  if (byte(at) === 0xe8 || isNop) at += 5;
  if (byte(at++) !== PUSH_BP) return undefined;
  const pushed = at;
  if (rex !== undefined && byte(at++) !== rex) return undefined;
  const isMove =
    (byte(at) === 0x89 && byte(at + 1) === 0xe5) || (byte(at) === 0x8b && byte(at + 1) === 0xec);
  return isMove ? { pushed, set: at + 2 } : undefined;
}
