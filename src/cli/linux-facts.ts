// What .modinfo of a Linux module says, sorted for people: parameters come as
// parm=NAME:DESCRIPTION and parmtype=NAME:TYPE, everything else as it is.

import type { ModinfoEntry } from '../flavour/linux.ts';

export interface Parameter {
  readonly name: string;
  readonly type: string | undefined;
  readonly description: string | undefined;
}

export function parametersOf(modinfo: readonly ModinfoEntry[]): readonly Parameter[] {
  const types = pairs(modinfo, 'parmtype');
  const descriptions = pairs(modinfo, 'parm');
  return [...new Set([...types.keys(), ...descriptions.keys()])].map((name) => ({
    name,
    type: types.get(name),
    description: descriptions.get(name),
  }));
}

/** Keys that are told elsewhere. */
const elsewhere = new Set(['parm', 'parmtype', 'vermagic', 'name', 'depends']);

export function otherModinfo(modinfo: readonly ModinfoEntry[]): readonly ModinfoEntry[] {
  return modinfo.filter(({ key }) => !elsewhere.has(key));
}

export function vermagicOf(modinfo: readonly ModinfoEntry[]): string | undefined {
  return modinfo.find(({ key }) => key === 'vermagic')?.value.trim();
}

function pairs(modinfo: readonly ModinfoEntry[], key: string): ReadonlyMap<string, string> {
  return new Map(
    modinfo
      .filter((entry) => entry.key === key)
      .map(({ value }) => {
        const colon = value.indexOf(':');
        return colon < 0 ? [value, ''] : [value.slice(0, colon), value.slice(colon + 1)];
      }),
  );
}
