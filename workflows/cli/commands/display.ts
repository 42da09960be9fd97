import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { isWav } from '../../data/wav-format.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { displayJson, displayText } from '../../report/commands/display-text.ts';
import { checkDisplay, readDisplayTests } from '../../scoring/display-tests.ts';
import type { DisplayedPhrase } from '../../scoring/readers/azure-results.ts';
import { readDisplayedPhrases } from '../../scoring/readers/displayed-phrases.ts';
import { SmokeTest } from '../../steps/swap/recognition/smoke-test.ts';
import type { Reader } from '../../steps/test-set.ts';
import { findEndpoint } from '../connect/find-object.ts';
import { formatOption } from '../options.ts';
import { connectToResource } from '../runs/connect-to-resource.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { reasonOfFile } from '../reason-of-file.ts';
import { readText } from '../transcripts.ts';

interface Options {
  readonly hyp?: readonly string[];
  readonly endpoint?: string;
  readonly audio?: string;
  readonly emulator?: boolean;
  readonly resource?: string;
  readonly format: 'text' | 'json';
}

/**
 * `speechops display TABLE`: whether what was recognised is displayed as a table of spoken and displayed words wants it: what files say was
 * recognised, or what an endpoint recognises now. Changes nothing. Exits with 1 when a test fails or none of its words were heard, and
 * where a recording was not recognised.
 */
export function displayCommand(session: Session): Command {
  const { io } = session;
  return new Command('display')
    .argument(
      '<table>',
      'what is spoken, a tab, what is displayed, a line each; or a file of display formats with #test',
    )
    .option('--hyp <file...>', 'what was recognised: results of the service, or lexical text, a tab, display text')
    .option('--endpoint <name>', 'what recognises --audio now: the display name, id or URL of an endpoint')
    .option('--audio <dir>', 'the folder of WAV files, of at most 60 s each, that --endpoint recognises')
    .addOption(formatOption())
    .option('--emulator', 'ask the embedded emulator, which keeps its data in .speechops/emulator')
    .option('--resource <id>', 'Azure resource id of the Speech resource')
    .addHelpText('after', EXAMPLE)
    .action(async (table: string, options: Options) => {
      assertOneSource(options);
      const read = readDisplayTests(await readText(table, io.cwd));
      if ('message' in read) throw new UsageError(`${table}:${read.line}: ${read.message}`);
      const { hyp, endpoint = '', audio = '' } = options;
      const { phrases, recognitions } =
        hyp === undefined
          ? await recognise({ endpoint, audio }, { io, options })
          : { phrases: await phrasesIn(hyp, io), recognitions: undefined };
      const outcomes = checkDisplay(read.tests, phrases);
      io.stdout.write(
        options.format === 'json' ? displayJson(outcomes, recognitions) : displayText(outcomes, { table }),
      );
      const isPassed = outcomes.every(({ outcome }) => outcome === 'passed');
      session.exitCode = isPassed && (recognitions?.failed ?? 0) === 0 ? 0 : 1;
    });
}

const EXAMPLE = `
A phrase counts for a line when it has the spoken words; it passes when it displays the wanted text, in itself or as a part.
Example:
  speechops display tests.tsv --hyp results/*.json
  speechops display tests.tsv --endpoint call-center --audio data/display

A line of the table:
  one oh two point seven	102.7`;

function assertOneSource({ hyp, endpoint, audio, emulator, resource }: Options): void {
  const isAsking = endpoint !== undefined || audio !== undefined;
  if (hyp === undefined && !isAsking)
    throw new UsageError('Say what was recognised: give --hyp FILE, or --endpoint NAME with --audio DIR');
  if (hyp !== undefined && isAsking)
    throw new UsageError('Say once what was recognised: give --hyp FILE, or --endpoint NAME with --audio DIR');
  if (hyp !== undefined && (emulator !== undefined || resource !== undefined))
    throw new UsageError('Leave out --emulator and --resource: --hyp works on local files alone');
  if (hyp === undefined && (endpoint === undefined || audio === undefined))
    throw new UsageError(
      endpoint === undefined
        ? 'Give --endpoint NAME with --audio: something has to recognise the recordings'
        : 'Give --audio DIR with --endpoint: there have to be recordings to recognise',
    );
}

async function phrasesIn(files: readonly string[], { cwd }: Io): Promise<readonly DisplayedPhrase[]> {
  const phrases: DisplayedPhrase[] = [];
  for (const file of files) {
    const found = readDisplayedPhrases(await readText(file, cwd));
    if ('message' in found) throw new UsageError(`${file}:${found.line}: ${found.message}`);
    phrases.push(...found);
  }
  return phrases;
}

/** What was recognised in a folder, and how many of its recordings were not. */
interface Recognised {
  readonly phrases: readonly DisplayedPhrase[];
  readonly recognitions: { readonly recordings: number; readonly failed: number };
}

async function recognise(
  { endpoint: name, audio }: { readonly endpoint: string; readonly audio: string },
  { io, options }: { readonly io: Io; readonly options: Options },
): Promise<Recognised> {
  const files = await recordingsIn(audio, io);
  const connection = await connectToResource(io, options);
  try {
    const { ports } = connection;
    const report = (text: string): void => void io.stderr.write(`${escapeControls(text)}\n`);
    const endpoint = findEndpoint(name, await ports.speech.endpoints.list({ signal: io.signal }));
    return await recogniseAll(files, { endpoint, context: { ports, signal: io.signal, report } });
  } finally {
    await connection.close();
  }
}

async function recordingsIn(folder: string, { cwd }: Io): Promise<readonly string[]> {
  const place = path.resolve(cwd, folder);
  const names = await readdir(place).catch((error: unknown) => {
    throw new UsageError(`Cannot read ${folder}: ${reasonOfFile(error)}`, { cause: error });
  });
  const found = names.filter(isWav).toSorted();
  if (found.length === 0)
    throw new UsageError(`Put WAV files into ${folder}: it has none (folders in it are not read)`);
  return found.map((file) => path.join(place, file));
}

/** A pipe would never end, and a link may lead to one. */
async function readRecording(file: string): Promise<Uint8Array> {
  if (!(await stat(file)).isFile()) throw new Error('it is no file');
  return await readFile(file);
}

/** Those that fail are told and counted. Throws a ServiceError when the service does not answer in the time there is. */
async function recogniseAll(
  files: readonly string[],
  { endpoint, context }: { readonly endpoint: Endpoint; readonly context: Reader },
): Promise<Recognised> {
  const { ports, signal, report } = context;
  const smoke = new SmokeTest(context, { endpoint, utterances: [] });
  const heard = new Map<string, DisplayedPhrase>();
  for (let at = 0; at < files.length; at += batch) {
    await Promise.all(
      files.slice(at, at + batch).map(async (file) => {
        const name = path.basename(file);
        const bytes = await readRecording(file).catch((error: unknown) => {
          report(`${name} cannot be read: ${reasonOfFile(error)}`);
        });
        if (bytes === undefined) return;
        const fault = ports.data.whyNotRecognised(bytes);
        if (fault !== undefined) return report(`${name} ${fault}`);
        const answer = await smoke.recognise({ name, audio: bytes }, signal);
        if (answer !== undefined) heard.set(name, { id: name, lexical: answer.lexical, display: answer.display });
      }),
    );
    report(`${Math.min(at + batch, files.length)} of ${files.length} recordings through ${endpoint.displayName}`);
  }
  const failed = files.length - heard.size;
  const last = smoke.lastFailure === undefined ? '' : ` (${smoke.lastFailure})`;
  if (failed > 0) report(`${failed} of ${files.length} recordings were not recognised${last}`);
  const phrases = files.flatMap((file) => heard.get(path.basename(file)) ?? []);
  return { phrases, recognitions: { recordings: files.length, failed } };
}

/** An endpoint takes 100 recognitions at a time, of which its callers want most. */
const batch = 8;
