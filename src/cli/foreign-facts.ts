// Modules of other kernels, in rows for people and as a document for programs.

import type { ForeignModule } from '../flavour/foreign.ts';
import type { FreebsdModule, SysinitEntry } from '../flavour/freebsd.ts';
import type { Json } from './json.ts';
import { count } from './words.ts';

type Row = readonly [label: string, ...texts: readonly string[]];

/** What the module calls itself; undefined: nothing. */
export function foreignName(module: ForeignModule): string | undefined {
  return module.flavour === 'illumos' ? undefined : module.name;
}

export function foreignRequired(module: ForeignModule): readonly string[] {
  if (module.flavour === 'freebsd') return module.depends.map(({ module: name }) => name);
  return module.flavour === 'illumos' ? module.required : [];
}

export function foreignRows(module: ForeignModule, name: string): readonly Row[] {
  switch (module.flavour) {
    case 'freebsd':
      return freebsdRows(module, name);
    case 'illumos':
      return [
        ['module', `${name}: illumos, ${module.entries.join(', ')}`],
        ['requires', orNone(module.required.join(', '))],
        ...(module.linkage === undefined ? [] : [['linkage', ...module.linkage] as const]),
      ];
    case 'lkm':
      return [['module', `${name}: an LKM of NetBSD before 5.0, entered at ${module.entry}`]];
  }
}

function freebsdRows(module: FreebsdModule, name: string): readonly Row[] {
  const { modules, versions, depends, pnp, init, fini, sysinitLayout, sets } = module;
  const declared = modules.length === 0 ? '' : `, declares ${modules.join(', ')}`;
  const required = depends.map(
    ({ module: other, min, preferred, max }) => `${other} ${min} to ${max}, best ${preferred}`,
  );
  return [
    ['module', `${name}: FreeBSD${declared}`],
    ['versions', orNone(versions.map((each) => `${each.name} ${each.version}`).join(', '))],
    ['requires', ...(required.length === 0 ? ['nothing'] : required)],
    ['devices', ...pnp.map(({ bus, table, entries }) => `${bus}: ${table} (${entries})`)],
    ['sysinit', ...init.map(sysinitText)],
    ['sysuninit', ...fini.map(sysinitText)],
    ...(sysinitLayout === undefined
      ? []
      : [['', `struct sysinit is the ${sysinitLayout} one`] as const]),
    ['sets', sets.map((set) => `${set.name} ${count(set.elements, 'element')}`).join(', ')],
  ];
}

function sysinitText({ subsystem, order, function: name }: SysinitEntry): string {
  return `0x${subsystem.toString(16)} 0x${order.toString(16)} ${name}`;
}

function orNone(text: string): string {
  return text === '' ? 'nothing' : text;
}

export function foreignJson(module: ForeignModule): Json {
  switch (module.flavour) {
    case 'freebsd': {
      const { modules, versions, depends, pnp, init, fini, sysinitLayout, sets } = module;
      return {
        modules,
        versions: versions.map((each) => ({ ...each })),
        depends: depends.map((each) => ({ ...each })),
        pnp: pnp.map((each) => ({ ...each })),
        init: init.map((each) => ({ ...each })),
        fini: fini.map((each) => ({ ...each })),
        sysinitLayout: sysinitLayout ?? null,
        sets: sets.map((each) => ({ ...each })),
      };
    }
    case 'illumos':
      return { entries: module.entries, linkage: module.linkage ?? null };
    case 'lkm':
      return { entry: module.entry };
  }
}
