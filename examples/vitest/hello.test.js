// The sample module hello, tested with vitest: on four architectures, every test on a
// machine that has just loaded it.

import { architectures, moduleTest } from 'modbox/vitest';
import { describe, expect } from 'vitest';

const built = (arch, name) =>
  new URL(`../../build/modules/${arch}/${name}.ko`, import.meta.url).pathname;

describe.each(architectures)('%s', (arch) => {
  const test = moduleTest({ arch, load: { hello: built(arch, 'hello') } });

  test('adds', ({ modules }) => {
    expect(modules.hello.call('hello_add', 2, 40)).toReturnValue(42);
  });

  test('can be loaded beside others, and goes again', ({ kernel, modules }) => {
    expect(kernel.load(built(arch, 'provider'))).toSucceed();
    expect(modules.hello.unload()).toSucceed();
  });

  test('a fault of another module is nothing to the next test', ({ kernel }) => {
    expect(kernel.load(built(arch, 'nullderef'))).toFaultIn('weigh', 'page-fault');
  });
});
