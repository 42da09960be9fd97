import { SaxesParser } from 'saxes';
import type { ResultsDocument } from '../../schemas/types.gen.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { escapeControls } from '../../workflows/document/quote-name.ts';
import { deadText } from '../../workflows/report/dead-text.ts';
import { reportHtml } from '../../workflows/report/html/report-html.ts';
import { planMarkdown } from '../../workflows/report/commands/plan-markdown.ts';
import { planText } from '../../workflows/report/commands/plan-text.ts';
import { resultsJunit } from '../../workflows/report/commands/results-junit.ts';
import { resultsMarkdown } from '../../workflows/report/commands/results-markdown.ts';
import { runText } from '../../workflows/report/commands/run-text.ts';
import type { Plan } from '../../workflows/plan/plan.ts';
import { planOf } from '../workflows/report/plan-of.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText, smallerTexts } from './mutate.ts';
import { renderMarkdown } from './rendered-markdown.ts';
import { isUnprintable } from './sane-diagnostics.ts';

/**
 * Names of strangers in reports: in Markdown they are shown as they are and add no element, link, mention or reference; on a terminal
 * they steer nothing.
 */
export const fuzzNames: FuzzLane = async (options) =>
  await fuzzDocuments({ draw: drawName, check, smaller: smallerTexts, show: (text) => JSON.stringify(text) }, options);

function drawName(draws: Draws): string {
  const parts = draws.several(5, () => (draws.chance(0.7) ? draws.pick(hostileTexts) : ` word${draws.below(10)} `));
  const name = parts.join(draws.pick(['', ' ', '\n']));
  return draws.chance(0.3) ? mutateText(name, { draws, pieces: hostileTexts }) : name;
}

/** Where Markdown begins something: alone, in a sentence, a heading, a list, a quotation and the cell of a table. */
const everywhere = `@@

A sentence with @@, and more.

# @@: failed

- @@: x
- x

> @@

| a | b |
|---|---|
| @@ | x |
| x | y |
`;
const plain = renderMarkdown(everywhere.replaceAll('@@', 'QQQ'));

function check(name: string): string | undefined {
  const shown = escapeControls(name.replaceAll(/\s+/g, ' ').trim());
  const dead = deadText(name);
  if (shown === '') return dead === '' ? undefined : `something out of nothing: ${dead}`;
  const rendered = renderMarkdown(everywhere.replaceAll('@@', () => dead));
  if (String(rendered.elements) !== String(plain.elements)) return `elements of its own: ${rendered.html}`;
  if (rendered.text !== plain.text.replaceAll('QQQ', () => shown)) return `shown as something else: ${rendered.html}`;
  // Pipes stand between the code, where they are no more than pipes.
  if (rendered.liveText.replaceAll('|', '') !== plain.text.replaceAll('QQQ', ''))
    return `text that is not dead: ${rendered.html}`;
  return faultsOfReports(name);
}

function faultsOfReports(name: string): string | undefined {
  const rendered = renderMarkdown(resultsMarkdown(resultsWith(name)));
  if (String(rendered.elements) !== String(plainReport.elements))
    return `elements of its own in a report: ${rendered.html}`;
  const fault = faultOfXml(resultsJunit(resultsWith(name)));
  if (fault !== undefined) return fault;
  const planned = renderMarkdown(planWith(name));
  if (String(planned.elements) !== String(plainPlan.elements)) return `elements of its own in a plan: ${planned.html}`;
  if (isUnprintable(planText(stepsWith(name)))) return 'characters that must not be printed in a plan';
  const pageFault = name.length % pagesAmong === 0 ? faultOfPage(name) : undefined;
  if (pageFault !== undefined) return pageFault;
  const text = runText(recordWith(name));
  if (isUnprintable(text)) return `characters that must not be printed in ${JSON.stringify(text)}`;
  return text.split('\n').length === 4 ? undefined : `lines of its own on a terminal: ${JSON.stringify(text)}`;
}

/** A page takes as long as all the other reports: it is made of one name in so many. */
const pagesAmong = 4;

function faultOfPage(name: string): string | undefined {
  const page = textIn(reportHtml(pageResults(name)));
  if (isUnprintable(page)) return `characters that must not be shown in ${page}`;
  return String(elementsOf(page)) === String(plainElements) ? undefined : `elements of its own: ${page}`;
}

/** A run in which the text stands wherever a stranger can put it. */
function recordWith(text: string): RunRecord {
  const times = { startedAt: '2026-01-02T03:04:05.000Z', finishedAt: '2026-01-02T03:05:05.000Z' };
  const ended = { effects: [], outputs: {}, ...times };
  return {
    runId: 'run-1',
    pipeline: text,
    status: 'failed',
    ...times,
    error: text,
    steps: {
      a: {
        ...ended,
        uses: 'approve',
        status: 'succeeded',
        outputs: { approvedBy: text, approvedAt: '', comment: text },
        reason: text,
      },
      b: { ...ended, uses: 'train', status: 'failed', error: text },
    },
  };
}

/** Evidence in which the text stands wherever a stranger can put it. */
function resultsWith(text: string): ResultsDocument {
  const times = { startedAt: '2026-01-02T03:04:05.000Z', finishedAt: '2026-01-02T03:05:05.000Z' };
  const rate = { value: 0.1, low: 0.05, high: 0.15, utterances: 1, words: 10, errors: 1 };
  return {
    version: 1,
    source: 'run',
    title: text,
    runId: text,
    status: 'failed',
    verdict: { passed: false, sentence: text, reasons: [text] },
    made: { ...times, program: text, by: text, host: text, commit: text, branch: text },
    steps: [
      { id: text, uses: text, status: 'succeeded', sentence: text, reason: text, ...times },
      { id: text, uses: text, status: 'failed', sentence: text },
      { id: text, uses: text, status: 'skipped', sentence: '', reason: text },
    ],
    sets: [
      {
        id: text,
        title: text,
        profile: 'none',
        profileVersion: 1,
        unit: 'word',
        model: text,
        against: text,
        rate,
        againstRate: rate,
        comparison: { delta: 0, probabilityOfImprovement: 0.5, pValue: 1, verdict: 'no difference' },
        bound: 0.05,
        incomplete: text,
        slices: [{ by: text, value: text, rate, passed: false, sentence: text }],
        confusions: [],
        missed: [],
        inserted: [],
        utterances: [],
      },
    ],
    swaps: [{ step: text, endpoint: text, model: text, previousModel: text, proof: 'proved', probes: [] }],
    lineage: [],
    expiry: [{ kind: text, name: text, ends: text, consequence: text }],
    cost: [{ what: text, amount: 1, unit: text }],
  };
}

/** The same with all that a page shows. */
function pageResults(text: string): ResultsDocument {
  const results = resultsWith(text);
  const recognised = { text: `${text} ${text}`, operations: 'CSDI' };
  return {
    ...results,
    inputs: { a: text },
    sets: results.sets.map((set) => ({
      ...set,
      noise: { evaluations: 3, unstable: 1, low: 0, high: 1, sentence: text },
      terms: [{ name: text, hits: 1, misses: 1, falseAlarms: 1 }],
      confusions: [{ reference: text, hypothesis: text, count: 1, againstCount: 1 }],
      missed: [{ word: text, count: 1, deleted: 1, substituted: 0, againstCount: 1 }],
      inserted: [{ word: text, count: 1 }],
      utterances: [
        {
          id: text,
          group: text,
          audio: `audio/${text}`,
          reference: text,
          recognised,
          against: recognised,
          unstable: true,
        },
      ],
    })),
    lineage: [{ id: 'a', kind: 'dataset', name: text, digest: text, from: [text] }],
  };
}

/** What a page has of the document: neither its style nor its script, which are the same in each. */
function textIn(page: string): string {
  const style = page.indexOf('<style>');
  return page.slice(0, style) + page.slice(page.indexOf('</style>', style), page.lastIndexOf('<script>'));
}

/** The elements of a page with the names of their attributes; a `<` that begins none is one, too. */
function elementsOf(page: string): readonly string[] {
  return [...page.matchAll(/<([/!]?[\w-]+)((?:\s[\w-]+(?:="[^"<]*")?)*)\s*\/?>|</g)].map(
    ([all, name, attributes = '']) => (name === undefined ? all : `${name}${attributes.replaceAll(/="[^"]*"/g, '')}`),
  );
}

const plainElements = elementsOf(textIn(reportHtml(pageResults('x'))));

/** Why an XML document is not well-formed, or has text that XML readers must not see. */
function faultOfXml(xml: string): string | undefined {
  let fault: string | undefined;
  const parser = new SaxesParser();
  parser.on('error', (error) => void (fault ??= `no well-formed JUnit: ${error.message}`));
  parser.write(xml).close();
  return fault ?? (isUnprintable(xml) ? `characters that must not be printed in ${JSON.stringify(xml)}` : undefined);
}

/** A plan in which every text is a name. */
function stepsWith(name: string): Plan {
  const { pipeline, ...plan } = planOf(
    { id: name, summary: name, resource: name, action: 'fail' },
    { id: name, summary: name, resource: 'https://west' },
  );
  return { ...plan, pipeline: { ...pipeline, name } };
}

function planWith(name: string): string {
  return planMarkdown([stepsWith(name)], { hash: name, saved: { hash: name, file: name, commands: [name] } });
}

const plainPlan = renderMarkdown(planWith('x'));
const plainReport = renderMarkdown(resultsMarkdown(resultsWith('x')));
