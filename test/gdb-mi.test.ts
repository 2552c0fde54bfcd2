// `modbox gdb` under gdb's machine interface, which is how other programs drive it:
// interrupts, variables, and a guest that spins.

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { type CounterModule, counterModule } from './support/counter-module.ts';
import { gdbMissing, gdbVersion, type Served, serveGuest } from './support/gdb.ts';
import { GdbMi } from './support/gdb-mi.ts';
import { sample } from './support/guest.ts';

const why = gdbVersion === undefined ? ` (${gdbMissing})` : '';

describe.skipIf(gdbVersion === undefined).for(archNames)(`gdb/MI and %s${why}`, (arch) => {
  let module: CounterModule;
  let served: Served;
  let mi: GdbMi;
  beforeAll(() => {
    module = counterModule(arch);
  });
  afterAll(() => module.remove());
  afterEach(async () => {
    await mi.close();
    await served.close();
    expect(served.errors).toEqual([]);
  });

  test('stops at a breakpoint and lists variables', async () => {
    const file = { name: 'counter.ko', bytes: readFileSync(module.program) };
    served = await serveGuest(arch, { file });
    mi = new GdbMi(module.folder);
    await mi.connect(served.port);
    await mi.ask(`-break-insert counter.c:${module.line('RETURN')}`);
    expect(await mi.run('-exec-continue')).toContain('reason="breakpoint-hit"');
    const variables = await mi.ask('-stack-list-variables --simple-values');
    expect(variables).toMatch(/name="a",arg="1",type="int",value="10"/);
    expect(variables).toMatch(/name="sum",type="int",value="10"/);
  });

  test('interrupts a guest that spins, and steps back in it', async () => {
    served = await serveGuest(arch, { file: sample(arch, 'spin') });
    mi = new GdbMi(module.folder);
    await mi.connect(served.port);
    await mi.ask('-exec-continue');
    const stopped = mi.run('-exec-interrupt');
    expect(await stopped).toMatch(/signal-name="SIGINT".*func="spin_modcmd"/);
    await mi.ask('-exec-next');
    expect(await mi.run('-exec-interrupt')).toMatch(/signal-name="SIGINT".*func="spin_modcmd"/);
    expect(await mi.run('-exec-step-instruction --reverse')).toMatch(/func="spin_modcmd"/);
  });
});
