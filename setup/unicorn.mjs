// libunicorn, the CPU emulator.  In this order: the file MODBOX_UNICORN names, a
// library of the system, the one in our cache folder, and the wheel of the Python
// package `unicorn`, which holds the plain shared library: it is fetched with
// pip, checked against the sha256 below and unpacked; Python is not needed to
// run it.  Only 2.1 and later will do: 2.0.x does not walk x86 page tables and
// needs 100 ms for each flush of its translations.  The result is
// build/unicorn.json, which src/engine reads.

import fs from 'node:fs';
import path from 'node:path';
import { aptCommand, aptInstall, hasApt } from './apt.mjs';
import {
  ask,
  build,
  cache,
  fileState,
  megabytes,
  readJson,
  root,
  SetupError,
  say,
  sha256File,
  which,
  writeJson,
  writeWhole,
} from './common.mjs';
import { unzip } from './zip.mjs';

const VERSION = '2.1.4';

/** The wheels of VERSION, by process.platform and process.arch. */
const wheels = {
  'linux x64': {
    platform: 'manylinux2014_x86_64',
    file: 'manylinux_2_17_x86_64.manylinux2014_x86_64',
    sha256: '9d6e6dea140560de4ebd8446661f7ef84a357d428c14a3ef09dacd306ec8c239',
    library: 'libunicorn.so.2',
  },
  'linux arm64': {
    platform: 'manylinux2014_aarch64',
    file: 'manylinux_2_17_aarch64.manylinux2014_aarch64',
    sha256: 'bd1fb0c9af5f57e356d8a96928b4fe045b2e18f308ef23b481d5f970008aa722',
    library: 'libunicorn.so.2',
  },
  'darwin x64': {
    platform: 'macosx_10_9_x86_64',
    file: 'macosx_10_9_x86_64',
    sha256: '2a6f738fab5fabffa56af1e7bbf16ea1e91466c342f8dc64f125bd70f36c6b80',
    library: 'libunicorn.2.dylib',
  },
  'darwin arm64': {
    platform: 'macosx_11_0_arm64',
    file: 'macosx_11_0_arm64',
    sha256: 'd6c93e0f60328d8f4a1792af3f834137a28050fcc2305f2ec01efe8558a9844e',
    library: 'libunicorn.2.dylib',
  },
  'win32 x64': {
    platform: 'win_amd64',
    file: 'win_amd64',
    sha256: 'd7107500c64ce5c168fbff6bef9485b5db1350050036f4cea568650cf8bdbdf5',
    library: 'unicorn.dll',
  },
};

/** @typedef {typeof wheels[keyof typeof wheels]} Wheel */

export function findUnicorn() {
  const answer = path.join(build, 'unicorn.json');
  const named = process.env.MODBOX_UNICORN;
  const known = readJson(answer);
  if (known !== undefined && stillHolds(known, named)) {
    say('unicorn', `${known.version} from ${known.origin}`);
    return;
  }
  const found = named ? fromEnvironment(named) : (fromSystem() ?? fromCache() ?? fromWheel());
  writeJson(answer, { ...found, state: fileState(found.path) });
  say('unicorn', `found ${found.version}: ${found.origin}`);
}

/** Whether an earlier answer may be used without loading the library again. */
function stillHolds(/** @type {any} */ known, /** @type {string | undefined} */ named) {
  if (named ? known.path !== path.resolve(named) : known.origin === 'MODBOX_UNICORN') return false;
  return known.state !== undefined && known.state === fileState(known.path);
}

/** @param {string} named */
function fromEnvironment(named) {
  const file = path.resolve(named);
  const probed = probe(file);
  if ('reason' in probed) throw new SetupError(`MODBOX_UNICORN: ${file}: ${probed.reason}`);
  return { path: file, version: probed.version, origin: 'MODBOX_UNICORN' };
}

function fromSystem() {
  for (const file of systemLibraries()) {
    const probed = probe(file);
    if ('version' in probed) return { path: file, version: probed.version, origin: 'the system' };
    say('unicorn', `not ${file}: ${probed.reason}`);
  }
  return undefined;
}

function systemLibraries() {
  if (process.platform === 'darwin') {
    return ['/opt/homebrew/lib/libunicorn.2.dylib', '/usr/local/lib/libunicorn.2.dylib'].filter(
      fs.existsSync,
    );
  }
  if (process.platform !== 'linux') return [];
  // ldconfig is in /sbin, which an ordinary user's PATH may lack.
  const listing = ask(which('ldconfig') ?? '/sbin/ldconfig', ['-p']).out;
  return [...listing.matchAll(/libunicorn\.so\.2 .*=> (\S+)/g)].map((match) => match[1]);
}

const folder = path.join(cache, 'unicorn', VERSION);
const thisWheel = () =>
  wheels[/** @type {keyof typeof wheels} */ (`${process.platform} ${process.arch}`)];

function fromCache() {
  const wheel = thisWheel();
  if (wheel === undefined) return undefined;
  const file = path.join(folder, wheel.library);
  if (!fs.existsSync(file)) return undefined;
  const probed = probe(file);
  if ('version' in probed) return { path: file, version: probed.version, origin: 'the cache' };
  say('unicorn', `not the one in the cache: ${probed.reason}`);
  return undefined;
}

function fromWheel() {
  const wheel = thisWheel();
  if (wheel === undefined) {
    throw new SetupError(
      `there is no wheel of unicorn ${VERSION} for ${process.platform} ${process.arch}.\n` +
        '  Build libunicorn >= 2.1 and set MODBOX_UNICORN to the shared library.',
    );
  }
  const name = `unicorn-${VERSION}-cp37-abi3-${wheel.file}.whl`;
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) download(wheel, name);
  const digest = sha256File(file);
  if (digest !== wheel.sha256) {
    fs.rmSync(file);
    throw new SetupError(`${name}: sha256 is ${digest}, expected ${wheel.sha256}; removed`);
  }
  const library = path.join(folder, wheel.library);
  writeWhole(library, unzip(fs.readFileSync(file), `unicorn/lib/${wheel.library}`));
  const probed = probe(library);
  if ('reason' in probed) throw new SetupError(`${library}: ${probed.reason}`);
  fs.rmSync(file);
  return { path: library, version: probed.version, origin: `the wheel of unicorn ${VERSION}` };
}

/** Leaves the wheel in the cache folder. @param {Wheel} wheel @param {string} name */
function download(wheel, name) {
  fs.mkdirSync(folder, { recursive: true });
  const pip = findPip() ?? (aptInstall('unicorn', ['python3-pip']) ? findPip() : undefined);
  const what = ['download', '--no-deps', '--only-binary=:all:', '--platform', wheel.platform];
  const request = [...what, '--dest', folder, `unicorn==${VERSION}`];
  if (pip === undefined) {
    throw new SetupError(
      `libunicorn >= 2.1 is not here, and pip, which would fetch it, is not either.\n` +
        `  Install pip${hasApt() ? `:\n\n    ${aptCommand(['python3-pip'])}\n\n` : ' '}` +
        `  and run this again; or, on any machine with pip, type\n\n` +
        `    python3 -m pip ${[...what, `unicorn==${VERSION}`].join(' ')}\n\n` +
        `  and put the file into ${folder};\n` +
        '  or set MODBOX_UNICORN to a libunicorn you have.',
    );
  }
  say('unicorn', `fetching ${name} with pip (about 15 MB)`);
  const [program, ...first] = pip;
  const done = ask(program, [...first, ...request, '--retries', '1', '--timeout', '15']);
  const file = path.join(folder, name);
  if (!done.ok || !fs.existsSync(file)) {
    throw new SetupError(
      `pip could not fetch unicorn ${VERSION}:\n${done.err.trimEnd()}\n` +
        `  Without a network: put ${name}\n  into ${folder}, or set MODBOX_UNICORN.`,
    );
  }
  say('unicorn', `fetched ${megabytes(fs.statSync(file).size)}`);
}

function findPip() {
  const candidates = [
    ['python3', '-m', 'pip'],
    ['python', '-m', 'pip'],
    ['py', '-m', 'pip'],
    ['pip3'],
  ];
  return candidates.find(
    ([program, ...args]) => which(program) !== undefined && ask(program, [...args, '--version']).ok,
  );
}

/**
 * Loads the library in a process of its own, since a bad one may crash it.
 * @param {string} file
 * @returns {{ version: string } | { reason: string }}
 */
function probe(file) {
  if (!fs.existsSync(file)) return { reason: 'no such file' };
  const done = ask(process.execPath, [path.join(root, 'setup', 'unicorn-version.mjs'), file]);
  const version = done.out.trim();
  if (!done.ok || version === '') {
    const lines = done.err.split('\n').filter((line) => /Error|cannot|Failed/i.test(line));
    return { reason: lines[0]?.trim() ?? 'it does not load' };
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 2 && minor >= 1) return { version };
  const why = 'no x86 page translation, and 100 ms for each flush; 2.1 or later is needed';
  return { reason: `version ${version}: ${major < 2 || minor < 1 ? why : 'not a 2.x'}` };
}
