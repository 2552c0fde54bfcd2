// The mailbox between host and guest: several requests at a time.

import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import * as wire from '../src/kernel/wire.ts';
import { bootParts } from './support/computer.ts';
import { sample } from './support/guest.ts';

function answerOf({ machine, requests }: ReturnType<typeof bootParts>, slot: number) {
  while (!requests.isDone(slot)) {
    const death = requests.serve(machine.run(requests.patience));
    if (death !== undefined) throw new Error(death.kind);
  }
  return requests.take(slot);
}

describe.each(archNames)('%s', (arch) => {
  test('loads that are posted together are served in their order', () => {
    const parts = bootParts(arch);
    const { machine, service, requests } = parts;
    const post = (module: string): number => {
      const source = service.addSource(sample(arch, module));
      return requests.post({ op: wire.REQUEST.load, words: [BigInt(source)] });
    };
    const slots = [post('hello'), post('provider'), post('twins')];
    expect(slots).toEqual([0, 1, 2]);
    for (const slot of [...slots].reverse())
      expect(answerOf(parts, slot)).toMatchObject({
        kind: 'answered',
        answer: { error: 0, module: slot + 1 },
      });
    expect(machine.console.text).toMatch(
      /hello: here I am\nprovider: ready\ntwins: castor comes\ntwins: pollux comes\n$/,
    );
    machine.close();
  });

  test('the ninth request at a time is our bug, and a slot is free again after its answer', () => {
    const parts = bootParts(arch);
    const { machine, requests } = parts;
    const unload = { op: wire.REQUEST.unload, words: [99n] };
    const slots = Array.from({ length: wire.WIRE_SLOTS }, () => requests.post(unload));
    expect(() => requests.post(unload)).toThrow('every request slot is in use');
    for (const slot of slots)
      expect(answerOf(parts, slot)).toMatchObject({ answer: { error: 2, stage: 'policy' } });
    expect(requests.post(unload)).toBe(0);
    machine.close();
  });

  test('a request that nobody knows is refused', () => {
    const parts = bootParts(arch);
    const { machine, requests } = parts;
    const slot = requests.post({ op: 77, words: [] });
    expect(answerOf(parts, slot)).toMatchObject({
      answer: { error: 22, stage: 'policy', reason: 'request 77 is unknown' },
    });
    machine.close();
  });
});
