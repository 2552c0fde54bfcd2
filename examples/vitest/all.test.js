// Every sample that should load: a test for each, on each architecture.

import { architectures, moduleTest } from 'modbox/vitest';
import { describe, expect } from 'vitest';

describe.each(architectures)('%s', (arch) => {
  const test = moduleTest({ arch });

  test('every module of a folder comes and goes, and leaves nothing', ({ kernel }) => {
    for (const name of ['hello', 'provider', 'twins', 'workload']) {
      const { pathname } = new URL(`../../build/modules/${arch}/${name}.ko`, import.meta.url);
      const loaded = kernel.load(pathname);
      expect(loaded).toSucceed();
      if (loaded.ok) expect(loaded.module.unload()).toSucceed();
    }
  });
});
