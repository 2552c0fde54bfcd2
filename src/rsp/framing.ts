// Packets of gdb's remote serial protocol (gdb manual, E.1): `$body#checksum`, with
// acknowledgements and the interrupt byte between them.  Bodies are strings with a byte
// in each character, after unescaping.  Whatever a client sends, a reader holds at most
// one packet, and goes on at the next `$`.

import { Buffer } from 'node:buffer';

/** The longest body, as the client sends it; told in qSupported. */
export const PACKET_BYTES = 0x4000;

export type Message =
  | { readonly kind: 'packet'; readonly body: string }
  /** 0x03 between packets. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'ack' | 'nak' }
  /** The checksum is wrong, or it is none. */
  | { readonly kind: 'damaged' }
  /** Longer than PACKET_BYTES; it was not kept. */
  | { readonly kind: 'oversize' };

const DOLLAR = 0x24;
const HASH = 0x23;
const ESCAPE = 0x7d;
const INTERRUPT = 0x03;
const PLUS = 0x2b;
const MINUS = 0x2d;

export class PacketReader {
  readonly #body = Buffer.alloc(PACKET_BYTES);
  #length = 0;
  /** Bytes of the body as sent, with escapes. */
  #sent = 0;
  #sum = 0;
  #escaped = false;
  #state: 'between' | 'body' | 'first digit' | 'second digit' = 'between';
  #digit = 0;

  /** What has come to its end with these bytes. */
  feed(bytes: Uint8Array): Message[] {
    const messages: Message[] = [];
    for (const byte of bytes) {
      const message = this.#take(byte);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  #take(byte: number): Message | undefined {
    switch (this.#state) {
      case 'between':
        return this.#between(byte);
      case 'body':
        this.#inside(byte);
        return undefined;
      case 'first digit':
        this.#digit = digitOf(byte);
        this.#state = 'second digit';
        return undefined;
      case 'second digit':
        this.#state = 'between';
        return this.#whole(this.#digit * 16 + digitOf(byte));
    }
  }

  #between(byte: number): Message | undefined {
    switch (byte) {
      case DOLLAR:
        this.#begin();
        return undefined;
      case INTERRUPT:
        return { kind: 'interrupt' };
      case PLUS:
        return { kind: 'ack' };
      case MINUS:
        return { kind: 'nak' };
      default:
        return undefined;
    }
  }

  #begin(): void {
    this.#state = 'body';
    this.#length = 0;
    this.#sent = 0;
    this.#sum = 0;
    this.#escaped = false;
  }

  #inside(byte: number): void {
    if (byte === HASH) {
      this.#state = 'first digit';
      return;
    }
    // A `$` is always escaped: the rest of the packet before it was lost.
    if (byte === DOLLAR) {
      this.#begin();
      return;
    }
    this.#sum = (this.#sum + byte) & 0xff;
    this.#sent++;
    if (this.#sent > PACKET_BYTES) return;
    if (byte === ESCAPE && !this.#escaped) {
      this.#escaped = true;
      return;
    }
    this.#body[this.#length++] = this.#escaped ? byte ^ 0x20 : byte;
    this.#escaped = false;
  }

  #whole(checksum: number): Message {
    if (this.#sent > PACKET_BYTES) return { kind: 'oversize' };
    if (checksum !== this.#sum || this.#escaped) return { kind: 'damaged' };
    return { kind: 'packet', body: this.#body.toString('latin1', 0, this.#length) };
  }
}

/** NaN for what is no digit, which equals no checksum. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/** The bytes of a packet; what is special in a reply is escaped. */
export function encodePacket(body: string): Uint8Array {
  const safe = /[#$*}]/.test(body) ? body.replace(/[#$*}]/g, escaped) : body;
  const packet = Buffer.allocUnsafe(safe.length + 4);
  packet[0] = DOLLAR;
  packet.write(safe, 1, 'latin1');
  let sum = 0;
  for (let i = 1; i <= safe.length; i++) sum += packet[i] ?? 0;
  packet[safe.length + 1] = HASH;
  packet.write(hexDigits[sum & 0xff] ?? '', safe.length + 2, 'latin1');
  return packet;
}

const hexDigits = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function escaped(character: string): string {
  return `}${String.fromCharCode(character.charCodeAt(0) ^ 0x20)}`;
}
