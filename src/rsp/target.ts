// One booted guest with all that the packets of a client are about.  It outlives
// clients, and ends with the program.

import type { Debugger } from '../debug/model.ts';
import { GuestRegisters } from '../debug/registers.ts';
import { KERNEL_PATH, libraryList, memoryMap } from './documents.ts';
import { TargetFiles } from './files.ts';
import { Points } from './points.ts';
import { Program, type Say, type StopAt } from './program.ts';
import { ofFrame, type ReadRegister, RegisterSet } from './register-set.ts';
import { targetXml } from './target-xml.ts';
import { Threads } from './threads.ts';
import { Transfer } from './transfer.ts';

export class Target {
  readonly debugger: Debugger;
  readonly program: Program;
  readonly registers: RegisterSet;
  readonly threads: Threads;
  readonly points: Points;
  readonly files: TargetFiles;
  readonly transfer: Transfer;
  /** The registers of the CPU. */
  readonly read: ReadRegister;

  readonly #say: Say;

  /** @param say told what there is to say while no client is there */
  constructor(debugger_: Debugger, stopAt: StopAt, say: Say) {
    this.debugger = debugger_;
    this.#say = say;
    this.program = new Program(debugger_, stopAt, say);
    const { debug } = debugger_.arch;
    this.registers = new RegisterSet(debug);
    this.threads = new Threads(debugger_);
    this.points = new Points(debugger_);
    this.files = new TargetFiles(() => debugger_.objects());
    const cpu = new GuestRegisters(debugger_.kernel.machine);
    this.read = (name) => cpu.read(name);
    this.transfer = new Transfer({
      features: (annex) => (annex === 'target.xml' ? targetXml(debug) : undefined),
      libraries: () => {
        // Who reads the list wants to hear when it changes.
        debugger_.catch({ modules: true });
        return libraryList(debugger_.objects());
      },
      'memory-map': () => memoryMap(debugger_),
      'exec-file': () => KERNEL_PATH,
      threads: () => this.threads.xml(),
    });
  }

  /** The registers of a thread, as its innermost frame has them. */
  registersOf(thread: number | undefined): ReadRegister {
    if (thread === undefined || thread === this.threads.current()) return this.read;
    const [frame] = this.debugger.frames(thread - 1, 1);
    return ofFrame(frame, this.registers);
  }

  /** A client goes: nothing of it stays in the guest. */
  forget(): void {
    this.points.clear();
    this.program.onSay = this.#say;
    this.debugger.catch({ modules: false });
  }
}
