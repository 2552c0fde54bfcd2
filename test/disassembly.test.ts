// The disassembler over all code of the guest kernels, beside llvm-objdump: the same
// instructions at the same addresses, and data where it says data.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { type Addr, addr, offsetIn } from '../src/base/address.ts';
import { CodeMap } from '../src/debug/code-map.ts';
import { Disassembler } from '../src/debug/disassembly.ts';
import { openDecoder } from '../src/disasm/decoder.ts';
import { readKernelImage, root } from '../src/host/assets.ts';
import { readElf } from '../src/object/elf/reader.ts';
import { buildModule } from './support/build-module.ts';

const program = 'llvm-objdump-19';
const hasObjdump = spawnSync(program, ['--version']).status === 0;

interface Line {
  readonly address: Addr;
  readonly mnemonic: string;
}

function objdump(file: string): readonly Line[] {
  const args = ['-d', '--section=.text', '-z', '--no-show-raw-insn', '--no-leading-headers', file];
  const { stdout } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return [...stdout.matchAll(/^ *([0-9a-f]+):\s+(\S+)/gm)].map(([, address, mnemonic]) => ({
    address: addr(BigInt(`0x${address}`)),
    mnemonic: mnemonic ?? '',
  }));
}

async function open(arch: (typeof archNames)[number]) {
  const record = architectures[arch];
  const read = readElf(readKernelImage(arch));
  const decoder = await openDecoder(record.elfMachine);
  if (!read.ok || decoder === undefined) throw new Error(`no kernel or no decoder for ${arch}`);
  const object = read.value;
  const text = object.sections.find(({ name }) => name === '.text');
  if (text === undefined) throw new Error('the kernel has no .text');
  const sections = [{ section: text, address: text.address }];
  const code = { object, sections };
  const disassembler = new Disassembler(decoder, {
    wordBytes: record.wordBytes,
    read: (at, bytes) => {
      const offset = offsetIn(text.address, at);
      if (offset < 0 || offset >= text.size) return new Uint8Array();
      const end = Math.min(offset + bytes, text.size);
      return object.bytes.subarray(text.offset + offset, text.offset + end);
    },
    objectAt: () => code,
    symbolAt: () => undefined,
    lineAt: () => undefined,
  });
  return { disassembler, text, code };
}

describe.for(archNames)('%s', (arch) => {
  test.runIf(hasObjdump)('has the instructions of llvm-objdump', async () => {
    const { disassembler, text } = await open(arch);
    const wanted = objdump(join(root, 'build', 'guest', arch, 'kernel.elf'));
    const found = disassembler.disassemble(text.address, wanted.length);
    expect(wanted.length).toBeGreaterThan(5000);
    expect(found.find(({ address }, i) => address !== wanted[i]?.address)).toBeUndefined();
    const differs = found.filter(({ mnemonic }, i) => mnemonic !== wanted[i]?.mnemonic);
    expect(differs.length / wanted.length).toBeLessThan(0.01);
    expect(differs.filter(({ mnemonic }) => mnemonic === '(bad)')).toEqual([]);
  });

  test('goes back over what it came by', async () => {
    const { disassembler, text, code } = await open(arch);
    const forwards = disassembler.disassemble(text.address, 3000);
    // Where the code before an address is of one kind and in step.
    const last = forwards.at(-1)?.address ?? text.address;
    expect(new CodeMap(code).at(last)?.kind ?? 'first').toBe('first');
    const back = disassembler.disassemble(last, 20, 20);
    expect(back.map(({ address }) => address)).toEqual(
      forwards.slice(-21, -1).map(({ address }) => address),
    );
  });
});

test('ARM, Thumb and data are told apart by mapping symbols', async () => {
  const source = `__asm__(".text\\n.arm\\nmov r0, r1\\n.thumb\\npush {r4, lr}\\nldr.w r0, 1f\\n"
    "pop {r4, pc}\\n1: .word 0x12345678\\n.arm\\nbx lr\\n");`;
  const object = readElf(buildModule('armv7', 'mixed', { source }).bytes);
  if (!object.ok) throw new Error('the object does not read');
  const section = object.value.sections.find(({ name }) => name === '.text');
  const decoder = await openDecoder(object.value.machine);
  if (section === undefined || decoder === undefined) throw new Error('nothing to decode');
  const at = addr(0xbf00_0000n);
  const code = { object: object.value, sections: [{ section, address: at }] };
  const bytes = object.value.bytes.subarray(section.offset, section.offset + section.size);
  const disassembler = new Disassembler(decoder, {
    wordBytes: 4,
    read: (from, count) => bytes.subarray(offsetIn(at, from), offsetIn(at, from) + count),
    objectAt: () => code,
    symbolAt: () => undefined,
    lineAt: () => undefined,
  });
  const found = disassembler.disassemble(at, 6);
  expect(found.map(({ mnemonic, operands }) => `${mnemonic} ${operands}`)).toEqual([
    'mov r0, r1',
    'push {r4, lr}',
    'ldr.w r0, [pc, #4]  @ 0xbf00000c',
    'pop {r4, pc}',
    '.word 0x12345678',
    'bx lr',
  ]);
});
