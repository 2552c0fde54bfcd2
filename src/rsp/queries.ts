// The q and Q packets (gdb manual, E.4) that ask and change nothing, those of gdb and
// the few that lldb wants (lldb's lldb-gdb-remote.txt).

import { PACKET_BYTES } from './framing.ts';
import { addressOf, hexOfText } from './hex.ts';
import type { Target } from './target.ts';
import { parseThread } from './threads.ts';

const FEATURES = [
  `PacketSize=${PACKET_BYTES.toString(16)}`,
  'QStartNoAckMode+',
  'qXfer:features:read+',
  'qXfer:libraries:read+',
  'qXfer:memory-map:read+',
  'qXfer:exec-file:read+',
  'qXfer:threads:read+',
  'swbreak+',
  'hwbreak+',
  'vContSupported+',
  'multiprocess+',
  'ReverseStep+',
  'ReverseContinue+',
  'error-message+',
].join(';');

/** What a client said of itself in qSupported. */
export interface ClientFeatures {
  readonly multiprocess: boolean;
  readonly swbreak: boolean;
}

export function clientFeatures(packet: string): ClientFeatures {
  const words = packet.slice(packet.indexOf(':') + 1).split(';');
  return { multiprocess: words.includes('multiprocess+'), swbreak: words.includes('swbreak+') };
}

/** The reply to a query; '': not one that there is. */
export function query(target: Target, packet: string): string {
  const [name = ''] = packet.split(/[:,]/, 1);
  const rest = packet.slice(name.length + 1);
  switch (name) {
    case 'qSupported':
      return FEATURES;
    case 'qC':
      return `QC${target.threads.name(target.threads.current())}`;
    case 'qfThreadInfo':
      return target.threads.names();
    case 'qsThreadInfo':
      return 'l';
    case 'qThreadExtraInfo': {
      const choice = parseThread(rest);
      if (choice === undefined || typeof choice === 'string') return 'E16';
      return target.threads.describe(choice.thread) ?? 'E16';
    }
    case 'qAttached':
      return '1';
    case 'qSymbol':
      return 'OK';
    case 'qXfer':
      return target.transfer.serve(rest);
    default:
      return lldbQuery(target, name, rest);
  }
}

function lldbQuery(target: Target, name: string, rest: string): string {
  const { arch } = target.debugger;
  const machine = `triple:${hexOfText(arch.debug.triple)};endian:little;ptrsize:${arch.wordBytes};`;
  switch (name) {
    case 'qHostInfo':
      return `${machine}watchpoint_exceptions_received:after;`;
    case 'qProcessInfo':
      return `pid:1;${machine}`;
    case 'qMemoryRegionInfo':
      return regionInfo(target, rest);
    default:
      return '';
  }
}

/** The range around an address that is mapped alike, or not at all. */
function regionInfo(target: Target, text: string): string {
  const address = addressOf(text);
  if (address === undefined) return 'E16';
  const regions = target.debugger.regions();
  const inside = regions.find(({ start, end }) => address >= start && address < end);
  if (inside !== undefined) {
    const { start, end, writable, executable, name } = inside;
    const permissions = `r${writable ? 'w' : ''}${executable ? 'x' : ''}`;
    return `${span(start, end)}permissions:${permissions};name:${hexOfText(name)};`;
  }
  const top = 1n << BigInt(target.debugger.arch.wordBytes * 8);
  let end = top;
  for (const { start } of regions) if (start > address && start < end) end = start;
  return span(address, end);
}

function span(start: bigint, end: bigint): string {
  return `start:${start.toString(16)};size:${(end - start).toString(16)};`;
}
