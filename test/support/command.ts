// The command as a user types it: a process, its output and its exit status.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function modbox(...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'bin', 'modbox.js'), ...args],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return { status, stdout, stderr };
}
