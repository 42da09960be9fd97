import type { PhraseFormat } from '../protocol/recognised-phrase.ts';

/** One utterance (`interactive`), or all of them until the audio ends. */
export type RecognitionMode = 'interactive' | 'conversation' | 'dictation';

/** What a client may say about how it wants to be heard. */
export interface TurnSettings {
  readonly mode: RecognitionMode;
  readonly format: PhraseFormat;
  readonly phrases: readonly string[];
  /** The language that the context names. */
  readonly language: string | undefined;
  readonly segmentationSilenceMilliseconds: number;
  readonly initialSilenceMilliseconds: number;
}

/** Of the service: 500 phrases in a list (Microsoft Learn: "Improve recognition accuracy with phrase list"). */
const mostPhrases = 500;

/** Of the service: "Setting it to a value in the range 100 to 5000 ms" (Microsoft Learn: "How to recognize speech"). */
const silenceRange = { least: 100, most: 5000, usual: 500 };

/** One utterance is waited for so long (the same page); continuous recognition waits for speech as long as audio comes. */
const usualInitialSilence = { interactive: 5000, conversation: Infinity, dictation: Infinity } as const;

type Json = Readonly<Record<string, unknown>>;

/**
 * What the path, the query and the body of `speech.context` say, of which the context counts most. `pathMode` is undefined where the
 * path names no mode, as in the second version of the protocol. What cannot be read is left aside, as the service leaves it.
 */
export function turnSettings(
  context: Json,
  { pathMode, query }: { readonly pathMode: RecognitionMode | undefined; readonly query: URLSearchParams },
): TurnSettings {
  const detection = objectIn(context, 'phraseDetection');
  const output = objectIn(context, 'phraseOutput');
  const mode = pathMode ?? modeNamed(detection['mode']) ?? 'conversation';
  const segmentation = objectIn(objectIn(detection, mode), 'segmentation');
  const asked =
    numberOf(segmentation['segmentationSilenceTimeoutMs']) ?? numberIn(query, 'segmentationSilenceTimeoutMs');
  const trailing = numberOf(detection['trailingSilenceTimeout']) ?? numberIn(query, 'endSilenceTimeoutMs');
  const silence = asked ?? (mode === 'interactive' ? trailing : undefined) ?? silenceRange.usual;
  const options = objectIn(output, 'detailed')['options'];
  const hasWords =
    query.get('wordLevelTimestamps') === 'true' || (Array.isArray(options) && options.includes('WordTimings'));
  const format = textOf(output['format']) ?? query.get('format') ?? '';
  return {
    mode,
    format: { isDetailed: hasWords || format.toLowerCase() === 'detailed', hasWords },
    phrases: phrasesIn(context),
    language: textOf(detection['language']),
    segmentationSilenceMilliseconds: Math.min(silenceRange.most, Math.max(silenceRange.least, silence)),
    initialSilenceMilliseconds:
      numberOf(detection['initialSilenceTimeout']) ??
      numberIn(query, 'initialSilenceTimeoutMs') ??
      usualInitialSilence[mode],
  };
}

function phrasesIn(context: Json): readonly string[] {
  const groups = objectIn(context, 'dgi')['groups'];
  if (!Array.isArray(groups)) return [];
  return groups
    .flatMap((group: unknown) => {
      const items = asObject(group)['items'];
      return Array.isArray(items) ? items.map((item: unknown) => textOf(asObject(item)['text'])) : [];
    })
    .filter((text) => text !== undefined)
    .slice(0, mostPhrases);
}

function modeNamed(value: unknown): RecognitionMode | undefined {
  const name = textOf(value)?.toLowerCase();
  return name === 'interactive' || name === 'conversation' || name === 'dictation' ? name : undefined;
}

function objectIn(object: Json, name: string): Json {
  return asObject(object[name]);
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  return numberOf(Number(query.get(name) ?? Number.NaN));
}
