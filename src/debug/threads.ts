// The threads of the guest's kernel, as its own debug information describes them:
// struct thread and the lists of guest/kern/sched.c.

import { type Addr, addr, plus } from '../base/address.ts';
import type { StructType } from '../dwarf/model.ts';
import { unsignedOf } from '../dwarf/pieces.ts';
import { sizeOf, stripped } from '../dwarf/type-facts.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ThreadInfo } from './model.ts';
import type { Sources } from './sources.ts';
import type { Start } from './unwind.ts';

/** A damaged list must end. */
const THREAD_LIMIT = 4096;
const NAME_BYTES = 64;

/** Memory of a thread's stack. */
export interface StackSpan {
  readonly low: Addr;
  readonly high: Addr;
  readonly name: string;
}

/** STACK_BYTES of guest/kern/defs.h. */
const STACK_BYTES = 16_384;

interface Thread {
  readonly address: Addr;
  readonly id: number;
}

export class Threads {
  readonly #kernel: Kernel;
  readonly #sources: Sources;
  #type: StructType | undefined;

  constructor(kernel: Kernel, sources: Sources) {
    this.#kernel = kernel;
    this.#sources = sources;
  }

  /** In the order of their numbers. */
  list(): readonly ThreadInfo[] {
    const current = this.#pointer('curthread');
    const ready = this.#chain(this.#pointer('ready'), 'td_next');
    return this.#all()
      .map((thread) => ({
        id: thread.id,
        name: this.#name(thread),
        current: thread.address === current,
        state: this.#state(thread, current, ready),
      }))
      .sort((a, b) => a.id - b.id);
  }

  get current(): number | undefined {
    const address = this.#pointer('curthread');
    return address && this.#field(address, 'td_id');
  }

  /**
   * The registers of a thread that waits for the CPU, which is where arch_switch gave
   * it to another; undefined: there is no such thread, or it is the current one.
   */
  waiting(id: number): Start | undefined {
    const thread = this.#all().find((each) => each.id === id);
    const sp = thread && this.#word(thread.address, 'td_sp');
    const pc = this.#kernel.symbol('arch_switched');
    if (sp === undefined || pc === undefined || thread?.address === this.#pointer('curthread'))
      return undefined;
    const { dwarfRegisters, roles } = this.#kernel.arch;
    const number = dwarfRegisters.indexOf(roles.sp);
    return { pc, isCpu: false, register: (wanted) => (wanted === number ? sp : undefined) };
  }

  /** The idle thread's is the one that the kernel booted on, in its own memory. */
  stacks(): readonly StackSpan[] {
    return this.#all().flatMap((thread) => {
      const stack = this.#word(thread.address, 'td_stack');
      if (stack === undefined || stack === 0n) return [];
      const low = addr(stack);
      const name = `stack of thread ${thread.id} ${this.#name(thread)}`;
      return [{ low, high: plus(low, STACK_BYTES), name }];
    });
  }

  #all(): readonly Thread[] {
    return this.#chain(this.#pointer('allthreads'), 'td_all').flatMap((address) => {
      const id = this.#field(address, 'td_id');
      return id === undefined ? [] : [{ address, id }];
    });
  }

  #chain(first: Addr | undefined, next: string): readonly Addr[] {
    const found = new Set<Addr>();
    let at = first;
    while (at !== undefined && at !== 0n && !found.has(at) && found.size < THREAD_LIMIT) {
      found.add(at);
      const value = this.#word(at, next);
      at = value === undefined ? undefined : addr(value);
    }
    return [...found];
  }

  #name({ address, id }: Thread): string {
    const member = this.#member('td_name');
    const bytes = member && Math.min(sizeOf(member.type) ?? 0, NAME_BYTES);
    const text = member && bytes && this.#kernel.read(address + BigInt(member.offset), bytes);
    if (!text) return `thread ${id}`;
    const end = text.indexOf(0);
    return new TextDecoder().decode(end < 0 ? text : text.subarray(0, end));
  }

  #state({ address }: Thread, current: Addr | undefined, ready: readonly Addr[]): string {
    if (address === current) return 'running';
    if (this.#word(address, 'td_dead') === 1n) return 'dead';
    if (ready.includes(address) || this.#isIdle(address)) return 'ready';
    const channel = this.#word(address, 'td_channel');
    if (channel === undefined || channel === 0n) return 'waiting';
    const { symbol, offset, module } = this.#kernel.symbolise(addr(channel));
    const number = `0x${channel.toString(16)}`;
    if (symbol === undefined) return `sleeping on ${number}`;
    const where = offset === 0 ? symbol : `${symbol}+${offset}`;
    return `sleeping on ${where}${module === undefined ? '' : ` [${module}]`}`;
  }

  /** Thread 0 runs when nobody else wants to: it is in no list, and never sleeps. */
  #isIdle(address: Addr): boolean {
    return address === this.#kernel.symbol('thread0');
  }

  #pointer(variable: string): Addr | undefined {
    const at = this.#kernel.symbol(variable);
    const bytes = at && this.#kernel.read(at, this.#kernel.arch.wordBytes);
    return bytes && addr(unsignedOf(bytes));
  }

  #field(thread: Addr, name: string): number | undefined {
    const value = this.#word(thread, name);
    return value === undefined ? undefined : Number(value);
  }

  #word(thread: Addr, name: string): bigint | undefined {
    const member = this.#member(name);
    const bytes =
      member && this.#kernel.read(thread + BigInt(member.offset), sizeOf(member.type) ?? 0);
    return bytes && unsignedOf(bytes);
  }

  #member(name: string): StructType['members'][number] | undefined {
    this.#type ??= this.#structThread();
    return this.#type?.members.find((member) => member.name === name);
  }

  #structThread(): StructType | undefined {
    const type = this.#sources.kernel.info?.typeNamed('struct thread');
    const found = type && stripped(type);
    return found?.kind === 'struct' ? found : undefined;
  }
}
