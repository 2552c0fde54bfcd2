// What the steps of set-up share: where things are, one line of speech per
// fact, running programs, and stamps.  A stamp is a file in build/stamps that
// holds a hash of everything an output was made from; while it matches, the
// step does nothing, so that set-up costs a fraction of a second once done.
// Set-up runs before `npm ci`, hence plain JavaScript and no dependency.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const build = path.join(root, 'build');

/** Where downloads live, outside the repository: they outlast a clone. */
export const cache =
  process.env.MODBOX_CACHE ||
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'modbox');

/** Set-up cannot go on, and the message tells the reader what to do. */
export class SetupError extends Error {}

/** @param {string} step @param {string} fact */
export function say(step, fact) {
  console.log(`${`${step}:`.padEnd(11)}${fact}`);
}

/** @param {...(string | Uint8Array)} parts */
export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part);
    hash.update('\0');
  }
  return hash.digest('hex');
}

/** The hash of one file's bytes, as `sha256sum` prints it. @param {string} file */
export function sha256File(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/** The files of a folder and below whose names `wanted` matches; sorted. */
export function filesUnder(/** @type {string} */ folder, /** @type {RegExp} */ wanted) {
  if (!fs.existsSync(folder)) return [];
  /** @type {string[]} */
  const found = [];
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesUnder(full, wanted));
    else if (wanted.test(entry.name)) found.push(full);
  }
  return found.sort();
}

/** A hash of names and contents. @param {string[]} files @param {string} [base] */
export function hashFiles(files, base = root) {
  return sha256(...files.flatMap((file) => [path.relative(base, file), fs.readFileSync(file)]));
}

/** Writes through a temporary name, so that no reader sees half a file. */
export function writeWhole(/** @type {string} */ file, /** @type {string | Uint8Array} */ data) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, data);
  fs.renameSync(temporary, file);
}

/** The parsed file, or undefined when it is absent or no JSON. @param {string} file */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} file @param {unknown} value */
export function writeJson(file, value) {
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** @param {string} name @param {string} hash @param {...string} outputs */
export function isStamped(name, hash, ...outputs) {
  const stamp = path.join(build, 'stamps', name);
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== hash) return false;
  return outputs.every((output) => fs.existsSync(output));
}

/** @param {string} name @param {string} hash */
export function stamp(name, hash) {
  writeWhole(path.join(build, 'stamps', name), hash);
}

/** Names a file's present state without reading it. @param {string} file */
export function fileState(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : undefined;
}

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv }} Where */

/**
 * Runs a short program and answers what it printed; never throws.
 * @param {string} program @param {string[]} args @param {Where} [where]
 */
export function ask(program, args, where = {}) {
  const done = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...where,
  });
  return {
    ok: done.status === 0,
    out: done.stdout ?? '',
    err: (done.stderr ?? '') + (done.error ? String(done.error.message) : ''),
    missing: done.error !== undefined && 'code' in done.error && done.error.code === 'ENOENT',
  };
}

/**
 * Runs a program whose output belongs to the user; true when it succeeded.
 * @param {string} program @param {string[]} args @param {Where} [where]
 */
export function show(program, args, where = {}) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', ...where }).status === 0;
}

/**
 * As ask(), but leaves the thread free for others.
 * @param {string} program @param {string[]} args @param {Where} [where]
 * @returns {Promise<{ ok: boolean, out: string, err: string }>}
 */
export function askAsync(program, args, where = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...where });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.on('error', (error) => resolve({ ok: false, out, err: err + error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, out, err }));
  });
}

/**
 * At most `width` jobs at a time; results in the order of the jobs.
 * @template T @param {(() => Promise<T>)[]} jobs @param {number} width
 */
export async function pool(jobs, width) {
  /** @type {T[]} */
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const at = next++;
      results[at] = await jobs[at]();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker));
  return results;
}

/** Where a program of this name is in PATH. @param {string} name */
export function which(name) {
  if (name.includes(path.sep)) return fs.existsSync(name) ? name : undefined;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name + suffix);
    if (folder !== '' && fs.existsSync(file)) return file;
  }
  return undefined;
}

export const isRoot = process.getuid?.() === 0;
export const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
