import { Command, Option } from 'commander';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { checkData } from '../../data/check/check-data.ts';
import type { CheckedSet, Purpose } from '../../data/check/checked-set.ts';
import { type MendedData, mendData } from '../../data/mend/mend-data.ts';
import { counted } from '../../document/counted.ts';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatOption } from '../options.ts';
import type { Session } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { assertThere } from './assert-there.ts';
import { kinds, summaryText } from './check.ts';
import { showWork } from './show-work.ts';

interface Options {
  readonly kind: UploadWith['kind'];
  readonly locale: string;
  readonly purpose?: Purpose;
  readonly out: string;
  readonly format: 'text' | 'json';
}

/** `speechops data fix`: data are written anew with what can be mended, and then checked. */
export function fixCommand(session: Session): Command {
  return new Command('fix')
    .description(
      'Write data anew with everything mended that can be meant in one way alone, and tell what was changed.',
    )
    .argument('<path...>', 'a folder or zip of recordings, or a text file')
    .addOption(new Option('--kind <kind>', 'what the data are').choices(kinds).makeOptionMandatory())
    .requiredOption('--locale <locale>', 'the language that is spoken or written, such as en-US')
    .requiredOption('--out <folder>', 'a new folder; what was changed is written beside it, with the ending .diff')
    .addOption(
      new Option('--purpose <purpose>', 'what they are for: of train, recordings over 40 s are divided').choices([
        'train',
        'test',
        'smoke',
      ]),
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Example:
  speechops data fix data/calls --kind Acoustic --locale en-US --purpose train --out data/train
  speechops data fix notes.txt --kind Language --locale de-DE --out fixed

Nothing is changed where it lies. Recordings become WAV of 16 bits, one channel, 8 or 16 kHz: WAV files by themselves, others through
ffmpeg or sox where one of them is on the PATH. Texts become UTF-8; lines that nothing is wrong with keep their bytes.

Exit status: 0 the new data are good, 1 something is left that the service would refuse or reject, 2 they cannot be read.`,
    )
    .action(async (paths: readonly string[], options: Options) => await fix(paths, { ...options, session }));
}

async function fix(paths: readonly string[], options: Options & { readonly session: Session }): Promise<void> {
  const { session, kind, locale, purpose, out, format } = options;
  const { io } = session;
  const { cwd, signal } = io;
  await assertThere(paths, io);
  const work = showWork('Read', io);
  let bytes = 0;
  const mended = await mendData(paths, {
    kind,
    locale,
    purpose,
    out,
    cwd,
    signal,
    toolPath: io.env['PATH'],
    onProgress: (read) => work.tell({ bytes: (bytes += read) }),
  }).finally(work.end);
  const set = await checkData(mended.paths, { kind, locale, purpose, cwd, signal });
  if (format === 'json') io.stdout.write(jsonText(asJson(mended, set)));
  else {
    io.stdout.write(mended.changes.shown.split('\n').map(escapeButTabs).join('\n'));
    if (mended.changes.isCut) io.stdout.write(`… all of it is in ${escapeControls(mended.changes.path)}\n`);
    for (const sentence of mended.left.slice(0, mostTold)) io.stderr.write(`${escapeControls(`left: ${sentence}`)}\n`);
    if (mended.left.length > mostTold)
      io.stderr.write(`left: ${counted(mended.left.length - mostTold, 'more file')}\n`);
    const { excerpts: sources, omitted } = set;
    io.stderr.write(formatDiagnostics(set.diagnostics, { sources, color: wantsColor(io.stderr, io), omitted }));
  }
  const counts = `${counted(mended.mended, 'file')} mended, ${mended.same.toLocaleString('en-US')} as they were`;
  const where = mended.changes.isEmpty ? '' : `; changes in ${mended.changes.path}`;
  io.stderr.write(`${escapeControls(`${counts}${where}`)}\n${escapeControls(summaryText(set))}\n`);
  session.exitCode = set.counts.errors > 0 ? 1 : 0;
}

const mostTold = 20;

/** A line of the diff: in a transcript tabs are what it is about. */
function escapeButTabs(line: string): string {
  return line.split('\t').map(escapeControls).join('\t');
}

function asJson({ paths, changes, mended, same, left }: MendedData, set: CheckedSet): object {
  const { counts, lines, rejected, isRefused, diagnostics, omitted } = set;
  return {
    paths,
    changes: changes.path,
    mended,
    same,
    left,
    lines,
    rejected,
    isRefused,
    ...counts,
    omitted,
    diagnostics,
  };
}
