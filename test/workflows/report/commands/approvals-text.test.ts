import { describe, expect, it } from 'vitest';
import type { RunDetails } from '../../../../workflows/durable/journal.ts';
import { runDetailsText } from '../../../../workflows/report/commands/runs-text.ts';
import { approvalsText, waitingApprovals } from '../../../../workflows/report/commands/approvals-text.ts';
import { written } from '../../engine/run-plan.ts';

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
      `RUN     STEP   PLAN  WHO       QUESTION  COMMAND
ward-1  first        ann, bob  First?    speechops approve ward-1 first --by ann
`,
    );
    const hashed = { ...run, plan: { ...plan, hash: 'abcdef0123456789' } };
    expect(approvalsText(waitingApprovals(hashed))).toContain('ward-1  first  abcdef012345  ann, bob');
    expect(waitingApprovals({ ...run, steps: { first: approved } })).toEqual([
      { runId: 'ward-1', stepId: 'any', message: 'ten calls \u001B[31m?', command: 'speechops approve ward-1 any' },
    ]);
  });

  it('name in the command, as one word of a shell, the first who may answer', () => {
    const by = (who: string): string =>
      runDetailsText({
        ...run,
        log: [],
        plan: written(
          `locale: en-US\nsteps:\n  - { id: first, uses: approve, with: { message: 'First?', by: ["${who}", bob] } }\n`,
        ),
      });
    expect(by('ann')).toContain('for approval: speechops approve ward-1 first --by ann\n');
    expect(by("Ann O'Neill")).toContain(`speechops approve ward-1 first --by 'Ann O'\\''Neill'\n`);
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
