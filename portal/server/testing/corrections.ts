import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { unifiedDiff } from '../../../workflows/document/unified-diff.ts';
import { type TranscriptLine, withOtherTexts } from '../../../workflows/document/transcript.ts';
import type { ResultsRecognised } from '../../../schemas/types.gen.ts';
import { scoreUtterances, totalOf, type UtteranceScore } from '../../../workflows/scoring/score-utterances.ts';
import { transcriptName } from '../../../workflows/steps/test-set.ts';
import type { Corrections } from '../../api/testing.ts';
import { PortalProblem } from '../portal-context.ts';
import type { RepositorySource } from '../sources.ts';
import type { NamedModel } from './measured-answer.ts';
import type { MeasuredTexts } from './measured-texts.ts';

/** A transcript with corrections. */
export interface CorrectedTranscript {
  readonly text: string;
  /** The lines that are others now. */
  readonly changed: readonly TranscriptLine[];
}

/** Throws a {@link PortalProblem} for a recording that the transcript does not have, and for a text without anything in it. */
export function correctedTranscript(
  { transcript, lines }: Pick<MeasuredTexts, 'transcript' | 'lines'>,
  corrections: Corrections,
): CorrectedTranscript {
  const byFile = new Map(lines.map((line) => [line.file, line]));
  const changed = Object.entries(corrections).flatMap(([file, written]): readonly TranscriptLine[] => {
    const line = byFile.get(file);
    const text = written.replaceAll(/\s+/g, ' ').trim();
    if (line === undefined)
      throw new PortalProblem(`Open the evaluation again: its transcript has no recording ${file}`, { status: 409 });
    if (text === '')
      throw new PortalProblem(`Leave ${file} out of the test set: nothing remains of its transcript`, { status: 422 });
    return text === line.text ? [] : [{ ...line, text }];
  });
  return { text: withOtherTexts(transcript, new Map(changed.map(({ line, text }) => [line, text]))), changed };
}

/** A unified diff of the transcript under the name of a file. */
export function patchOf(
  transcript: string,
  { text }: CorrectedTranscript,
  { name }: { readonly name: string },
): string {
  return unifiedDiff(transcript, text, { name });
}

/** What a correction does to the rates of models, and to the alignment of the corrected utterances. */
export function correctedScores(
  { how, lines }: MeasuredTexts,
  { models, changed }: { readonly models: readonly NamedModel[] } & Pick<CorrectedTranscript, 'changed'>,
): {
  readonly models: readonly { id: string; name: string; before: number | null; after: number | null }[];
  readonly utterances: readonly { id: string; reference: string; sides: ResultsRecognised[] }[];
} {
  const places = new Map(lines.map(({ file }, index) => [file, index]));
  const references = changed.map(({ file, text }) => ({ id: file, text }));
  const scores = models.map(({ heard }) =>
    scoreUtterances({ references, hypotheses: references.map(({ id }) => heard[places.get(id)!]!), ...how }),
  );
  const between = how.unit === 'char' ? '' : ' ';
  return {
    models: models.map(({ id, name, score }, index) => {
      const anew = new Map(scores[index]?.utterances.map((one) => [one.id, one]));
      const utterances = score.utterances.map((one): UtteranceScore => anew.get(one.id) ?? one);
      return { id, name, before: score.wordErrorRate, after: totalOf(utterances).wordErrorRate };
    }),
    utterances: changed.map(({ file }, at) => ({
      id: file,
      reference: scores[0]?.utterances[at]?.reference.join(between) ?? '',
      sides: scores.map(({ utterances }) => ({
        text: utterances[at]?.hypothesis.join(between) ?? '',
        operations: utterances[at]?.operations ?? '',
      })),
    })),
  };
}

/** The files of the repository that are this transcript to the letter, by paths from its root; links to other places are none. */
export async function filesOfTranscript(
  transcript: string,
  { root, git }: Pick<RepositorySource, 'root' | 'git'>,
): Promise<readonly string[]> {
  const listed = await git([
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    `*${transcriptName}`,
  ]).catch(() => '');
  const names = [...new Set(listed.split('\0'))].filter((name) => path.posix.basename(name) === transcriptName);
  const wanted = Buffer.from(transcript, 'utf8');
  const found: string[] = [];
  for (const name of names.toSorted()) if (await isFileOf(name, { root, wanted })) found.push(name);
  return found;
}

async function isFileOf(
  name: string,
  { root, wanted }: { readonly root: string; readonly wanted: Buffer },
): Promise<boolean> {
  try {
    const file = path.join(root, name);
    const real = path.join(await realpath(root), name);
    const found = await lstat(file);
    if (!found.isFile() || found.size !== wanted.byteLength || (await realpath(file)) !== path.normalize(real))
      return false;
    return wanted.equals(await readFile(file));
  } catch {
    // It has gone meanwhile, or nobody may read it.
    return false;
  }
}
