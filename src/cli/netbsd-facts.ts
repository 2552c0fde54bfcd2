// Names for the numbers in a NetBSD modinfo_t.

/** MODULE_CLASS_* of <sys/module.h>, by number. */
const classes = ['any', 'misc', 'vfs', 'driver', 'exec', 'secmodel', 'bufq'];

export function className(number: number): string {
  return classes[number] ?? `class ${number}`;
}

/** "10.0" of 1000000000: __NetBSD_Version__ is MMmmrrpp00 in decimal digits. */
export function versionName(version: number): string {
  const major = Math.floor(version / 100_000_000);
  const minor = Math.floor(version / 1_000_000) % 100;
  const patch = Math.floor(version / 100) % 10_000;
  return `${major}.${minor}${patch === 0 ? '' : `.${patch}`}`;
}
