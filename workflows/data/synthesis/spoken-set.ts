import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { DataError, type TextToSpeechPort } from '../../engine/ports.ts';
import { aboutFileName } from '../about-file.ts';
import { WavWriter } from '../mend/wav-writer.ts';

/** What was written. */
export interface SpokenSet {
  readonly recordings: number;
  /** How many of them were there already, of a command that was interrupted. */
  readonly kept: number;
  /** How many characters were spoken, and are billed. */
  readonly characters: number;
  readonly seconds: number;
}

export interface SpokenSetOptions {
  readonly speech: Pick<TextToSpeechPort, 'speak'>;
  /** What speaks, which is written into `data.yaml`. */
  readonly engine: string;
  /** Each sentence is said in one of them, always in the same. */
  readonly voices: readonly string[];
  readonly locale: string;
  readonly out: string;
  readonly cwd: string;
  /** How many texts are spoken at a time. */
  readonly parallel: number;
  readonly onProgress?: (done: { readonly sentences: number; readonly of: number }) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a set of recordings of sentences, each once, with transcript and `data.yaml`, into a new folder or one in which it was begun: a
 * recording is there as a whole or not at all, and one that is there is not made again.
 */
export async function writeSpokenSet(sentences: readonly string[], options: SpokenSetOptions): Promise<SpokenSet> {
  const { out, cwd, locale, signal } = options;
  const folder = path.resolve(cwd, out);
  const wanted = sentences.map((text) => recordingOf(text, options));
  const there = await open(folder, { ...options, names: new Set(wanted.map(({ name }) => name)) });
  const about = path.join(folder, aboutFileName);
  await writeFile(about, aboutText(wanted, options));
  const todo = wanted.filter(({ name }) => !there.has(name));
  let done = wanted.length - todo.length;
  options.onProgress?.({ sentences: done, of: wanted.length });
  const queue = todo.values();
  const ended = new AbortController();
  const stop = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const work = async (): Promise<void> => {
    for (const { name, text, voice } of queue) {
      stop.throwIfAborted();
      const samples = await options.speech.speak(text, { voice, locale, signal: stop });
      await writeRecording(path.join(folder, name), samples);
      done += 1;
      options.onProgress?.({ sentences: done, of: wanted.length });
    }
  };
  const works = Array.from({ length: Math.min(options.parallel, Math.max(1, todo.length)) }, async () => {
    await work().catch((error: unknown) => {
      ended.abort(error);
      throw error;
    });
  });
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  signal?.throwIfAborted();
  if (failed?.status === 'rejected') throw ended.signal.reason;
  await writeFile(path.join(folder, 'trans.txt'), wanted.map(({ name, text }) => `${name}\t${text}\n`).join(''));
  return {
    recordings: wanted.length,
    kept: there.size,
    characters: todo.reduce((sum, { text }) => sum + billedCharacters(text), 0),
    seconds: await secondsOf(folder, wanted),
  };
}

/** How many characters are billed: a Chinese character, also where it is written in Japanese or Korean, counts as two. */
export function billedCharacters(text: string): number {
  return [...text].length + (text.match(/\p{Script=Han}/gu)?.length ?? 0);
}

interface Recording {
  readonly name: string;
  readonly text: string;
  readonly voice: string;
}

const sampleRate = 16_000;
const firstLine = '# Written by `speechops data synthesise`.';

/** By what is said, and how: the same in every command. */
function recordingOf(
  text: string,
  { engine, voices, locale }: Pick<SpokenSetOptions, 'engine' | 'voices' | 'locale'>,
): Recording {
  const rank = (voice: string): string => digestOf(voice, text);
  // Another voice that comes takes over some sentences, and leaves the others as they are.
  const voice = voices.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0] ?? '';
  return { name: `synth-${digestOf(engine, voice, locale, text).slice(0, 16)}.wav`, text, voice };
}

function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Makes the folder, and answers which recordings are in it. */
async function open(
  folder: string,
  { out, names }: { readonly out: string; readonly names: ReadonlySet<string> },
): Promise<ReadonlySet<string>> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new DataError(`Name a new folder with --out: ${out} is a file`);
    throw error;
  });
  await mkdir(folder, { recursive: true });
  if (found.length === 0) return new Set();
  const about = await readFile(path.join(folder, aboutFileName), 'utf8').catch(() => '');
  const others = found.filter((name) => !names.has(name) && ![aboutFileName, 'trans.txt'].includes(name));
  const strange = others.find((name) => !/^synth-[\da-f]{16}\.wav(?:\.part)?$/.test(name));
  if (!about.startsWith(firstLine) || strange !== undefined)
    throw new DataError(
      `Name a new or empty folder with --out: ${out} has ${JSON.stringify(strange ?? found.toSorted()[0])} in it`,
    );
  for (const name of others.filter((other) => other.endsWith('.part'))) await rm(path.join(folder, name));
  const foreign = others.filter((name) => name.endsWith('.wav'));
  if (foreign.length > 0)
    throw new DataError(
      `Name a new folder with --out, or remove ${out}: it has ${foreign.length.toLocaleString('en-US')} recordings of other sentences or voices`,
    );
  return new Set(found.filter((name) => names.has(name)));
}

async function writeRecording(target: string, samples: Uint8Array): Promise<void> {
  const part = `${target}.part`;
  await rm(part, { force: true });
  const writer = await WavWriter.open(part, { sampleRate });
  try {
    await writer.writeBytes(samples);
  } finally {
    await writer.close();
  }
  await rename(part, target);
}

function aboutText(wanted: readonly Recording[], { engine, voices }: SpokenSetOptions): string {
  const speakers = Object.fromEntries(
    voices
      .map((voice) => [voice, wanted.filter((one) => one.voice === voice).map(({ name }) => name)] as const)
      .filter(([, names]) => names.length > 0),
  );
  const document = {
    version: 1,
    speakers,
    source: `synthetic, sentences of templates spoken by ${engine}`,
    consent: 'Not needed: the voices are of no callers.',
  };
  return `${firstLine}\n${stringify(document)}`;
}

const headerBytes = 44;

async function secondsOf(folder: string, wanted: readonly Recording[]): Promise<number> {
  let bytes = 0;
  for (const { name } of wanted) bytes += (await stat(path.join(folder, name))).size - headerBytes;
  return bytes / (2 * sampleRate);
}
