// The modules in an archive, when none of them is named.

import type { Archive } from '../host/archive.ts';
import type { Json } from './json.ts';
import { visible } from './terminal.ts';
import { columns, count } from './words.ts';

const formats: Readonly<Record<Archive['format'], string>> = {
  deb: 'Debian package',
  tar: 'tar archive',
  ar: 'ar archive',
};

export function archiveText(archive: Archive): string {
  const { path, format, modules } = archive;
  const width = Math.max(0, ...modules.map(({ bytes }) => `${bytes.length}`.length));
  const rows = modules.map(({ name, bytes }) => [`  ${`${bytes.length}`.padStart(width)}`, name]);
  const [first] = modules;
  const example = first?.name.slice(first.name.lastIndexOf('/') + 1);
  return [
    `${path}: ${formats[format]}, ${count(modules.length, 'module')}`,
    ...columns(rows),
    ...(example === undefined ? [] : [`name one behind a colon: modbox info ${path}:${example}`]),
    '',
  ]
    .map(visible)
    .join('\n');
}

export function archiveJson({ path, format, modules }: Archive): Json {
  return {
    ok: true,
    file: path,
    archive: format,
    modules: modules.map(({ name, bytes }) => ({ path: name, bytes: bytes.length })),
  };
}
