// The two blobs that the linker device hands out: the manifest of an object that
// was opened, and what the kernel needs to know of one that was linked.

import type { ModuleDescription } from '../flavour/flavour.ts';
import { areaBytes } from '../linker/areas.ts';
import type { FunctionRun, Layout, LinkedImage } from '../linker/link.ts';
import { segmentTraits } from '../linker/segments.ts';
import { Blob } from './blob.ts';
import { SymbolTable } from './symbols.ts';
import type { ModuleView } from './view.ts';
import * as wire from './wire.ts';

/**
 * struct wire_manifest with its segments and required names.
 *
 * @param missingCount how many of its symbols may turn out to be nobody's
 */
export function encodeManifest(
  description: ModuleDescription,
  layout: Layout,
  missingCount = 0,
): Uint8Array {
  const blob = new Blob();
  const { fields } = wire.manifest;
  const head = blob.reserve(wire.manifest.bytes);
  const segments = blob.reserve(layout.segments.length * wire.segment.bytes);
  const required = blob.reserve(description.required.length * 4);
  layout.segments.forEach(({ kind, bytes, align, area, offset }, i) => {
    const at = segments + i * wire.segment.bytes;
    const traits = segmentTraits[kind];
    blob.put32(at, wire.segment.fields.kind, kind);
    blob.put32(at, wire.segment.fields.prot, traits.prot);
    blob.put32(at, wire.segment.fields.disposable, traits.disposable ? 1 : 0);
    blob.put32(at, wire.segment.fields.area, area);
    blob.put64(at, wire.segment.fields.bytes, BigInt(bytes));
    blob.put64(at, wire.segment.fields.align, BigInt(align));
    blob.put64(at, wire.segment.fields.offset, BigInt(offset));
    const room = area === i ? areaBytes(layout.segments, i) : 0;
    blob.put64(at, wire.segment.fields.area_bytes, BigInt(room));
  });
  description.required.forEach((name, i) => {
    blob.put32(required + i * 4, word, blob.name(name));
  });
  const first = description.flavour === 'netbsd' ? description.modules[0] : undefined;
  blob.put32(head, fields.flavour, wire.FLAVOUR[description.flavour]);
  blob.put32(head, fields.class, first?.class ?? 0);
  blob.put32(head, fields.version, first?.version ?? 0);
  blob.put32(head, fields.name, blob.name(description.name));
  blob.put32(head, fields.segments, segments);
  blob.put32(head, fields.segment_count, layout.segments.length);
  blob.put32(head, fields.required, required);
  blob.put32(head, fields.required_count, description.required.length);
  blob.put32(head, fields.missing_count, missingCount);
  blob.put32(head, fields.bytes, blob.length);
  return blob.bytes();
}

/** Which symbols the guest keeps for its backtraces; the host has all of them. */
export type KeptSymbols = 'all' | 'exported' | 'none';

/** struct wire_linkinfo with its sets, uses and symbol table. */
export function encodeLinkinfo(
  description: ModuleDescription,
  view: ModuleView,
  image: LinkedImage,
  kept: KeptSymbols = 'all',
): Uint8Array {
  const blob = new Blob();
  const { fields } = wire.linkinfo;
  const { uses } = view;
  const head = blob.reserve(wire.linkinfo.bytes);
  const sets = blob.reserve(image.sets.length * wire.set.bytes);
  const usesAt = blob.reserve(uses.length * 4);
  const constructors = putFunctions(blob, image.constructors);
  const destructors = putFunctions(blob, image.destructors);
  const ifuncs = blob.reserve(image.ifuncs.length * wire.ifunc.bytes);
  const missingNames = [...view.missing.keys()];
  const missing = blob.reserve(missingNames.length * 4);
  const symtab = kept === 'none' ? 0 : blob.append(keptSymbols(view, kept).encode());
  image.sets.forEach(({ name, start, stop }, i) => {
    const at = sets + i * wire.set.bytes;
    blob.put32(at, wire.set.fields.name, blob.name(name));
    blob.put64(at, wire.set.fields.start_va, start);
    blob.put64(at, wire.set.fields.stop_va, stop);
  });
  uses.forEach((id, i) => {
    blob.put32(usesAt + i * 4, word, id);
  });
  image.ifuncs.forEach(({ resolver, slot }, i) => {
    const at = ifuncs + i * wire.ifunc.bytes;
    blob.put64(at, wire.ifunc.fields.resolver_va, resolver);
    blob.put64(at, wire.ifunc.fields.slot_va, slot);
  });
  missingNames.forEach((name, i) => {
    blob.put32(missing + i * 4, word, blob.name(name));
  });
  const { init, fini } = entryPoints(description, view);
  blob.put64(head, fields.init_va, init);
  blob.put64(head, fields.fini_va, fini);
  blob.put32(head, fields.symtab, symtab);
  blob.put32(head, fields.sets, sets);
  blob.put32(head, fields.set_count, image.sets.length);
  blob.put32(head, fields.uses, usesAt);
  blob.put32(head, fields.use_count, uses.length);
  blob.put32(head, fields.constructors, constructors);
  blob.put32(head, fields.constructor_count, image.constructors.length);
  blob.put32(head, fields.destructors, destructors);
  blob.put32(head, fields.destructor_count, image.destructors.length);
  blob.put32(head, fields.ifuncs, ifuncs);
  blob.put32(head, fields.ifunc_count, image.ifuncs.length);
  blob.put32(head, fields.missing, missing);
  blob.put32(head, fields.missing_count, missingNames.length);
  const bugs = bugTable(view, image);
  blob.put64(head, fields.bugs_va, bugs.at);
  blob.put64(head, fields.bugs_bytes, BigInt(bugs.bytes));
  blob.put32(head, fields.bytes, blob.length);
  return blob.bytes();
}

/** Where WARN() and BUG() of Linux stand in the code. */
function bugTable(
  { flavour, placed }: ModuleView,
  { sectionAddress }: LinkedImage,
): { readonly at: bigint; readonly bytes: number } {
  const name = '__bug_table';
  const section = placed?.object.sections.find((each) => each.name === name);
  const at = flavour === 'linux' ? sectionAddress(name) : undefined;
  return section === undefined || at === undefined
    ? { at: 0n, bytes: 0 }
    : { at, bytes: section.size };
}

function keptSymbols({ symbols, exports }: ModuleView, kept: 'all' | 'exported'): SymbolTable {
  if (kept === 'all') return symbols;
  const addresses = new Set([...exports.values()].map(({ address }) => address));
  return new SymbolTable(symbols.entries.filter(({ address }) => addresses.has(address)));
}

/** struct wire_functions[]; answers its offset. */
function putFunctions(blob: Blob, runs: readonly FunctionRun[]): number {
  const { bytes, fields } = wire.functions;
  const first = blob.reserve(runs.length * bytes);
  runs.forEach((run, i) => {
    const at = first + i * bytes;
    const isOne = run.order === 'one';
    blob.put64(at, fields.start_va, isOne ? run.function : run.start);
    blob.put64(at, fields.stop_va, isOne ? 0n : run.stop);
    blob.put32(at, fields.order, wire.ORDER[run.order]);
  });
  return first;
}

/** The element of an array of uint32_t. */
const word: wire.Field = { at: 0, type: 'u32', count: 1 };

/** A Linux module's init_module and cleanup_module, 0 for one it has not. */
function entryPoints(
  description: ModuleDescription,
  view: ModuleView,
): { readonly init: bigint; readonly fini: bigint } {
  if (description.flavour !== 'linux') return { init: 0n, fini: 0n };
  const entry = (index: number | undefined, name: string): bigint => {
    const symbol = index === undefined ? undefined : view.globals.get(name);
    return symbol === undefined ? 0n : symbol.address | (symbol.thumb ? 1n : 0n);
  };
  return {
    init: entry(description.init, 'init_module'),
    fini: entry(description.exit, 'cleanup_module'),
  };
}
