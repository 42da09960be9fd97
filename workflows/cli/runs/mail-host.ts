import { mailHostLacking, mailVariables } from '../../messages/send-mail.ts';
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
  const [first] = stepsThatMail({ pipeline, steps }).filter(
    (step) => !hasEnded(step.id) && (anyOfThem || step.continueOnError !== true),
  );
  const lacking = first && mailHostLacking(io.env);
  return lacking === undefined ? undefined : `${lacking}, for the mails of step ${first?.id}`;
}

/** Throws a {@link UsageError} before a run costs anything that would fail where it sends a mail. */
export function refuseWithoutMailHost(plan: Plan, of: Parameters<typeof mailsLack>[1]): void {
  const lacking = mailsLack(plan, of);
  if (lacking !== undefined) throw new UsageError(lacking);
}

/** What the workers need for the mails of a run that one of them executes, which a person cannot see from here; undefined where it sends none. */
export function mailsOfWorker(plan: Plan): string | undefined {
  const ids = stepsThatMail(plan).map(({ id }) => id);
  if (ids.length === 0) return undefined;
  return `The mails of ${ids.join(', ')} are sent by the worker that executes the run: its ${mailVariables.join(' and ')} count, and are not looked at here`;
}

function stepsThatMail({ pipeline, steps }: Pick<Plan, 'pipeline' | 'steps'>): Plan['pipeline']['steps'] {
  const skipped = new Set(steps.flatMap(({ id, action }) => (action === 'skip' ? [id] : [])));
  return pipeline.steps.filter((step) => sendsMail(step) && !skipped.has(step.id));
}
