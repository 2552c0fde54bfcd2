// Every verb there is, in the order in which help lists them.

import { infoVerb } from './info.ts';
import { runVerb } from './run.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [runVerb, infoVerb];
