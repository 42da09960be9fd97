import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runMarkdown } from '../../../workflows/report/run-markdown.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { runText } from '../../../workflows/report/run-text.ts';

/** `UPDATE_GOLDEN=1` rewrites the expected texts. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const golden = new URL('../../golden/report/', import.meta.url);

describe('the report of a run', () => {
  it.each(readdirSync(golden))('is as expected, in Markdown and as text: %s', (name) => {
    const file = (of: string): URL => new URL(`${name}/${of}`, golden);
    const record = JSON.parse(readFileSync(file('run.json'), 'utf8')) as RunRecord;
    const printed = { 'report.md': runMarkdown(record), 'run.txt': runText(record) };
    for (const [of, text] of Object.entries(printed)) {
      if (update) writeFileSync(file(of), text);
      expect(text).toBe(readFileSync(file(of), 'utf8'));
    }
  });
});
