// Long output against a text file in test/golden.  A difference leaves what came
// in a .actual file beside it; MODBOX_GOLDEN=update writes the files anew.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

const folder = path.join(import.meta.dirname, '..', 'golden');

export function expectGolden(name: string, actual: string): void {
  const file = path.join(folder, name);
  if (process.env['MODBOX_GOLDEN'] === 'update') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, actual);
  }
  const wanted = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (wanted === actual) rmSync(`${file}.actual`, { force: true });
  else writeFileSync(`${file}.actual`, actual);
  expect(actual, `${file}; MODBOX_GOLDEN=update accepts it`).toBe(wanted);
}
