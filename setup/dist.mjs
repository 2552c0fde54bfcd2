// dist/: src/ without its types, by the TypeScript compiler.  It is made anew
// when the hash of the sources and of the compiler's configuration has changed.

import fs from 'node:fs';
import path from 'node:path';
import { filesUnder, hashFiles, isStamped, root, SetupError, say, show, stamp } from './common.mjs';

export function buildDist() {
  const sources = filesUnder(path.join(root, 'src'), /(?<!\.test)\.ts$/);
  const configuration = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  const hash = hashFiles([...sources, ...configuration.map((name) => path.join(root, name))]);
  const dist = path.join(root, 'dist');
  if (isStamped('dist', hash, dist)) {
    say('dist', 'up to date');
    return;
  }
  say('dist', `compiling ${sources.length} files`);
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!show(process.execPath, [tsc, '-p', 'tsconfig.build.json'])) {
    throw new SetupError('src does not compile; the errors are above');
  }
  removeStale(dist, sources);
  stamp('dist', hash);
}

/** Removes what was made from sources that are gone. */
function removeStale(/** @type {string} */ dist, /** @type {string[]} */ sources) {
  const made = new Set(
    sources.flatMap((source) => {
      const stem = path.relative(path.join(root, 'src'), source).replace(/\.ts$/, '');
      return ['.js', '.js.map', '.d.ts'].map((suffix) => path.join(dist, stem + suffix));
    }),
  );
  for (const file of filesUnder(dist, /./)) if (!made.has(file)) fs.rmSync(file);
}
