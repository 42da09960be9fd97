import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { withoutAccess } from '../document/signed-url.ts';
import { shownSource } from '../document/url-secrets.ts';
import { pairIds } from '../scoring/readers/pair-ids.ts';
import { readUtterances } from '../scoring/readers/read-utterances.ts';
import type { TranscribedUtterance, TranscriptForm, TranscriptSide } from '../scoring/readers/transcript.ts';
import { reasonOfFile } from './reason-of-file.ts';
import { UsageError } from './session.ts';

/** The files that were named for one side, and the form they were said to have. */
export interface TranscriptFiles {
  readonly names: readonly string[];
  /** @default told from each file */
  readonly form?: TranscriptForm | undefined;
  /** Whether the display text of the service's results is meant where the form is told. @default false */
  readonly display?: boolean;
  readonly cwd: string;
}

/** What was said, with how the files were read, for messages. */
export interface References {
  readonly utterances: readonly TranscribedUtterance[];
  readonly forms: ReadonlySet<TranscriptForm>;
  readonly readAs: string;
}

/**
 * What was said, from files in any form that tools write; a {@link UsageError} with file and line where one is not as its form wants it.
 * Ids and fields are without the signatures that give access to recordings: messages and reports show them.
 */
export async function readReferences(files: TranscriptFiles): Promise<References> {
  return readTranscripts(files, 'reference');
}

/**
 * What was recognised, with the ids of the references. Ids that differ in folder and audio extension alone are paired with a warning where
 * that is so for all; it is a {@link UsageError} when no id is on both sides.
 */
export async function readHypotheses(
  files: TranscriptFiles,
  { references, warn }: { readonly references: References; readonly warn: (text: string) => void },
): Promise<readonly TranscribedUtterance[]> {
  const { utterances, readAs } = await readTranscripts(files, 'hypothesis');
  const pairing = pairIds(references.utterances, utterances);
  if (pairing.kind === 'nothing in common') {
    const [one, other] = [references.utterances[0]?.id, utterances[0]?.id].map((id) => JSON.stringify(id));
    const hint = pairing.near === undefined ? '' : `; ${differsInForm(pairing.near)}`;
    throw new UsageError(
      `Give utterances the same ids on both sides, none is: ${references.readAs}, the first id is ${one}; ${readAs}, the first id is ${other}${hint}. --ref-format and --hyp-format say another form`,
    );
  }
  if (pairing.loosely !== undefined) {
    const [said, recognised] = pairing.loosely.map((id) => JSON.stringify(id));
    warn(
      `ids are compared without folder and audio extension, as none is the same with them: ${recognised} is ${said}`,
    );
  }
  if (pairing.near !== undefined) warn(differsInForm(pairing.near));
  return pairing.hypotheses;
}

function differsInForm(ids: readonly [string, string]): string {
  const [said, recognised] = ids.map((id) => JSON.stringify(id));
  return `Write ids alike: ${recognised} differs from ${said} in folder or audio extension alone`;
}

async function readTranscripts(
  { names, form, display = false, cwd }: TranscriptFiles,
  side: TranscriptSide,
): Promise<References> {
  const utterances: TranscribedUtterance[] = [];
  const fileOfId = new Map<string, string>();
  const forms = new Set<TranscriptForm>();
  for (const name of names) {
    const text = await readText(name, cwd);
    const told = readUtterances(text, { side, form });
    const isLexical = display && form === undefined && told.form === 'azure';
    const transcript = isLexical ? readUtterances(text, { side, form: 'azure-display' }) : told;
    forms.add(transcript.form);
    if (transcript.fault !== undefined) {
      const { line, message } = transcript.fault;
      // A tab tells its form for certain.
      const isGuess = form === undefined && transcript.form !== 'tab';
      const guess = isGuess ? ` (read as ${transcript.form}; ${optionOf[side]} says which form it is)` : '';
      throw new UsageError(`${name}:${line}: ${shownSource(message)}${guess}`);
    }
    for (const utterance of transcript.utterances.map(withoutSignatures)) {
      const earlier = fileOfId.get(utterance.id);
      if (earlier !== undefined) {
        throw new UsageError(
          `${name}:${utterance.line}: Give each id once: ${JSON.stringify(utterance.id)} is also in ${earlier}`,
        );
      }
      fileOfId.set(utterance.id, name);
      utterances.push(utterance);
    }
  }
  return { utterances, forms, readAs: `${nameOf(names)} was read as ${[...forms].join(' and ')}` };
}

function withoutSignatures(utterance: TranscribedUtterance): TranscribedUtterance {
  const fields = Object.entries(utterance.fields).map(([name, value]) => [name, withoutAccess(value)]);
  return { ...utterance, id: withoutAccess(utterance.id), fields: Object.fromEntries(fields) };
}

/** What the files of one side are called together. */
export function nameOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : `${names[0]} and ${names.length - 1} more`;
}

const optionOf: Readonly<Record<TranscriptSide, string>> = { reference: '--ref-format', hypothesis: '--hyp-format' };

/** The text of a file, which has to be UTF-8; a {@link UsageError} that says why it cannot be read. */
export async function readText(file: string, cwd: string): Promise<string> {
  const bytes = await readFile(resolve(cwd, file)).catch((error: unknown) => {
    throw new UsageError(`Cannot read ${file}: ${reasonOfFile(error)}`, { cause: error });
  });
  if (!isUtf8(bytes)) {
    throw new UsageError(`${file}:${firstLineNotUtf8(bytes)}: Save the file as UTF-8: this line has other bytes`);
  }
  try {
    return new TextDecoder().decode(bytes);
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${reasonOfFile(error)}`, { cause: error });
  }
}

function firstLineNotUtf8(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
