// Programs that only tests drive: gdb for all architectures, which talks to `modbox
// gdb`, and lcov, whose genhtml reads coverage.  They are installed where set-up may
// install packages; where it may not, nothing fails: those tests are skipped and say so.

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aptCommand, aptInstall, hasApt } from './apt.mjs';
import { ask, build, SetupError, say, which } from './common.mjs';

const HOUR = 3_600_000;

/**
 * @typedef {object} Tool
 * @property {string} step the name of the step
 * @property {string} program
 * @property {string} debian the package that has it
 */

/** @type {Tool} */
export const gdb = { step: 'gdb', program: 'gdb-multiarch', debian: 'gdb-multiarch' };
/** @type {Tool} */
export const lcov = { step: 'lcov', program: 'genhtml', debian: 'lcov' };

/** @param {Tool} tool @param {{ insist: boolean }} how insist: it was asked for by name */
export function findTool(tool, { insist }) {
  const { step, program, debian } = tool;
  const version = installed(program) ?? install(tool, insist);
  if (version !== undefined) {
    rmSync(failed(tool), { force: true });
    say(step, `${program} ${version}`);
    return;
  }
  const command = hasApt() ? `: ${aptCommand([debian])}` : '';
  say(step, `no ${program}, its tests are skipped${command}`);
}

/** That it could not be installed; the network is left alone for an hour. */
function failed(/** @type {Tool} */ { step }) {
  return path.join(build, `${step}-missing.txt`);
}

/** @returns {string | undefined} */
function installed(/** @type {string} */ program) {
  if (which(program) === undefined) return undefined;
  return ask(program, ['--version']).out.match(/(\d+\.\d+)/)?.[1];
}

/** @returns {string | undefined} */
function install(/** @type {Tool} */ tool, /** @type {boolean} */ insist) {
  const { step, program, debian } = tool;
  const mark = failed(tool);
  if (!insist && existsSync(mark) && Date.now() - statSync(mark).mtimeMs < HOUR) return undefined;
  try {
    if (aptInstall(step, [debian])) return installed(program);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
  }
  writeFileSync(mark, `${program} could not be installed\n`);
  return undefined;
}
