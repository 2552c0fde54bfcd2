// vermagic, field by field: the release of the kernel a module was built for, and
// the choices of its configuration that change the layout of its structures.
// include/linux/vermagic.h of Linux

export interface VermagicField {
  readonly name: string;
  /** undefined: absent. */
  readonly value: string | undefined;
  /** The option of the kernel's configuration that decides it. */
  readonly option: string;
}

const words: readonly (readonly [RegExp, string, string])[] = [
  [/^SMP$/, 'SMP', 'CONFIG_SMP'],
  [/^preempt/i, 'preemption', 'CONFIG_PREEMPT or CONFIG_PREEMPT_RT'],
  [/^mod_unload$/, 'mod_unload', 'CONFIG_MODULE_UNLOAD'],
  [/^modversions$/, 'modversions', 'CONFIG_MODVERSIONS'],
  [/^RANDSTRUCT_/, 'RANDSTRUCT', 'CONFIG_RANDSTRUCT and its seed'],
];
const processor = 'processor';

/** "6.1.0-50-686-pae SMP preempt mod_unload modversions 686 " in its fields. */
export function vermagicFields(vermagic: string): readonly VermagicField[] {
  const [release, ...rest] = vermagic.trim().split(/\s+/);
  const known = words.map(([pattern, name, option]) => ({
    name,
    value: rest.find((word) => pattern.test(word)),
    option,
  }));
  const others = rest.filter((word) => !words.some(([pattern]) => pattern.test(word)));
  return [
    { name: 'release', value: release || undefined, option: 'the version and LOCALVERSION' },
    ...known,
    {
      name: processor,
      value: others.length === 0 ? undefined : others.join(' '),
      option: 'the processor type',
    },
  ];
}

export interface VermagicDifference {
  readonly field: string;
  readonly wanted: string | undefined;
  readonly found: string | undefined;
  readonly option: string;
}

export function compareVermagic(wanted: string, found: string): readonly VermagicDifference[] {
  const theirs = vermagicFields(found);
  return vermagicFields(wanted).flatMap(({ name, value, option }, i) => {
    const other = theirs[i]?.value;
    return value === other ? [] : [{ field: name, wanted: value, found: other, option }];
  });
}
