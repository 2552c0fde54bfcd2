#!/usr/bin/env node
// The command `modbox`: what src/cli was compiled to.

import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('modbox is not built: run npm run setup');
  process.exitCode = 2;
}
