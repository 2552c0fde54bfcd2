// A kernel given for a module is called one.

import { expect, test } from 'vitest';
import { littleEndian, writeElf } from '../../test/support/elf-writer.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { readElf } from '../object/elf/reader.ts';
import { describeBootImage, describeVmlinux } from './linux-image.ts';

test.for([
  [0x202, [...'HdrS'].map((letter) => letter.charCodeAt(0)), 'x86 (bzImage)'],
  [0x24, littleEndian(4, 0x016f_2818), 'ARM (zImage)'],
  [0x38, [...'ARM\x64'].map((letter) => letter.charCodeAt(0)), 'ARM64 (Image)'],
] as const)('the magic at %i', ([at, magic, name]) => {
  const image = new Uint8Array(at + 4);
  expect(describeBootImage(image)).toBeUndefined();
  image.set(magic, at);
  expect(describeBootImage(image)).toMatch(`is a Linux kernel for ${name}, wanted a module`);
  expect(describeBootImage(image.subarray(0, at + 3))).toBeUndefined();
});

test.for(archNames)('%s: an executable with an export table is a vmlinux', (arch) => {
  const { wordBytes, elfMachine: machine, addends } = architectures[arch];
  const describe = (fileType: number, section: string): string | undefined => {
    const sections = [{ name: section, bytes: [0] }];
    const read = readElf(writeElf({ wordBytes, machine, addends, fileType, sections }));
    if (!read.ok) throw new Error('it does not read');
    return describeVmlinux(read.value);
  };
  expect(describe(2, '__ksymtab')).toMatch('Module.symvers');
  expect(describe(2, '.text')).toBeUndefined();
  expect(describe(1, '__ksymtab')).toBeUndefined();
});
