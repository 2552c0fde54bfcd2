// Packets of the remote protocol, whole, cut up, damaged and hostile.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePacket, type Message, PACKET_BYTES, PacketReader } from './framing.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const feed = (text: string): Message[] => new PacketReader().feed(bytesOf(text));
const packet = (body: string): Message => ({ kind: 'packet', body });

describe('a reader', () => {
  test('finds the body of a packet', () => {
    expect(feed('$g#67')).toEqual([packet('g')]);
  });

  test('takes capital digits in a checksum', () => {
    expect(feed('$vCont?#49')).toEqual(feed('$vCont?#49'.toUpperCase().replace('VCONT', 'vCont')));
  });

  test('finds several packets, acknowledgements and an interrupt in one chunk', () => {
    const kinds = feed('+$g#67-\x03$g#67').map(({ kind }) => kind);
    expect(kinds).toEqual(['ack', 'packet', 'nak', 'interrupt', 'packet']);
  });

  test('finds a packet that comes byte by byte', () => {
    const reader = new PacketReader();
    const found = [...'$m0,4#fd'].flatMap((each) => reader.feed(bytesOf(each)));
    expect(found).toEqual([packet('m0,4')]);
  });

  test('takes 0x03 within a packet as data', () => {
    expect(feed('$\x03#03')).toEqual([packet('\x03')]);
  });

  test('undoes escapes after the checksum', () => {
    expect(feed('$}\x03#80')).toEqual([packet('#')]);
  });

  test.for(['$g#68', '$g#zz', '$g#6z', '$}#7d'])('says that %s is damaged', (text) => {
    expect(feed(text)).toEqual([{ kind: 'damaged' }]);
  });

  test('goes on at the next dollar when the rest of a packet was lost', () => {
    expect(feed('$m0,$g#67')).toEqual([packet('g')]);
  });

  test('passes over noise between packets', () => {
    expect(feed('noise\xff\x00#00$g#67')).toEqual([packet('g')]);
  });

  test('takes a packet of the size that it tells, and none that is longer', () => {
    const body = 'a'.repeat(PACKET_BYTES);
    const longer = `${body}a`;
    const reader = new PacketReader();
    expect(reader.feed(encodePacket(body))).toEqual([packet(body)]);
    expect(reader.feed(encodePacket(longer))).toEqual([{ kind: 'oversize' }]);
    expect(reader.feed(encodePacket('g'))).toEqual([packet('g')]);
  });
});

describe('an encoded packet', () => {
  test('has the checksum of what is sent, in small digits', () => {
    expect(Buffer.from(encodePacket('OK')).toString('latin1')).toBe('$OK#9a');
  });

  test('escapes what is special in replies', () => {
    expect(Buffer.from(encodePacket('a*')).toString('latin1')).toBe('$a}\x0a#e8');
  });

  test('is read as what was encoded, however it is cut', () => {
    const bodies = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 200 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 50 }), (all, cut) => {
        const stream = Buffer.concat(all.map(encodePacket));
        const reader = new PacketReader();
        const found: Message[] = [];
        for (let at = 0; at < stream.length; at += cut)
          found.push(...reader.feed(stream.subarray(at, at + cut)));
        expect(found).toEqual(all.map(packet));
      }),
      { seed: 7 },
    );
  });

  test('is found behind whatever bytes came before it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const reader = new PacketReader();
        reader.feed(noise);
        // What was begun ends here, right or wrong.
        reader.feed(bytesOf('#00'));
        expect(reader.feed(bytesOf('$g#67'))).toEqual([packet('g')]);
      }),
      { seed: 8 },
    );
  });
});
