// The linker device: how guest kernel and host linker reach each other.  The
// guest announces its mailbox once, submits command blocks, and says which
// request slots are done; the host raises the two lines.  The device only keeps
// addresses: what they mean is the kernel folder's business.

import type { PhysAddr } from '../../base/address.ts';
import { phys } from '../../base/address.ts';
import {
  INTC_COMMAND,
  INTC_REQUEST,
  LINKER_ACK,
  LINKER_COMMAND,
  LINKER_DONE,
  LINKER_MAILBOX,
} from '../registers.ts';
import type { Device } from './device.ts';
import type { InterruptController } from './intc.ts';

export interface LinkerState {
  readonly mailbox: PhysAddr | undefined;
  readonly commands: readonly PhysAddr[];
  readonly done: readonly number[];
}

export class LinkerDevice implements Device {
  readonly name = 'linker';
  readonly #intc: InterruptController;
  readonly #attention: () => void;
  /** Where the request slots are, once the kernel is up. */
  mailbox: PhysAddr | undefined;
  /** Command blocks waiting for the host. */
  readonly commands: PhysAddr[] = [];
  /** Numbers of request slots that are done. */
  readonly done: number[] = [];

  constructor(intc: InterruptController, attention: () => void) {
    this.#intc = intc;
    this.#attention = attention;
  }

  /** A slot was posted: interrupt the guest. */
  ringRequest(): void {
    this.#intc.raise(INTC_REQUEST);
  }

  /** A command is complete: interrupt the guest. */
  ringCommand(): void {
    this.#intc.raise(INTC_COMMAND);
  }

  save(): LinkerState {
    return { mailbox: this.mailbox, commands: [...this.commands], done: [...this.done] };
  }

  restore({ mailbox, commands, done }: LinkerState): void {
    this.mailbox = mailbox;
    this.commands.splice(0, Number.POSITIVE_INFINITY, ...commands);
    this.done.splice(0, Number.POSITIVE_INFINITY, ...done);
  }

  read(): number {
    return 0;
  }

  write(register: number, value: number): void {
    switch (register) {
      case LINKER_MAILBOX:
        this.mailbox = phys(value >>> 0);
        break;
      case LINKER_COMMAND:
        this.commands.push(phys(value >>> 0));
        break;
      case LINKER_DONE:
        this.done.push(value);
        break;
      case LINKER_ACK:
        this.#intc.lower(value & (INTC_REQUEST | INTC_COMMAND));
        return;
      default:
        return;
    }
    this.#attention();
  }
}
