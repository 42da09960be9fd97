import { describe, expect, it } from 'vitest';
import { mailsLack, mailsOfWorker, refuseWithoutMailHost } from '../../../../workflows/cli/runs/mail-host.ts';
import type { Io } from '../../../../workflows/cli/session.ts';
import type { PipelineStep } from '../../../../workflows/language/pipeline.ts';
import type { Plan } from '../../../../workflows/plan/plan.ts';
import { planOf } from '../../report/plan-of.ts';

const mail = { id: 'mail', with: { message: 'x', email: ['ann@b.example'] } };
const host = { SPEECHOPS_SMTP_URL: 'smtps://mail.example' };
const noHost = 'Set SPEECHOPS_SMTP_URL to the host that sends mails: ';

function plan(of: Partial<PipelineStep> & Pick<PipelineStep, 'id' | 'with'>, action: 'at-run-time' | 'skip'): Plan {
  const step = { name: of.id, uses: 'notify', needs: [], continueOnError: false, ...of } as const;
  const made = planOf({ id: of.id, uses: 'notify', action });
  return { ...made, pipeline: { ...made.pipeline, steps: [step], layers: [[of.id]] } };
}

function ioOf(env: Io['env']): Io {
  return { env } as Io;
}

describe('the mails of a run', () => {
  it('lack a host, or the address that they come from', () => {
    const lack = (env: Io['env']): string | undefined => mailsLack(plan(mail, 'at-run-time'), { io: ioOf(env) });
    expect(lack({})).toMatch(new RegExp(`^${noHost}.*, for the mails of step mail$`));
    expect(lack({ SPEECHOPS_SMTP_URL: 'mail.example' })).toContain(noHost);
    expect(lack(host)).toBe('Set SPEECHOPS_MAIL_FROM to the address that mails come from, for the mails of step mail');
    expect(lack({ ...host, SPEECHOPS_MAIL_FROM: 'ops@b.example' })).toBeUndefined();
    expect(() => refuseWithoutMailHost(plan(mail, 'at-run-time'), { io: ioOf({}) })).toThrow(noHost);
  });

  it('lack nothing where none is sent, none any more, or one that may fail', () => {
    const io = ioOf({});
    expect(mailsLack(plan({ id: 'tell', with: { message: 'x' } }, 'at-run-time'), { io })).toBeUndefined();
    expect(mailsLack(plan(mail, 'skip'), { io })).toBeUndefined();
    expect(mailsLack(plan(mail, 'at-run-time'), { io, hasEnded: (id) => id === 'mail' })).toBeUndefined();
    const mayFail = plan({ ...mail, continueOnError: true }, 'at-run-time');
    expect(mailsLack(mayFail, { io })).toBeUndefined();
    expect(mailsLack(mayFail, { io, anyOfThem: true })).toContain(noHost);
  });

  it('are sent by a worker where it executes the run, whatever is set here, also those that may fail', () => {
    const told =
      'The mails of mail are sent by the worker that executes the run: its SPEECHOPS_SMTP_URL and SPEECHOPS_MAIL_FROM count, and are not looked at here';
    expect(mailsOfWorker(plan({ ...mail, continueOnError: true }, 'at-run-time'))).toBe(told);
    expect(mailsOfWorker(plan(mail, 'skip'))).toBeUndefined();
    expect(mailsOfWorker(plan({ id: 'tell', with: { message: 'x' } }, 'at-run-time'))).toBeUndefined();
  });
});
