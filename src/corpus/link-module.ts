// One module from bytes to images, through every pass that loading it into a
// guest runs on the host.  Whatever goes wrong is a cause with a name, so that
// thousands of modules make a short table.

import type { Arch } from '../arch/arch.ts';
import { type Addr, addr, plus } from '../base/address.ts';
import type { Result } from '../base/result.ts';
import { identify } from '../flavour/flavour.ts';
import { describeFlavourProblem } from '../flavour/problems.ts';
import { placeAreas } from '../linker/areas.ts';
import { type Layout, type LinkedImage, link, planLayout } from '../linker/link.ts';
import { describeLinkProblem } from '../linker/problems.ts';
import { describeElfProblem } from '../object/elf/problems.ts';
import { readElf } from '../object/elf/reader.ts';
import type { Stubs } from './stubs.ts';

export interface Cause {
  /** The pass and its problem's kind: "link: out-of-range". */
  readonly name: string;
  readonly sentence: string;
}

export type Outcome =
  | { readonly kind: 'linked'; readonly image: LinkedImage }
  | { readonly kind: 'refused'; readonly causes: readonly Cause[] };

export interface ModuleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A crash is a cause as well: the other modules still want their turn. */
export function linkModule(file: ModuleFile, arch: Arch, stubs: Stubs): Outcome {
  try {
    return throughPasses(file, arch, stubs);
  } catch (thrown) {
    const sentence = thrown instanceof Error ? thrown.message : String(thrown);
    return { kind: 'refused', causes: [{ name: 'crash', sentence: `${file.name}: ${sentence}` }] };
  }
}

function throughPasses({ name, bytes }: ModuleFile, arch: Arch, stubs: Stubs): Outcome {
  const object = readElf(bytes);
  if (!object.ok) return refused('read', object, (one) => `${name}: ${describeElfProblem(one)}`);
  const described = identify(object.value, arch, name);
  if (!described.ok)
    return refused('flavour', described, (one) => describeFlavourProblem(one, name));
  const layout = planLayout(object.value, arch);
  if (!layout.ok) return refused('layout', layout, (one) => describeLinkProblem(one, name));
  const image = link({
    object: object.value,
    arch,
    layout: layout.value,
    bases: basesFor(layout.value, arch),
    lookup: stubs.lookup,
  });
  if (!image.ok) return refused('link', image, (one) => describeLinkProblem(one, name));
  return { kind: 'linked', image: image.value };
}

function refused<P extends { readonly kind: string }>(
  pass: string,
  { problems }: Result<unknown, P> & { readonly ok: false },
  sentence: (problem: P) => string,
): Outcome {
  const causes = problems.map((one) => ({ name: `${pass}: ${one.kind}`, sentence: sentence(one) }));
  return { kind: 'refused', causes };
}

const PAGE_BYTES = 4096;

/**
 * One area behind the other, each on pages of its own, in the middle of the
 * module window: every kernel symbol is within a branch's reach from there.
 */
export function basesFor(layout: Layout, arch: Arch): readonly Addr[] {
  let at = windowMiddle(arch);
  return placeAreas(layout, (bytes, align) => {
    const step = BigInt(Math.max(PAGE_BYTES, align));
    const base = addr((at + step - 1n) & -step);
    at = plus(base, bytes);
    return base;
  });
}

export function windowMiddle({ map }: Pick<Arch, 'map'>): Addr {
  return plus(map.modulesStart, Number(map.modulesEnd - map.modulesStart) / 2);
}
