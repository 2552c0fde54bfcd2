// What --against, --like and --vermagic mean: kernels, Module.symvers and modules
// become the target of a check.  Without a kernel among them, it is the guest's.

import { statSync } from 'node:fs';
import type { Arch } from '../arch/arch.ts';
import { describeSymversProblem, parseSymvers } from '../check/symvers.ts';
import { type Export, exportOf, exportsOfModule, type Target } from '../check/target.ts';
import type { LinuxModule } from '../flavour/linux.ts';
import { readKernelImage } from '../host/assets.ts';
import { archiveNamed, modulesIn, modulesUnder } from '../host/disk.ts';
import type { ObjectFile } from '../kernel/files.ts';
import { type KernelImage, readImage } from '../kernel/image.ts';
import { describeModule } from './check-modules.ts';
import type { CheckOptions } from './check-options.ts';
import { InputError } from './errors.ts';
import { readFile } from './input.ts';
import { vermagicOf } from './linux-facts.ts';
import { describeBootImage } from './linux-image.ts';

/** What one --against turned out to be. */
type Source = 'image' | 'symvers' | 'modules';

class Collected {
  readonly names: string[] = [];
  readonly sources = new Set<Source>();
  readonly native = new Map<string, Export>();
  readonly linux = new Map<string, Export>();

  add(source: Source, name: string): void {
    this.sources.add(source);
    this.names.push(name);
  }
}

/** @throws InputError, MissingAssetError */
export function targetFor(arch: Arch, options: CheckOptions): Target {
  const all = new Collected();
  for (const name of options.against) addNamed(all, name, arch);
  if (!all.sources.has('image') && !all.sources.has('symvers'))
    addImage(all, { name: 'the guest kernel', bytes: readKernelImage(arch.name) }, arch);
  const like = options.like === undefined ? undefined : linuxModule(options.like, arch);
  if (options.like !== undefined) all.names.push(`what ${options.like} was built for`);
  const vermagic = options.vermagic ?? (like && vermagicOf(like.modinfo));
  const ofLinux = all.sources.has('symvers') || all.sources.has('modules');
  return {
    name: `${all.names.join(' and ')} (${arch.name})`,
    exports: (flavour) => (flavour === 'linux' ? all.linux : all.native),
    vermagic,
    crcs: new Map(like?.versions.map(({ name, crc }) => [name, crc])),
    // Our kernel has no versions and asks for none.
    wantsVersions: ofLinux || vermagic !== undefined || like !== undefined,
    loadsRequired: !all.sources.has('symvers'),
  };
}

function addNamed(all: Collected, name: string, arch: Arch): void {
  const modules = modulesNamed(name);
  if (modules !== undefined) {
    addModules(all, modules, name, arch);
    return;
  }
  const file = readFile(name);
  const boot = describeBootImage(file.bytes);
  if (boot !== undefined) throw new InputError(`${name}: ${boot}`);
  const type = elfType(file.bytes);
  if (type === undefined) addSymvers(all, file);
  else if (type === ET_EXEC) addImage(all, file, arch);
  else addModules(all, [file], name, arch);
}

/** Those in a folder or an archive; undefined: it is neither. */
function modulesNamed(name: string): Iterable<ObjectFile> | undefined {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return modulesUnder(name);
  const archive = archiveNamed(name);
  return archive && modulesIn(archive);
}

const ET_EXEC = 2;

/** e_type, as far as bytes so few tell; undefined: no ELF file. */
function elfType(bytes: Uint8Array): number | undefined {
  const isElf = [0x7f, 0x45, 0x4c, 0x46].every((byte, i) => bytes[i] === byte);
  return isElf ? bytes[16] : undefined;
}

function addModules(all: Collected, files: Iterable<ObjectFile>, name: string, arch: Arch): void {
  let count = 0;
  for (const file of files) {
    const module = describeModule(file, arch);
    if ('reason' in module) continue;
    count++;
    const exports = module.description.flavour === 'linux' ? all.linux : all.native;
    for (const each of exportsOfModule(module))
      if (!exports.has(each.name)) exports.set(each.name, each);
  }
  if (count === 0) throw new InputError(`${name}: has no modules for ${arch.name}`);
  all.add('modules', `the modules of ${name}`);
}

function addImage(all: Collected, file: ObjectFile, arch: Arch): void {
  const { exports, linuxExports, gplOnly } = imageOf(file, arch);
  for (const [name, address] of exports) all.native.set(name, exportOf({ name, address }));
  for (const [name, address] of linuxExports)
    all.linux.set(name, exportOf({ name, address, gpl: gplOnly.has(name) }));
  all.add('image', file.name);
}

function imageOf(file: ObjectFile, arch: Arch): KernelImage {
  const image = readUserImage(file, arch);
  if (image.exports.size + image.linuxExports.size > 0) return image;
  throw new InputError(
    `${file.name}: exports nothing (no link_set_exports), wanted a kernel of modbox's kind; ` +
      'for a Linux kernel give its Module.symvers',
  );
}

function readUserImage(file: ObjectFile, arch: Arch): KernelImage {
  try {
    const image = readImage(file.bytes, arch);
    if (image.ok) return image.value;
    throw new InputError(image.problems.map((each) => `${file.name}: ${each}`).join('\n'));
  } catch (error) {
    if (error instanceof InputError) throw error;
    // readImage() takes the sets of a kernel that we built for granted.
    const said = error instanceof Error ? error.message : String(error);
    throw new InputError(`${file.name}: its export lists are damaged (${said})`);
  }
}

function addSymvers(all: Collected, file: ObjectFile): void {
  const parsed = parseSymvers(new TextDecoder().decode(file.bytes));
  if (!parsed.ok)
    throw new InputError(
      [
        `${file.name}: is neither a kernel, nor modules, nor a Module.symvers`,
        ...parsed.problems.map((each) => describeSymversProblem(each, file.name)),
      ].join('\n'),
    );
  for (const [name, each] of parsed.value) all.linux.set(name, each);
  all.add('symvers', file.name);
}

function linuxModule(name: string, arch: Arch): LinuxModule {
  const module = describeModule(readFile(name), arch);
  if ('reason' in module) throw new InputError(`${name}: ${module.reason}`);
  const { description } = module;
  if (description.flavour === 'linux') return description;
  throw new InputError(`--like ${name}: is no Linux module, so it has no vermagic`);
}
