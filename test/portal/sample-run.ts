import type { Decision } from '../../workflows/durable/decision.ts';
import type { RunDetails } from '../../workflows/durable/journal.ts';
import { journalFormat } from '../../workflows/durable/journal-format.ts';
import type { RunsAccess, RunsSource } from '../../portal/server/sources.ts';
import { written } from '../workflows/engine/run-plan.ts';

/** A name that would do harm where it is not shown as text. */
export const hostile = '<img src=x onerror=alert(1)> \u202E evil';

/** A run that asks Ada or Grace whether to go on, with what it has found. */
export function askingRun(changed: Partial<RunDetails> = {}): RunDetails {
  const plan = written(`locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: ok, uses: approve, needs: [text], with: { message: 'Go ${hostile}?', by: [Ada, Grace], expires: 2h } }
  - { id: model, name: ${JSON.stringify(hostile)}, uses: train, needs: [ok], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
finally:
  - { id: last, uses: approve, with: { message: 'And then?' } }
`);
  return {
    runId: 'calls-1',
    pipeline: hostile,
    status: 'running',
    startedAt: '2026-01-02T03:04:05.000Z',
    format: journalFormat,
    plan: { ...plan, hash: 'abcdef0123456789' },
    steps: {
      text: {
        status: 'succeeded',
        uses: 'upload',
        outputs: { dataset: 'https://west/datasets/1', digest: 'd', accepted: 40, rejected: 2 },
        startedAt: '2026-01-02T03:04:05.000Z',
        finishedAt: '2026-01-02T03:04:09.000Z',
      },
    },
    ...changed,
  };
}

/** Runs that exist only here, and what was done to them. */
export function fakeRuns(given: readonly RunDetails[]): {
  readonly source: RunsSource;
  readonly done: (readonly unknown[])[];
  /** Puts another run in the place of the one of its id, as when a step has ended. */
  replace(run: RunDetails): void;
} {
  const byId = new Map(given.map((run) => [run.runId, run]));
  const done: (readonly unknown[])[] = [];
  let version = 0;
  const access: RunsAccess = {
    runs: async () => [...byId.values()],
    details: async (runId) => byId.get(runId),
    log: async (runId, { after = 0, limit = 200 } = {}) =>
      [
        { number: 1, at: '2026-01-02T03:04:05.000Z', kind: 'run' as const, message: `executed, ${runId}` },
        { number: 7, at: '2026-01-02T03:04:09.500Z', kind: 'step-started' as const, stepId: 'ok', message: 'started' },
        { number: 9, at: '2026-01-02T03:04:09.600Z', kind: 'step-progress' as const, stepId: 'ok', message: hostile },
      ]
        .filter(({ number }) => number > after)
        .slice(-limit),
    async decide(runId, stepId, decision: Decision) {
      done.push(['decide', runId, stepId, decision]);
      return decision;
    },
    async cancel(runId) {
      done.push(['cancel', runId]);
      return 1;
    },
  };
  return {
    done,
    source: {
      borrow: async (act) => await act(access),
      version: async () => String(version),
      async start(args) {
        done.push(args);
        return { runId: args[0] === 'fork' ? `${args[1]}-fork` : (args[1] ?? '') };
      },
    },
    replace(run) {
      byId.set(run.runId, run);
      version += 1;
    },
  };
}
