// Opens what modules are shipped in: compressed files, tar archives and Debian
// packages, one inside the other as they come.  Recognised by their first bytes.
// Everything is held in memory, up to a limit for what each layer unpacks to.

import { type Result, refuse, succeed } from '../base/result.ts';
import { readAr } from './ar.ts';
import { formatOf } from './format.ts';
import { unpackGzip } from './gzip.ts';
import { type ContainerProblem, type PackedFormat, Unreadable } from './problems.ts';
import { type Member, readTar } from './tar.ts';
import { unpackXz } from './xz.ts';
import { unpackZstd } from './zstd.ts';

export type { Member };

/** The modules of Debian's largest kernel package are 379 MiB. */
export const UNPACKED_LIMIT: number = 512 << 20;
/** A module is compressed once, a package twice; a deeper one is a trap. */
const DEPTH = 4;

export type Opened =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'archive';
      readonly format: 'deb' | 'tar' | 'ar';
      /** Still as they lie there: a member may be compressed itself. */
      readonly members: readonly Member[];
    };

export interface OpenOptions {
  /** Bytes that a layer may unpack to; default UNPACKED_LIMIT. */
  readonly limit?: number;
}

export function openContainer(
  bytes: Uint8Array,
  { limit = UNPACKED_LIMIT }: OpenOptions = {},
): Result<Opened, ContainerProblem> {
  try {
    return succeed(open(bytes, limit));
  } catch (error) {
    if (error instanceof Unreadable) return refuse([error.problem]);
    throw error;
  }
}

function open(packed: Uint8Array, limit: number): Opened {
  const bytes = unpackLayers(packed, limit);
  switch (formatOf(bytes)) {
    case 'tar':
      return { kind: 'archive', format: 'tar', members: readTar(bytes) };
    case 'ar':
      return openAr(readAr(bytes), limit);
    default:
      return { kind: 'file', bytes };
  }
}

function unpackLayers(packed: Uint8Array, limit: number): Uint8Array {
  let bytes = packed;
  for (let depth = 0; ; depth++) {
    const format = formatOf(bytes);
    if (format === undefined || format === 'tar' || format === 'ar') return bytes;
    if (depth === DEPTH) throw new Unreadable({ kind: 'too-deep', limit: DEPTH });
    bytes = unpackers[format](bytes, limit);
  }
}

const unpackers: Readonly<Record<PackedFormat, (bytes: Uint8Array, limit: number) => Uint8Array>> =
  {
    gzip: unpackGzip,
    xz: unpackXz,
    zstd: unpackZstd,
  };

/** A Debian package has its files in data.tar, whatever that is packed with. */
function openAr(members: readonly Member[], limit: number): Opened {
  if (!members.some(({ name }) => name === 'debian-binary'))
    return { kind: 'archive', format: 'ar', members };
  const data = members.find(({ name }) => /^data\.tar(\.|$)/.test(name));
  if (data === undefined)
    throw new Unreadable({ kind: 'no-data', found: members.map(({ name }) => name) });
  return { kind: 'archive', format: 'deb', members: readTar(unpackLayers(data.bytes, limit)) };
}
