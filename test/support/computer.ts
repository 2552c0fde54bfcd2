// The parts of a booted kernel, unassembled, for tests that look between them.

import type { ArchName } from '../../src/arch/arch.ts';
import { architectures } from '../../src/arch/registry.ts';
import { locateLibrary } from '../../src/engine/library.ts';
import { readKernelImage } from '../../src/host/assets.ts';
import { noFiles } from '../../src/kernel/files.ts';
import { loadImage, readImage } from '../../src/kernel/image.ts';
import { LinkerService } from '../../src/kernel/linker-service.ts';
import { Requests } from '../../src/kernel/requests.ts';
import { waitForBoot } from '../../src/kernel/start.ts';
import { nowhere } from '../../src/kernel/symbols.ts';
import { Machine } from '../../src/machine/machine.ts';

/** The libunicorn that set-up found. */
export function testLibrary(): string {
  const found = locateLibrary(process.env);
  if (found === undefined) throw new Error('no libunicorn: run `npm run setup`');
  return found.path;
}

export interface Parts {
  readonly machine: Machine;
  readonly service: LinkerService;
  readonly requests: Requests;
}

export function bootParts(name: ArchName): Parts {
  const arch = architectures[name];
  const image = readImage(readKernelImage(name), arch);
  if (!image.ok) throw new Error(image.problems.join('\n'));
  const machine = new Machine({ arch, library: testLibrary(), ramBytes: 16 << 20 });
  loadImage(machine, image.value, { watchdogNs: 1e9 });
  const service = new LinkerService(machine, image.value, noFiles);
  const mailbox = waitForBoot(machine, service, nowhere);
  return { machine, service, requests: new Requests(machine, service, mailbox, 1e9) };
}
