// The files a guest was given, kept: when time is turned back and a module is
// required again, it is the same module, whatever became of the disk.

import type { ObjectFile, ObjectFiles } from '../kernel/files.ts';

/** A question for a file and its answer. */
export interface FileAnswer {
  /** "read PATH", or "find MODULE for FILE". */
  readonly question: string;
  readonly file: ObjectFile | undefined;
}

export class RecordedFiles implements ObjectFiles {
  readonly #files: ObjectFiles;
  readonly #answers = new Map<string, ObjectFile | undefined>();

  constructor(files: ObjectFiles, answers: readonly FileAnswer[] = []) {
    this.#files = files;
    for (const { question, file } of answers) this.#answers.set(question, file);
  }

  get answers(): readonly FileAnswer[] {
    return [...this.#answers].map(([question, file]) => ({ question, file }));
  }

  read(path: string): ObjectFile | undefined {
    return this.#ask(`read ${path}`, () => this.#files.read(path));
  }

  find(module: string, from: ObjectFile | undefined): ObjectFile | undefined {
    const question = `find ${module} for ${from?.name ?? ''}`;
    return this.#ask(question, () => this.#files.find(module, from));
  }

  #ask(question: string, ask: () => ObjectFile | undefined): ObjectFile | undefined {
    if (!this.#answers.has(question)) this.#answers.set(question, ask());
    return this.#answers.get(question);
  }
}
