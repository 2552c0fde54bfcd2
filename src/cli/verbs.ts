// Every verb there is, in the order in which help lists them.

import { checkVerb } from './check.ts';
import { compareVerb } from './compare.ts';
import { dapVerb } from './dap.ts';
import { debugVerb } from './debug.ts';
import { gdbVerb } from './gdb.ts';
import { infoVerb } from './info.ts';
import { mapVerb } from './map.ts';
import { runVerb } from './run.ts';
import { testVerb } from './test.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [
  runVerb,
  testVerb,
  debugVerb,
  gdbVerb,
  dapVerb,
  compareVerb,
  checkVerb,
  infoVerb,
  mapVerb,
];
