// A loaded module, as programs use it.

import type { Addr } from '../base/address.ts';
import { nearestNames } from '../linker/nearest.ts';
import type { Argument } from './arguments.ts';
import type { Kernel } from './kernel.ts';
import { type Callee, resultOf } from './result-type.ts';
import type { CallResult, UnloadResult } from './results.ts';
import type { ExportView, ModuleView } from './view.ts';

export class Module {
  readonly view: ModuleView;
  readonly #kernel: Kernel;

  constructor(kernel: Kernel, view: ModuleView) {
    this.#kernel = kernel;
    this.view = view;
  }

  get id(): number {
    return this.view.id;
  }

  get name(): string {
    return this.view.name;
  }

  /** Whether it stays for ever: of Linux, with an init and without an exit. */
  get isPermanent(): boolean {
    const { description } = this.view;
    return (
      description.flavour === 'linux' &&
      description.init !== undefined &&
      description.exit === undefined
    );
  }

  /** The address of a symbol, local ones included; undefined when there is none. */
  symbol(name: string): Addr | undefined {
    return this.#find(name)?.address;
  }

  /**
   * Calls a function with the C calling convention of the architecture (for
   * Linux objects, the one that Linux uses there).  A result narrower than a word
   * has undefined upper bits where the ABI says so: name its type, as in
   * `call({ symbol: 'crc_itu_t', returns: 'u16' }, 0, text, 9)`.
   */
  call(callee: string | Callee, ...args: readonly Argument[]): CallResult {
    const symbol = typeof callee === 'string' ? callee : callee.symbol;
    const found = this.#find(symbol);
    if (found === undefined) {
      const near = nearestNames(symbol, [...this.view.globals.keys()]);
      const hint = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
      return { kind: 'refused', reason: `${this.name} has no symbol ${symbol}${hint}` };
    }
    const { conventions } = this.#kernel.arch;
    const convention = this.view.flavour === 'linux' ? conventions.linux : conventions.native;
    const address = (found.address | (found.thumb ? 1n : 0n)) as Addr;
    const result = this.#kernel.callAddress(address, convention, args);
    if (typeof callee === 'string' || result.kind !== 'returned') return result;
    return { ...result, value: resultOf(callee.returns, result.wide) };
  }

  /** Takes the module out of the kernel; afterwards the object is of no use. */
  unload(): UnloadResult {
    return this.#kernel.unload(this);
  }

  #find(name: string): ExportView | undefined {
    return this.view.globals.get(name) ?? this.view.locals.get(name);
  }
}
