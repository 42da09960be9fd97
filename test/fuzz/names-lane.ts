import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { escapeControls } from '../../workflows/document/quote-name.ts';
import { deadText } from '../../workflows/report/dead-text.ts';
import { runMarkdown } from '../../workflows/report/run-markdown.ts';
import { runText } from '../../workflows/report/run-text.ts';
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
  const rendered = renderMarkdown(runMarkdown(recordWith(name)));
  if (String(rendered.elements) !== String(plainReport.elements))
    return `elements of its own in a report: ${rendered.html}`;
  const text = runText(recordWith(name));
  if (isUnprintable(text)) return `characters that must not be printed in ${JSON.stringify(text)}`;
  return text.split('\n').length === 4 ? undefined : `lines of its own on a terminal: ${JSON.stringify(text)}`;
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

const plainReport = renderMarkdown(runMarkdown(recordWith('x')));
