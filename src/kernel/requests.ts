// Requests to the guest: fill a slot of the mailbox, raise the line, run the
// machine until the slot is done, and serve the linker's commands on the way.

import { type Addr, addr, type PhysAddr, phys } from '../base/address.ts';
import type { Machine } from '../machine/machine.ts';
import { type Interruption, isInterruption, type Stop } from '../machine/stop.ts';
import type { LinkerService } from './linker-service.ts';
import * as wire from './wire.ts';

/** Why the machine will not run any more. */
export type Death = Exclude<Stop, Interruption | { kind: 'attention' }>;

export interface Request {
  readonly op: number;
  readonly target?: Addr;
  readonly convention?: number;
  readonly words: readonly bigint[];
}

export interface Answer {
  readonly error: number;
  readonly stage: wire.Stage;
  readonly module: number;
  readonly leaks: number;
  readonly leakedBytes: number;
  readonly left: { readonly at: Addr; readonly count: number };
  readonly result: readonly [bigint, bigint];
  /** Most that its code used of the stack; undefined: not measured. */
  readonly stackBytes: number | undefined;
  readonly reason: string;
  readonly oops: Addr | undefined;
}

export type Completion =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'died'; readonly death: Death };

const { fields } = wire.request;

export class Requests {
  readonly #machine: Machine;
  readonly #service: LinkerService;
  readonly #mailbox: PhysAddr;
  /** Virtual nanoseconds without any sign of life before the machine is given up. */
  readonly patience: number;
  readonly #done = new Set<number>();

  constructor(machine: Machine, service: LinkerService, mailbox: PhysAddr, patience: number) {
    this.#machine = machine;
    this.#service = service;
    this.#mailbox = mailbox;
    this.patience = patience;
  }

  /** Posts a request; answers its slot.  There are WIRE_SLOTS at a time. */
  post(request: Request): number {
    const { view } = this.#machine.memory;
    for (let slot = 0; slot < wire.WIRE_SLOTS; slot++) {
      const at = this.#offset(slot);
      if (wire.get32(view, at, fields.state) !== wire.SLOT.free) continue;
      wire.put32(view, at, fields.op, request.op);
      wire.put64(view, at, fields.target_va, request.target ?? 0n);
      wire.put32(view, at, fields.nargs, request.words.length);
      wire.put32(view, at, fields.convention, request.convention ?? 0);
      for (let i = 0; i < wire.WIRE_ARGS; i++)
        wire.put64(view, at, fields.arg, request.words[i] ?? 0n, i);
      wire.put32(view, at, fields.state, wire.SLOT.posted);
      this.#machine.linker.ringRequest();
      return slot;
    }
    throw new Error('bug in modbox: every request slot is in use');
  }

  /** Does what a stop of the machine asks for; answers why it will not run any more. */
  serve(stop: Stop): Death | undefined {
    if (isInterruption(stop)) return undefined;
    if (stop.kind !== 'attention') return stop;
    serveDevices(this.#machine, this.#service);
    for (const number of this.#machine.linker.done.splice(0)) this.#done.add(number);
    return undefined;
  }

  isDone(slot: number): boolean {
    return this.#done.has(slot);
  }

  /** The answer of a slot that is done; the slot is free again. */
  take(slot: number): Completion {
    this.#done.delete(slot);
    const at = this.#offset(slot);
    const answer = this.#answer(at);
    wire.put32(this.#machine.memory.view, at, fields.state, wire.SLOT.free);
    return { kind: 'answered', answer };
  }

  save(): readonly number[] {
    return [...this.#done];
  }

  restore(done: readonly number[]): void {
    this.#done.clear();
    for (const slot of done) this.#done.add(slot);
  }

  #offset(slot: number): number {
    const address = phys(this.#mailbox + wire.MAILBOX_SLOTS_AT + slot * wire.request.bytes);
    const at = this.#machine.memory.offset(address, wire.request.bytes);
    if (at === undefined) throw new Error('bug in modbox: the mailbox lies outside RAM');
    return at;
  }

  #answer(at: number): Answer {
    const { memory } = this.#machine;
    const { view } = memory;
    const reason = addr(wire.get64(view, at, fields.reason_va));
    const bytes = wire.get32(view, at, fields.reason_bytes);
    const text = reason === 0n ? undefined : memory.read(reason, bytes);
    return {
      error: wire.get32(view, at, fields.error),
      stage: wire.stages[wire.get32(view, at, fields.stage)] ?? 'none',
      module: wire.get32(view, at, fields.module),
      leaks: wire.get32(view, at, fields.leaks),
      leakedBytes: Number(wire.get64(view, at, fields.leaked_bytes)),
      left: {
        at: addr(wire.get64(view, at, fields.left_va)),
        count: Math.min(wire.get32(view, at, fields.left), wire.LEAKS_LISTED),
      },
      result: [wire.get64(view, at, fields.result, 0), wire.get64(view, at, fields.result, 1)],
      stackBytes: wire.get32(view, at, fields.stack_bytes) || undefined,
      reason: text === undefined ? '' : new TextDecoder().decode(text).replace(/\0.*$/s, ''),
      oops:
        wire.get32(view, at, fields.faulted) === 0
          ? undefined
          : addr(wire.get64(view, at, fields.oops_va)),
    };
  }
}

/** Carries out the commands that wait at the linker device. */
export function serveDevices(machine: Machine, service: LinkerService): void {
  for (const block of machine.linker.commands.splice(0)) {
    service.serve(block);
    machine.linker.ringCommand();
  }
}
