// Kernel packages of Debian, for any of its architectures.  apt fetches them as
// it would on a foreign machine, with lists, cache and state of its own in a
// folder the caller removes afterwards; nothing of the system changes and root is
// not needed.

import fs from 'node:fs';
import path from 'node:path';
import { chooseMirror, readSources } from './apt-sources.mjs';
import { askAsync, SetupError, which } from './common.mjs';

const SUITE = 'bookworm';

/**
 * Debian's name of the architecture, and of its kernel flavour.
 * @typedef {{ debian: string, flavour: string }} Kernel
 */

/** What keeps this machine from fetching packages; undefined: nothing. */
export function whyNoPackages() {
  const tools = ['apt-get', 'apt-cache', 'dpkg-deb', 'tar'].filter((tool) => !which(tool));
  if (tools.length > 0) return `they come through apt, and this system has no ${tools.join(', ')}.`;
  if (chooseMirror(readSources()) === undefined) {
    return 'they come through apt, and its configuration names no Debian mirror.';
  }
  return undefined;
}

/**
 * Leaves the newest kernel package in the folder `state`.
 * @param {Kernel} kernel @param {string} state
 * @param {(package_: string, bytes: number) => void} [onFound] before the download
 * @returns {Promise<{ deb: string, name: string, version: string } | { why: string }>}
 */
export async function downloadKernel(kernel, state, onFound = () => {}) {
  const apt = configureApt(kernel.debian, state);
  const update = await apt('apt-get', 'update', '-q');
  if (!update.ok)
    return { why: `apt-get update for ${kernel.debian} failed (${lastLine(update.err)}).` };
  const pattern = `^linux-image-.*-${kernel.flavour}$`;
  const listing = (await apt('apt-cache', 'search', '--names-only', pattern)).out;
  const name = newestAbi(listing, kernel.flavour);
  if (name === undefined)
    return { why: `${SUITE} has no ${kernel.flavour} kernel for ${kernel.debian}.` };
  const shown = (await apt('apt-cache', 'show', '--no-all-versions', name)).out;
  const field = (/** @type {string} */ wanted) =>
    new RegExp(`^${wanted}: (.*)$`, 'm').exec(shown)?.[1] ?? '';
  onFound(name, Number(field('Size')));
  const download = await apt('apt-get', 'download', '-q', name);
  const deb = fs.readdirSync(state).find((file) => file.endsWith('.deb'));
  if (!download.ok || !deb)
    return { why: `downloading ${name} failed (${lastLine(download.err)}).` };
  return { deb: path.join(state, deb), name, version: field('Version') };
}

/**
 * A folder in which apt believes to be on another, empty machine.
 * @param {string} architecture @param {string} state
 */
function configureApt(architecture, state) {
  const mirror = chooseMirror(readSources());
  if (mirror === undefined) throw new SetupError('no Debian mirror');
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
      `APT::Architecture "${architecture}";`,
      '#clear APT::Architectures;',
      `APT::Architectures { "${architecture}"; };`,
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

/** apt's error, which it may follow with advice. @param {string} text */
export function lastLine(text) {
  const lines = text.trim().split('\n');
  return lines.find((line) => /^[EW]: /.test(line)) ?? lines.at(-1) ?? '';
}
