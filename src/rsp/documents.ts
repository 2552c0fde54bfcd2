// What a client reads by qXfer besides target.xml: which objects are loaded and where,
// and which addresses there are (gdb manual, appendix G.2 and E.12).

import type { Debugger, LoadedObject } from '../debug/model.ts';
import { xmlText } from './hex.ts';

/** The guest's kernel as clients open it by vFile. */
export const KERNEL_PATH = '/modbox/kernel.elf';

/** What a client calls an object. */
export function pathOf({ id, name }: LoadedObject): string {
  return id === undefined ? KERNEL_PATH : `/modbox/${name}.ko`;
}

/**
 * Modules with the address of each SHF_ALLOC section, empty ones too, in the order of
 * the headers: gdb counts them and takes addresses by position.
 */
export function libraryList(objects: readonly LoadedObject[]): string {
  const libraries = objects
    .filter(({ id, sections }) => id !== undefined && sections.length > 0)
    .map((each) => {
      const sections = each.sections.map(
        ({ address }) => `<section address="0x${address.toString(16)}"/>\n`,
      );
      return `<library name="${xmlText(pathOf(each))}">\n${sections.join('')}</library>\n`;
    });
  return `<library-list>\n${libraries.join('')}</library-list>\n`;
}

interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * All that is or may come to be mapped.  gdb asks once and refuses addresses outside
 * without asking again, so that the whole area of modules and the whole window of RAM
 * are in it.
 */
export function memoryMap(debugger_: Debugger): string {
  const { arch, kernel } = debugger_;
  const { kernelBase, modulesStart, modulesEnd } = arch.map;
  const ranges: Range[] = [
    { start: kernelBase, end: kernelBase + BigInt(kernel.machine.memory.ram.length) },
    { start: modulesStart, end: modulesEnd },
    ...debugger_.regions(),
  ];
  const lines = joined(ranges).map(
    ({ start, end }) =>
      `<memory type="ram" start="0x${start.toString(16)}" length="0x${(end - start).toString(16)}"/>\n`,
  );
  return `<?xml version="1.0"?>\n<memory-map>\n${lines.join('')}</memory-map>\n`;
}

/** In order, without overlaps. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : 1));
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.start > last.end) result.push(range);
    else if (range.end > last.end)
      result[result.length - 1] = { start: last.start, end: range.end };
  }
  return result;
}
