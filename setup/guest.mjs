// The guest kernels and the sample modules, for every architecture:
//
//   guest/kern, guest/check, guest/linux, guest/arch/<arch>  ->  build/guest/<arch>/kernel.elf
//   modules/<name>                              ->  build/modules/<arch>/<name>.ko
//   modules/hello                               ->  build/modules/<arch>/hello.so too
//   test/modules/<name>                         ->  build/test-modules/<arch>/<name>.ko
//
// A module of one source is the compiler's object as it is; of several, they are
// joined with ld.lld -r.  An output is made anew when the hash of its sources, of
// every guest header, of the flags and of the compiler's version has changed.
// Everything that can be built is built, then the failures count.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  askAsync,
  build,
  filesUnder,
  hashFiles,
  isStamped,
  pool,
  readJson,
  root,
  SetupError,
  say,
  sha256,
  stamp,
} from './common.mjs';
import {
  archNames,
  compileFlags,
  kernelLinkFlags,
  sharedFlags,
  sharedLinkFlags,
} from './targets.mjs';
import { toolchainFile } from './toolchain.mjs';

/** @typedef {import('./targets.mjs').Arch} Arch */
/** @typedef {import('./toolchain.mjs').Toolchain} Toolchain */
/**
 * One file to make.
 * @typedef {object} Output
 * @property {string} name for people and for the stamp
 * @property {string} file
 * @property {string[]} sources absolute
 * @property {string[]} alsoRead what else the output depends on
 * @property {string[]} compile flags
 * @property {string[] | undefined} link flags, or undefined to use the one object as it is
 */

export async function buildGuests() {
  const tools = toolchain();
  /** @type {string[]} */
  const problems = [];
  const outputs = archNames.flatMap((arch) => {
    try {
      return kernelOutput(arch, tools);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (outputs.length > 0) await makeAll('guest', 'guest kernels', outputs, tools);
  if (problems.length > 0) throw new SetupError([...new Set(problems)].join('; '));
}

export async function buildModules() {
  const tools = toolchain();
  const samples = modulesIn('modules', 'modules', tools);
  if (samples.length === 0) throw new SetupError('modules/ has no module; the clone is incomplete');
  samples.push(...archNames.map((arch) => sharedOutput('hello', arch, tools)));
  removeOthers(path.join(build, 'modules'), samples);
  // The published package has no tests.
  const forTests = modulesIn('test/modules', 'test-modules', tools);
  removeOthers(path.join(build, 'test-modules'), forTests);
  await makeAll('modules', 'modules', [...samples, ...forTests], tools);
}

/**
 * One output for each folder in `folder` and each architecture.
 * @param {string} folder @param {string} target in build/ @param {Toolchain} tools
 */
function modulesIn(folder, target, tools) {
  const full = path.join(root, folder);
  const entries = fs.existsSync(full) ? fs.readdirSync(full, { withFileTypes: true }) : [];
  const names = entries.flatMap((e) => (e.isDirectory() ? e.name : []));
  const outputs = names.flatMap((name) =>
    archNames.map((arch) => moduleOutput(name, { folder, target }, arch, tools)),
  );
  return outputs;
}

/** @returns {Toolchain} */
function toolchain() {
  const tools = readJson(toolchainFile);
  if (tools === undefined) throw new SetupError('no compiler: the step toolchain comes first');
  return tools;
}

/** @param {Arch} arch @param {Toolchain} tools @returns {Output} */
function kernelOutput(arch, tools) {
  const folders = ['guest/kern', 'guest/check', 'guest/linux', `guest/arch/${arch}`];
  const sources = folders.flatMap((folder) => {
    const found = filesUnder(path.join(root, folder), /\.[cS]$/);
    if (found.length === 0)
      throw new SetupError(`${folder} has no sources; the clone is incomplete`);
    return found;
  });
  const script = path.join(root, 'guest', 'arch', arch, 'kernel.ld');
  if (!fs.existsSync(script)) throw new SetupError(`guest/arch/${arch}/kernel.ld is missing`);
  return {
    name: `guest-${arch}`,
    file: path.join(build, 'guest', arch, 'kernel.elf'),
    sources,
    alsoRead: [...guestHeaders(), script],
    compile: compileFlags(arch, { root, resources: tools.resources, kernel: true }),
    link: kernelLinkFlags(arch),
  };
}

/**
 * @param {string} name @param {{ folder: string, target: string }} place
 * @param {Arch} arch @param {Toolchain} tools @returns {Output}
 */
function moduleOutput(name, { folder, target }, arch, tools) {
  const own = path.join(root, folder, name);
  const sources = filesUnder(own, /\.[cS]$/);
  if (sources.length === 0) throw new SetupError(`${folder}/${name} has no .c file`);
  return {
    name: `${target}-${arch}-${name}`,
    file: path.join(build, target, arch, `${name}.ko`),
    sources,
    alsoRead: [...guestHeaders(), ...filesUnder(own, /\.h$/)],
    compile: compileFlags(arch, { root, resources: tools.resources }),
    link: sources.length > 1 ? ['-r'] : undefined,
  };
}

/** The same sample as a shared object. @param {string} name @param {Arch} arch @param {Toolchain} tools @returns {Output} */
function sharedOutput(name, arch, tools) {
  const output = moduleOutput(name, { folder: 'modules', target: 'modules' }, arch, tools);
  return {
    ...output,
    name: `modules-${arch}-${name}-shared`,
    file: path.join(build, 'modules', arch, `${name}.so`),
    compile: [...output.compile, ...sharedFlags(arch)],
    link: sharedLinkFlags,
  };
}

/** @type {string[] | undefined} */
let headers;
function guestHeaders() {
  headers ??= filesUnder(path.join(root, 'guest'), /\.h$/);
  return headers;
}

/** @param {string} step @param {string} what @param {Output[]} outputs @param {Toolchain} tools */
async function makeAll(step, what, outputs, tools) {
  const hashed = outputs.map((output) => ({ output, hash: hashOf(output, tools) }));
  const stale = hashed.filter(({ output, hash }) => !isStamped(output.name, hash, output.file));
  if (stale.length === 0) {
    say(step, `${outputs.length} ${what} are up to date`);
    return;
  }
  say(step, `building ${stale.length} of ${outputs.length} ${what}`);
  const temporary = path.join(build, 'obj', `${step}.${process.pid}`);
  try {
    const failed = await make(stale, temporary, tools);
    if (failed.length > 0) throw new SetupError(`not built: ${failed.join(', ')}`);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** The names of the outputs that could not be made. */
async function make(
  /** @type {{ output: Output, hash: string }[]} */ stale,
  /** @type {string} */ temporary,
  /** @type {Toolchain} */ tools,
) {
  const width = os.availableParallelism();
  const compilations = stale.flatMap(({ output }) =>
    output.sources.map((source) => async () => {
      const object = objectOf(output, source, temporary);
      fs.mkdirSync(path.dirname(object), { recursive: true });
      const language = source.endsWith('.S') ? ['-Wno-unused-command-line-argument'] : [];
      const args = [
        ...output.compile,
        ...language,
        '-c',
        path.relative(root, source),
        '-o',
        object,
      ];
      return { output, ok: await run(tools.clang, args) };
    }),
  );
  const compiled = await pool(compilations, width);
  const broken = new Set(compiled.filter(({ ok }) => !ok).map(({ output }) => output));

  const whole = stale.filter(({ output }) => !broken.has(output));
  await pool(
    whole.map(({ output, hash }) => async () => {
      const objects = output.sources.map((source) => objectOf(output, source, temporary));
      const result = output.link ? path.join(temporary, output.name, 'linked') : objects[0];
      const link = [...(output.link ?? []), '-o', result, ...objects];
      if (output.link && !(await run(tools.lld, link))) {
        broken.add(output);
        return;
      }
      fs.mkdirSync(path.dirname(output.file), { recursive: true });
      fs.renameSync(result, output.file);
      stamp(output.name, hash);
    }),
    width,
  );
  return [...broken].map((output) => output.name);
}

/** @param {Output} output @param {string} source @param {string} temporary */
function objectOf(output, source, temporary) {
  return path.join(temporary, output.name, `${path.relative(root, source)}.o`);
}

/** Shows what the tool says, unchanged. @param {string} program @param {string[]} args */
async function run(program, args) {
  const done = await askAsync(program, args);
  process.stderr.write(done.out + done.err);
  return done.ok;
}

/** @param {Output} output @param {Toolchain} tools */
function hashOf(output, tools) {
  const { sources, alsoRead, compile, link } = output;
  // The flags name the repository's folder, which must not matter.
  const flags = [...compile, ...(link ?? [])].join('\n').replaceAll(root, '.');
  return sha256(flags, tools.version, hashFiles(sources), hashFiles(alsoRead));
}

/** A module whose folder is gone must not go on being found. */
function removeOthers(/** @type {string} */ folder, /** @type {Output[]} */ outputs) {
  const wanted = new Set(outputs.map((output) => output.file));
  for (const file of filesUnder(folder, /\.(ko|so)$/)) if (!wanted.has(file)) fs.rmSync(file);
}
