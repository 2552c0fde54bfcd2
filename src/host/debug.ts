// A guest under a debugger, with what set-up left on this host; and one that was
// recorded elsewhere.

import { architectures } from '../arch/registry.ts';
import { type Result, refuse, succeed } from '../base/result.ts';
import { debugKernel } from '../debug/open.ts';
import { RecordedFiles } from '../debug/recorded-files.ts';
import { decodeRecording, encodeRecording, hashOfRam } from '../debug/recording.ts';
import type { Session } from '../debug/session.ts';
import { openDecoder } from '../disasm/decoder.ts';
import { noFiles } from '../kernel/files.ts';
import { readKernelImage } from './assets.ts';
import { boot, type HostBootOptions } from './boot.ts';
import { diskFiles } from './disk.ts';

/** Nobody stands still in front of a watchdog: a debugged init may take its time. */
const DEBUG_WATCHDOG_NS = 1e12;
const RAM_BYTES = 64 << 20;

/**
 * Boots a kernel and stops it, ready for Session.begin().
 * @throws what boot() throws
 */
export async function openSession(options: HostBootOptions): Promise<Session> {
  const { arch, searchPath, watchdogNs = DEBUG_WATCHDOG_NS, ramBytes = RAM_BYTES } = options;
  const kernelBytes = options.kernel ?? readKernelImage(arch);
  const files = new RecordedFiles(options.files ?? diskFiles(searchPath ?? []));
  const decoder = await openDecoder(architectures[arch].elfMachine);
  const kernel = await boot({ ...options, kernel: kernelBytes, files, watchdogNs, ramBytes });
  return debugKernel(kernel, decoder, ({ deeds, end }) =>
    encodeRecording({
      ...{ arch, ramBytes, watchdogNs, deeds, end },
      kernel: kernelBytes,
      files: files.answers,
      ram: hashOfRam(kernel.machine.memory.ram),
    }),
  );
}

/**
 * Opens a recording, at its end.
 *
 * @param bytes of the file
 * @returns the guest, or in words why it cannot be had again
 * @throws what boot() throws
 */
export async function openRecording(
  bytes: Uint8Array,
  options: Omit<HostBootOptions, 'arch' | 'files' | 'kernel' | 'ramBytes' | 'watchdogNs'> = {},
): Promise<Result<Session, string>> {
  const decoded = decodeRecording(bytes);
  if (!decoded.ok) return decoded;
  const { arch, ramBytes, watchdogNs, kernel, files, deeds, end, ram } = decoded.value;
  const recorded = new RecordedFiles(noFiles, files);
  const session = await openSession({
    ...options,
    ...{ arch, ramBytes, watchdogNs, kernel, files: recorded },
  });
  session.repeat(deeds, end);
  if (hashOfRam(session.kernel.machine.memory.ram) === ram) return succeed(session);
  session.close();
  return refuse([
    'the run went another way than when it was recorded; was it recorded with another version ' +
      'of modbox or libunicorn?',
  ]);
}
