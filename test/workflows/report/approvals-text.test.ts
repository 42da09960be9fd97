import { describe, expect, it } from 'vitest';
import type { RunDetails } from '../../../workflows/durable/journal.ts';
import { approvalsText, waitingApprovals } from '../../../workflows/report/approvals-text.ts';
import { written } from '../engine/run-plan.ts';

const plan = written(`locale: en-US
steps:
  - { id: first, uses: approve, with: { message: 'First?', by: [ann, bob] } }
  - { id: any, uses: approve, with: { message: "\${{ steps.first.outputs.comment }} \\e[31m?" }, needs: [first] }
  - { id: later, uses: approve, with: { message: 'Later?' }, needs: [any] }
finally:
  - { id: last, uses: approve, with: { message: 'And then?' } }
`);
const run = {
  runId: 'ward-1',
  status: 'running',
  plan,
  steps: {},
} as unknown as RunDetails;
const approved = { status: 'succeeded', uses: 'approve', outputs: { comment: 'ten calls' } } as const;

describe('approvals', () => {
  it('are the steps that ask now, with the command that answers', () => {
    expect(approvalsText(waitingApprovals(run))).toBe(
      `RUN     STEP   WHO       QUESTION  COMMAND
ward-1  first  ann, bob  First?    speechops approve ward-1 first
`,
    );
    expect(waitingApprovals({ ...run, steps: { first: approved } })).toEqual([
      { runId: 'ward-1', stepId: 'any', message: 'ten calls \u001B[31m?', command: 'speechops approve ward-1 any' },
    ]);
  });

  it('are none of a run that has ended or waits for a worker', () => {
    expect(waitingApprovals({ ...run, status: 'queued' })).toEqual([]);
    expect(waitingApprovals({ ...run, status: 'failed' })).toEqual([]);
    expect(approvalsText([])).toBe('Nothing waits for an answer\n');
  });

  it('print nothing that moves the cursor', () => {
    expect(approvalsText(waitingApprovals({ ...run, steps: { first: approved } }))).toContain('ten calls \\u001B[31m?');
  });
});
