// gdb for all architectures (Debian's gdb-multiarch), which tests of `modbox gdb` drive.
// It is installed where set-up may install packages; where it may not, nothing fails:
// those tests are skipped and say so.

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aptCommand, aptInstall, hasApt } from './apt.mjs';
import { ask, build, SetupError, say, which } from './common.mjs';

const PROGRAM = 'gdb-multiarch';
const HOUR = 3_600_000;
/** That it could not be installed; the network is left alone for an hour. */
const failed = path.join(build, 'gdb-missing.txt');

/** @param {{ insist: boolean }} how insist: it was asked for by name */
export function findGdb({ insist }) {
  const version = installed() ?? install(insist);
  if (version !== undefined) {
    rmSync(failed, { force: true });
    say('gdb', `${PROGRAM} ${version}`);
    return;
  }
  const command = hasApt() ? `: ${aptCommand([PROGRAM])}` : '';
  say('gdb', `no ${PROGRAM}, its tests are skipped${command}`);
}

function installed() {
  if (which(PROGRAM) === undefined) return undefined;
  return ask(PROGRAM, ['--version']).out.match(/(\d+\.\d+)/)?.[1];
}

/** @returns {string | undefined} */
function install(/** @type {boolean} */ insist) {
  if (!insist && existsSync(failed) && Date.now() - statSync(failed).mtimeMs < HOUR)
    return undefined;
  try {
    if (aptInstall('gdb', [PROGRAM])) return installed();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
  }
  writeFileSync(failed, `${PROGRAM} could not be installed\n`);
  return undefined;
}
