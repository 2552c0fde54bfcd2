// Installing Debian packages where set-up may: as root on a system with apt.
// Everywhere else the caller gets the command for a person to type.

import { ask, isRoot, say, show, which } from './common.mjs';

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
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = () => {
    const packages = choices.find(offered);
    if (packages === undefined) return false;
    say(step, `apt-get install ${packages.join(' ')}`);
    return show('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet);
  };
  if (install()) return true;
  // Package lists are absent (fresh container images) or older than the mirror.
  say(step, 'apt-get update');
  return show('apt-get', ['update', '-q'], quiet) && install();
}

function offered(/** @type {string[]} */ packages) {
  return packages.every((name) => /Candidate: [^(\s]/.test(ask('apt-cache', ['policy', name]).out));
}
