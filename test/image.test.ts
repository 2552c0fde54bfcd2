// The guest kernel's image, as the boot loader sees it.

import { describe, expect, test } from 'vitest';
import { archNames } from '../src/arch/arch.ts';
import { architectures } from '../src/arch/registry.ts';
import { readKernelImage } from '../src/host/assets.ts';
import { readImage } from '../src/kernel/image.ts';

describe.each(archNames)('%s', (name) => {
  const arch = architectures[name];
  const read = readImage(readKernelImage(name), arch);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const image = read.value;

  test.for(['exports', 'linux_exports'])('the linker set %s begins at a word', (set) => {
    const start = image.symbols.byName(`__start_link_set_${set}`)?.address;
    const stop = image.symbols.byName(`__stop_link_set_${set}`)?.address;
    if (start === undefined || stop === undefined) throw new Error('there is no such set');
    expect(start % BigInt(arch.wordBytes)).toBe(0n);
    expect((stop - start) % BigInt(arch.wordBytes)).toBe(0n);
  });

  test('every export is a symbol of the image at that address', () => {
    expect(image.exports.size).toBeGreaterThan(20);
    for (const [symbol, address] of image.exports) {
      const at = image.symbols.byName(symbol)?.address;
      // libgcc's names have other implementations behind them on armv7.
      if (at !== undefined) expect(at, symbol).toBe(address);
      expect(image.symbols.at(address)?.offset, symbol).toBe(0);
    }
  });

  test('Linux modules are offered printk under its name in Linux', () => {
    expect([...image.linuxExports.keys()]).toEqual(
      expect.arrayContaining(['_printk', 'memcpy', '__stack_chk_fail']),
    );
  });

  test('the image of another architecture is refused', () => {
    const other = name === 'i386' ? 'amd64' : 'i386';
    expect(readImage(readKernelImage(other), arch)).toEqual({
      ok: false,
      problems: [`the kernel image is not an executable for ${name}`],
    });
  });

  test('a truncated image is refused', () => {
    expect(readImage(readKernelImage(name).subarray(0, 5000), arch).ok).toBe(false);
  });
});
