// Good objects for the fuzzer: the samples that set-up built, and objects made here
// with what the samples lack: groups, common symbols, sets, weak symbols, a GOT.

import type { Arch, ArchName } from '../../src/arch/arch.ts';
import { architectures } from '../../src/arch/registry.ts';
import type { Stock } from '../../src/fuzz/campaign.ts';
import { seedOf } from '../../src/fuzz/mutate.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';
import * as C from '../../src/object/elf/constants.ts';
import { buildShared } from './build-module.ts';
import { littleEndian, writeElf } from './elf-writer.ts';
import { sample } from './guest.ts';
import { type AnySpec, wordType } from './link-spec.ts';

const samples = ['hello', 'provider', 'twins', 'workload', 'nullderef'] as const;

const X = C.SHF_ALLOC | C.SHF_EXECINSTR;
const W = C.SHF_ALLOC | C.SHF_WRITE;

export function stockOf(name: ArchName): Stock {
  const arch = architectures[name];
  const types = [...arch.relocations.keys()];
  const made = writeElf({ ...variety(arch), wordBytes: arch.wordBytes, machine: arch.elfMachine });
  return {
    arch,
    seeds: [
      ...samples.map((module) => seedOf(module, sample(name, module).bytes, types)),
      ...sharedSeeds(name).map(({ name: file, bytes }) => seedOf(file, bytes, types)),
      seedOf('variety', made, types),
      seedOf('variety again', made, types),
    ],
  };
}

/** One of each encoding, with what only shared objects have. */
function sharedSeeds(name: ArchName): readonly ObjectFile[] {
  const source = `
#include <sys/module.h>
MODULE(MODULE_CLASS_MISC, seed, "other");
extern int outside(void) __attribute__((weak));
int known(int n) { return n + (outside ? outside() : 0); }
int (*const pointers[])(int) = { known, known };
static int seed_modcmd(modcmd_t cmd, void *arg) { (void)arg; return pointers[cmd & 1](1); }
static void *resolve(void) { return known; }
int chosen(int) __attribute__((ifunc("resolve")));
__attribute__((constructor)) static void first(void) { (void)chosen(1); }
`;
  const versions = 'V1 { global: known; }; V2 { global: chosen; } V1;';
  const needs = [buildShared(name, 'other.so', { versions: 'W { *; };' }, { source: outside })];
  return [
    buildShared(name, 'relr.so', { link: ['-z', 'pack-relative-relocs'] }, { source }),
    buildShared(name, 'needs.so', { versions, needs, link: ['--hash-style=sysv'] }, { source }),
  ];
}

const outside = 'int outside(void) { return 3; }\n';

/** A little of everything; every relocation of the machine once, some of which fit. */
function variety({ name, wordBytes, addends, relocations }: Arch): AnySpec {
  const pointers = ['__start_set_x', '__stop_set_x', 'weak', 'common', 'f', 'undefined'];
  const types = [...relocations.keys()];
  return {
    addends,
    groups: [
      { signature: 'f', members: ['one'] },
      { signature: 'again', members: ['two'] },
    ],
    sections: [
      {
        name: '.text.f',
        id: 'one',
        flags: X | C.SHF_GROUP,
        bytes: littleEndian(8, 1, 2),
        align: 8,
      },
      {
        name: '.text.f',
        id: 'two',
        flags: X | C.SHF_GROUP,
        bytes: littleEndian(8, 1, 2),
        align: 8,
      },
      { name: '.text', flags: X, bytes: new Uint8Array(8 * types.length), align: 8 },
      { name: '.data', flags: W, bytes: new Uint8Array(wordBytes * pointers.length), align: 8 },
      { name: 'set_x', bytes: new Uint8Array(wordBytes), align: wordBytes },
      { name: '.init.text', flags: X, bytes: littleEndian(8, 0, 0), align: 4 },
      { name: '.bss', type: C.SHT_NOBITS, flags: W, size: 64, align: 16 },
    ],
    symbols: [
      { name: 'local', section: 'two', binding: C.STB_LOCAL },
      { name: 'f', section: 'one', type: C.STT_FUNC, size: 8 },
      { name: 'f', id: 'again', section: 'two', type: C.STT_FUNC, size: 8 },
      { name: 'common', section: 'COMMON', value: 8, size: 24, type: C.STT_OBJECT },
      { name: 'weak', binding: C.STB_WEAK },
      { name: '__start_set_x' },
      { name: '__stop_set_x' },
      { name: 'undefined' },
      { name: 'absolute', section: 'ABS', value: 0x40 },
    ],
    relocations: [
      ...pointers.map((symbol, i) => ({
        section: '.data',
        offset: i * wordBytes,
        type: wordType[name],
        symbol,
      })),
      ...types.map((type, i) => ({ section: '.text', offset: 8 * i, type, symbol: 'f' })),
      { section: '.init.text', offset: 0, type: wordType[name], symbol: 'f' },
    ],
  };
}
