// The contract between guest and host has one source, guest/include/modbox/wire.h;
// these tests hold the host's mirrors of it, and of four smaller facts, to what
// the guest's headers say on every architecture.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ArchName, archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { root } from '../src/host/assets.ts';
import { errnoNames } from '../src/kernel/errno.ts';
import * as wire from '../src/kernel/wire.ts';
import * as segments from '../src/linker/segments.ts';
import { segmentTraits } from '../src/linker/segments.ts';
import * as registers from '../src/machine/registers.ts';
import { compileC } from './support/compiler.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const header = read('guest/include/modbox/wire.h');

/** What the guest says, by the name of its #define; what a mirror holds for it. */
const constants: Readonly<Record<string, number | bigint>> = {
  WIRE_MAGIC: wire.WIRE_MAGIC,
  WIRE_VERSION: wire.WIRE_VERSION,
  WIRE_SLOTS: wire.WIRE_SLOTS,
  WIRE_ARGS: wire.WIRE_ARGS,
  MISSING_STRIDE: wire.MISSING_STRIDE,
  LEAK_NAME: wire.LEAK_NAME,
  FINDINGS: wire.FINDINGS,
  FINDING_TEXT: wire.FINDING_TEXT,
  LEAKS_LISTED: wire.LEAKS_LISTED,
  WIRE_OOPS_REGS: wire.OOPS_REGS,
  WIRE_OOPS_FRAMES: wire.OOPS_FRAMES,
  WIRE_OOPS_ARGS: wire.OOPS_ARGS,
  ...registers,
  BOOT_CHECKS: wire.BOOT.checks,
  BOOT_FILL_SHIFT: wire.BOOT.fillShift,
  BOOT_FILL_MASK: wire.BOOT.fillMask,
  ...prefixed('SLOT', wire.SLOT),
  ...prefixed('REQUEST', wire.REQUEST),
  ...prefixed('COMMAND', wire.COMMAND),
  ...prefixed('FETCH', wire.FETCH),
  ...prefixed('CLOSE', wire.CLOSE),
  ...prefixed('ORDER', wire.ORDER),
  ...prefixed('FLAVOUR', wire.FLAVOUR),
  ...prefixed('ACCESS', wire.ACCESS),
  ...prefixed('STAGE', Object.fromEntries(wire.stages.map((name, i) => [name, i]))),
  ...prefixed('OOPS', Object.fromEntries(wire.oopsKinds.map((name, i) => [name, i]).slice(1))),
  ...Object.fromEntries(Object.entries(segments).filter(([name]) => name.startsWith('SEGMENT_'))),
  // The calling conventions are the architectures'; src/linker keeps PROT_* to itself.
  CALL_NATIVE: 0,
  CALL_REGPARM3: architectures.i386.conventions.linux.wire,
  PROT_READ: segmentTraits[segments.SEGMENT_RODATA].prot,
  PROT_WRITE:
    segmentTraits[segments.SEGMENT_DATA].prot - segmentTraits[segments.SEGMENT_RODATA].prot,
  PROT_EXEC:
    segmentTraits[segments.SEGMENT_TEXT].prot - segmentTraits[segments.SEGMENT_RODATA].prot,
} as Record<string, number | bigint>;

/** Names of the header that the host has no use for. */
const guestOnly = ['MODBOX_WIRE_H'];

function prefixed(
  prefix: string,
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const named = (name: string): string => `${prefix}_${name.replaceAll('-', '_').toUpperCase()}`;
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [named(name), value]));
}

const structs = {
  wire_bootinfo: wire.bootinfo,
  wire_symbol: wire.symbol,
  wire_symtab: wire.symtab,
  wire_leak: wire.leak,
  wire_request: wire.request,
  wire_mailbox: wire.mailbox,
  wire_command: wire.command,
  wire_segment: wire.segment,
  wire_manifest: wire.manifest,
  wire_set: wire.set,
  wire_functions: wire.functions,
  wire_ifunc: wire.ifunc,
  wire_linkinfo: wire.linkinfo,
  wire_finding: wire.finding,
  wire_findings: wire.findings,
  wire_oops: wire.oops,
} as const satisfies Readonly<Record<string, wire.Struct>>;

/** Fields that the mirror has under another name. */
const otherNames: Readonly<Record<string, number>> = {
  'wire_mailbox.slot': wire.MAILBOX_SLOTS_AT,
  'wire_findings.finding': wire.FINDINGS_AT,
};

const widths = { u32: 4, i32: 4, u64: 8, char: 1 } as const;
const types = { u32: 'uint32_t', i32: 'int32_t', u64: 'uint64_t', char: 'char' } as const;

/** One assertion of C for each fact that the mirror claims. */
function assertions(): string[] {
  const lines = Object.entries(constants).map(([name, value]) => equal(name, `${value}ULL`));
  for (const [name, struct] of Object.entries<wire.Struct>(structs)) {
    lines.push(equal(`sizeof(struct ${name})`, String(struct.bytes)));
    for (const [field, { at, type, count }] of Object.entries(struct.fields)) {
      const member = `((struct ${name} *)0)->${field}`;
      lines.push(equal(`offsetof(struct ${name}, ${field})`, String(at)));
      lines.push(equal(`sizeof(${member})`, String(widths[type] * count)));
      const element = count > 1 ? `${member}[0]` : member;
      lines.push(
        `_Static_assert(_Generic(${element}, ${types[type]}: 1, default: 0), "${field}");`,
      );
    }
  }
  for (const [member, at] of Object.entries(otherNames))
    lines.push(equal(`offsetof(struct ${member.replace('.', ', ')})`, String(at)));
  return lines;
}

const equal = (what: string, value: string): string =>
  `_Static_assert((unsigned long long)(${what}) == ${value}, "${what} is not ${value}");`;
const includes = '#include <stddef.h>\n#include <modbox/wire.h>\n';

describe.each(archNames)('on %s', (arch) => {
  test('every constant, size, offset and type of the mirror is the header’s', () => {
    expect(compileC(arch, includes + assertions().join('\n'))).toBe('');
  });

  test('a wrong claim would be noticed', () => {
    const wrong = [
      equal('WIRE_VERSION', '77'),
      equal('offsetof(struct wire_request, error)', '148'),
    ];
    for (const line of wrong) expect(compileC(arch, includes + line)).toContain('static assertion');
  });

  test('the address map is that of param.h', () => {
    const { map } = architectures[arch];
    const claims = [
      equal('KERNBASE', `${map.kernelBase}ULL`),
      equal('RAM_PA', `${map.ramBase}ULL`),
      `_Static_assert(sizeof(void *) == ${architectures[arch].wordBytes}, "word");`,
    ];
    const source = `#include <machine/param.h>\n${claims.join('\n')}`;
    expect(compileC(arch, source)).toBe('');
    expect(read(`guest/arch/${arch}/include/machine/param.h`)).toContain(`MACHINE\t\t"${arch}"`);
  });

  test('registers have the names and the order of arch_reg_names', () => {
    const [, list] =
      /arch_reg_names\[\] = \{([^}]*)\}/.exec(read(`guest/arch/${arch}/cpu.c`)) ?? [];
    const names = [...(list ?? '').matchAll(/"([^"]+)"/g)].map((match) => match[1]);
    expect(names).toEqual(architectures[arch].registers.map(({ name }) => name));
    expect(names.length).toBeLessThanOrEqual(wire.OOPS_REGS);
  });

  test('error numbers are those of sys/errno.h', () => {
    const claims = [...errnoNames].map(([value, name]) => equal(name, String(value)));
    expect(compileC(arch, `#include <sys/errno.h>\n${claims.join('\n')}`)).toBe('');
  });
});

describe('the mirror is complete', () => {
  const defines = [...header.matchAll(/^#define\s+(\w+)/gm)].map((match) => match[1] ?? '');
  const declared = [...header.matchAll(/^struct (\w+) \{\n([\s\S]*?)^\};/gm)];

  test('every #define of the header has its constant', () => {
    expect(defines.length).toBeGreaterThan(80);
    expect(defines.filter((name) => !(name in constants) && !guestOnly.includes(name))).toEqual([]);
  });

  test('every constant has its #define', () => {
    expect(Object.keys(constants).filter((name) => !defines.includes(name))).toEqual([]);
  });

  test('every struct of the header is there', () => {
    expect(declared.map((match) => match[1])).toEqual(Object.keys(structs));
  });

  test.for(declared.map((match) => [match[1] ?? '', match[2] ?? ''] as const))(
    'every field of struct %s is there, and none besides',
    ([name, body]) => {
      const fields = [...body.matchAll(/^\t(?:struct \w+|u?int\d+_t|char)\s+(\w+)(?:\[\w+\])?;/gm)];
      const mirror: wire.Struct | undefined = Object.entries(structs).find(
        ([n]) => n === name,
      )?.[1];
      const known = [
        ...Object.keys(mirror?.fields ?? {}),
        ...Object.keys(otherNames).flatMap((member) => {
          const [struct, field] = member.split('.');
          return struct === name && field !== undefined ? [field] : [];
        }),
      ];
      expect(fields.map((match) => match[1])).toEqual(known);
    },
  );

  test('every error number of sys/errno.h has its name', () => {
    const all = [...read('guest/include/sys/errno.h').matchAll(/^#define\s+(E\w+)\s+(\d+)/gm)];
    expect([...errnoNames]).toEqual(all.map(([, name, value]) => [Number(value), name]));
  });
});

test('each architecture’s native convention is CALL_NATIVE', () => {
  const wires = archNames.map((name: ArchName) => architectures[name].conventions.native.wire);
  expect(new Set(wires)).toEqual(new Set([0]));
});
