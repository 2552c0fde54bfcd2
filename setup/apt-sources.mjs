// Which Debian mirror this machine uses, read from apt's own configuration in
// both of its forms, sources.list(5): one line per source, and deb822 stanzas.
// Set-up names no mirror itself.

import fs from 'node:fs';
import path from 'node:path';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @typedef {{ uri: string, suites: string[], signedBy?: string }} Source */

/** Every source that is configured. @returns {Source[]} */
export function readSources(etc = '/etc/apt') {
  const parts = path.join(etc, 'sources.list.d');
  const names = fs.existsSync(parts) ? fs.readdirSync(parts).sort() : [];
  const files = [path.join(etc, 'sources.list'), ...names.map((name) => path.join(parts, name))];
  return files.flatMap((file) => {
    if (!fs.existsSync(file)) return [];
    const text = fs.readFileSync(file, 'utf8');
    if (file.endsWith('.sources')) return parseDeb822(text);
    return file.endsWith('.list') ? parseLines(text) : [];
  });
}

/** deb [signed-by=FILE] URI SUITE COMPONENT... @param {string} text @returns {Source[]} */
export function parseLines(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line.trim());
    if (!match) return [];
    const signedBy = /signed-by=(\S+)/.exec(match[1] ?? '')?.[1];
    return { uri: match[2], suites: [match[3]], ...(signedBy ? { signedBy } : {}) };
  });
}

/** Stanzas of `Field: value` lines. @param {string} text @returns {Source[]} */
export function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split('\n').filter((line) => !line.startsWith('#'));
    const field = (/** @type {string} */ name) => {
      const line = lines.find((l) => l.toLowerCase().startsWith(`${name}:`));
      return (
        line
          ?.slice(name.length + 1)
          .trim()
          .split(/\s+/) ?? []
      );
    };
    if (!field('types').includes('deb') || field('enabled')[0] === 'no') return [];
    const signedBy = field('signed-by')[0];
    const file = signedBy?.startsWith('/') ? { signedBy } : {};
    return field('uris').map((uri) => ({ uri, suites: field('suites'), ...file }));
  });
}

/**
 * The source that mirrors Debian itself: not security updates, not a third party.
 * @param {Source[]} sources
 * @returns {Source | undefined}
 */
export function chooseMirror(sources) {
  const debian = sources.find(
    ({ uri, suites }) => /\/debian\/?$/.test(uri) && !suites.some((s) => s.includes('security')),
  );
  if (debian === undefined) return undefined;
  const signedBy = debian.signedBy ?? (fs.existsSync(KEYRING) ? KEYRING : undefined);
  return { ...debian, ...(signedBy ? { signedBy } : {}) };
}
