// What .modinfo of a Linux module says, sorted for people: parameters come as
// parm=NAME:DESCRIPTION and parmtype=NAME:TYPE, everything else as it is.

import type { ModinfoEntry } from '../flavour/linux.ts';
import type { ModuleSignature } from '../flavour/signature.ts';

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

export interface ModinfoGroup {
  readonly key: string;
  readonly values: readonly string[];
}

/** By key, in the order in which the keys come; what the signature says at the end. */
export function otherModinfo(
  modinfo: readonly ModinfoEntry[],
  signature: ModuleSignature | undefined,
): readonly ModinfoGroup[] {
  const groups = new Map<string, string[]>();
  for (const { key, value } of [...modinfo, ...signatureEntries(signature)]) {
    if (elsewhere.has(key)) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [value]);
    else known.push(value);
  }
  return [...groups].map(([key, values]) => ({ key, values }));
}

/** Under the names that modinfo(8) gives them. */
function signatureEntries(signature: ModuleSignature | undefined): readonly ModinfoEntry[] {
  if (signature === undefined) return [];
  const { id, signer, key, hash } = signature;
  const entries = { sig_id: id, signer, sig_key: key, sig_hashalgo: hash };
  return Object.entries(entries).flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: name, value }],
  );
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
