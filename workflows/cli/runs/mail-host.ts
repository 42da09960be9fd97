import { mailHostLacking } from '../../messages/send-mail.ts';
import type { Plan } from '../../plan/plan.ts';
import { sendsMail } from '../../steps/notify.ts';
import { type Io, UsageError } from '../session.ts';

/**
 * What to set so that the mails of a run can be sent from here, with the first step that is to send one; undefined where it sends none,
 * or nothing is lacking. A mail that cannot be sent and fails no run counts only with `anyOfThem`.
 */
export function mailsLack(
  { pipeline, steps }: Plan,
  {
    io,
    hasEnded = () => false,
    anyOfThem = false,
  }: { readonly io: Io; readonly hasEnded?: (stepId: string) => boolean; readonly anyOfThem?: boolean },
): string | undefined {
  const skipped = new Set(steps.flatMap(({ id, action }) => (action === 'skip' ? [id] : [])));
  const first = pipeline.steps.find(
    (step) =>
      sendsMail(step) && !skipped.has(step.id) && !hasEnded(step.id) && (anyOfThem || step.continueOnError !== true),
  );
  const lacking = first && mailHostLacking(io.env);
  return lacking === undefined ? undefined : `${lacking}, for the mails of step ${first?.id}`;
}

/** Throws a {@link UsageError} before a run costs anything that would fail where it sends a mail. */
export function refuseWithoutMailHost(plan: Plan, of: Parameters<typeof mailsLack>[1]): void {
  const lacking = mailsLack(plan, of);
  if (lacking !== undefined) throw new UsageError(lacking);
}
