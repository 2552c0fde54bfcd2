// What can be wrong with a module's description of itself.

export type FlavourProblem =
  | {
      /** A table whose size is not a multiple of its entries. */
      readonly kind: 'bad-size';
      readonly section: string;
      readonly bytes: number;
      readonly entryBytes: number;
    }
  | {
      /** A pointer that no relocation fills in, or one outside the object. */
      readonly kind: 'bad-pointer';
      readonly what: string;
      readonly section: string;
      readonly offset: number;
      readonly found: string;
    }
  | {
      readonly kind: 'bad-string';
      readonly what: string;
      readonly section: string;
      readonly offset: number;
      readonly found: string;
      readonly wanted: string;
    }
  | { readonly kind: 'no-modules'; readonly section: string }
  | { readonly kind: 'duplicate-module'; readonly name: string }
  /** Linux's loader, and so its modules, know relocatable objects only. */
  | { readonly kind: 'linux-shared'; readonly section: string }
  | {
      /** Of a kernel that the guest kernel does not stand in for. */
      readonly kind: 'foreign-module';
      readonly system: string;
      readonly lacks: string;
    };

export function describeFlavourProblem(problem: FlavourProblem, file: string): string {
  switch (problem.kind) {
    case 'bad-size':
      return (
        `${file}: section ${problem.section} has ${problem.bytes} bytes, ` +
        `wanted a multiple of ${problem.entryBytes}`
      );
    case 'bad-pointer':
      return (
        `${file}: ${problem.what} at ${at(problem)} ${problem.found}, ` +
        'wanted a pointer into this object'
      );
    case 'bad-string':
      return `${file}: ${problem.what} at ${at(problem)} is ${problem.found}, wanted ${problem.wanted}`;
    case 'no-modules':
      return `${file}: section ${problem.section} is empty, wanted a pointer to a modinfo_t`;
    case 'foreign-module':
      return (
        `${file}: is a module of ${problem.system}, wanted one of NetBSD or Linux, or a plain ` +
        `object: the guest kernel lacks ${problem.lacks}; modbox info describes it`
      );
    case 'duplicate-module':
      return `${file}: declares module ${problem.name} twice; give each one its own name`;
    case 'linux-shared':
      return (
        `${file}: is a shared object with section ${problem.section}, which Linux modules have; ` +
        'link it with -r'
      );
  }
}

function at(place: { readonly section: string; readonly offset: number }): string {
  return `${place.section}+0x${place.offset.toString(16)}`;
}
