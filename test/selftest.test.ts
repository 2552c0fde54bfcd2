// The tests that the guest kernel runs on itself (modules/selftest): one test here
// for each of them, on every architecture.

import { afterAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { addr } from '../src/base/address.ts';
import type { CallResult } from '../src/kernel/results.ts';
import { unwrap } from '../src/kernel/results.ts';
import { bootTest, onlyFiles, sample } from './support/guest.ts';

const kernels = await Promise.all(
  archNames.map(async (arch) => {
    const samples = ['hello', 'provider', 'consumer', 'failing', 'nullderef'];
    const files = onlyFiles(...samples.map((name) => sample(arch, name)));
    return { arch, kernel: await bootTest(arch, { files, ramBytes: 32 << 20, watchdogNs: 1e9 }) };
  }),
);

function value(result: CallResult): bigint {
  if (result.kind !== 'returned') throw new Error(`the call: ${result.kind}`);
  return result.value;
}

describe.each(kernels)('$arch', ({ arch, kernel }) => {
  const module = unwrap(kernel.load(sample(arch, 'selftest')));
  const count = Number(value(module.call('selftest_count')) & 0xffff_ffffn);
  const names = Array.from({ length: count }, (_, i) => {
    const at = value(module.call('selftest_name', i));
    return kernel.machine.memory.readString(addr(at)) ?? `test ${i}`;
  });
  afterAll(() => kernel.close());

  test('there are tests', () => {
    expect(count).toBeGreaterThan(5);
    expect(new Set(names).size).toBe(count);
  });

  test.for(names.map((name, i) => [name, i] as const))('%s', ([, i]) => {
    const start = kernel.machine.console.length;
    const line = Number(value(module.call('selftest_run', i)) & 0xffff_ffffn);
    const printed = kernel.machine.console.textSince(start);
    expect(line, `the check in line ${line} failed; the guest printed:\n${printed}`).toBe(0);
  });
});
