// clang and ld.lld, which build the guest kernels and the sample modules for all
// four architectures.  Version 19 is what we test with; 17 and later are taken
// when 19 is not there.  MODBOX_CLANG and MODBOX_LLD name others.  The answer is
// build/toolchain.json: { clang, lld, version, resources }.

import path from 'node:path';
import { aptCommand, aptInstall, hasApt } from './apt.mjs';
import { ask, build, fileState, readJson, SetupError, say, which, writeJson } from './common.mjs';

const TESTED = 19;
const OLDEST = 17;
const others = [20, 21, 22, 18, 17];

/** Folders outside PATH where Homebrew keeps LLVM. */
const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((opt) =>
  ['llvm@19', 'llvm', 'lld@19', 'lld'].map((name) => path.join(opt, name, 'bin')),
);

/** @typedef {{ clang: string, lld: string, version: string, resources: string }} Toolchain */

export const toolchainFile = path.join(build, 'toolchain.json');

export function findToolchain() {
  const known = readJson(toolchainFile);
  const wanted = `${process.env.MODBOX_CLANG ?? ''} ${process.env.MODBOX_LLD ?? ''}`;
  if (known?.wanted === wanted && known.state === stateOf(known)) {
    say('toolchain', `clang ${known.version}`);
    return;
  }
  const found = look() ?? install();
  writeJson(toolchainFile, { ...found, wanted, state: stateOf(found) });
  const note = major(found.version) === TESTED ? '' : ` (tested with ${TESTED}; expect the same)`;
  say('toolchain', `found clang ${found.version}${note}`);
}

function stateOf(/** @type {Toolchain} */ tools) {
  return `${fileState(tools.clang)} ${fileState(tools.lld)}`;
}

/** @returns {Toolchain | undefined} */
function look() {
  const clang = pick(process.env.MODBOX_CLANG, 'MODBOX_CLANG', 'clang');
  const lld = pick(process.env.MODBOX_LLD, 'MODBOX_LLD', 'ld.lld');
  if (clang === undefined || lld === undefined) return undefined;
  const resources = ask(clang.file, ['-print-resource-dir']).out.trim();
  return { clang: clang.file, lld: lld.file, version: clang.version, resources };
}

/**
 * @param {string | undefined} named @param {string} variable @param {string} tool
 * @returns {{ file: string, version: string } | undefined}
 */
function pick(named, variable, tool) {
  if (named) {
    const file = which(named);
    const version = file && versionOf(file);
    if (!file || !version) throw new SetupError(`${variable}=${named} is not a working ${tool}`);
    if (major(version) < OLDEST) {
      throw new SetupError(`${variable}=${named} is ${version}; ${OLDEST} or later is needed`);
    }
    return { file, version };
  }
  const names = [`${tool}-${TESTED}`, ...others.map((other) => `${tool}-${other}`), tool];
  const inHomebrew = homebrew.map((folder) => path.join(folder, tool));
  for (const name of [...names, ...inHomebrew]) {
    const file = which(name);
    const version = file && versionOf(file);
    if (file && version && major(version) >= OLDEST) return { file, version };
  }
  return undefined;
}

/** '19.1.7', or undefined for what is not LLVM's own (Apple's has no ld.lld). */
function versionOf(/** @type {string} */ file) {
  const text = ask(file, ['--version']).out;
  if (text.startsWith('Apple')) return undefined;
  return text.match(/(?:clang version|LLD) (\d+\.\d+\.\d+)/)?.[1];
}

const major = (/** @type {string} */ version) => Number(version.split('.')[0]);

/** @returns {Toolchain} */
function install() {
  const packages = (/** @type {number} */ version) => [`clang-${version}`, `lld-${version}`];
  say('toolchain', `clang ${OLDEST} or later and its ld.lld are not here`);
  const installed = aptInstall('toolchain', ...[TESTED, ...others].map(packages));
  const found = installed ? look() : undefined;
  if (found !== undefined) return found;
  const command = hasApt()
    ? aptCommand(packages(TESTED))
    : process.platform === 'darwin'
      ? 'brew install llvm lld'
      : '(your system packages of clang and lld, 19 if there is a choice)';
  throw new SetupError(
    `clang and ld.lld build the guest kernels. Install them and run this again:\n\n    ${command}\n\n` +
      '  or set MODBOX_CLANG and MODBOX_LLD to the programs.',
  );
}
