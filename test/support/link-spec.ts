// Writes, reads, lays out and links a small object in one call.

import type { LinkArch } from '../../src/arch/link-arch.ts';
import { addr } from '../../src/base/address.ts';
import type { Result } from '../../src/base/result.ts';
import {
  type FoundSymbol,
  type LayoutOptions,
  type LinkedImage,
  link,
  planLayout,
} from '../../src/linker/link.ts';
import { describeLinkProblem, type LinkProblem } from '../../src/linker/problems.ts';
import { describeElfProblem } from '../../src/object/elf/problems.ts';
import { readElf } from '../../src/object/elf/reader.ts';
import { type ElfSpec, writeElf } from './elf-writer.ts';

/** The relocation of a whole word. */
export const wordType = { i386: 1, amd64: 1, armv7: 2, aarch64: 257 } as const;

/** Of any machine. */
export type AnySpec = Omit<ElfSpec, 'wordBytes' | 'machine'>;

export interface Given {
  /** Of each segment; the missing ones are at 0x10000, 0x20000, ... */
  readonly bases?: readonly bigint[];
  readonly known?: Readonly<Record<string, FoundSymbol>>;
  readonly exports?: readonly string[];
  readonly options?: LayoutOptions;
}

export function linkSpec(
  arch: LinkArch,
  spec: AnySpec,
  given: Given = {},
): Result<LinkedImage, LinkProblem> {
  const { wordBytes, elfMachine: machine } = arch;
  const read = readElf(writeElf({ ...spec, wordBytes, machine }));
  if (!read.ok) throw new Error(read.problems.map(describeElfProblem).join('\n'));
  const layout = planLayout(read.value, arch, given.options);
  if (!layout.ok) return layout;
  const bases = layout.value.segments.map((_, i) => addr(given.bases?.[i] ?? 0x1_0000 * (i + 1)));
  const lookup = (name: string): FoundSymbol | undefined => given.known?.[name];
  return link({
    object: read.value,
    arch,
    layout: layout.value,
    bases,
    lookup,
    exports: given.exports,
  });
}

export function linked(arch: LinkArch, spec: AnySpec, given: Given = {}): LinkedImage {
  const result = linkSpec(arch, spec, given);
  if (!result.ok)
    throw new Error(result.problems.map((p) => describeLinkProblem(p, 'x')).join('\n'));
  return result.value;
}

/** The words of the segment of this kind. */
export function wordsOf(image: LinkedImage, kind: number, wordBytes: 4 | 8): readonly bigint[] {
  const bytes = image.segments.find((segment) => segment.kind === kind)?.bytes;
  if (bytes === undefined) throw new Error(`no segment of kind ${kind}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / wordBytes) }, (_, i) =>
    wordBytes === 8 ? view.getBigUint64(i * 8, true) : BigInt(view.getUint32(i * 4, true)),
  );
}
