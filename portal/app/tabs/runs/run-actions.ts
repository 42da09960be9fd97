import { h } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { RunDetail, Steered } from '../../../api/runs.ts';
import { send } from '../../ask.ts';
import { ConfirmButton } from '../../parts/confirm-button.ts';

/** What all that steers a run is given. */
export interface Steering {
  readonly run: RunDetail;
  readonly readOnly: boolean;
  /** Called with what was done. */
  readonly done: (steered: Steered) => void;
}

/** What a person can do to the whole run. */
export function RunActions({ run, readOnly, done }: Steering): View {
  const { runId, canCancel, canResume } = run;
  if (readOnly || (!canCancel && !canResume)) return null;
  return markup`<p class="buttons">
    ${
      canResume
        ? h(ConfirmButton, {
            name: 'Resume',
            kind: 'good',
            question: markup`<p>Resume <bdi>${shownText(runId)}</bdi>? What is done already is kept; the rest is done by a process on the machine of this portal.</p>${secretsNote(run)}`,
            act: async () => done(await goOn(run)),
          })
        : null
    }
    ${
      canCancel
        ? h(ConfirmButton, {
            name: 'Cancel the run',
            kind: 'bad',
            question: markup`<p>End <bdi>${shownText(runId)}</bdi> where it stands? What its steps under <code>finally</code> clean up is still done. It can be resumed later.</p>`,
            act: async () => done(await send<Steered>(`${addressOf(run)}/cancel?${seenOf(run)}`, {})),
          })
        : null
    }
  </p>`;
}

/** Resumes the run, or begins a new one from a step of it. */
export async function goOn(run: RunDetail, from?: string): Promise<Steered> {
  const { secrets } = run;
  return await send<Steered>(`${addressOf(run)}/continue?${seenOf(run)}`, {
    ...(from !== undefined && { from }),
    ...(secrets.length > 0 && { allow: secrets }),
  });
}

/** The address of a run in the API. */
export function addressOf({ runId }: Pick<RunDetail, 'runId'>): string {
  return `runs/${encodeURIComponent(runId)}`;
}

/** Says which state of the run the person looks at, for what is done to it. */
export function seenOf({ now }: Pick<RunDetail, 'now'>): string {
  return String(new URLSearchParams({ seenAt: now }));
}

/** The person allows it anew: the names are of credentials. */
export function secretsNote({ secrets }: RunDetail): View {
  return secrets.length === 0
    ? null
    : markup`<p>With a yes it may read ${secrets.map((name, index) => markup`${index === 0 ? '' : ', '}<code>${shownText(name)}</code>`)} again, as ${secrets.length === 1 ? 'it is' : 'they are'} set where the portal was started.</p>`;
}
