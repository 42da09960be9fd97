import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { PricesDocument } from '../../../schemas/types.gen.ts';
import { checkData } from '../../data/check/check-data.ts';
import type { CheckedSet } from '../../data/check/checked-set.ts';
import { readTestSets } from '../../data/check/read-test-sets.ts';
import { newFolder } from '../../data/sets/new-folder.ts';
import { chooseVoices, type Speaker } from '../../data/synthesis/choose-voices.ts';
import { drawSentences, type DrawnSentences } from '../../data/synthesis/draw-sentences.ts';
import { espeakSpeech } from '../../data/synthesis/espeak.ts';
import { readTemplates, type Templates, type TermsText } from '../../data/synthesis/read-templates.ts';
import { billedCharacters, type SpokenSet, writeSpokenSet } from '../../data/synthesis/spoken-set.ts';
import { counted } from '../../document/counted.ts';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { collect, formatOption } from '../options.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { readText } from '../transcripts.ts';
import { wantsColor } from '../wants-color.ts';
import { assertThere } from './assert-there.ts';
import { summaryText } from './check.ts';
import { showWork } from './show-work.ts';

interface Options {
  readonly templates: string;
  readonly terms?: readonly string[];
  readonly locale: string;
  readonly count?: number;
  readonly seed: string;
  readonly voice?: readonly string[];
  readonly engine: 'speech' | 'espeak-ng';
  readonly test?: readonly string[];
  readonly textOnly?: boolean;
  readonly out: string;
  readonly resource?: string;
  readonly prices?: string;
  readonly emulator?: boolean;
  readonly format: 'text' | 'json';
}

/** What knows the clients of services and the readers of documents, which take long to load. */
export interface SynthesisWorld {
  readonly openSpeech: (
    io: Io,
    options: { readonly emulator: boolean; readonly resourceId: string | undefined },
  ) => Promise<{ readonly speech: Speaker; readonly close: () => Promise<void> }>;
  readonly pricesFor: (options: {
    readonly io: Io;
    readonly folder: string;
    readonly named: string | undefined;
  }) => Promise<PricesDocument | undefined>;
}

/** `speechops data synthesise`: sentences made of templates and terms, as a text or spoken, to train with. */
export function synthesiseCommand(session: Session, world: SynthesisWorld): Command {
  return new Command('synthesise')
    .alias('synthesize')
    .description(
      'Make training data of sentence templates and lists of terms: a text, or recordings that a machine speaks.',
    )
    .requiredOption('--templates <file>', 'a sentence a line with places such as {drug}, or structured text with lists')
    .option('--terms <name=file>', 'the terms for a place, one a line; repeatable', collect)
    .requiredOption('--locale <locale>', 'the language that is spoken, such as en-US')
    .option('--count <number>', 'how many sentences (default: until each template and term is used)', countOf)
    .option('--seed <text>', 'another seed gives other sentences', '1')
    .option(
      '--voice <name>',
      'who speaks, such as en-US-JennyNeural, or auto for all of the locale; repeatable (default: auto)',
      collect,
    )
    .addOption(new Option('--engine <engine>', 'what speaks').choices(['speech', 'espeak-ng']).default('speech'))
    .option('--test <path>', 'a test set of which no sentence is made, repeatable', collect)
    .option('--text-only', 'write the sentences as a text, and speak none')
    .requiredOption('--out <folder>', 'a new folder, or one in which the same was begun')
    .option('--resource <id>', 'the Azure resource id of the Speech resource, where Entra ID signs in')
    .option('--prices <file>', 'what the service bills (default: prices.yaml here, or above in the repository)')
    .option('--emulator', 'let the embedded emulator speak')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Example:
  speechops data synthesise --templates templates.txt --terms drug=drugs.txt --locale en-US --text-only --out data/drugs
  speechops data synthesise --templates structured-text.md --locale en-US --voice en-US-JennyNeural --test data/test --out data/spoken

Each template and each term is used once before any is used again. The same files, count and seed give the same sentences. Recordings that
are in the folder already are not spoken again.

Exit status: 0 the new data are good, 1 the service would refuse or reject something of them, 2 they cannot be made so, 3 the Speech
resource did not answer.`,
    )
    .action(async (options: Options) => await synthesise({ ...options, session, ...world }));
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= mostSentences) return count;
  throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${mostSentences.toLocaleString('en-US')}.`);
}

const mostSentences = 500_000;
/** A dataset has at most 10,000 files, of which one is the transcript. */
const mostRecordings = 9999;

async function synthesise(options: Options & SynthesisWorld & { readonly session: Session }): Promise<void> {
  const { session, locale, test = [], textOnly = false, format } = options;
  const { io } = session;
  const { cwd, signal } = io;
  await assertThere(test, io);
  const templates = await templatesOf(options, io);
  const tests = test.length === 0 ? undefined : await readTestSets(test, { locale, cwd, signal, isHeard: false });
  const drawn = drawSentences(templates, { ...options, isRefused: (sentence) => tests?.said(sentence) !== undefined });
  if (drawn.sentences.length === 0)
    throw new UsageError(`Write other templates: each sentence of ${options.templates} is one of ${test.join(', ')}`);
  tellDrawn(drawn, { ...options, io });
  const made = textOnly ? await writeText(drawn, options) : await speakAll(drawn, options);
  const kind = textOnly ? 'Language' : 'Acoustic';
  const set = await checkData([made.path], { kind, locale, purpose: 'train', cwd, signal, tests });
  if (format === 'json') io.stdout.write(jsonText(asJson(drawn, { made, set })));
  else {
    io.stdout.write(`${escapeControls(resultText(made))}\n`);
    const { excerpts: sources, omitted } = set;
    io.stderr.write(formatDiagnostics(set.diagnostics, { sources, color: wantsColor(io.stderr, io), omitted }));
  }
  io.stderr.write(`${escapeControls(summaryText(set))}\n`);
  session.exitCode = set.counts.errors > 0 ? 1 : 0;
}

async function templatesOf({ templates: file, terms = [] }: Options, { cwd }: Io): Promise<Templates> {
  const lists: TermsText[] = [];
  for (const given of terms) {
    const [, name, list] = /^([\p{L}\p{N}_-]+)=(.+)$/u.exec(given) ?? [];
    if (name === undefined || list === undefined)
      throw new UsageError(
        `Write --terms as NAME=FILE, where {NAME} is the place in sentences: got ${JSON.stringify(given)}`,
      );
    lists.push({ name, path: list, text: await readText(list, cwd) });
  }
  return readTemplates(await readText(file, cwd), { path: file, terms: lists });
}

function tellDrawn(drawn: DrawnSentences, { count, test = [], io }: Options & { readonly io: Io }): void {
  const tell = (text: string): void => io.stderr.write(`${escapeControls(text)}\n`);
  const { sentences, refused, missing, isExhausted } = drawn;
  const beginning = (all: readonly string[]): string =>
    `${all
      .slice(0, 3)
      .map((one) => JSON.stringify(one.slice(0, 80)))
      .join(', ')}${all.length > 3 ? ', …' : ''}`;
  if (refused.length > 0)
    tell(`left out: ${counted(refused.length, 'sentence')} that ${test.join(', ')} says: ${beginning(refused)}`);
  for (const [list, items] of missing)
    tell(`warning: ${counted(items.length, 'item')} of {${list}} in no sentence: ${beginning(items)}`);
  if (isExhausted && count !== undefined)
    tell(
      `warning: ${counted(sentences.length, 'sentence')} in place of ${count.toLocaleString('en-US')}: there are no more`,
    );
}

interface Made {
  readonly path: string;
  readonly sentences: number;
  readonly spoken?: SpokenSet & { readonly voices: readonly string[] };
}

async function writeText(
  { sentences }: DrawnSentences,
  { out, session }: Options & { readonly session: Session },
): Promise<Made> {
  const { cwd } = session.io;
  await newFolder(out, { cwd });
  const file = path.join(out, 'sentences.txt');
  await writeFile(path.resolve(cwd, file), sentences.map((sentence) => `${sentence}\n`).join(''));
  await writeFile(
    path.resolve(cwd, out, 'sentences.data.yaml'),
    `# Written by \`speechops data synthesise\`.\nversion: 1\nsource: synthetic, sentences of templates\n`,
  );
  return { path: file, sentences: sentences.length };
}

async function speakAll(
  { sentences }: DrawnSentences,
  options: Options & SynthesisWorld & { readonly session: Session },
): Promise<Made> {
  const { session, locale, out, engine, voice = ['auto'], emulator = false } = options;
  const { io } = session;
  const { cwd, signal } = io;
  if (sentences.length > mostRecordings)
    throw new UsageError(
      `Give a smaller --count, or --text-only: a dataset has at most ${mostRecordings.toLocaleString('en-US')} recordings, and these would be ${sentences.length.toLocaleString('en-US')}`,
    );
  const isEspeak = engine === 'espeak-ng';
  const opened = isEspeak
    ? { speech: espeakSpeech({ toolPath: io.env['PATH'] }), close: async () => undefined }
    : await options.openSpeech(io, { emulator, resourceId: options.resource });
  const work = showWork('Spoken', io);
  try {
    const voices = chooseVoices(await opened.speech.voices({ signal }), { asked: voice, locale });
    io.stderr.write(`${escapeControls(await costText(sentences, { ...options, voices, io, isEspeak }))}\n`);
    const spoken = await writeSpokenSet(sentences, {
      speech: opened.speech,
      engine: isEspeak ? 'espeak-ng' : 'text-to-speech of the Speech service',
      voices,
      locale,
      out,
      cwd,
      signal,
      parallel: isEspeak ? availableParallelism() : parallelRequests,
      onProgress: ({ sentences: count, of }) => work.tell({ count, of, what: 'sentences' }),
    });
    return { path: out, sentences: sentences.length, spoken: { ...spoken, voices } };
  } finally {
    work.end();
    await opened.close();
  }
}

/** Far below the limit of a standard resource, 200 a second; a free one, with 20 a minute, has the client wait. */
const parallelRequests = 4;

async function costText(
  sentences: readonly string[],
  options: Options &
    SynthesisWorld & { readonly voices: readonly string[]; readonly io: Io; readonly isEspeak: boolean },
): Promise<string> {
  const { io, voices, isEspeak, emulator = false, prices: named } = options;
  const characters = sentences.reduce((sum, sentence) => sum + billedCharacters(sentence), 0);
  const who = `${counted(voices.length, 'voice')} (${voices.slice(0, 4).join(', ')}${voices.length > 4 ? ', …' : ''})`;
  const what = `speaking ${counted(sentences.length, 'sentence')} in ${who}: ${counted(characters, 'character')}`;
  if (isEspeak || emulator) return what;
  const prices = await options.pricesFor({ io, folder: io.cwd, named });
  const price = prices?.prices.synthesis;
  if (prices === undefined || typeof price !== 'number')
    return `${what}, which the service bills; prices.yaml may say the price as synthesis`;
  const cost = ((characters * price) / 1_000_000).toLocaleString('en-US', {
    maximumFractionDigits: 2,
    minimumFractionDigits: 2,
  });
  return `${what}, ${cost} ${prices.currency} at most, by the prices of ${prices.date}`;
}

function resultText({ path: where, sentences, spoken }: Made): string {
  if (spoken === undefined) return `${where}: ${counted(sentences, 'sentence')}`;
  const { recordings, kept, seconds } = spoken;
  const before = kept === 0 ? '' : `, ${kept.toLocaleString('en-US')} of them there before`;
  return `${where}: ${counted(recordings, 'recording')}${before}, ${(seconds / 3600).toFixed(2)} hours`;
}

function asJson(
  { refused, missing, isExhausted }: DrawnSentences,
  { made, set }: { readonly made: Made; readonly set: CheckedSet },
): object {
  const { counts, lines, rejected, isRefused, diagnostics, omitted } = set;
  const { path: where, sentences, spoken } = made;
  return {
    path: where,
    sentences,
    ...spoken,
    inTests: refused,
    missing: Object.fromEntries(missing),
    isExhausted,
    lines,
    rejected,
    isRefused,
    ...counts,
    omitted,
    diagnostics,
  };
}
