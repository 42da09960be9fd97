import { expect, it } from 'vitest';
import { cancelRun, untoldSteps } from '../../../workflows/durable/cancel-run.ts';
import { cancelledRecord } from '../../../workflows/durable/durable-engine.ts';
import type { RunDetails } from '../../../workflows/durable/journal.ts';
import type { StepRecord } from '../../../workflows/engine/run-record.ts';
import { written } from '../engine/run-plan.ts';

const pipeline = written(`locale: en-US
strategy:
  waves: [canary, rest]
  matrix:
    include:
      - { region: west, wave: canary }
      - { region: north, wave: rest }
      - { region: south, wave: rest }
steps:
  - { id: text, uses: upload, once: true, with: { kind: Language, from: text.txt } }
  - { id: go, uses: swap, needs: [text], with: { endpoint: calls, model: base } }
`);
const plan = {
  ...pipeline,
  steps: pipeline.pipeline.steps.map(({ id, name, uses }) => ({
    id,
    name,
    uses,
    action: 'update' as const,
    summary: '',
    effects: uses === 'swap' ? (['update-endpoint'] as const) : [],
    outputs: {},
  })),
};

function withEnded(...ids: readonly string[]): Pick<RunDetails, 'plan' | 'steps'> {
  const record: StepRecord = { status: 'succeeded', uses: 'swap', outputs: {} };
  return { plan, steps: Object.fromEntries(ids.map((id) => [id, record])) };
}

it.each<[readonly string[], readonly string[]]>([
  [[], []],
  [['text'], ['go-west']],
  [
    ['text', 'go-west'],
    ['go-north', 'go-south', 'go-back-west'],
  ],
  [
    ['text', 'go-west', 'go-back-west', 'go-north', 'go-south'],
    ['go-back-north', 'go-back-south'],
  ],
])('of a run whose process died when %j had ended, these may have been changing an endpoint: %j', (ended, expected) => {
  const untold = untoldSteps(withEnded(...ended), {});
  expect([...untold.keys()].toSorted()).toEqual([...expected].toSorted());
  for (const said of untold.values()) expect(said).toContain('nothing is kept of how it has left its endpoint: look');
});

it('has in the record of a run that was cancelled before it had one which steps had begun, and how they have left things', () => {
  const left = 'endpoint calls is to serve m, which is not proved there';
  const run = {
    ...withEnded('text'),
    runId: 'r',
    pipeline: 'p',
    status: 'cancelled',
    startedAt: '',
    format: '',
  } as const;
  const { status, steps } = cancelledRecord({ ...run, leftBehind: { text: 'old', 'go-west': left } });
  expect(status).toBe('cancelled');
  expect([steps['text']?.status, steps['go-west'], steps['go-north']]).toEqual([
    'succeeded',
    { status: 'cancelled', uses: 'swap', outputs: {}, reason: `the run was cancelled; ${left}` },
    { status: 'skipped', uses: 'swap', outputs: {}, reason: 'the run was cancelled' },
  ]);
});

it('says nothing in place of what is kept', () => {
  expect([...untoldSteps(withEnded('text', 'go-west', 'go-back-west'), { 'go-north': 'it serves m' }).keys()]).toEqual([
    'go-south',
  ]);
});

it('says how the steps of a run whose process is dead have left things, and nothing of those that had ended', async () => {
  const run: RunDetails = {
    ...withEnded('text', 'go-west'),
    runId: 'r',
    pipeline: 'p',
    status: 'running',
    startedAt: '',
    format: '',
    abandoned: 'until-resumed',
  };
  const leftBehind = { 'go-west': 'old', 'go-north': 'endpoint calls is to serve m, which is not proved there' };
  const control = {
    cancel: async () => 1,
    details: async () => ({ ...run, status: 'cancelled' as const, leftBehind }),
  };
  expect(await cancelRun(run, control)).toBe(
    'Cancelled r\ngo-north: endpoint calls is to serve m, which is not proved there',
  );
  const { abandoned: _abandoned, ...living } = run;
  expect(await cancelRun(living, control)).toBe('Cancelled r');
});
