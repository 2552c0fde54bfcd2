// What the host does with an object when it is loaded, on one that may be damaged:
// it must come to an image or to problems, each of which can be told in words.

import type { Arch } from '../arch/arch.ts';
import { plus } from '../base/address.ts';
import { seedFor } from '../base/random.ts';
import { basesFor } from '../corpus/link-module.ts';
import { identify } from '../flavour/flavour.ts';
import { describeFlavourProblem } from '../flavour/problems.ts';
import { encodeLinkinfo, encodeManifest } from '../kernel/encode.ts';
import { viewOfImage } from '../kernel/view.ts';
import { link, planLayout } from '../linker/link.ts';
import { describeLinkProblem } from '../linker/problems.ts';
import type { FoundSymbol, Lookup } from '../linker/resolve.ts';
import { describeElfProblem } from '../object/elf/problems.ts';
import { readElf } from '../object/elf/reader.ts';

export type Outcome =
  | { readonly kind: 'linked'; readonly relocations: number }
  | { readonly kind: 'refused'; readonly causes: readonly Cause[] };

export interface Cause {
  /** "link: out-of-range" */
  readonly name: string;
  readonly sentence: string;
}

const FILE = 'mutant.ko';

/** @throws whatever a bug in modbox throws. */
export function runPasses(bytes: Uint8Array, arch: Arch): Outcome {
  const object = readElf(bytes);
  if (!object.ok) return refused('read', object.problems, describeElfProblem);
  const layout = planLayout(object.value, arch);
  if (!layout.ok)
    return refused('layout', layout.problems, (one) => describeLinkProblem(one, FILE));
  const described = identify(object.value, arch, 'mutant');
  if (!described.ok)
    return refused('flavour', described.problems, (one) => describeFlavourProblem(one, FILE));
  encodeManifest(described.value, layout.value);
  const placed = {
    object: object.value,
    layout: layout.value,
    bases: basesFor(layout.value, arch),
  };
  const image = link({
    ...placed,
    arch,
    lookup: lookupFor(arch),
    exports: ['printf', 'kmem_alloc', 'kmem_free', 'memcpy', 'strcmp', 'panic'],
  });
  if (!image.ok) return refused('link', image.problems, (one) => describeLinkProblem(one, FILE));
  const view = viewOfImage(1, FILE, described.value, image.value, placed);
  encodeLinkinfo(described.value, view, image.value);
  return { kind: 'linked', relocations: image.value.relocations };
}

function refused<P extends { readonly kind: string }>(
  pass: string,
  problems: readonly P[],
  describe: (problem: P) => string,
): Outcome {
  return {
    kind: 'refused',
    causes: problems.map((one) => ({ name: `${pass}: ${one.kind}`, sentence: describe(one) })),
  };
}

/** By the name's hash a symbol is near, far away, Thumb code, or nowhere. */
function lookupFor({ map, thumbState }: Arch): Lookup {
  return (name): FoundSymbol | undefined => {
    const hash = seedFor(0, name);
    const near = plus(map.kernelBase, (hash & 0xf_ffff) * 4);
    switch ((hash >>> 20) % 16) {
      case 0:
        return undefined;
      case 1:
        return { address: plus(near, -0x4000_0000), provider: hash % 8 };
      case 2:
        return { address: near, thumb: thumbState === undefined ? undefined : true };
      default:
        return { address: near, provider: 'the kernel' };
    }
  };
}
