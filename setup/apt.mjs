// Installing Debian packages where set-up may: as root on a system with apt.
// Everywhere else the caller gets the command for a person to type.

import { ask, isRoot, SetupError, say, which } from './common.mjs';

export const hasApt = () => which('apt-get') !== undefined;

/** The line a person types to install `packages`. @param {string[]} packages */
export const aptCommand = (packages) => `sudo apt-get install ${packages.join(' ')}`;

/**
 * Installs the first of `choices` (each a list of packages) that this system
 * offers; false when it cannot be done from here.
 * @param {string} step @param {...string[]} choices
 */
export function aptInstall(step, ...choices) {
  if (!isRoot || !hasApt()) return false;
  const install = () => {
    const packages = choices.find(offered);
    if (packages === undefined) return false;
    say(step, `apt-get install ${packages.join(' ')}`);
    return run('install', '-y', '--no-install-recommends', ...packages).ok;
  };
  if (install()) return true;
  // Package lists are absent (fresh container images) or older than the mirror.
  say(step, 'apt-get update');
  const update = run('update');
  if (!update.ok) throw new SetupError(`apt-get update failed:\n${update.err.trimEnd()}`);
  return install();
}

/** apt-get, without questions; what it says matters only when it fails. */
function run(/** @type {string[]} */ ...args) {
  return ask('apt-get', ['-q', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function offered(/** @type {string[]} */ packages) {
  return packages.every((name) => /Candidate: [^(\s]/.test(ask('apt-cache', ['policy', name]).out));
}
