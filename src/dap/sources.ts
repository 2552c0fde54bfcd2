// Source files: the compiler has its names for them, the client has paths on this
// computer.  What is not on this computer gets a number, and asking for its text says
// where it was looked for.

import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Fields, Refusal } from './fields.ts';
import type { Body, Source } from './protocol.ts';

/** Finds what the compiler called so on this computer. */
export interface SourceFinder {
  /** An absolute path; undefined: it is nowhere. */
  locate(file: string): string | undefined;
  /** The places where a file was looked for, for a message. */
  lookedIn(file: string): readonly string[];
  /** The same text for two paths of one file, links followed. */
  identity(path: string): string;
}

export class Sources {
  readonly #finder: SourceFinder;
  /** By the compiler's name; undefined: not on this computer. */
  readonly #paths = new Map<string, string | undefined>();
  /** Those that are not on this computer; their number is one more than their index. */
  readonly #missing: string[] = [];

  constructor(finder: SourceFinder) {
    this.#finder = finder;
  }

  /** @param file as the compiler called it; `ours`: it is not the user's */
  source(file: string, ours: boolean): Source {
    const path = this.#path(file);
    const name = baseName(path ?? file);
    const hint = ours ? ({ presentationHint: 'deemphasize' } as const) : {};
    if (path !== undefined) return { name, path, ...hint };
    return { name, path: file, sourceReference: this.#reference(file), ...hint };
  }

  /**
   * The compiler's name for a file of the client's, for a breakpoint in it; the path
   * itself if nothing that is loaded was made of it.
   * @param known what the compilers of all that is loaded called their files
   */
  guestFile(path: string, known: readonly string[]): string {
    const wanted = this.#finder.identity(path);
    const missing: string[] = [];
    for (const file of known) {
      const found = this.#path(file);
      if (found === undefined) missing.push(file);
      else if (this.#finder.identity(found) === wanted) return file;
    }
    // The client may have a copy of a file that is nowhere else.
    const best = missing.map((file) => ({ file, same: sharedEnd(file, path) }));
    best.sort((a, b) => b.same - a.same);
    return best[0] !== undefined && best[0].same > 0 ? best[0].file : path;
  }

  /** The text of a file that is not where the client looks. */
  text(args: Fields): Body<DebugProtocol.SourceResponse> {
    const reference =
      args.fields('source').optionalInteger('sourceReference', references) ??
      args.integer('sourceReference', references);
    const file = this.#missing[reference - 1];
    if (file === undefined) throw new Refusal(`no source ${reference}`);
    const places = this.#finder.lookedIn(file).map((place) => `\n  ${place}`);
    throw new Refusal(
      `the source ${file} is not on this computer; name its folder in sourcePath, or where it ` +
        `was moved to in sourceMap. It was looked for at:${places.join('')}`,
    );
  }

  #path(file: string): string | undefined {
    if (!this.#paths.has(file)) this.#paths.set(file, this.#finder.locate(file));
    return this.#paths.get(file);
  }

  #reference(file: string): number {
    const index = this.#missing.indexOf(file);
    return index < 0 ? this.#missing.push(file) : index + 1;
  }
}

const references = { min: 0, max: 2 ** 31 - 1 };

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** How many components two paths have in common at their end. */
function sharedEnd(one: string, other: string): number {
  const ends = [one, other].map((path) => path.split(/[\\/]/).reverse());
  const [first = [], second = []] = ends;
  const differs = first.findIndex((part, i) => part !== second[i]);
  return differs < 0 ? first.length : differs;
}
