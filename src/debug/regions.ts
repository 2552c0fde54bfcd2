// What is mapped in the guest's address space, by its own page tables, and what it is:
// the kernel's parts, those of modules, stacks, devices, and RAM.

import { type Addr, addr, plus } from '../base/address.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { WIRE_DEVICES_BYTES, WIRE_DEVICES_PA } from '../machine/registers.ts';
import type { MemoryRegion } from './model.ts';
import type { Sources } from './sources.ts';
import type { StackSpan } from './threads.ts';

interface NamedSpan {
  readonly low: Addr;
  readonly high: Addr;
  readonly name: string;
}

/** Lowest first; neighbours of one kind are one. */
export function regionsOf(
  kernel: Kernel,
  sources: Sources,
  stacks: readonly StackSpan[],
): readonly MemoryRegion[] {
  const names = [...kernelSpans(sources), ...moduleSpans(sources), ...stacks].sort((a, b) =>
    a.low < b.low ? -1 : 1,
  );
  const regions: MemoryRegion[] = [];
  for (const page of pagesOf(kernel))
    for (const part of splitByName(page, names)) {
      const last = regions.at(-1);
      if (last !== undefined && continues(last, part))
        regions[regions.length - 1] = { ...last, end: part.end };
      else regions.push(part);
    }
  return regions;
}

function* pagesOf({ arch, machine }: Kernel): Iterable<MemoryRegion> {
  const { memory, engine } = machine;
  for (const page of arch.mapped(engine, memory.readPhysical)) {
    const { address, bytes, physical, writable, executable } = page;
    const isDevice = physical >= WIRE_DEVICES_PA && physical < WIRE_DEVICES_PA + WIRE_DEVICES_BYTES;
    const name = isDevice ? 'devices' : 'RAM';
    yield { start: address, end: plus(address, bytes), writable, executable, name };
  }
}

function continues(before: MemoryRegion, after: MemoryRegion): boolean {
  return (
    before.end === after.start &&
    before.name === after.name &&
    before.writable === after.writable &&
    before.executable === after.executable
  );
}

function* splitByName(page: MemoryRegion, names: readonly NamedSpan[]): Iterable<MemoryRegion> {
  let at = page.start;
  for (const { low, high, name } of names) {
    if (high <= at || low >= page.end) continue;
    if (low > at) yield { ...page, start: at, end: low };
    const start = later(low, at);
    at = earlier(high, page.end);
    yield { ...page, start, end: at, name };
  }
  if (at < page.end) yield { ...page, start: at };
}

function later(a: Addr, b: Addr): Addr {
  if (a > b) return a;
  return b;
}

function earlier(a: Addr, b: Addr): Addr {
  if (a < b) return a;
  return b;
}

const PAGE = 4096n;

/** To the ends of its pages: the rest of the last one is its own, too. */
function wholePages(low: Addr, high: Addr, name: string): NamedSpan {
  return {
    low: addr(low - (low % PAGE)),
    high: addr(high + ((PAGE - (high % PAGE)) % PAGE)),
    name,
  };
}

function kernelSpans({ kernel }: Sources): readonly NamedSpan[] {
  return kernel.sections.flatMap(({ section, address }) =>
    address === undefined || section.size === 0
      ? []
      : [wholePages(address, plus(address, section.size), `kernel ${section.name}`)],
  );
}

function moduleSpans(sources: Sources): readonly NamedSpan[] {
  return sources
    .all()
    .flatMap(({ view }) =>
      (view?.segments ?? [])
        .filter(({ bytes }) => bytes > 0)
        .map(({ base, bytes, name }) =>
          wholePages(base, plus(base, bytes), `module ${view?.name} ${name}`),
        ),
    );
}
