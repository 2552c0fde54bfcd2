// The packages of package-lock.json.  `npm ci` runs when node_modules is absent
// or holds something else than the lock file says; the answer is remembered in
// node_modules itself, so that it goes when node_modules goes.

import fs from 'node:fs';
import path from 'node:path';
import { ask, readJson, root, SetupError, say, sha256 } from './common.mjs';

export function installPackages() {
  const lockFile = path.join(root, 'package-lock.json');
  const modules = path.join(root, 'node_modules');
  const remembered = path.join(modules, '.modbox-setup');
  const host = `${process.platform} ${process.arch}`;
  const wanted = sha256(fs.readFileSync(lockFile), host);

  if (fs.existsSync(remembered) && fs.readFileSync(remembered, 'utf8') === wanted) {
    say('npm', 'packages are up to date');
    return;
  }
  const installed = readJson(path.join(modules, '.package-lock.json'));
  if (!fs.existsSync(remembered) && satisfies(installed, readJson(lockFile))) {
    say('npm', 'packages were installed already');
  } else {
    install();
  }
  fs.writeFileSync(remembered, wanted);
}

/**
 * Whether npm's own record of node_modules has every package of the lock file.
 * Optional ones are for other platforms and may be absent.
 * @param {any} installed @param {any} lock
 */
function satisfies(installed, lock) {
  if (!installed?.packages) return false;
  return Object.entries(lock.packages).every(
    ([name, wanted]) =>
      name === '' ||
      wanted.optional ||
      wanted.devOptional ||
      installed.packages[name]?.integrity === wanted.integrity,
  );
}

/**
 * A lock file that was written where the registry lacked some optional package
 * of another platform is one that `npm ci` refuses; `npm install` takes what is
 * locked, at the same versions and checksums, and looks for the rest.
 */
function install() {
  say('npm', 'installing packages (npm ci)');
  // Explicitly with development packages: NODE_ENV=production leaves them out.
  const options = ['--include=dev', '--no-audit', '--no-fund'];
  const first = npm(['ci', ...options]);
  if (first.ok) return;
  if (!first.err.includes('EUSAGE')) throw failed('npm ci', first);
  say('npm', 'package-lock.json lacks entries for other platforms (npm install --no-save)');
  const second = npm(['install', '--no-save', ...options]);
  if (!second.ok) throw failed('npm install', second);
}

function failed(/** @type {string} */ command, /** @type {ReturnType<typeof ask>} */ done) {
  const text = `${done.out}${done.err}`.trim();
  return new SetupError(`${command} failed${done.missing ? ': npm is not in PATH' : ''}\n${text}`);
}

/** npm itself, also where it is a script that only a shell can run. */
function npm(/** @type {string[]} */ args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return ask(process.execPath, [script, ...args]);
  if (process.platform === 'win32') return ask('cmd', ['/c', 'npm', ...args]);
  return ask('npm', args);
}
