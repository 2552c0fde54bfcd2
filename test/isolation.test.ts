// Going back to a snapshot keeps translated code where that makes no difference.  So
// two kernels are driven the same way at random, one of which forgets everything
// whenever it goes back, and must not be told apart.

import { describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { type Random, seededRandom } from '../src/base/random.ts';
import type { ObjectFile } from '../src/kernel/files.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import { describeFailure, type UnloadResult, unwrap } from '../src/kernel/results.ts';
import type { Snapshot } from '../src/kernel/snapshot.ts';
import { buildModule } from './support/build-module.ts';
import { chameleon } from './support/chameleon.ts';
import { bootTest, sample } from './support/guest.ts';

const MOVES = 50;

/** Modules alike but for the number in their code, which are all put in one place. */
function answering(arch: ArchName, answer: number): ObjectFile {
  const source = `
#include <sys/module.h>
#include <sys/systm.h>
MODULE(MODULE_CLASS_MISC, answer, NULL);
int answer(void) { return ${answer}; }
static int
answer_modcmd(modcmd_t cmd, void *arg)
{
  (void)arg;
  printf("%d at %d\\n", answer(), (int)cmd);
  return cmd > MODULE_CMD_FINI ? ENOTTY : 0;
}
`;
  return buildModule(arch, 'answer', { source });
}

interface Supply {
  readonly files: readonly ObjectFile[];
  /** The code of answer() in each of them. */
  readonly codes: readonly Uint8Array[];
}

const CODE_BYTES = 16;

async function supplyOf(arch: ArchName): Promise<Supply> {
  const answers = [0x11, 0x22, 0x33].map((answer) => answering(arch, answer));
  const kernel = await bootTest(arch);
  const codes = answers.map((file) => {
    const module = unwrap(kernel.load(file));
    const code = kernel.read(module.symbol('answer') ?? 0n, CODE_BYTES);
    module.unload();
    return code ?? new Uint8Array();
  });
  kernel.close();
  const faults = (['nullderef', 'writetext', 'spin', 'panic'] as const).map((init) =>
    chameleon(arch, { init }),
  );
  const plain = chameleon(arch, { name: 'plain', fini: 'undefined' });
  return { files: [...answers, ...answers, ...faults, plain, sample(arch, 'hello')], codes };
}

type Move = (kernel: Kernel) => string;

const told = (result: UnloadResult | ReturnType<Kernel['load']>): string =>
  result.ok ? 'ok' : describeFailure(result.failure);

function nextMove(random: Random, { files, codes }: Supply): Move {
  const pick = random.below(1000);
  const kind = random.below(8);
  const chosen = ({ modules }: Kernel) => modules[pick % Math.max(1, modules.length)];
  if (kind < 3) {
    const file = files[pick % files.length];
    return (kernel) => (file === undefined ? 'no file' : told(kernel.load(file)));
  }
  if (kind < 6)
    return (kernel) => {
      const module = chosen(kernel);
      const name = module?.name === 'hello' ? 'hello_add' : 'answer';
      const result = module?.call(name, 1, 2);
      return result?.kind === 'returned' ? `${name} ${result.value}` : `${name} ${result?.kind}`;
    };
  if (kind < 7)
    return (kernel) => {
      const module = chosen(kernel);
      return module === undefined ? 'no module' : told(kernel.unload(module));
    };
  // As a debugger does: other code in place of what may have run.
  return (kernel) => {
    const place = chosen(kernel)?.symbol('answer');
    const code = codes[pick % codes.length];
    return `${place !== undefined && code !== undefined && kernel.write(place, code)}`;
  };
}

/** What snapshots are, with nothing kept. */
function thorough(kernel: Kernel): Snapshot {
  const state = kernel.save();
  return { restore: () => kernel.restore(state) };
}

const seen = ({ console, machine, modules }: Kernel) => ({
  console,
  position: machine.position,
  slices: machine.slices,
  modules: modules.map(({ name }) => name),
});

describe.for(archNames)('%s', (arch) => {
  test.for([1, 2, 3])('kept translations make no difference, seed %d', async (seed) => {
    const random = seededRandom(seed);
    const supply = await supplyOf(arch);
    const kept = await bootTest(arch, { watchdogNs: 1e6 });
    const flushed = await bootTest(arch, { watchdogNs: 1e6 });
    const moments: (readonly [Snapshot, Snapshot])[] = [];
    let restored = 0;
    for (let i = 0; i < MOVES; i++) {
      const what = random.below(6);
      const moment = moments[random.below(Math.max(1, moments.length))];
      if (what === 0) {
        moments[random.below(4)] = [kept.snapshot(), thorough(flushed)];
      } else if (what < 3 && moment !== undefined) {
        for (const each of moment) each.restore();
        restored++;
      } else {
        const move = nextMove(random, supply);
        expect(move(kept), `move ${i}`).toBe(move(flushed));
      }
      expect(seen(kept), `move ${i}`).toEqual(seen(flushed));
      expect(Buffer.compare(kept.machine.memory.ram, flushed.machine.memory.ram)).toBe(0);
    }
    expect(restored).toBeGreaterThan(MOVES / 10);
    kept.close();
    flushed.close();
  });

  test('a module in the place of one that was loaded after the snapshot runs its own code', async () => {
    const kernel = await bootTest(arch);
    const snapshot = kernel.snapshot();
    for (const answer of [0x11, 0x22, 0x11]) {
      snapshot.restore();
      const module = unwrap(kernel.load(answering(arch, answer)));
      expect(module.call('answer')).toMatchObject({ value: BigInt(answer) });
    }
    kernel.close();
  });

  test('a module of the snapshot is there again after another one was in its place', async () => {
    const kernel = await bootTest(arch);
    const module = unwrap(kernel.load(answering(arch, 0x11)));
    module.call('answer');
    const snapshot = kernel.snapshot();
    module.unload();
    const other = unwrap(kernel.load(answering(arch, 0x22)));
    expect(other.symbol('answer')).toBe(module.symbol('answer'));
    expect(other.call('answer')).toMatchObject({ value: 0x22n });
    snapshot.restore();
    expect(module.call('answer')).toMatchObject({ value: 0x11n });
    kernel.close();
  });

  test('code that was written over after the snapshot is what it was', async () => {
    const { files, codes } = await supplyOf(arch);
    const kernel = await bootTest(arch);
    const [first] = files;
    const [, second] = codes;
    if (first === undefined || second === undefined) throw new Error('no module');
    const module = unwrap(kernel.load(first));
    const snapshot = kernel.snapshot();
    kernel.write(module.symbol('answer') ?? 0n, second);
    expect(module.call('answer')).toMatchObject({ value: 0x22n });
    snapshot.restore();
    expect(module.call('answer')).toMatchObject({ value: 0x11n });
    kernel.close();
  });

  test('a test takes the same virtual time however often it is run', async () => {
    const kernel = await bootTest(arch);
    const snapshot = kernel.snapshot();
    // So often that the engine empties its buffer of translations on the way.
    const times = Array.from({ length: 800 }, () => {
      snapshot.restore();
      unwrap(kernel.load(sample(arch, 'hello'))).unload();
      return kernel.machine.now;
    });
    expect(new Set(times).size).toBe(1);
    kernel.close();
  });

  test('going back touches no memory that the guest has not touched', async () => {
    const kernel = await bootTest(arch);
    const touched = (): number =>
      kernel.machine.engine.touchedPages().filter((page) => page).length;
    const snapshot = kernel.snapshot();
    const before = touched();
    for (let i = 0; i < 20; i++) snapshot.restore();
    expect(touched()).toBe(before);
    expect(before).toBeLessThan(200);
    kernel.close();
  });
});
