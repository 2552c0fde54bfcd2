// The modules around the one that is checked: what it requires, found as a load
// would find it, and who else has the symbols that it lacks.

import type { Arch } from '../arch/arch.ts';
import type { CheckRequest } from '../check/check.ts';
import { type KnownModule, sameName, type Unusable } from '../check/target.ts';
import { describeContainerProblem } from '../container/problems.ts';
import { identify, type ModuleDescription } from '../flavour/flavour.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { describeFlavourProblem } from '../flavour/problems.ts';
import { diskFiles, neighbours } from '../host/disk.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { describeMachine } from '../object/elf/constants.ts';
import { describeElfProblem } from '../object/elf/problems.ts';
import { readElf } from '../object/elf/reader.ts';

/** What a file says of itself, or why it is no module for this architecture. */
export function describeModule(file: ObjectFile, arch: Arch): KnownModule | Unusable {
  const unusable = (reason: string): Unusable => ({ file: file.name, reason });
  if (file.problem !== undefined) return unusable(describeContainerProblem(file.problem));
  const read = readElf(file.bytes);
  if (!read.ok) return unusable(read.problems.map(describeElfProblem).join('; '));
  const object = read.value;
  if (object.machine !== arch.elfMachine || object.wordBytes !== arch.wordBytes)
    return unusable(`is for ${describeMachine(object.machine)}`);
  if (object.type === 'executable') return unusable('is an executable');
  const described = identify(object, arch, moduleNameOf(file.name));
  if (described.ok) return { file: file.name, description: described.value };
  return unusable(
    described.problems
      .map((each) => describeFlavourProblem(each, moduleNameOf(file.name)))
      .join('; '),
  );
}

/** Looks on the command line first, then where a load would look. */
export function finder(
  named: readonly KnownModule[],
  arch: Arch,
  searchPath: readonly string[],
): CheckRequest['find'] {
  const files = diskFiles(searchPath);
  return (name, from) => {
    const known = named.find(
      ({ description, file }) =>
        sameName(description.name, name) || sameName(moduleNameOf(file), name),
    );
    if (known !== undefined) return known;
    const file = files.find(name, { name: from.file, bytes: new Uint8Array() });
    return file && describeModule(file, arch);
  };
}

/** Looking for the providers of more symbols than this helps nobody. */
const SYMBOLS = 20;

/** Modules in the same folder or archive that export one of the symbols. */
export function modulesAround(file: string, arch: Arch): CheckRequest['around'] {
  return (symbols, flavour) => {
    const found: KnownModule[] = [];
    const wanted = symbols.slice(0, SYMBOLS);
    const needles = wanted.map((symbol) => needleFor(symbol, flavour));
    for (const neighbour of neighbours(file)) {
      // Most modules do not even have the name; reading those takes long.
      const bytes = Buffer.from(
        neighbour.bytes.buffer,
        neighbour.bytes.byteOffset,
        neighbour.bytes.length,
      );
      if (neighbour.name === file || !needles.some((needle) => bytes.includes(needle))) continue;
      const module = describeModule(neighbour, arch);
      if ('reason' in module) continue;
      if (module.description.exports.some(({ name }) => wanted.includes(name))) found.push(module);
    }
    return found;
  };
}

/** What the symbol table of a module that exports the symbol must have. */
function needleFor(symbol: string, flavour: ModuleDescription['flavour']): string {
  return flavour === 'linux' ? `__ksymtab_${symbol}\0` : `${symbol}\0`;
}
