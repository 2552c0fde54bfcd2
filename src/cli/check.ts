// modbox check: would these modules load, and if not, all that is wrong with them;
// no machine is made.

import type { Arch } from '../arch/arch.ts';
import { type CheckReport, check as checkModule } from '../check/check.ts';
import type { KnownModule, Target } from '../check/target.ts';
import { moduleNameOf } from '../flavour/names.ts';
import { type CheckedFile, checkJson } from './check-json.ts';
import { describeModule, finder, modulesAround } from './check-modules.ts';
import { type CheckOptions, parseCheckOptions } from './check-options.ts';
import { checkPool, isMany } from './check-pool.ts';
import { Summary } from './check-summary.ts';
import { targetFor } from './check-target.ts';
import { checkText } from './check-text.ts';
import { type InputObject, readAll } from './input.ts';
import { jsonText } from './json.ts';
import type { Terminal } from './terminal.ts';
import { STATUS, type Status, type Verb } from './verb.ts';

const help = `modbox check FILE... [options]

Says whether modules would load, without running anything, and if not, everything
that is wrong at once: undefined symbols and who has them, versions, vermagic,
relocations, sections, names and requirements. Modules named earlier on the line
count as loaded; what a module requires is looked for on the line, in the same
archive, beside the file and in folders of --path. FILE may be a folder, a package
(.deb) or a tar archive: then every module in it is checked with all others at hand,
and a table says how many would load and what keeps the rest.

  --against WHAT   instead of the guest kernel of the module's architecture: a
                   Module.symvers, another kernel of modbox's kind, or modules (a
                   file, folder or package), whose exports count; may be repeated
  --like FILE      a module that does load: vermagic and symbol versions must be
                   as in it
  --vermagic TEXT  the vermagic that is wanted
  --path DIR       look for required modules there too; may be repeated
  --all            every finding and every module, however many
  --json           one JSON document instead of text

  modbox check driver.ko --against /lib/modules/6.1.0/build/Module.symvers
  modbox check crc-itu-t.ko --like crc7.ko
  modbox check linux-image-6.1.0.deb --against Module.symvers

Exit status: 0 all would load; 1 one would not; 2 wrong usage, or a file that
cannot be read.
`;

async function check(args: readonly string[], terminal: Terminal): Promise<Status> {
  const options = parseCheckOptions(args);
  if (options.help) {
    terminal.out(help);
    return STATUS.ok;
  }
  if (options.files.some(isMany)) return checkMany(options, terminal);
  const checked = checkAll(options);
  const { style } = terminal;
  const texts = checked.map(({ report, target }) =>
    checkText(report, { target, all: options.all, style }),
  );
  terminal.out(options.json ? jsonText(checkJson(checked)) : texts.join('\n'));
  return checked.every(({ report }) => report.wouldLoad) ? STATUS.ok : STATUS.failed;
}

/** How often progress is told. */
const STEP = 16;

function checkMany(options: CheckOptions, terminal: Terminal): Status {
  const summary = new Summary(options.all, terminal.style);
  const progress = (done: number, of: number): void => {
    if (done % STEP === 0) terminal.progress(of === 0 ? `reading ${done}` : `${done} of ${of}`);
  };
  for (const result of checkPool(options, progress)) summary.add(result);
  terminal.progress('');
  const name = options.files.join(' and ');
  terminal.out(options.json ? jsonText(summary.json()) : summary.text(name));
  return summary.allLoad ? STATUS.ok : STATUS.failed;
}

function checkAll(options: CheckOptions): readonly CheckedFile[] {
  const inputs = readAll(options.files);
  const targets = new Map<Arch, Target>();
  return inputs.map((input, i) => {
    const { arch } = input;
    const target = targets.get(arch) ?? targetFor(arch, options);
    targets.set(arch, target);
    const others = (some: readonly InputObject[]): readonly KnownModule[] =>
      some.filter((each) => each.arch === arch).flatMap(knownOf);
    const report: CheckReport = checkModule({
      subject: { file: input.file.name, object: input.object, arch },
      fileName: moduleNameOf(input.file.name),
      target,
      loaded: others(inputs.slice(0, i)),
      later: others(inputs.slice(i + 1)),
      find: finder(others(inputs.slice(i + 1)), arch, options.searchPath),
      around: modulesAround(input.file.name, arch),
    });
    return { arch: arch.name, target: target.name, report };
  });
}

function knownOf({ file, arch }: InputObject): readonly KnownModule[] {
  const module = describeModule(file, arch);
  return 'reason' in module ? [] : [module];
}

export const checkVerb: Verb = {
  name: 'check',
  summary: 'say whether modules would load, and all that is wrong with them',
  help,
  run: check,
};
