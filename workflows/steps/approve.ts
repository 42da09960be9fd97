import type { ApproveWith } from '../../schemas/types.gen.ts';
import { quoteWord } from '../document/quote-name.ts';
import { StepFailure, type StepKind } from '../engine/step-kind.ts';

/**
 * `approve`: a person has said yes. A decision is kept when it comes before the step waits for it; the first one of a person
 * who may decide counts.
 */
export const approve: StepKind<ApproveWith> = {
  uses: 'approve',
  effects: [],

  plan: ({ known }) => ({
    action: 'at-run-time',
    summary: `wait for ${known.by === undefined ? 'somebody' : known.by.join(' or ')} to approve`,
    effects: [],
    outputs: {},
  }),

  async run({ with: wanted, step }, context) {
    const expiry = Date.parse(context.since) + wanted.expires * 1000;
    const timeoutSeconds = Math.max(0, (expiry - context.ports.clock.now().getTime()) / 1000);
    context.report(
      `waiting for approval: ${wanted.message} (${approvalCommand({ runId: context.runId, stepId: step.id, by: wanted.by })})`,
    );
    const refused = new Set<string>();
    const decision = await context.decision({
      timeoutSeconds,
      accepts(given) {
        const { by } = given as unknown as Decision;
        if (wanted.by === undefined || wanted.by.includes(by)) return true;
        if (!refused.has(by)) context.report(`${by} may not answer ${step.id}: ${wanted.by.join(', ')} may`);
        refused.add(by);
        return false;
      },
    });
    if (decision === undefined) {
      throw new StepFailure(`Nobody answered by ${new Date(expiry).toISOString()} (expires): ${wanted.message}`);
    }
    const { approved, by, at, comment } = decision as unknown as Decision;
    const said = comment === undefined ? '' : `: ${comment}`;
    if (approved && Date.parse(at) > expiry) {
      const ended = new Date(expiry).toISOString();
      throw new StepFailure(
        `Resume the run if the answer is to count: ${by} answered at ${at}, after ${ended} (expires)`,
      );
    }
    const why = comment === undefined ? {} : { comment };
    if (!approved) {
      throw new StepFailure(`${by} rejected it at ${at}${said}`, { rejectedBy: by, rejectedAt: at, ...why });
    }
    return { kind: 'done', outputs: { approvedBy: by, approvedAt: at, ...why } };
  },

  summarise({ approvedBy, approvedAt, rejectedBy, rejectedAt, comment }) {
    const said = comment === undefined ? '' : `: ${String(comment)}`;
    if (typeof approvedBy === 'string') return [`approved by ${approvedBy} at ${String(approvedAt)}${said}`];
    return typeof rejectedBy === 'string' ? [`rejected by ${rejectedBy} at ${String(rejectedAt)}${said}`] : [];
  },
};

/** The command that says yes to an approve step: in the name of the first of those who may, where not everybody may. */
export function approvalCommand(asked: {
  readonly runId: string;
  readonly stepId: string;
  readonly by?: readonly string[] | undefined;
}): string {
  const [first] = asked.by ?? [];
  return `speechops approve ${asked.runId} ${asked.stepId}${first === undefined ? '' : ` --by ${quoteWord(first)}`}`;
}

/** The answer that `speechops approve` leaves for the step. */
interface Decision {
  readonly approved: boolean;
  readonly by: string;
  readonly at: string;
  readonly comment?: string;
}
