// The arguments of a request, which are JSON that somebody else has written.  Each
// member is asked for by its type, and within limits; what is missing or different
// is thrown as a Refusal, which adapter.ts answers to the client.

/** Why a request is not served: a sentence for the user. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}

/** Elements of an array in a request. */
const LIST_LIMIT = 10_000;
/** Characters of a text in a request, but for memory to write. */
const TEXT_LIMIT = 65_536;

export interface Limits {
  readonly min: number;
  readonly max: number;
}

export class Fields {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /** @param where what to call it when something is wrong: "setBreakpoints" */
  constructor(value: unknown, where: string) {
    this.#where = where;
    this.#members = {};
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new Refusal(`${where}: found ${nameOf(value)}, wanted an object`);
    this.#members = { ...value };
  }

  has(name: string): boolean {
    return this.#member(name) !== undefined;
  }

  /** @throws Refusal unless there is one */
  text(name: string, limit = TEXT_LIMIT): string {
    return this.#required(name, this.optionalText(name, limit), 'a text');
  }

  optionalText(name: string, limit = TEXT_LIMIT): string | undefined {
    const value = this.#member(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw this.#wrong(name, nameOf(value), 'a text');
    if (value.length > limit)
      throw this.#wrong(name, `${value.length} characters`, `at most ${limit}`);
    return value;
  }

  /** @throws Refusal unless there is one within the limits */
  integer(name: string, limits: Limits): number {
    return this.#required(name, this.optionalInteger(name, limits), 'a number');
  }

  optionalInteger(name: string, { min, max }: Limits): number | undefined {
    const value = this.#member(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      throw this.#wrong(
        name,
        typeof value === 'number' ? value : nameOf(value),
        `${min} to ${max}`,
      );
    return value;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#member(name) ?? otherwise;
    if (typeof value !== 'boolean') throw this.#wrong(name, nameOf(value), 'true or false');
    return value;
  }

  /** An object; without members if it is not there. */
  fields(name: string): Fields {
    return new Fields(this.#member(name), `${this.#where}.${name}`);
  }

  /** Objects; none if the array is not there. */
  list(name: string): readonly Fields[] {
    return this.#array(name).map((value, i) => new Fields(value, `${this.#where}.${name}[${i}]`));
  }

  /** Texts; none if the array is not there. */
  texts(name: string): readonly string[] {
    return this.#array(name).map((value, i) => {
      if (typeof value === 'string' && value.length <= TEXT_LIMIT) return value;
      throw this.#wrong(`${name}[${i}]`, nameOf(value), 'a text');
    });
  }

  /** The members of an object whose values are texts: { "from": "to" }. */
  pairs(name: string): readonly (readonly [string, string])[] {
    const { [name]: value } = this.#members;
    const members = new Fields(value, `${this.#where}.${name}`);
    return Object.keys(members.#members).map((key) => [key, members.text(key)] as const);
  }

  #array(name: string): readonly unknown[] {
    const value = this.#member(name) ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, nameOf(value), 'an array');
    if (value.length > LIST_LIMIT)
      throw this.#wrong(name, `${value.length} elements`, `at most ${LIST_LIMIT}`);
    return value;
  }

  #member(name: string): unknown {
    return this.#members[name] ?? undefined;
  }

  #required<T>(name: string, value: T | undefined, wanted: string): T {
    if (value === undefined) throw this.#wrong(name, 'nothing', wanted);
    return value;
  }

  #wrong(name: string, found: string | number, wanted: string): Refusal {
    return new Refusal(`${this.#where}.${name}: found ${found}, wanted ${wanted}`);
  }
}

function nameOf(value: unknown): string {
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
