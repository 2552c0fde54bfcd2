// The block callback in x86-64 machine code.  libunicorn calls it, by the System V
// convention, whenever a block of translated code is entered:
//
//	void block(uc, uint64_t address, uint32_t size, int32_t cells[18])
//
// It counts the block's bytes, and stops the CPU before the first block that finds
// nothing left:
//
//	sub [rcx], edx		29 11
//	js 1f			78 01
// 0:	ret			c3
// 1:	mov eax, [rcx]		8b 01
//	add eax, edx		01 d0			what was left before
//	jg 0b			7f f9
//	mov [rcx], eax		89 01
//	mov dword [rcx+4], 1	c7 41 04 imm32
//	mov rax, uc_emu_stop	48 b8 imm64
//	jmp rax			ff e0			uc is still in rdi
//
// A debugger wants to know the block too, which costs another hundredth of the speed,
// so only then two instructions stand before that:
//
//	mov [rcx+8], edx	89 51 08
//	mov [rcx+16], rsi	48 89 71 10
//
// Coverage wants to know which blocks ran and how each was left.  That is RECORDING,
// which writes only what is not known yet: most blocks run again and again.

import type { Pointer } from './binding.ts';

/** What a block does besides counting. */
export interface Duties {
  readonly note: boolean;
  readonly record: boolean;
}

const NOTING = [0x89, 0x51, 0x08, 0x48, 0x89, 0x71, 0x10];

const COUNTING = [
  ...[0x29, 0x11, 0x78, 0x01, 0xc3, 0x8b, 0x01, 0x01, 0xd0, 0x7f, 0xf9, 0x89, 0x01],
  ...[0xc7, 0x41, 0x04, 0x01, 0x00, 0x00, 0x00, 0x48, 0xb8],
];

const RECORDING = [
  // Where the block before went is known now, whether this one is entered or not: an
  // interrupt that comes first is no way to leave a block.
  ...[0x48, 0x8b, 0x41, 0x30], //		mov rax, [rcx+48]	entry
  ...[0x48, 0x85, 0xc0], //			test rax, rax
  ...[0x74, 0x1e], //				je 1f
  ...[0x41, 0xb8, 0x00, 0x40, 0x00, 0x00], //	mov r8d, 0x4000		jumped
  ...[0x41, 0xb9, 0x00, 0x80, 0x00, 0x00], //	mov r9d, 0x8000		fell
  ...[0x48, 0x3b, 0x71, 0x38], //		cmp rsi, [rcx+56]	end
  ...[0x45, 0x0f, 0x44, 0xc1], //		cmove r8d, r9d
  ...[0x66, 0x44, 0x85, 0x00], //		test [rax], r8w
  ...[0x75, 0x04], //				jne 1f
  ...[0x66, 0x44, 0x09, 0x00], //		or [rax], r8w
  ...[0x29, 0x11], //			1:	sub [rcx], edx
  ...[0x78, 0x4d], //				js 3f
  ...[0x48, 0x89, 0xf0], //		2:	mov rax, rsi
  ...[0x48, 0x2b, 0x41, 0x18], //		sub rax, [rcx+24]	windowBase
  ...[0x48, 0x3b, 0x41, 0x20], //		cmp rax, [rcx+32]	windowBytes
  ...[0x73, 0x37], //				jae 4f
  ...[0x89, 0xd2], //				mov edx, edx
  ...[0x48, 0x01, 0xd6], //			add rsi, rdx
  ...[0x48, 0x89, 0x71, 0x38], //		mov [rcx+56], rsi
  ...[0x48, 0x8b, 0x71, 0x28], //		mov rsi, [rcx+40]	words
  ...[0x48, 0x8d, 0x04, 0x46], //		lea rax, [rsi+rax*2]
  ...[0x48, 0x89, 0x41, 0x30], //		mov [rcx+48], rax
  ...[0x44, 0x0f, 0xb7, 0x00], //		movzx r8d, word [rax]
  ...[0x44, 0x89, 0x41, 0x40], //		mov [rcx+64], r8d	before
  ...[0x45, 0x89, 0xc1], //			mov r9d, r8d
  ...[0x41, 0x81, 0xe1, 0xff, 0x3f, 0, 0], //	and r9d, 0x3fff
  ...[0x41, 0x39, 0xd1], //			cmp r9d, edx
  ...[0x74, 0x0a], //				je 5f
  ...[0x45, 0x31, 0xc8], //			xor r8d, r9d
  ...[0x41, 0x09, 0xd0], //			or r8d, edx
  ...[0x66, 0x44, 0x89, 0x00], //		mov [rax], r8w
  ...[0xc3], //				5:	ret
  ...[0x48, 0xc7, 0x41, 0x30, 0, 0, 0, 0], //4:	mov qword [rcx+48], 0
  ...[0xc3], //					ret
  ...[0x8b, 0x01], //			3:	mov eax, [rcx]
  ...[0x01, 0xd0], //				add eax, edx
  ...[0x7f, 0xad], //				jg 2b
  ...[0x89, 0x01], //				mov [rcx], eax
  ...[0xc7, 0x41, 0x04, 0x01, 0, 0, 0], //	mov dword [rcx+4], 1
  ...[0x48, 0xc7, 0x41, 0x30, 0, 0, 0, 0], //	mov qword [rcx+48], 0
  ...[0x48, 0xb8], //				mov rax, uc_emu_stop
];

/** The instructions for some duties. */
export function blockCallback({ note, record }: Duties, emuStop: Pointer): Uint8Array {
  const code = [...(note ? NOTING : []), ...(record ? RECORDING : COUNTING)];
  const bytes = new Uint8Array(code.length + 10);
  bytes.set(code);
  new DataView(bytes.buffer).setBigUint64(code.length, emuStop, true);
  bytes.set([0xff, 0xe0], code.length + 8);
  return bytes;
}
