// A red-black tree in guest memory, as a module would keep it: this side finds the
// place of a node, the guest's rb_insert_color() and rb_erase() keep the balance,
// and this side checks that they did.

import type { Argument } from '../../src/kernel/arguments.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';

type Call = (name: string, ...args: readonly Argument[]) => bigint;

export class RedBlackTree {
  readonly #kernel: Kernel;
  readonly #call: Call;
  readonly #word: 4 | 8;
  /** Pointer to the uppermost node. */
  readonly #root: bigint;
  readonly #nodes = new Map<number, bigint>();

  constructor(kernel: Kernel, call: Call) {
    this.#kernel = kernel;
    this.#call = call;
    this.#word = kernel.arch.wordBytes;
    this.#root = this.#place();
  }

  has(key: number): boolean {
    return this.#nodes.has(key);
  }

  keys(): number[] {
    return [...this.#nodes.keys()].sort((a, b) => a - b);
  }

  insert(key: number): void {
    const node = this.#place();
    let [parent, link] = [0n, this.#root];
    for (let at = this.#read(link); at !== 0n; at = this.#read(link)) {
      parent = at;
      link = key < this.#keyOf(at) ? this.#left(at) : this.#right(at);
    }
    this.#nodes.set(key, node);
    this.#write(node, parent);
    this.#write(link, node);
    this.#call('rb_insert_color', node, this.#root);
  }

  erase(key: number): void {
    const node = this.#nodes.get(key) ?? 0n;
    this.#nodes.delete(key);
    this.#call('rb_erase', node, this.#root);
    this.#kernel.callExport('kmem_free', node);
  }

  /** The keys, from rb_first() on with rb_next(). */
  walk(): number[] {
    const found: number[] = [];
    for (let at = this.#next('rb_first', this.#root); at !== 0n; at = this.#next('rb_next', at))
      found.push(this.#keyOf(at));
    return found;
  }

  /** @throws Error when it is no red-black tree of its nodes */
  check(): void {
    const top = this.#read(this.#root);
    if (top !== 0n && !this.#isBlack(top)) throw new Error('the root is red');
    if (this.#check(top, 0n).count !== this.#nodes.size) throw new Error('a node is lost');
  }

  #check(node: bigint, parent: bigint): { height: number; count: number } {
    if (node === 0n) return { height: 0, count: 0 };
    if ((this.#read(node) & ~3n) !== parent) throw new Error('a parent is wrong');
    const [left, right] = [this.#read(this.#left(node)), this.#read(this.#right(node))];
    const black = this.#isBlack(node);
    for (const child of [left, right])
      if (!black && child !== 0n && !this.#isBlack(child)) throw new Error('red below red');
    const [one, other] = [this.#check(left, node), this.#check(right, node)];
    if (one.height !== other.height) throw new Error('black nodes are uneven');
    return { height: one.height + (black ? 1 : 0), count: one.count + other.count + 1 };
  }

  #next(name: string, argument: bigint): bigint {
    return BigInt.asUintN(8 * this.#word, this.#call(name, argument));
  }

  #keyOf(node: bigint): number {
    for (const [key, at] of this.#nodes) if (at === node) return key;
    throw new Error('a node that nobody put there');
  }

  #isBlack(node: bigint): boolean {
    return (this.#read(node) & 1n) === 1n;
  }

  #right(node: bigint): bigint {
    return node + BigInt(this.#word);
  }

  #left(node: bigint): bigint {
    return node + BigInt(2 * this.#word);
  }

  /** A zeroed node. */
  #place(): bigint {
    const result = this.#kernel.callExport('kmem_zalloc', 3 * this.#word);
    if (result.kind !== 'returned') throw new Error('no memory');
    return result.value;
  }

  #read(at: bigint): bigint {
    const bytes = this.#kernel.read(at, this.#word);
    if (bytes === undefined) throw new Error(`nothing at 0x${at.toString(16)}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return this.#word === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }

  #write(at: bigint, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    this.#kernel.write(at, bytes.subarray(0, this.#word));
  }
}
