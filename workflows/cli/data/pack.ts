import path from 'node:path';
import { Command, Option } from 'commander';
import { checkData } from '../../data/check/check-data.ts';
import { type PackedPart, packSet } from '../../data/sets/pack-set.ts';
import { bytesShown } from '../../document/bytes-shown.ts';
import { counted } from '../../document/counted.ts';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatOption } from '../options.ts';
import type { Session } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { assertThere } from './assert-there.ts';
import { showWork } from './show-work.ts';

interface Options {
  readonly kind: 'Acoustic' | 'AudioFiles';
  readonly locale: string;
  readonly out: string;
  readonly name?: string;
  readonly format: 'text' | 'json';
}

interface CheckedPart extends PackedPart {
  readonly hours: number;
  readonly errors: number;
  readonly warnings: number;
}

/** `speechops data pack`: recordings become archives as the service takes them, and each is checked. */
export function packCommand(session: Session): Command {
  return new Command('pack')
    .description('Pack recordings into archives that are always the same, each small enough to be a dataset.')
    .argument('<path...>', 'folders or zips of recordings; several are one set')
    .addOption(
      new Option('--kind <kind>', 'whether they have a transcript')
        .choices(['Acoustic', 'AudioFiles'])
        .makeOptionMandatory(),
    )
    .requiredOption('--locale <locale>', 'the language that is spoken, such as en-US')
    .requiredOption('--out <folder>', 'a new folder for the archives')
    .option('--name <name>', 'what they are called (default: as the first path)')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Example:
  speechops data pack data/train --kind Acoustic --locale en-US --out packed
  speechops data pack data/calls data/studio --kind Acoustic --locale en-US --out packed --name train

An archive has less than 2 GB and at most 10,000 files: what is more becomes train-1-of-3.zip and so on, each with the lines of its own
recordings and a dataset of its own. The same recordings and lines give the same bytes on every machine.

Exit status: 0 packed, 1 packed and the service would refuse or reject some of it, 2 it cannot be packed.`,
    )
    .action(async (paths: readonly string[], options: Options) => await pack(paths, { ...options, session }));
}

async function pack(paths: readonly string[], options: Options & { readonly session: Session }): Promise<void> {
  const { session, kind, locale, out, format } = options;
  const { io } = session;
  const { cwd, signal } = io;
  await assertThere(paths, io);
  const name = options.name ?? path.basename(path.resolve(cwd, paths[0] ?? '.')).replace(/\.zip$/i, '');
  const work = showWork('Packed', io);
  const isTranscribed = kind === 'Acoustic';
  const { parts, strayLines } = await packSet(paths, {
    isTranscribed,
    locale,
    cwd,
    signal,
    out,
    name,
    onProgress: work.tell,
  }).finally(work.end);
  const checked: CheckedPart[] = [];
  for (const part of parts) {
    const set = await checkData([part.path], { kind, locale, cwd, signal });
    const { excerpts: sources, omitted, counts } = set;
    io.stderr.write(formatDiagnostics(set.diagnostics, { sources, color: wantsColor(io.stderr, io), omitted }));
    const hours = set.recordings.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
    checked.push({ ...part, hours, ...counts });
  }
  if (strayLines > 0)
    io.stderr.write(`warning: ${counted(strayLines, 'line')} about no recording, or one that has its line, left out\n`);
  io.stdout.write(format === 'json' ? jsonText({ parts: checked, strayLines }) : checked.map(lineOf).join(''));
  session.exitCode = checked.some(({ errors }) => errors > 0) ? 1 : 0;
}

function lineOf({ path: shown, digest, bytes, recordings, lines, hours }: CheckedPart): string {
  const what = [
    counted(recordings, 'recording'),
    counted(lines, 'line'),
    `${hours.toFixed(2)} hours`,
    bytesShown(bytes),
  ];
  return escapeControls(`${shown}: ${what.join(', ')}, sha256 ${digest}`) + '\n';
}
