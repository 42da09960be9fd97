import { SaxesParser } from 'saxes';
import { scoreJson } from '../../workflows/report/score/score-json.ts';
import { scoreJunit } from '../../workflows/report/score/score-junit.ts';
import { scoreMarkdown } from '../../workflows/report/score/score-markdown.ts';
import type { ScoreReport } from '../../workflows/report/score/score-report.ts';
import { scoreText } from '../../workflows/report/score/score-text.ts';
import { compareScores } from '../../workflows/scoring/compare-scores.ts';
import { groupScores } from '../../workflows/scoring/group-scores.ts';
import { speakerInId } from '../../workflows/scoring/speakers.ts';
import { pairIds } from '../../workflows/scoring/readers/pair-ids.ts';
import { readUtterances } from '../../workflows/scoring/readers/read-utterances.ts';
import { type Score, scoreUtterances, type Utterance } from '../../workflows/scoring/score-utterances.ts';
import { readTerms } from '../../workflows/scoring/readers/term-list.ts';
import { scoreTerms } from '../../workflows/scoring/terms.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText } from './mutate.ts';

type Sides = readonly [said: string, recognised: string];

/**
 * Transcripts in the forms that tools write: reading them never throws, a fault has a line of the text, every utterance has an id of its own,
 * and every report of them can be printed and parsed.
 */
export const fuzzTranscripts: FuzzLane = async (lane) =>
  await fuzzDocuments(
    {
      draw: (draws): Sides => {
        const seed = draws.pick(seeds);
        return [drawText(draws, seed), drawText(draws, draws.chance(0.8) ? seed : draws.pick(seeds))];
      },
      check,
      *smaller([said, recognised]): Generator<Sides> {
        for (const less of halves(said)) yield [less, recognised];
        for (const less of halves(recognised)) yield [said, less];
      },
      show: (sides) => JSON.stringify(sides),
    },
    lane,
  );

function check([said, recognised]: Sides): string | undefined {
  const references = readUtterances(said, { side: 'reference' });
  const hypotheses = readUtterances(recognised, { side: 'hypothesis' });
  for (const [text, { utterances, fault }] of [
    [said, references],
    [recognised, hypotheses],
  ] as const) {
    if (fault !== undefined && !(fault.line >= 1 && fault.line <= text.split('\n').length)) {
      return `a fault on line ${fault.line}, which is not there`;
    }
    if ((fault === undefined) !== utterances.length > 0) return 'neither utterances nor a fault, or both';
    const ids = new Set(utterances.map(({ id }) => id));
    if (ids.size !== utterances.length || ids.has('')) return 'an utterance without an id of its own';
  }
  if (references.fault !== undefined || hypotheses.fault !== undefined) return undefined;
  const pairing = pairIds(references.utterances, hypotheses.utterances);
  if (pairing.kind !== 'paired') return undefined;
  const how = {
    profile: 'none',
    unit: (['word', 'char', 'word', 'token'] as const)[said.length % 4] ?? 'word',
  } as const;
  const scored = (heard: readonly Utterance[]): Score => {
    const task = { references: references.utterances, hypotheses: heard, ...how };
    try {
      return scoreUtterances({ ...task, marks: { alternations: true, optionalWords: true, fragments: true } });
    } catch (error) {
      // Braces that are not in pairs, or marks in characters.
      if (error instanceof RangeError && / of "|Count words/.test(error.message)) return scoreUtterances(task);
      throw error;
    }
  };
  const score = scored(pairing.hypotheses);
  const other = scored(references.utterances);
  const list = readTerms(recognised);
  return faultOfReports({
    score,
    files: { references: said.slice(0, 9), hypotheses: recognised.slice(0, 9), against: said.slice(-9) },
    most: 10,
    maxWer: 0.1,
    groups: { by: said.slice(0, 3), groups: groupScores(score.utterances, speakerInId), valueOf: speakerInId },
    terms: 'terms' in list ? scoreTerms(score.utterances, { ...list, ...how }) : undefined,
    comparison: said.length % 3 === 0 ? compareScores(score, other, { seed: 1 }) : undefined,
  });
}

function faultOfReports(report: ScoreReport): string | undefined {
  const texts = { text: scoreText(report, { color: false }), Markdown: scoreMarkdown(report), XML: scoreJunit(report) };
  for (const [name, text] of Object.entries(texts)) {
    if (/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]|^\s*::|##[\w.-]*\[/mu.test(text)) return `the ${name} steers a terminal or a log`;
  }
  JSON.parse(scoreJson(report));
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(texts.XML).close();
  return undefined;
}

const seeds = [
  'u1\tthe cat sat\nu2\t\na-3\ton the mat\n',
  ';; by hand\nthe cat sat (s1-1)\n(s1-2)\n{ a / b } mat (s2_1)\n',
  's1-1 the cat sat\ns1-2\ns2_1 on the mat\n',
  '{"id":"u1","text":"the cat","pred_text":"the hat","speaker":"s1"}\n{"id":"u2","text":"mat","pred_text":"","speaker":2}\n',
  '[{"key":"a/u1.wav","txt":"the cat"},{"key":"u2","txt":"x"}]',
  '{"source":"https://h/c/a.wav?sig=x","combinedRecognizedPhrases":[{"channel":0,"lexical":"a b","display":"A b."}]}\n',
  '{"source":"b.wav","recognizedPhrases":[{"channel":1,"nBest":[{"scoringResult":"a,<deletion>b</deletion>"}]},{"channel":0}]}',
] as const;
const pieces = [
  ...hostileTexts,
  '\t',
  '(s-1)',
  '{',
  '}',
  ' @ ',
  '(uh) go- -ing ',
  '{ a / b c / @ }',
  '|',
  'u1',
  '.wav',
  '/',
  '\uFFFE',
  '\uD800',
  '[-',
  '{+',
  '##',
  '"id":null,',
  '[]',
];

function drawText(draws: Draws, seed: string): string {
  return draws.chance(0.3) ? seed : mutateText(seed, { draws, pieces });
}

function* halves(text: string): Generator<string> {
  if (text === '') return;
  const half = Math.ceil(text.length / 2);
  yield text.slice(half);
  yield text.slice(0, text.length - half);
  yield text.slice(1);
  yield text.slice(0, -1);
}
