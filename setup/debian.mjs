// Real objects: library and crypto modules of Debian's kernels, for all four
// architectures, so that the tests and the demo load what other people built.
// About 220 MB travel once, unless `npm run corpus` has unpacked these kernels
// already; some hundred small files stay, in <cache>/debian/<arch>/ with an
// index.json that names their package, version and sha256.  Where this cannot be
// done, build/corpus-missing.txt says why, and what needs these files says so in
// turn.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  askAsync,
  build,
  cache,
  filesUnder,
  megabytes,
  pool,
  readJson,
  say,
  sha256File,
  writeJson,
  writeWhole,
} from './common.mjs';
import { debianModules as modules } from './debian-modules.mjs';
import { downloadKernel, lastLine, whyNoPackages } from './kernel-package.mjs';

/** Debian's name of the architecture, and of its kernel flavour. */
const kernels = {
  amd64: { debian: 'amd64', flavour: 'amd64' },
  aarch64: { debian: 'arm64', flavour: 'arm64' },
  armv7: { debian: 'armhf', flavour: 'armmp' },
  i386: { debian: 'i386', flavour: '686-pae' },
}; // `npm run corpus` has them by Debian's names
/** @typedef {keyof typeof kernels} Arch */
const archNames = /** @type {Arch[]} */ (Object.keys(kernels));

const folder = path.join(cache, 'debian');
const reasonFile = path.join(build, 'corpus-missing.txt');
/** After a failure the network is left alone for this long. */
const PATIENCE_MS = 3_600_000;

/** @param {{ skip: boolean, insist: boolean }} how skip: not wanted; insist: try again at once */
export async function fetchDebianModules({ skip, insist }) {
  const wanted = archNames.filter((arch) => !isComplete(arch) && !takeFromCorpus(arch));
  if (wanted.length === 0) {
    fs.rmSync(reasonFile, { force: true });
    say('debian', `modules of Linux ${versions()} are in the cache`);
    return;
  }
  if (skip) {
    missing('set-up was told to leave them out (--no-debian or MODBOX_NO_DEBIAN).');
    return;
  }
  const failed = fs.statSync(reasonFile, { throwIfNoEntry: false });
  if (failed && !insist && Date.now() - failed.mtimeMs < PATIENCE_MS && !wasSkipped()) {
    say('debian', 'modules are missing; `npm run setup debian` tries again');
    return;
  }
  const why = whyNoPackages();
  if (why !== undefined) {
    missing(why);
    return;
  }
  const reasons = (
    await pool(
      wanted.map((arch) => () => fetchArch(arch)),
      2,
    )
  ).filter(Boolean);
  if (reasons.length > 0) missing(`${reasons.length} of ${wanted.length} failed; ${reasons[0]}`);
  else fs.rmSync(reasonFile, { force: true });
}

/**
 * Whether the cache has what index.json promises, and that is all that is wanted
 * today: the index also names the modules that the package was found not to have.
 * @param {Arch} arch
 */
function isComplete(arch) {
  const index = readJson(path.join(folder, arch, 'index.json'));
  if (index === undefined) return false;
  const known = new Set([...Object.keys(index.sha256), ...(index.absent ?? [])]);
  if (!modules.every((name) => known.has(`${name}.ko`))) return false;
  return Object.entries(index.sha256).every(([name, digest]) => {
    const file = path.join(folder, arch, name);
    return fs.existsSync(file) && sha256File(file) === digest;
  });
}

/** Takes the modules out of what `npm run corpus` has unpacked, if it has. @param {Arch} arch */
function takeFromCorpus(arch) {
  const unpacked = path.join(cache, 'corpus', kernels[arch].debian);
  const index = readJson(path.join(unpacked, 'index.json'));
  if (index === undefined) return false;
  /** @type {Map<string, string>} */
  const at = new Map(filesUnder(unpacked, /\.ko$/).map((file) => [path.basename(file), file]));
  return keep(arch, index, (name) => at.get(name)) > 0;
}

function versions() {
  const all = archNames.map((arch) => readJson(path.join(folder, arch, 'index.json')).version);
  return [...new Set(all)].join(', ');
}

/** @param {string} reason */
function missing(reason) {
  const text =
    `Modules of real Debian kernels are missing: ${reason} ` +
    'The tests and the part of the demo that load them are left out. ' +
    '`npm run setup debian` tries again; a filled cache may also be copied from another ' +
    `machine to ${folder}.\n`;
  writeWhole(reasonFile, text);
  say('debian', text.trimEnd());
}

const wasSkipped = () => fs.readFileSync(reasonFile, 'utf8').includes('--no-debian');

/**
 * @param {Arch} arch
 * @returns {Promise<string | undefined>} why it failed
 */
async function fetchArch(arch) {
  say('debian', `${arch}: fetching a kernel package of about 60 MB, once`);
  const state = fs.mkdtempSync(path.join(os.tmpdir(), `modbox-${arch}-`));
  try {
    const found = await downloadKernel(kernels[arch], state);
    if ('why' in found) return found.why;
    say('debian', `${arch}: ${found.name}, ${megabytes(fs.statSync(found.deb).size)}`);
    return await unpack(arch, state, found);
  } finally {
    fs.rmSync(state, { recursive: true, force: true });
  }
}

/**
 * Takes the modules out of the package into the cache.
 * @param {Arch} arch @param {string} state
 * @param {{ deb: string, name: string, version: string }} found
 */
async function unpack(arch, state, { deb, name, version }) {
  const wanted = modules.map((module) => `'*/${module}.ko'`).join(' ');
  // tar fails when one pattern matches nothing; what came out is looked at below.
  const pipe = `dpkg-deb --fsys-tarfile "$1" | tar -x --wildcards --transform='s,.*/,,' ${wanted}`;
  const done = await askAsync('sh', ['-c', pipe, 'sh', deb], { cwd: state });
  const kept = keep(arch, { package: name, version }, (file) => {
    const extracted = path.join(state, file);
    return fs.existsSync(extracted) ? extracted : undefined;
  });
  return kept === 0 ? `${name} could not be unpacked (${lastLine(done.err)}).` : undefined;
}

/**
 * Makes the cache of one architecture anew; answers how many modules it has.
 * @param {Arch} arch @param {{ package: string, version: string }} from
 * @param {(file: string) => string | undefined} find
 */
function keep(arch, from, find) {
  const files = modules.map((name) => `${name}.ko`);
  const found = files.flatMap((file) => {
    const path_ = find(file);
    return path_ === undefined ? [] : [{ file, path: path_ }];
  });
  if (found.length === 0) return 0;
  const into = path.join(folder, arch);
  fs.rmSync(into, { recursive: true, force: true });
  fs.mkdirSync(into, { recursive: true });
  /** @type {Record<string, string>} */
  const digests = {};
  for (const { file, path: source } of found) {
    fs.copyFileSync(source, path.join(into, file));
    digests[file] = sha256File(path.join(into, file));
  }
  const absent = files.filter((file) => !Object.hasOwn(digests, file));
  if (absent.length > 0) say('debian', `${arch}: ${from.package} has no ${absent.join(', ')}`);
  writeJson(path.join(into, 'index.json'), {
    package: from.package,
    version: from.version,
    sha256: digests,
    absent,
  });
  return found.length;
}
