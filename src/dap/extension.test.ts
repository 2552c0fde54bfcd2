// editors/vscode says the same as the adapter: the members of a launch configuration,
// and the types they have.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fields } from './fields.ts';
import { launchOptions } from './launch.ts';

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<
    Record<string, { readonly type?: string; readonly default?: unknown }>
  >;
}

const folder = path.join(import.meta.dirname, '..', '..', 'editors', 'vscode');
const manifest: {
  contributes: { debuggers: readonly [{ configurationAttributes: Record<string, Schema> }] };
} = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
const [{ configurationAttributes: requests }] = manifest.contributes.debuggers;
const program = 'hello.ko';

describe.each(Object.entries(requests))('%s', (_, { required, properties }) => {
  test('requires what the adapter requires', () => {
    expect(() => launchOptions(new Fields({}, 'launch'))).toThrow(/launch.program: found nothing/);
    expect(required).toEqual(['program']);
  });

  test.each(Object.entries(properties))('%s: its default is taken', (name, { default: value }) => {
    expect(() => launchOptions(new Fields({ program, [name]: value }, 'launch'))).not.toThrow();
  });

  test.each(Object.keys(properties))('%s: the adapter reads it', (name) => {
    const wrong = { program, [name]: name === 'sourceMap' ? 7 : { a: 1 } };
    expect(() => launchOptions(new Fields(wrong, 'launch'))).toThrow(name);
  });
});

test('launch knows every member that the adapter reads', () => {
  const asked = new Set<string>();
  const spy = new Proxy(new Fields({ program }, 'launch'), {
    get: (fields, key) => {
      const member: unknown = Reflect.get(fields, key);
      if (typeof member !== 'function') return member;
      return (name: string, ...rest: readonly unknown[]): unknown => {
        asked.add(name);
        return Reflect.apply(member, fields, [name, ...rest]);
      };
    },
  });
  launchOptions(spy);
  // Editors say it themselves.
  asked.delete('noDebug');
  expect([...asked].sort()).toEqual(Object.keys(requests['launch']?.properties ?? {}).sort());
});
