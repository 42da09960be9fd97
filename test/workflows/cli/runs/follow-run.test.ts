import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RunDetails } from '../../../../workflows/durable/journal.ts';
import type { LogEntry } from '../../../../workflows/store/run-log.ts';
import type { Plan } from '../../../../workflows/plan/plan.ts';
import { withLiveStderr } from '../../../../workflows/cli/live-stream.ts';
import { followRun } from '../../../../workflows/cli/runs/follow-run.ts';

const steps = [
  { id: 'text', name: 'text', needs: [] },
  { id: 'model', name: 'model', needs: ['text'] },
];
const plan = { pipeline: { name: 'ward', steps }, target: { endpoint: 'https://ward.example' } } as unknown as Plan;
const text = { status: 'succeeded', uses: 'upload', outputs: {}, reason: 'it is new' };
const line = { at: '2026-01-02T03:04:05.000Z', kind: 'step-progress' } as const;

/** A store that can be read as often as there are answers, and fails then. */
function storeOf(answers: readonly { readonly run: object; readonly log: readonly Omit<LogEntry, 'at'>[] }[]) {
  let looks = -1;
  return {
    journal: {
      details: async () => {
        looks += 1;
        const run = answers[looks]?.run;
        if (run === undefined) throw new Error('the store is gone');
        return run as RunDetails;
      },
    },
    log: {
      read: async () => (answers[looks]?.log ?? []).map((entry, number) => ({ ...line, ...entry, number })),
    },
  };
}

describe('a run that is followed on a terminal', () => {
  it('is left as it was seen last when its store fails, whatever its log says late', async () => {
    let shown = '';
    const terminal = { write: (more: string) => void (shown += more), isTTY: true, columns: 80, rows: 24 };
    const { signal } = new AbortController();
    const io = withLiveStderr({ stdout: terminal, stderr: terminal, env: { NO_COLOR: '1' }, cwd: '/', signal });
    const store = storeOf([
      { run: { status: 'running', steps: { text } }, log: [] },
      {
        run: { status: 'running', steps: { text } },
        log: [
          { kind: 'step-progress', stepId: 'text', message: 'late' },
          { kind: 'step-progress', stepId: 'model', message: 'at work' },
        ],
      },
    ]);
    await expect(followRun(store, { runId: 'w', plan, io, format: 'text' })).rejects.toThrow('the store is gone');
    io.stderr.write('error: the store is gone\n');
    const last = stripVTControlCharacters(shown.slice(shown.lastIndexOf('A\r') + 2)).replaceAll('\r', '');
    expect(last.replace(/\d+ s {2}at/, '? at').split('\n')).toEqual([
      expect.stringContaining('ward on https://ward.example, run w'),
      '✔ text   because it is new',
      '▶ model  ? at work',
      'error: the store is gone',
      '',
    ]);
  });
});
