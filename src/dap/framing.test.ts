// The base protocol's frames: cut anywhere, damaged anyhow.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BODY_LIMIT, encodeFrame, type Frame, FrameDecoder, HEADER_LIMIT } from './framing.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (...chunks: readonly (string | Uint8Array)[]): readonly Frame[] => {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => decoder.push(typeof chunk === 'string' ? bytes(chunk) : chunk));
};
const message = (value: unknown): Frame => ({ kind: 'message', value });

describe('frames', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), (values) => {
        const stream = Buffer.concat(values.map(encodeFrame));
        const wanted = values.map((value) => message(JSON.parse(JSON.stringify(value))));
        expect(decode(stream)).toEqual(wanted);
      }),
    );
  });

  test('come in pieces of any size', () => {
    const stream = Buffer.concat([encodeFrame({ a: 'ü' }), encodeFrame([1, 2])]);
    for (let size = 1; size < 9; size++) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
      expect(decode(...pieces)).toEqual([message({ a: 'ü' }), message([1, 2])]);
    }
  });

  test('may have other headers, in any case', () => {
    const found = decode('Content-Type: x\r\ncontent-LENGTH:  2 \r\n\r\n{}');
    expect(found).toEqual([message({})]);
  });

  test('count bytes, not characters', () => {
    const [frame] = decode(`Content-Length: 4\r\n\r\n"ü"`);
    expect(frame).toEqual(message('ü'));
  });
});

describe('a body', () => {
  test.each(['{"a":', '', 'nonsense', '\u0000'])(
    'that is no JSON is one bad message: %j',
    (body) => {
      const [bad, good] = decode(`Content-Length: ${body.length}\r\n\r\n${body}`, encodeFrame(1));
      expect(bad?.kind).toBe('bad');
      expect(good).toEqual(message(1));
    },
  );

  test('that is no UTF-8 is one bad message', () => {
    const [bad, good] = decode(
      'Content-Length: 3\r\n\r\n',
      Uint8Array.of(34, 255, 34),
      encodeFrame(1),
    );
    expect(bad?.kind).toBe('bad');
    expect(good).toEqual(message(1));
  });
});

describe('the stream is lost', () => {
  test.each([
    ['without a length', 'Content-Type: json\r\n\r\n{}'],
    ['from a browser', 'POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}'],
    ['with a line that is no header', 'Content-Length: 2\r\n {}\r\n\r\n{}'],
    ['with a length that is no number', 'Content-Length: many\r\n\r\n{}'],
    ['with a negative length', 'Content-Length: -1\r\n\r\n{}'],
    ['with two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['with a length beyond the limit', `Content-Length: ${BODY_LIMIT + 1}\r\n\r\n`],
    ['with a length of a thousand digits', `Content-Length: ${'9'.repeat(1000)}\r\n\r\n`],
  ])('%s', (_, stream) => {
    expect(decode(stream).map(({ kind }) => kind)).toEqual(['lost']);
  });

  test('when headers do not end', () => {
    const frames = decode('X'.repeat(HEADER_LIMIT - 1), 'X', encodeFrame(1));
    expect(frames.map(({ kind }) => kind)).toEqual(['lost']);
  });

  test('and nothing is read behind it', () => {
    expect(decode('\r\n\r\n', encodeFrame(1)).map(({ kind }) => kind)).toEqual(['lost']);
  });
});

test('a length at the limit is waited for', () => {
  expect(decode(`Content-Length: ${BODY_LIMIT}\r\n\r\n`, 'x')).toEqual([]);
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
      for (const frame of decode(...chunks)) expect(frame.kind).not.toBe('message');
    }),
  );
});
