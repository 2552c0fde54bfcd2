// Modules and their files: what a file or a requirement is called without its folder
// and suffix is a module's name.  A shared library's suffix has its version behind it,
// so that "libfoo.so.1" of a DT_NEEDED and the file libfoo.so mean the module libfoo.

/** The last component of a path, in an archive or not. */
function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
}

/** How the name of a module's file may end; compression comes on top. */
const suffix = /\.(ko|kmod|o|so(\.\d{1,9})*)(\.(gz|xz|zst))?$/;

export function isModuleName(path: string): boolean {
  return suffix.test(path);
}

/** The file name without its folder and suffix: "lib/crc-itu-t.ko.xz" is crc-itu-t. */
export function moduleNameOf(path: string): string {
  return baseName(path).replace(suffix, '');
}

/** Linux takes - and _ in names for the same. */
export function sameModule(a: string, b: string): boolean {
  return a.replaceAll('-', '_') === b.replaceAll('-', '_');
}

/** Whether a DT_NEEDED means this module, by its name or by that of its file. */
export function isMeant(needed: string, module: { name: string; file: string }): boolean {
  const wanted = moduleNameOf(needed);
  return sameModule(module.name, wanted) || sameModule(moduleNameOf(module.file), wanted);
}
