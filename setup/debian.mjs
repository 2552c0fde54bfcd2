// Real objects: five small library modules of Debian's kernels, for all four
// architectures, so that the tests and the demo load what other people built.
// apt fetches the kernel packages as it would for a foreign machine, with lists,
// cache and state of its own in a folder that is removed afterwards; nothing of
// the system changes and root is not needed.  About 220 MB travel once; 20 files
// stay, in <cache>/debian/<arch>/ with an index.json that names their package,
// version and sha256.  Where this cannot be done, build/corpus-missing.txt says
// why, and what needs these files says so in turn.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chooseMirror, readSources } from './apt-sources.mjs';
import {
  askAsync,
  build,
  cache,
  megabytes,
  pool,
  readJson,
  SetupError,
  say,
  sha256File,
  which,
  writeJson,
  writeWhole,
} from './common.mjs';

const SUITE = 'bookworm';
const modules = ['crc7', 'crc-itu-t', 'crc16', 'libarc4', 'cordic'];

/** Debian's name of the architecture, and of its kernel flavour. */
const kernels = {
  amd64: { debian: 'amd64', flavour: 'amd64' },
  aarch64: { debian: 'arm64', flavour: 'arm64' },
  armv7: { debian: 'armhf', flavour: 'armmp' },
  i386: { debian: 'i386', flavour: '686-pae' },
};
/** @typedef {keyof typeof kernels} Arch */
const archNames = /** @type {Arch[]} */ (Object.keys(kernels));

const folder = path.join(cache, 'debian');
const reasonFile = path.join(build, 'corpus-missing.txt');
/** After a failure the network is left alone for this long. */
const PATIENCE_MS = 3_600_000;

/** @param {{ skip: boolean, insist: boolean }} how skip: not wanted; insist: try again at once */
export async function fetchDebianModules({ skip, insist }) {
  const wanted = archNames.filter((arch) => !isComplete(arch));
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
  const why = whyNot();
  if (why !== undefined) {
    missing(why);
    return;
  }
  say('debian', `fetching ${wanted.length} kernel packages, about 55 MB each, once`);
  const reasons = (
    await pool(
      wanted.map((arch) => () => fetchArch(arch)),
      2,
    )
  ).filter(Boolean);
  if (reasons.length > 0) missing(`${reasons.length} of ${wanted.length} failed; ${reasons[0]}`);
  else fs.rmSync(reasonFile, { force: true });
}

/** Whether the cache has what index.json promises. @param {Arch} arch */
function isComplete(arch) {
  const index = readJson(path.join(folder, arch, 'index.json'));
  if (index === undefined) return false;
  return Object.entries(index.sha256).every(([name, digest]) => {
    const file = path.join(folder, arch, name);
    return fs.existsSync(file) && sha256File(file) === digest;
  });
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

function whyNot() {
  const tools = ['apt-get', 'apt-cache', 'dpkg-deb', 'tar'].filter((tool) => !which(tool));
  if (tools.length > 0) return `they come through apt, and this system has no ${tools.join(', ')}.`;
  if (chooseMirror(readSources()) === undefined) {
    return 'they come through apt, and its configuration names no Debian mirror.';
  }
  return undefined;
}

/**
 * @param {Arch} arch
 * @returns {Promise<string | undefined>} why it failed
 */
async function fetchArch(arch) {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), `modbox-${arch}-`));
  try {
    const apt = configureApt(arch, state);
    const update = await apt('apt-get', 'update', '-q');
    if (!update.ok) return `apt-get update for ${arch} failed (${lastLine(update.err)}).`;
    const package_ = await newestKernel(arch, apt);
    if (package_ === undefined) return `${SUITE} has no kernel package for ${arch}.`;
    const download = await apt('apt-get', 'download', '-q', package_);
    const deb = fs.readdirSync(state).find((name) => name.endsWith('.deb'));
    if (!download.ok || !deb) return `downloading ${package_} failed (${lastLine(download.err)}).`;
    say('debian', `${arch}: ${package_}, ${megabytes(fs.statSync(path.join(state, deb)).size)}`);
    return await unpack(arch, state, deb, package_);
  } finally {
    fs.rmSync(state, { recursive: true, force: true });
  }
}

/**
 * A folder in which apt believes to be on another, empty machine.
 * @param {Arch} arch @param {string} state
 */
function configureApt(arch, state) {
  const mirror = chooseMirror(readSources());
  if (mirror === undefined) throw new SetupError('no Debian mirror');
  const { debian } = kernels[arch];
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    fs.mkdirSync(path.join(state, name), { recursive: true });
  }
  const signed = mirror.signedBy ? ` [signed-by=${mirror.signedBy}]` : '';
  fs.writeFileSync(path.join(state, 'sources.list'), `deb${signed} ${mirror.uri} ${SUITE} main\n`);
  fs.writeFileSync(path.join(state, 'status'), '');
  // Read after the system's own configuration, which may name a proxy.
  fs.writeFileSync(
    path.join(state, 'apt.conf'),
    [
      `APT::Architecture "${debian}";`,
      '#clear APT::Architectures;',
      `APT::Architectures { "${debian}"; };`,
      `Dir::State "${state}";`,
      `Dir::State::Lists "${state}/lists";`,
      `Dir::State::status "${state}/status";`,
      `Dir::Cache "${state}/cache";`,
      `Dir::Etc::SourceList "${state}/sources.list";`,
      'Dir::Etc::SourceParts "/dev/null";',
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      'Acquire::Retries "1";',
      'APT::Update::Error-Mode "any";', // else a mirror that does not answer is a warning
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
      'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";',
      // Hooks of the system are about the system's own lists.
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '',
    ].join('\n'),
  );
  return (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
    askAsync(program, ['-c', path.join(state, 'apt.conf'), ...args], { cwd: state });
}

/** @param {Arch} arch @param {ReturnType<typeof configureApt>} apt */
async function newestKernel(arch, apt) {
  const { flavour } = kernels[arch];
  const names = (await apt('apt-cache', 'search', '--names-only', `^linux-image-.*-${flavour}$`))
    .out;
  return newestAbi(names, flavour);
}

/**
 * 'linux-image-6.1.0-9-amd64 - ...' lines in; the name with the highest ABI out.
 * @param {string} listing @param {string} flavour
 */
export function newestAbi(listing, flavour) {
  const exact = new RegExp(`^linux-image-(\\d+(?:[.-]\\d+)*)-${flavour}(?= |$)`);
  const found = listing.split('\n').flatMap((line) => {
    const match = exact.exec(line);
    return match ? { name: match[0], abi: match[1].split(/[.-]/).map(Number) } : [];
  });
  const compare = (/** @type {number[]} */ a, /** @type {number[]} */ b) => {
    for (let at = 0; at < Math.max(a.length, b.length); at++) {
      const difference = (a[at] ?? 0) - (b[at] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return found.sort((a, b) => compare(a.abi, b.abi)).at(-1)?.name;
}

/**
 * Takes the five files out of the package into the cache.
 * @param {Arch} arch @param {string} state @param {string} deb @param {string} package_
 */
async function unpack(arch, state, deb, package_) {
  const wanted = modules.map((name) => `'*/${name}.ko'`).join(' ');
  // tar fails when one pattern matches nothing; what came out is looked at below.
  const pipe = `dpkg-deb --fsys-tarfile "$1" | tar -x --wildcards --transform='s,.*/,,' ${wanted}`;
  const done = await askAsync('sh', ['-c', pipe, 'sh', deb], { cwd: state });
  const files = modules
    .map((name) => `${name}.ko`)
    .filter((f) => fs.existsSync(path.join(state, f)));
  if (files.length === 0) return `${deb} could not be unpacked (${lastLine(done.err)}).`;
  const version = await askAsync('dpkg-deb', ['-f', path.join(state, deb), 'Version']);
  const into = path.join(folder, arch);
  fs.rmSync(into, { recursive: true, force: true });
  fs.mkdirSync(into, { recursive: true });
  /** @type {Record<string, string>} */
  const digests = {};
  for (const file of files) {
    fs.copyFileSync(path.join(state, file), path.join(into, file));
    digests[file] = sha256File(path.join(into, file));
  }
  const absent = modules.filter((name) => !files.includes(`${name}.ko`));
  if (absent.length > 0) say('debian', `${arch}: the package has no ${absent.join(', ')}`);
  writeJson(path.join(into, 'index.json'), {
    package: package_,
    version: version.out.trim(),
    sha256: digests,
  });
  return undefined;
}

/** apt's error, which it may follow with advice. @param {string} text */
function lastLine(text) {
  const lines = text.trim().split('\n');
  return lines.find((line) => /^[EW]: /.test(line)) ?? lines.at(-1) ?? '';
}
