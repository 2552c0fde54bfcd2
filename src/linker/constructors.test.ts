// In which order arrays of functions are called.

import { describe, expect, test } from 'vitest';
import { littleEndian } from '../../test/support/elf-writer.ts';
import { linked } from '../../test/support/link-spec.ts';
import { archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import * as C from '../object/elf/constants.ts';
import type { FunctionRun } from './link.ts';

const W = C.SHF_ALLOC | C.SHF_WRITE;

describe.for(archNames)('%s', (name) => {
  const arch = architectures[name];
  const { addends, wordBytes } = arch;

  function imageOf(rows: readonly (readonly [name: string, ...words: number[]])[]) {
    const sections = rows.map(([section, ...words], i) => ({
      ...{ name: section, id: `${i}`, flags: W, align: wordBytes },
      bytes: littleEndian(wordBytes, ...words),
    }));
    return linked(arch, { addends, sections });
  }

  /** The words of the runs in the order in which the kernel reads them. */
  function callsOf(image: ReturnType<typeof imageOf>, runs: readonly FunctionRun[]): number[] {
    const [data] = image.segments;
    return runs.flatMap((run) => {
      if (data === undefined || run.order === 'one') return [];
      const at = (i: number): number => data.bytes[Number(run.start - data.base) + i] ?? -1;
      const count = Number(run.stop - run.start) / wordBytes;
      const words = Array.from({ length: count }, (_, i) => at(i * wordBytes));
      return run.order === 'forward' ? words : words.reverse();
    });
  }

  test('.init_array runs from its start, numbers first, .preinit_array before all', () => {
    const image = imageOf([
      ['.init_array', 5, 6],
      ['.init_array.200', 3, 4],
      ['.preinit_array', 1],
      ['.init_array.00101', 2],
    ]);
    expect(callsOf(image, image.constructors)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(image.destructors).toEqual([]);
  });

  test('what lies side by side and runs in one direction is one run', () => {
    const image = imageOf([
      ['.init_array', 2],
      ['.init_array.5', 1],
      ['.fini_array', 1],
      ['.fini_array.5', 2],
    ]);
    expect(image.constructors.map(({ order }) => order)).toEqual(['forward']);
    expect(image.destructors.map(({ order }) => order)).toEqual(['backward']);
  });

  test('numbers of both kinds count together', () => {
    const image = imageOf([
      ['.init_array', 3],
      ['.init_array.5', 1],
      ['.ctors', 4],
      ['.ctors.5', 2],
    ]);
    expect(image.constructors).toHaveLength(4);
    expect(callsOf(image, image.constructors)).toEqual([1, 2, 3, 4]);
  });

  test('.ctors runs from its end, and its numbers count down from 65535', () => {
    const image = imageOf([
      ['.ctors', 6, 5],
      ['.ctors.65335', 4, 3],
      ['.ctors.65434', 2, 1],
    ]);
    expect(callsOf(image, image.constructors)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('.ctors and .init_array of one priority: .init_array first', () => {
    const image = imageOf([
      ['.ctors', 4],
      ['.ctors.65434', 2],
      ['.init_array', 3],
      ['.init_array.101', 1],
    ]);
    expect(callsOf(image, image.constructors)).toEqual([1, 2, 3, 4]);
  });

  test('destructors are the mirror image', () => {
    const image = imageOf([
      ['.fini_array.101', 6],
      ['.fini_array', 4, 3],
      ['.dtors', 1, 2],
      ['.dtors.65434', 5],
    ]);
    expect(callsOf(image, image.destructors)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(image.constructors).toEqual([]);
  });

  test('sections of one name keep the order of the file, .ctors from its end', () => {
    const image = imageOf([
      ['.init_array', 1],
      ['.ctors', 4],
      ['.init_array', 2],
      ['.ctors', 3],
    ]);
    expect(callsOf(image, image.constructors)).toEqual([1, 2, 3, 4]);
  });

  test('an array of nothing is no run', () => {
    expect(imageOf([['.init_array'], ['.data', 1]]).constructors).toEqual([]);
  });
});
