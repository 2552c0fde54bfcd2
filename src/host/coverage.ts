// Coverage with what is on this computer: the disassembler, source files, and a folder
// for listings of code that has none.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ArchName, archNames } from '../arch/arch.ts';
import { architectures } from '../arch/registry.ts';
import { CodeReader, type Reading } from '../coverage/code-reader.ts';
import { lcovTrace } from '../coverage/lcov.ts';
import { CoverageReport } from '../coverage/report.ts';
import { openDecoder } from '../disasm/decoder.ts';
import { type SourceFiles, sourceFiles } from './source-files.ts';

/** An empty report, for records of kernels of these architectures. */
export async function openCoverageReport(...archs: readonly ArchName[]): Promise<CoverageReport> {
  return new CoverageReport(await openCodeReader(...archs));
}

/** What reads records of kernels of these architectures. */
export async function openCodeReader(...archs: readonly ArchName[]): Promise<CodeReader> {
  return new CodeReader(await Promise.all(archs.map(readingOf)));
}

async function readingOf(name: ArchName): Promise<Reading> {
  const { [name]: arch } = architectures;
  const decoder = await openDecoder(arch.elfMachine);
  if (decoder === undefined)
    throw new Error(`bug in modbox: no decoder for ${name}, one of ${archNames.join(' ')}`);
  return { arch, decoder };
}

const here = (): SourceFiles =>
  sourceFiles({ sourceMap: [], sourcePath: [], folders: [process.cwd()] });

/**
 * Writes a report as a tracefile of lcov, and listings of code without source lines
 * into a folder beside it, `<path>.listings`.
 *
 * @throws what node:fs throws
 */
export function writeCoverage(
  path: string,
  report: CoverageReport,
  sources: Pick<SourceFiles, 'locate'> = here(),
): void {
  const folder = `${resolve(path)}.listings`;
  for (const { listing } of report.files()) {
    if (listing === undefined) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, listing.name), listing.text);
  }
  const trace = lcovTrace(report, ({ file, listing }) =>
    listing === undefined ? (sources.locate(file) ?? file) : join(folder, listing.name),
  );
  writeFileSync(path, trace);
}
