import type { JsonRecord } from './json-records.ts';
import type { TranscribedUtterance, TranscriptFault } from './transcript.ts';

/** Whether an object is what the service writes of a recording: the result of a batch transcription, or a file of an evaluation. */
export function isAzureResult(value: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(value['recognizedPhrases']) || Array.isArray(value['combinedRecognizedPhrases']);
}

/**
 * The utterances of results of the service, a recording each. Its id is the file's name in `source`, whose folder and signature are left
 * out; where a recording has several channels each is an utterance, `call.wav#0` and `call.wav#1`, because nothing tells in which order their
 * words were said.
 */
export function azureUtterances(
  records: readonly JsonRecord[],
  member: TextMember,
): readonly TranscribedUtterance[] | TranscriptFault {
  const found: TranscribedUtterance[] = [];
  for (const { value, line, place } of records) {
    if (!isAzureResult(value)) {
      return {
        line,
        message: `Give results of the service: recognizedPhrases and combinedRecognizedPhrases are missing ${place}`,
      };
    }
    const name = typeof value['source'] === 'string' ? recordingOf(value['source']) : '';
    if (name === '') return { line, message: `Name the recording as source: there is none ${place}` };
    const texts = textsByChannel(value, member);
    if (texts === undefined) {
      const [other, reader] = member === 'lexical' ? ['display', 'azure-display'] : ['lexical', 'azure'];
      return {
        line,
        message: `Give results with ${member} text: ${name} has ${other} text alone, which the form ${reader} reads`,
      };
    }
    for (const [channel, text] of texts) {
      found.push({ id: texts.size > 1 ? `${name}#${channel}` : name, text, fields: {}, line, place });
    }
  }
  return found;
}

/** A phrase as it was recognised, in words and as it is displayed. */
export interface DisplayedPhrase {
  /** The recording, or where it is written. */
  readonly id: string;
  readonly lexical: string;
  readonly display: string;
}

/**
 * The phrases of results of the service, each in both forms. Of a result that tells no phrases in both, the texts of its channels; a fault
 * where those are in one form alone.
 */
export function azurePhrases(records: readonly JsonRecord[]): readonly DisplayedPhrase[] | TranscriptFault {
  const found: DisplayedPhrase[] = [];
  for (const record of records) {
    const said = azureUtterances([record], 'lexical');
    if ('message' in said) return said;
    const displayed = azureUtterances([record], 'display');
    if ('message' in displayed) return displayed;
    const id = recordingOf(String(record.value['source']));
    const phrases = objectsOf(record.value['recognizedPhrases']).flatMap((phrase) => {
      const [best = {}] = objectsOf(phrase['nBest']);
      const [lexical, display] = [wordsIn(best, 'lexical'), wordsIn(best, 'display')];
      return lexical === '' || display === '' ? [] : [{ id, lexical, display }];
    });
    const whole = said.map(({ id: channel, text }, index) => {
      return { id: channel, lexical: text, display: displayed[index]?.text ?? '' };
    });
    found.push(...(phrases.length > 0 ? phrases : whole));
  }
  return found;
}

function recordingOf(source: string): string {
  const path = URL.canParse(source) ? new URL(source).pathname : source;
  const name = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

type TextMember = 'lexical' | 'display';

/** The text of each channel, in their order; undefined where the recording was recognised in the other form alone. */
function textsByChannel(
  result: Readonly<Record<string, unknown>>,
  member: TextMember,
): ReadonlyMap<number, string> | undefined {
  const combined = objectsOf(result['combinedRecognizedPhrases']);
  const phrases = combined.length > 0 ? combined : objectsOf(result['recognizedPhrases']);
  const texts = new Map<number, string>();
  for (const phrase of phrases) {
    const best = combined.length > 0 ? phrase : objectsOf(phrase['nBest'])[0];
    const text = best === undefined ? '' : textOf(best, member);
    if (text === undefined) return undefined;
    const channel = typeof phrase['channel'] === 'number' ? phrase['channel'] : 0;
    const earlier = texts.get(channel) ?? '';
    texts.set(channel, earlier === '' || text === '' ? earlier + text : `${earlier} ${text}`);
  }
  if (texts.size === 0) texts.set(0, '');
  return new Map([...texts].toSorted(([one], [other]) => one - other));
}

/** Undefined where only the other form has words, as with base models that fill the display form alone. */
function textOf(best: Readonly<Record<string, unknown>>, member: TextMember): string | undefined {
  const text = wordsIn(best, member);
  if (text !== '') return text;
  return wordsIn(best, member === 'lexical' ? 'display' : 'lexical') === '' ? '' : undefined;
}

function wordsIn(best: Readonly<Record<string, unknown>>, member: TextMember): string {
  const text = best[member];
  if (typeof text === 'string') return text;
  const scored = best['scoringResult'];
  return member === 'lexical' && typeof scored === 'string' ? scoredWords(scored) : '';
}

/** The words of an evaluation's `scoringResult` that were recognised: joined by commas there, those that were not tagged as deletions. */
export function scoredWords(scored: string): string {
  return scored
    .split(',')
    .filter((word) => !word.includes('<deletion>'))
    .map((word) => word.replace(/<\/?(substitution|insertion)>/g, '').trim())
    .filter((word) => word !== '')
    .join(' ');
}

/**
 * The alignment that an evaluation's `scoringResult` says, as letters `C`, `S`, `D` and `I`; undefined where a part is no word with at
 * most one of the three tags around it.
 */
export function scoredSteps(scored: string): string | undefined {
  let steps = '';
  for (const part of scored.split(',').map((word) => word.trim())) {
    if (part === '') continue;
    const [, tag = '', ending = ''] = /^(?:<(substitution|deletion|insertion)>)?[^<>]+(?:<\/(\w+)>)?$/.exec(part) ?? [
      '',
      '?',
    ];
    if (tag !== ending) return undefined;
    steps += { '': 'C', substitution: 'S', deletion: 'D', insertion: 'I' }[tag] ?? '';
  }
  return steps;
}

function objectsOf(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(list)) return [];
  return list.filter((member) => typeof member === 'object' && member !== null) as Record<string, unknown>[];
}
