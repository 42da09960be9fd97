import type { MeasuredSide } from '../../../plan/measurements.ts';
import type { EntityFile } from '../../../plan/speech-entities.ts';
import { scoredSteps, scoredWords } from '../../../scoring/readers/azure-results.ts';

/** The file of an evaluation that says what the model of one side recognised on a recording. */
export interface ScoreFile {
  readonly recording: string;
  readonly side: MeasuredSide['side'];
  readonly file: EntityFile;
}

/** The score files among the files of an evaluation, which are named `RECORDING.model1_score.json`. */
export function scoreFilesIn(files: readonly EntityFile[]): readonly ScoreFile[] {
  return files.flatMap((file) => {
    const [, recording, digit] = /^(.+)\.model([12])_score\.json$/.exec(file.name) ?? [];
    return recording === undefined ? [] : [{ recording, side: digit === '1' ? 1 : 2, file } as const];
  });
}

/**
 * The lexical text that a score file says was recognised; undefined when it says none. The service publishes no schema of these
 * files: `lexical` is read where it is, else `scoringResult`, whose words are joined by commas, those that were not recognised
 * tagged as deletions.
 */
export function recognisedText(content: string): string | undefined {
  const phrases = membersOf(parsed(content), 'recognizedPhrases');
  const texts = phrases.map((phrase) => {
    const [best] = membersOf(phrase, 'nBest');
    return textIn(best, 'lexical') ?? scoredWords(textIn(best, 'scoringResult') ?? '');
  });
  const text = texts.filter((part) => part !== '').join(' ');
  return text === '' ? undefined : text;
}

/**
 * How what a score file says was recognised aligns with its reference, as letters `C`, `S`, `D` and `I`; undefined when it does not say so
 * of each phrase.
 */
export function alignmentIn(content: string): string | undefined {
  const phrases = membersOf(parsed(content), 'recognizedPhrases');
  const steps = phrases.map((phrase) => {
    const scored = textIn(membersOf(phrase, 'nBest')[0], 'scoringResult');
    return scored === undefined ? undefined : scoredSteps(scored);
  });
  return steps.length === 0 || steps.includes(undefined) ? undefined : steps.join('');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown, name: string): readonly unknown[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return Array.isArray(list) ? list : [];
}

function textIn(value: unknown, name: string): string | undefined {
  const text = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof text === 'string' ? text : undefined;
}
