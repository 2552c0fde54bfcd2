// npm run corpus [-- TARGET...]: every module of one Debian kernel package per
// target, for `npm run corpus:check`, `corpus:oracle` and `bench:linker`.
// They go to <cache>/corpus/<target>/, as deep as in the package, with an
// index.json that is written last: a target with it is complete and left alone, a
// half-unpacked one is in <target>.partial and done anew.  One target at a time,
// and the package goes when its modules are out, so little more disk is used than
// what stays.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cache, filesUnder, megabytes, readJson, SetupError, writeJson } from './common.mjs';
import { downloadKernel, lastLine, whyNoPackages } from './kernel-package.mjs';

/** What the package, the lists and the margin take besides the modules. */
const PASSING_BYTES = 300e6;

/**
 * What stays, in bytes on disk, measured with Linux 6.1.
 * @type {Record<string, import('./kernel-package.mjs').Kernel & { bytes: number }>}
 */
const targets = {
  amd64: { debian: 'amd64', flavour: 'amd64', bytes: 410e6 },
  arm64: { debian: 'arm64', flavour: 'arm64', bytes: 305e6 },
  armhf: { debian: 'armhf', flavour: 'armmp', bytes: 170e6 },
  i386: { debian: 'i386', flavour: '686-pae', bytes: 190e6 },
  'armel-marvell': { debian: 'armel', flavour: 'marvell', bytes: 115e6 },
  'armel-rpi': { debian: 'armel', flavour: 'rpi', bytes: 100e6 },
};

const folder = path.join(cache, 'corpus');
const say = (/** @type {string} */ target, /** @type {string} */ fact) =>
  console.log(`${`${target}:`.padEnd(15)}${fact}`);

/** @param {string[]} names */
async function main(names) {
  if (names.includes('--help')) {
    console.log(`npm run corpus [-- TARGET...]: ${Object.keys(targets).join(' ')}; none: all`);
    return;
  }
  for (const name of names)
    if (!Object.hasOwn(targets, name))
      throw new SetupError(`no target '${name}': ${Object.keys(targets).join(' ')}`);
  const wanted = names.length > 0 ? names : Object.keys(targets);
  const missing = wanted.filter((target) => !report(target));
  if (missing.length === 0) return;
  const why = whyNoPackages();
  if (why !== undefined) throw new SetupError(`kernel packages cannot be fetched: ${why}`);
  fs.mkdirSync(folder, { recursive: true });
  // What an earlier run left half done is room that will be free again.
  for (const target of missing) fs.rmSync(partialOf(target), { recursive: true, force: true });
  checkRoom(missing);
  for (const target of missing) await fetchTarget(target);
}

const partialOf = (/** @type {string} */ target) => path.join(folder, `${target}.partial`);

/** Says what is there; false: nothing. @param {string} target */
function report(target) {
  const index = readJson(path.join(folder, target, 'index.json'));
  if (index === undefined) return false;
  const found = filesUnder(path.join(folder, target), /\.ko$/).length;
  if (found !== index.modules) {
    say(target, `${found} of ${index.modules} modules are left; fetching all of them again`);
    return false;
  }
  say(target, `${found} modules of ${index.package} ${index.version} are in the cache`);
  return true;
}

/** @param {string[]} missing */
function checkRoom(missing) {
  const room = fs.statfsSync(folder);
  const free = room.bavail * room.bsize;
  const why = whyTooSmall(missing, free);
  if (why !== undefined) throw new SetupError(why);
  console.log(`${neededFor(missing)}; ${megabytes(free)} are free`);
}

/** @param {string[]} missing @param {number} free bytes of disk */
export function whyTooSmall(missing, free) {
  if (free >= roomFor(missing)) return undefined;
  return (
    `${neededFor(missing)}, but only ${megabytes(free)} are free.\n` +
    '  Free some, name fewer targets, or set MODBOX_CACHE to a folder on another disk.'
  );
}

const neededFor = (/** @type {string[]} */ missing) =>
  `${missing.join(', ')}: ${megabytes(roomFor(missing))} of disk are needed in ${folder}`;

/** Bytes of disk that fetching these targets takes at most. @param {string[]} missing */
function roomFor(missing) {
  return missing.reduce((sum, target) => sum + targets[target].bytes, PASSING_BYTES);
}

/** @param {string} target */
async function fetchTarget(target) {
  const partial = partialOf(target);
  const state = path.join(partial, 'apt');
  fs.mkdirSync(state, { recursive: true });
  say(target, 'reading package lists');
  let ticker;
  const found = await downloadKernel(targets[target], state, (name, bytes) => {
    say(target, `fetching ${name}, ${megabytes(bytes)}`);
    ticker = setInterval(() => {
      say(target, `${megabytes(arrived(state))} of ${megabytes(bytes)}`);
    }, 5000);
  });
  clearInterval(ticker);
  if ('why' in found) throw new SetupError(`${target}: ${found.why}`);
  const modules = path.join(partial, 'modules');
  fs.mkdirSync(modules);
  await unpack(target, found.deb, modules);
  const files = filesUnder(modules, /\.ko$/);
  if (files.length === 0) throw new SetupError(`${target}: no modules in ${found.name}`);
  const bytes = files.reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const { name, version } = found;
  const index = { package: name, version, modules: files.length, bytes };
  writeJson(path.join(modules, 'index.json'), index);
  fs.rmSync(path.join(folder, target), { recursive: true, force: true });
  fs.renameSync(modules, path.join(folder, target));
  fs.rmSync(partial, { recursive: true });
  say(target, `${files.length} modules, ${megabytes(bytes)}`);
}

/** How much of the package is there already. @param {string} state */
function arrived(state) {
  const places = [state, path.join(state, 'cache', 'archives', 'partial')];
  const files = places.flatMap((place) => fs.readdirSync(place).map((f) => path.join(place, f)));
  return files
    .filter((file) => file.includes('.deb'))
    .reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Takes the modules out, and nothing else. */
function unpack(
  /** @type {string} */ target,
  /** @type {string} */ deb,
  /** @type {string} */ into,
) {
  const script =
    'dpkg-deb --fsys-tarfile "$1" | ' +
    'tar -xv -C "$2" --wildcards --transform="s,^\\./lib/modules/[^/]*/kernel/,," "*.ko"';
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', script, 'sh', deb, into], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let count = 0;
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      const before = count;
      count += text.split('\n').length - 1;
      if (Math.floor(count / 1000) > Math.floor(before / 1000))
        say(target, `${Math.floor(count / 1000) * 1000} modules unpacked`);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(undefined);
      else reject(new SetupError(`${target}: unpacking failed (${lastLine(err)})`));
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error instanceof SetupError ? `corpus: ${error.message}` : error);
    process.exitCode = 1;
  });
}
