// The looking half of the debugger with symbols only: no lines, no variables.  Run
// control is tested without what it does not need.

import { type Addr, addr, plus } from '../../src/base/address.ts';
import type { FunctionExtent, Viewing } from '../../src/debug/looking.ts';
import type { BreakpointPlace } from '../../src/debug/model.ts';
import { Session } from '../../src/debug/session.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';

/** Places by 'name', 'module:name' and '*0xaddress'. */
export function bareSession(kernel: Kernel): Session {
  return new Session({ kernel, view: bareView(kernel), disassemble: () => [] });
}

function bareView(kernel: Kernel): Viewing {
  const place = (address: Addr): BreakpointPlace => ({
    address: addr(address & ~(kernel.arch.thumbState === undefined ? 0n : 1n)),
    where: '',
    file: undefined,
    line: undefined,
    module: undefined,
  });
  const find = (name: string): Addr | undefined =>
    [...kernel.present]
      .reverse()
      .find((view) => view.globals.has(name) || view.locals.has(name))
      ?.globals.get(name)?.address ?? kernel.symbol(name);
  const register = (name: string): bigint => kernel.machine.engine.read(name);
  return {
    resolve: (location) => {
      const address = location.startsWith('*') ? addr(BigInt(location.slice(1))) : find(location);
      if (address === undefined) return { places: [], problem: `no symbol ${location}` };
      return { places: [place(address)], problem: undefined };
    },
    lineAt: () => undefined,
    functionAt: (pc): FunctionExtent | undefined => {
      const { symbol, offset, size } = kernel.symbolise(pc);
      if (symbol === undefined || offset === undefined) return undefined;
      const entry = plus(pc, -offset);
      const high = plus(entry, Math.max(1, size ?? 1));
      return { name: symbol, entry, prologueEnd: undefined, ranges: [{ low: entry, high }] };
    },
    evaluate: (expression) => {
      const name = /^!!\(\$(\w+) == (\w+)\)$/.exec(expression);
      if (name === null) return { ok: false, problem: 'only a register can be compared' };
      const text = register(name[1] ?? '') === BigInt(name[2] ?? '') ? '1' : '0';
      const value = { name: '', type: 'int', text, address: undefined, bytes: 4 };
      return { ok: true, value: { ...value, children: () => [] } };
    },
    callerOf: () => undefined,
    changed: () => {},
    threads: () => [],
    frames: () => [],
    objects: () => [],
    sourceFiles: () => [],
    locals: () => [],
    statics: () => [],
    regions: () => [],
  };
}
