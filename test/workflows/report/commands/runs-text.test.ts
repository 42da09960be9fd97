import { describe, expect, it } from 'vitest';
import { journalFormat } from '../../../../workflows/durable/journal-format.ts';
import type { RunDetails } from '../../../../workflows/durable/journal.ts';
import type { StepRecord } from '../../../../workflows/engine/run-record.ts';
import { runDetailsText, runsText } from '../../../../workflows/report/commands/runs-text.ts';
import { short, written } from '../../engine/run-plan.ts';

const plan = written(`locale: en-US\nsteps:\n${short('a')}${short('b', 'needs: [a]')}finally:\n${short('last')}`);
const passed: StepRecord = { status: 'succeeded', uses: 'train', outputs: {} };

const now = new Date('2026-01-02T03:06:10.000Z');
/** Times are those of the machine, wherever it is. */
const started = new Date('2026-01-02T03:04:05.000Z').toLocaleString('sv-SE');

function details(change: Partial<RunDetails>): RunDetails {
  const startedAt = '2026-01-02T03:04:05.000Z';
  return { runId: 'r', pipeline: 'p', status: 'running', startedAt, format: journalFormat, plan, steps: {}, ...change };
}

function statesOf(run: RunDetails): readonly string[] {
  const [, ...steps] = runDetailsText({ ...run, log: [] })
    .trimEnd()
    .split('\n');
  return steps.map((line) => line.trim().replaceAll(/ +/g, ' '));
}

describe('a run as text', () => {
  it('shows a step under finally as waiting until all others have ended', () => {
    expect(statesOf(details({}))).toEqual(['a working', 'b waiting for a <- a', 'last waiting for a, b']);
    expect(statesOf(details({ steps: { a: passed, b: passed } })).at(-1)).toBe('last working');
  });

  it('shows steps of a matrix as waiting for the combinations, and ways back for the wave, that come before', () => {
    const text = `locale: en-US
strategy:
  waves: [canary, rest]
  max-parallel: 1
  matrix: { include: [{ region: west, wave: canary }, { region: north, wave: rest }, { region: south, wave: rest }] }
steps:
  - { id: go, uses: swap, with: { endpoint: calls, model: base } }
  - { id: ask, uses: approve, with: { message: Good? } }
`;
    const steps = { 'go-west': passed, 'ask-west': passed };
    const shown = (ended: Readonly<Record<string, StepRecord>>): readonly string[] =>
      statesOf(details({ plan: written(text), steps: ended }));
    expect(shown({ 'go-west': passed })).toContain('go-north waiting for ask-west');
    const states = shown({ ...steps, 'go-north': passed });
    expect(states).toContain('ask-north waiting for approval: speechops approve r ask-north');
    expect(states).toContain('go-south waiting for ask-north');
    expect(states).toContain('go-back-north waiting for ask-north, go-south, ask-south <- go-north');
    expect(shown({ ...steps, 'go-north': passed, 'ask-north': passed })).toContain('go-south working');
  });

  it('says of a run that was cancelled which steps had begun then, and how they have left things', () => {
    const left = 'endpoint calls is to serve m, which is not proved there';
    const run = details({ status: 'cancelled', steps: { a: passed }, leftBehind: { a: 'old', b: left } });
    expect(statesOf(run)).toEqual(['a succeeded', `b cancelled the run was cancelled; ${left} <- a`, 'last not run']);
  });

  it('says of a run that was abandoned what resumes it', () => {
    const abandoned = details({ abandoned: 'until-taken-over' });
    expect(runsText([abandoned], { now })).toBe(
      `RUN  STATE      STARTED              TOOK  PIPELINE\nr    abandoned  ${started}        p  (a worker takes it over)\n`,
    );
    expect(statesOf(abandoned)[0]).toBe('a abandoned');
    expect(runsText([details({ abandoned: 'until-resumed' })], { now })).toContain('  p  (speechops resume r)\n');
  });

  it('says of a run for which there is no room where that is, and since when', () => {
    const waiting = details({ waitsForRoom: { place: '/runs', since: '2026-01-02T04:00:00.000Z' } });
    expect(runsText([waiting], { now })).toBe(
      `RUN  STATE    STARTED              TOOK       PIPELINE\nr    waiting  ${started}  2 min 5 s  p  (for room on the disk of /runs, which is full since 2026-01-02T04:00:00.000Z)\n`,
    );
  });

  it('puts runs into columns, and says how long the ended ones took', () => {
    const ended = details({ runId: 'a-long-id', status: 'succeeded', finishedAt: '2026-01-02T03:04:13.400Z' });
    const failed = details({ status: 'failed', finishedAt: '2026-01-02T05:04:05.000Z', error: 'it took too long' });
    expect(runsText([ended, failed], { now })).toBe(
      `RUN        STATE      STARTED              TOOK       PIPELINE
a-long-id  succeeded  ${started}  8.4 s      p
r          failed     ${started}  2 h 0 min  p  (it took too long)
`,
    );
  });

  it('shows a run that no worker has as queued', () => {
    const queued = details({ status: 'queued' });
    expect(runsText([queued], { now })).toBe(
      `RUN  STATE   STARTED              TOOK       PIPELINE\nr    queued  ${started}  2 min 5 s  p\n`,
    );
    expect(statesOf(queued)).toEqual([
      'a waiting for a worker',
      'b waiting for a worker <- a',
      'last waiting for a worker',
    ]);
  });
});
