import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runResults } from '../../../workflows/evidence/run-results.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { resultsJunit } from '../../../workflows/report/commands/results-junit.ts';
import { resultsMarkdown } from '../../../workflows/report/commands/results-markdown.ts';
import { runText } from '../../../workflows/report/commands/run-text.ts';
import { summariseStep } from '../../../workflows/report/summarise-step.ts';

/** `UPDATE_GOLDEN=1` rewrites the expected texts. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const golden = new URL('../../golden/report/', import.meta.url);

describe('the report of a run', () => {
  it.each(readdirSync(golden))('is as expected, in Markdown, as JUnit and as text: %s', (name) => {
    const file = (of: string): URL => new URL(`${name}/${of}`, golden);
    const record = JSON.parse(readFileSync(file('run.json'), 'utf8')) as RunRecord;
    const document = runResults(record, {
      made: { program: 'speechops 0.1.0', by: 'maria', host: 'build-7', commit: '8c1f0e2', branch: 'main' },
      inputs: {},
      summaryOf: summariseStep,
      texts: new Map(),
      known: undefined,
    });
    const printed = {
      'report.md': resultsMarkdown(document),
      'junit.xml': resultsJunit(document),
      'run.txt': runText(record),
    };
    for (const [of, text] of Object.entries(printed)) {
      if (update) writeFileSync(file(of), text);
      expect(text).toBe(readFileSync(file(of), 'utf8'));
    }
  });
});
