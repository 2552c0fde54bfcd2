// What the calls of a case know of each other: results and buffers by name, and the
// symbols of the modules that are loaded.  Named buffers are memory of the kernel that
// nobody frees: the next case begins from a snapshot.

import { type Addr, addr } from '../base/address.ts';
import type { Argument } from '../kernel/arguments.ts';
import { u64 } from '../kernel/arguments.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Module } from '../kernel/module.ts';
import { resultOf } from '../kernel/result-type.ts';
import type { CallResult } from '../kernel/results.ts';
import { nearestNames } from '../linker/nearest.ts';
import { type Handed, type Place, type StepCall, tooWide } from './call-expression.ts';
import { argumentOf, type Literal } from './literals.ts';

interface Named {
  readonly value: bigint;
  /** Of 64 bits, on every machine. */
  readonly wide: boolean;
}

/** A case asks for what is not there; the message is a sentence. */
export class ScopeProblem extends Error {}

export class Scope {
  readonly #kernel: Kernel;
  /** The one that is tested. */
  readonly #module: Module | undefined;
  readonly #names = new Map<string, Named>();

  constructor(kernel: Kernel, module: Module | undefined) {
    this.#kernel = kernel;
    this.#module = module;
  }

  /** Whose errors have which numbers. */
  get flavour(): string {
    return this.#module?.view.flavour ?? 'none';
  }

  get wordBits(): number {
    return this.#kernel.arch.wordBytes * 8;
  }

  define(name: string, value: bigint, wide: boolean): void {
    this.#names.set(name, { value, wide });
  }

  /** @throws ScopeProblem for a name or symbol that there is not */
  valueOf({ kind, name, offset }: Place): bigint {
    if (kind === 'symbol') return this.#symbol(name) + offset;
    return this.#named(name).value + offset;
  }

  /** The address that a place is. @throws as valueOf() */
  addressOf(place: Place): Addr {
    return addr(BigInt.asUintN(this.wordBits, this.valueOf(place)));
  }

  /**
   * Calls a function of the module, of another module, or that the kernel exports.
   * @throws ScopeProblem for what an argument means and there is not
   */
  call(call: StepCall): CallResult {
    const wide = tooWide(call, this.#kernel.arch.wordBytes);
    if (wide !== undefined) throw new ScopeProblem(wide);
    const args = call.args.map((each) => this.#argument(each));
    const { symbol, returns } = call;
    const module = this.#modules().find((each) => each.symbol(symbol) !== undefined);
    if (module !== undefined)
      return module.call(returns === undefined ? symbol : { symbol, returns }, ...args);
    const result = this.#callKernel(symbol, args);
    if (returns === undefined || result.kind !== 'returned') return result;
    return { ...result, value: resultOf(returns, result.wide) };
  }

  #callKernel(symbol: string, args: readonly Argument[]): CallResult {
    const { image, arch } = this.#kernel;
    const { native, linux } = arch.conventions;
    const own = image.exports.get(symbol);
    if (own !== undefined) return this.#kernel.callAddress(own, native, args);
    const forLinux = image.linuxExports.get(symbol);
    if (forLinux !== undefined) return this.#kernel.callAddress(forLinux, linux, args);
    const names = [
      ...this.#modules().flatMap(({ view }) => [...view.globals.keys()]),
      ...image.exports.keys(),
    ];
    throw new ScopeProblem(`no module has ${symbol}, nor does the kernel${hint(symbol, names)}`);
  }

  /** The tested one first, then the latest. */
  #modules(): readonly Module[] {
    const own = this.#module === undefined ? [] : [this.#module];
    return [...own, ...[...this.#kernel.modules].reverse()];
  }

  #argument(handed: Handed): Argument {
    switch (handed.kind) {
      case 'name': {
        const { wide } = this.#named(handed.name);
        return wide ? u64(this.valueOf(handed)) : this.valueOf(handed);
      }
      case 'symbol':
        return this.valueOf(handed);
      case 'define': {
        const at = this.#allocate(handed.memory);
        this.define(handed.name, at, false);
        return at;
      }
      default:
        return argumentOf(handed);
    }
  }

  #allocate(memory: Literal): bigint {
    const content = argumentOf(memory);
    const bytes =
      content instanceof Uint8Array ? content : new TextEncoder().encode(`${content}\0`);
    const target = this.#kernel.image.exports.get('kmem_alloc');
    if (target === undefined) throw new Error('bug in modbox: the kernel exports no kmem_alloc');
    const { native } = this.#kernel.arch.conventions;
    const result = this.#kernel.callAddress(target, native, [bytes.length]);
    if (result.kind !== 'returned' || result.value === 0n)
      throw new ScopeProblem(`the guest has no ${bytes.length} bytes left`);
    this.#kernel.write(result.value, bytes);
    return result.value;
  }

  #named(name: string): Named {
    const found = this.#names.get(name);
    if (found !== undefined) return found;
    const symbol = this.#modules().some((each) => each.symbol(name) !== undefined);
    const meant = symbol ? `; did you mean &${name}?` : hint(name, [...this.#names.keys()]);
    throw new ScopeProblem(`nothing before is called ${name}${meant}`);
  }

  #symbol(name: string): bigint {
    for (const module of this.#modules()) {
      const at = module.symbol(name);
      if (at !== undefined) return at;
    }
    const { image } = this.#kernel;
    const at = image.exports.get(name) ?? image.symbols.byName(name)?.address;
    if (at === undefined) throw new ScopeProblem(`no module has ${name}, nor does the kernel`);
    return at;
  }
}

function hint(wanted: string, names: readonly string[]): string {
  const near = nearestNames(wanted, [...new Set(names)]);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
