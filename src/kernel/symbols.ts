// Symbol tables by address, for the host: which symbol an address belongs to, and
// the table in the form that the guest's ksyms takes.

import { type Addr, addr, offsetIn, plus } from '../base/address.ts';
import { Blob } from './blob.ts';
import type { CodeLine } from './lines.ts';
import * as wire from './wire.ts';

export interface NamedAddress {
  readonly name: string;
  readonly address: Addr;
  readonly size: number;
}

export class SymbolTable {
  /** Sorted by address. */
  readonly entries: readonly NamedAddress[];
  readonly #byName: ReadonlyMap<string, NamedAddress>;

  constructor(entries: Iterable<NamedAddress>) {
    this.entries = [...entries].sort((a, b) =>
      a.address < b.address ? -1 : a.address > b.address ? 1 : a.name < b.name ? -1 : 1,
    );
    this.#byName = new Map(this.entries.map((entry) => [entry.name, entry]));
  }

  byName(name: string): NamedAddress | undefined {
    return this.#byName.get(name);
  }

  /** The last symbol at or before `address` that reaches it (size 0 reaches all). */
  at(address: Addr): { readonly symbol: NamedAddress; readonly offset: number } | undefined {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry !== undefined && entry.address <= address) low = middle + 1;
      else high = middle;
    }
    const symbol = this.entries[low - 1];
    if (symbol === undefined) return undefined;
    const offset = offsetIn(symbol.address, address);
    return symbol.size !== 0 && offset >= symbol.size ? undefined : { symbol, offset };
  }

  /** struct wire_symtab with its symbols and names. */
  encode(): Uint8Array {
    const blob = new Blob();
    const head = blob.reserve(wire.symtab.bytes);
    const first = blob.reserve(this.entries.length * wire.symbol.bytes);
    const names = blob.length;
    this.entries.forEach(({ name, address, size }, i) => {
      const at = first + i * wire.symbol.bytes;
      blob.put64(at, wire.symbol.fields.address, address);
      blob.put32(at, wire.symbol.fields.size, size);
      blob.put32(at, wire.symbol.fields.name, blob.name(name) - names);
    });
    blob.put32(head, wire.symtab.fields.count, this.entries.length);
    blob.put32(head, wire.symtab.fields.names, names);
    blob.put32(head, wire.symtab.fields.bytes, blob.length);
    return blob.bytes();
  }
}

/** An address within something named: "crc16+0x14/0x30 [crc16]", "(crc16.c:12)". */
export interface Where {
  readonly address: Addr;
  readonly symbol: string | undefined;
  readonly offset: number;
  readonly size: number;
  readonly module: string | undefined;
  /** Of code, where somebody looked it up. */
  readonly line?: CodeLine | undefined;
}

export function formatWhere(where: Where): string {
  const { line } = where;
  const source = line === undefined ? '' : ` (${line.file.replace(/^.*\//s, '')}:${line.line})`;
  const place = `${where.module === undefined ? '' : ` [${where.module}]`}${source}`;
  if (where.symbol === undefined) return `0x${where.address.toString(16)}${place}`;
  const size = where.size === 0 ? '' : `/0x${where.size.toString(16)}`;
  return `${where.symbol}+0x${where.offset.toString(16)}${size}${place}`;
}

/** The call before a return address: its function may end with it. */
export function symboliseReturn(address: Addr, symbolise: (address: Addr) => Where): Where {
  const call = symbolise(plus(address, -1));
  const offset = call.symbol === undefined ? 0 : call.offset + 1;
  return { ...call, address, offset };
}

/** An address by the symbols of the module that it is in, or of the kernel. */
export function whereIn(symbols: SymbolTable, address: Addr, module: string | undefined): Where {
  const found = symbols.at(address);
  if (found === undefined) return { ...nowhere(address), module };
  const { symbol, offset } = found;
  return { address, symbol: symbol.name, offset, size: symbol.size, module };
}

export function nowhere(address: bigint): Where {
  return { address: addr(address), symbol: undefined, offset: 0, size: 0, module: undefined };
}
