// Which instructions go one of two ways: conditional branches, calls and returns.  It
// is read out of the text; Capstone's groups do not tell them from those that always
// go.  On ARM every instruction can be conditional, and those that write the PC are
// branches then; in Thumb code the condition is that of an IT block, and Capstone
// prints it behind the mnemonic in the same way.

import type { Instruction } from './decoder.ts';

export type IsConditional = (instruction: Pick<Instruction, 'mnemonic' | 'operands'>) => boolean;

/** jcc, jcxz and its likes, loop, loope, loopne. */
export const conditionalX86: IsConditional = ({ mnemonic }) =>
  /^(bnd )?(j(?!mp)|loop)/.test(mnemonic);

/** b.cond (and bc.cond), cbz, cbnz, tbz, tbnz. */
export const conditionalAArch64: IsConditional = ({ mnemonic }) =>
  /^(bc?\.|cbn?z$|tbn?z$)/.test(mnemonic);

const CONDITION = '(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)';
const BRANCH = new RegExp(`^(b|bl|bx|blx|bxj)${CONDITION}(\\.[wn])?$`);
/** With a list of registers; what is behind "ldm" may come before the condition or not at all. */
const LOAD_MANY = new RegExp(`^(pop|ldm(ia|ib|da|db|fd|fa|ed|ea)?)${CONDITION}(\\.w)?$`);
/** Whose first operand is written. */
const OTHERS = new RegExp(`^(ldr|mov|mvn|add|sub|rsb|and|orr|eor|bic)s?${CONDITION}(\\.w)?$`);

export const conditionalArm: IsConditional = ({ mnemonic, operands }) => {
  if (/^cbn?z$/.test(mnemonic) || BRANCH.test(mnemonic)) return true;
  if (LOAD_MANY.test(mnemonic)) return /\{.*\bpc\b.*\}/.test(operands);
  return OTHERS.test(mnemonic) && /^pc\b/.test(operands);
};
