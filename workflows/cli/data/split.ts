import { Command, InvalidArgumentError, Option } from 'commander';
import { type SplitSet, splitSet } from '../../data/sets/split-set.ts';
import { counted } from '../../document/counted.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { parseRate } from '../../document/rates.ts';
import { formatOption } from '../options.ts';
import { type Session, UsageError } from '../session.ts';
import { assertThere } from './assert-there.ts';
import { showWork } from './show-work.ts';

interface Options {
  readonly kind: 'Acoustic' | 'AudioFiles';
  readonly locale: string;
  readonly test: number;
  readonly by?: 'speaker';
  readonly speakerFrom?: string;
  readonly seed: string;
  readonly out: string;
  readonly format: 'text' | 'json';
}

/** `speechops data split`: a set becomes one to train with and one to test with, which have nothing in common. */
export function splitCommand(session: Session): Command {
  return new Command('split')
    .description('Divide recordings into a set to train with and one to test with, which have nothing in common.')
    .argument('<path...>', 'folders or zips of recordings; several are one set')
    .addOption(
      new Option('--kind <kind>', 'whether they have a transcript')
        .choices(['Acoustic', 'AudioFiles'])
        .default('Acoustic'),
    )
    .requiredOption('--locale <locale>', 'the language that is spoken, such as en-US')
    .requiredOption('--test <share>', 'how much of the sound is to test with, such as 10%', shareOf)
    .requiredOption('--out <folder>', 'a new folder, in which train and test are made')
    .addOption(new Option('--by <what>', 'what may not be on both sides, too').choices(['speaker']))
    .option(
      '--speaker-from <pattern>',
      'a regular expression whose first group is the speaker in the name of a recording (default: data.yaml says who speaks)',
    )
    .option('--seed <text>', 'another seed gives another choice', '1')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Example:
  speechops data split data/all --locale en-US --test 10% --out data/split
  speechops data split data/all --locale en-US --test 10% --by speaker --speaker-from '^(agent\\d+)-' --out data/split

No sentence, no recording and, with --by speaker, no speaker is on both sides, nor what the check of training data against a test set
takes for the same. Of each slice of data.yaml, and of short and long recordings, about the same share is chosen.

Exit status: 0 divided, 2 it cannot be divided so.`,
    )
    .action(async (paths: readonly string[], options: Options) => await split(paths, { ...options, session }));
}

function shareOf(text: string): number {
  const share = parseRate(text);
  if (share !== undefined && share > 0 && share < 1) return share;
  throw new InvalidArgumentError('Allowed is a share between 0 and 1, such as 10% or 0.1.');
}

async function split(paths: readonly string[], options: Options & { readonly session: Session }): Promise<void> {
  const { session, kind, locale, test, by, seed, out, format } = options;
  const { io } = session;
  const { cwd, signal } = io;
  if (options.speakerFrom !== undefined && by === undefined)
    throw new UsageError('Give --by speaker, too: --speaker-from says who speaks');
  const speakerFrom = options.speakerFrom === undefined ? undefined : patternOf(options.speakerFrom);
  await assertThere(paths, io);
  const work = showWork('Heard', io);
  let bytes = 0;
  const divided = await splitSet(paths, {
    isTranscribed: kind === 'Acoustic',
    bySpeaker: by === 'speaker',
    onProgress: (read) => work.tell({ bytes: (bytes += read) }),
    locale,
    cwd,
    signal,
    test,
    seed,
    out,
    speakerFrom,
  }).finally(work.end);
  io.stdout.write(format === 'json' ? jsonText(divided) : textOf(divided, by === 'speaker'));
  const { leftOut } = divided;
  const names = `${leftOut.slice(0, 3).join(', ')}${leftOut.length > 3 ? ', …' : ''}`;
  if (leftOut.length > 0)
    io.stderr.write(
      escapeControls(
        `warning: ${counted(leftOut.length, 'recording')} on neither side, which the service would not take: ${names}; see \`speechops data check\``,
      ) + '\n',
    );
}

function textOf({ train, test, groups }: SplitSet, hasSpeakers: boolean): string {
  const all = train.seconds + test.seconds;
  const sides = [train, test].map(({ path: shown, recordings, seconds, speakers }) => {
    const who = hasSpeakers ? `, ${counted(speakers, 'speaker')}` : '';
    const share = `${((100 * seconds) / all).toFixed(1)} %`;
    return `${shown}: ${counted(recordings, 'recording')}${who}, ${(seconds / 3600).toFixed(2)} hours (${share})`;
  });
  return `${[...sides, `${counted(groups, 'group')} of recordings that had to stay together`].map(escapeControls).join('\n')}\n`;
}

function patternOf(text: string): RegExp {
  let pattern: RegExp;
  try {
    pattern = new RegExp(text, 'u');
  } catch (error) {
    throw new UsageError(`Correct --speaker-from: ${(error as Error).message}`, { cause: error });
  }
  if (new RegExp(`${text}|`, 'u').exec('')?.length === 1)
    throw new UsageError("Put the speaker into a group of --speaker-from, such as '^(agent\\d+)-'");
  return pattern;
}
