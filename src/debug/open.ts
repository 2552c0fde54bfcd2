// Puts the parts of the debugger together around a kernel that is booted and idle.

import type { Arch } from '../arch/arch.ts';
import { type Addr, plus } from '../base/address.ts';
import type { Decoder } from '../disasm/decoder.ts';
import { typeName } from '../dwarf/type-facts.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type CodeSource, Disassembler } from './disassembly.ts';
import type { FunctionExtent, Viewing } from './looking.ts';
import { Session, type SessionParts } from './session.ts';
import { View } from './view.ts';

/**
 * @param decoder undefined: there is no disassembly, only bytes
 * @param save makes a recording
 */
export function debugKernel(
  kernel: Kernel,
  decoder: Decoder | undefined,
  save?: SessionParts['save'],
): Session {
  const view: View = new View({
    kernel,
    write: (address, bytes) => session.write(address, bytes),
    writeRegister: (name, bytes) => session.writeRegister(name, bytes),
    registers: () => session.registers(),
  });
  const disassembler =
    decoder &&
    new Disassembler(
      decoder,
      codeSource(kernel.arch, view, () => session),
    );
  const session: Session = new Session({
    kernel,
    view: viewing(kernel, view),
    disassemble: (address, count, before) =>
      disassembler?.disassemble(address, count, before) ?? [],
    save,
  });
  return session;
}

function codeSource(arch: Arch, view: View, session: () => Session): CodeSource {
  return {
    wordBytes: arch.wordBytes,
    read: (address, bytes) => session().read(address, bytes),
    objectAt: (address) => view.objectAt(address),
    symbolAt: (address) => {
      const found = view.objectAt(address)?.symbols.at(address);
      return found && { symbol: found.symbol.name, offset: found.offset };
    },
    lineAt: (address) => view.lineAt(address),
  };
}

/** What run control and the front ends ask, of a View. */
function viewing(kernel: Kernel, view: View): Viewing {
  return {
    resolve: (location) => view.resolveLocation(location),
    lineAt: (pc) => view.lineAt(pc),
    functionAt: (pc) => view.functionAt(pc) ?? symbolExtent(view, pc),
    callerOf: (frame) => view.callerOf(frame),
    returned: (entry) => returned(kernel.arch, view, entry),
    evaluate: (expression, frame) => view.evaluate(expression, frame),
    changed: () => {},
    threads: () => view.threads(),
    frames: (thread, limit) => view.frames(thread, limit),
    objects: () => view.objects(),
    sourceFiles: () => view.sourceFiles(),
    locals: (frame) => view.locals(frame),
    statics: (frame) => view.statics(frame),
    regions: () => view.regions(),
  };
}

/** A function that has no lines, as the symbol table knows it. */
function symbolExtent(view: View, pc: Addr): FunctionExtent | undefined {
  const found = view.objectAt(pc)?.symbols.at(pc);
  if (found === undefined) return undefined;
  const { symbol, offset } = found;
  const low = plus(pc, -offset);
  const ranges = [{ low, high: plus(low, Math.max(symbol.size, offset + 1)) }];
  return { name: symbol.name, entry: low, prologueEnd: undefined, ranges };
}

/** What a function that has just returned answers, as its type says. */
function returned(arch: Arch, view: View, entry: Addr): string | undefined {
  const type = view.functionAt(entry)?.type.returns;
  if (type === undefined || !['base', 'pointer', 'enum', 'typedef'].includes(type.kind))
    return undefined;
  const value = view.evaluate(`(${typeName(type)})$${arch.roles.result}`);
  return value.ok ? value.value.text : undefined;
}
