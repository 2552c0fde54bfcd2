// Set-up: everything `npm run demo` and `npm test` need on a machine with only
// Node and npm.  This file is the list of steps; each step is a file beside it,
// says one line per fact, and does nothing when there is nothing to do.
//
//   node setup/setup.mjs [STEP...] [--no-debian]
//
// With names, only those steps run.  docs/setup.md tells the story.

import { SetupError } from './common.mjs';
import { fetchDebianModules } from './debian.mjs';
import { buildDist } from './dist.mjs';
import { buildGuests, buildModules } from './guest.mjs';
import { installPackages } from './npm.mjs';
import { findTool, gdb, lcov } from './optional.mjs';
import { findToolchain } from './toolchain.mjs';
import { findUnicorn } from './unicorn.mjs';

const started = process.hrtime.bigint();
const options = process.argv.slice(2);
const noDebian = options.includes('--no-debian') || Boolean(process.env.MODBOX_NO_DEBIAN);
const named = options.filter((option) => !option.startsWith('--'));

/** @type {Record<string, () => unknown>} */
const steps = {
  npm: installPackages, // node_modules is what package-lock.json says
  unicorn: findUnicorn, // build/unicorn.json names a libunicorn >= 2.1
  toolchain: findToolchain, // build/toolchain.json names clang and ld.lld
  guest: buildGuests, // build/guest/<arch>/kernel.elf
  modules: buildModules, // build/modules/<arch>/<name>.ko
  dist: buildDist, // dist/ is what src/ says
  debian: () => fetchDebianModules({ skip: noDebian, insist: named.includes('debian') }),
  gdb: () => findTool(gdb, { insist: named.includes('gdb') }), // for the tests that drive it
  lcov: () => findTool(lcov, { insist: named.includes('lcov') }), // the same
};

async function main() {
  checkNode();
  for (const name of named) {
    if (!(name in steps))
      throw new SetupError(`no step '${name}': ${Object.keys(steps).join(' ')}`);
  }
  let failures = 0;
  for (const [name, step] of Object.entries(steps)) {
    if (named.length > 0 && !named.includes(name)) continue;
    try {
      await step();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      console.error(`${name}: ${error.message}`);
      failures++;
      // Without packages or tools the rest would only fail again, less clearly.
      if (name === 'npm' || name === 'toolchain') break;
    }
  }
  const seconds = (Number(process.hrtime.bigint() - started) / 1e9).toFixed(2);
  const result = failures === 0 ? 'ready' : `${failures} step${failures > 1 ? 's' : ''} failed`;
  console.log(`${'setup:'.padEnd(11)}${result} in ${seconds} s`);
  process.exitCode = failures === 0 ? 0 : 1;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(`modbox needs Node 20.19 or later; this is ${process.versions.node}`);
}

main().catch((error) => {
  console.error(error instanceof SetupError ? `setup: ${error.message}` : error);
  process.exitCode = 1;
});
