import type { ResultsCost, ResultsDocument, ResultsEnd, ResultsStep } from '../../../../schemas/types.gen.ts';
import { namedAt } from '../../../document/named-at.ts';
import { count, lasted, moment } from './figures.ts';
import { markup, type View } from './markup.ts';
import { shownText } from './shown-text.ts';

/** What it comes to, first, and why; by whom, where and when it was made. */
export function verdictView({
  title,
  runId,
  verdict,
  made,
}: Pick<ResultsDocument, 'title' | 'runId' | 'verdict' | 'made'>): View {
  const { passed, sentence, reasons } = verdict;
  const duration = lasted(made.startedAt, made.finishedAt);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['When', `${moment(made.finishedAt)}${duration === '' ? '' : `, after ${duration}`}`],
    ['By', made.by],
    ['Where', made.host],
    [
      'Commit',
      made.commit === undefined ? undefined : `${made.commit}${made.branch === undefined ? '' : ` on ${made.branch}`}`,
    ],
    ['Resource', made.resource],
    ['Run', runId],
    ['Plan', made.planHash?.slice(0, 12)],
    ['With', made.program],
  ];
  const state = { true: 'passed', false: 'not-passed', null: 'measured' }[`${passed}`];
  return markup`<header class=${`verdict ${state}`}>
    <p class="title"><bdi>${shownText(title)}</bdi></p>
    <h1>
      ${
        passed === null
          ? null
          : markup`<span class="sign" aria-hidden="true">${passed ? '✓' : '✗'}</span>${' '}
              <span class="hidden">${passed ? 'Passed: ' : 'Not passed: '}</span>`
      }<bdi>${shownText(sentence)}</bdi>
    </h1>
    ${
      reasons.length === 0
        ? null
        : markup`<ul>
            ${reasons.map((reason) => markup`<li><bdi>${shownText(reason)}</bdi></li>`)}
          </ul>`
    }
    <dl>
      ${facts.map(([name, value]) =>
        value === undefined
          ? null
          : markup`<div>
              <dt>${name}</dt>
              <dd><bdi>${shownText(value)}</bdi></dd>
            </div>`,
      )}
    </dl>
  </header>`;
}

/** What was done and decided, in order. */
export function stepsView({ steps }: { readonly steps: readonly ResultsStep[] }): View {
  if (steps.length === 0) return null;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Steps">
    <table>
      <thead>
        <tr>
          <th scope="col">step</th>
          <th scope="col">kind</th>
          <th scope="col">status</th>
          <th scope="col">what came out</th>
          <th scope="col" class="n">took</th>
        </tr>
      </thead>
      <tbody>
        ${steps.map(
          ({ id, uses, status, sentence, reason, startedAt, finishedAt }) =>
            markup`<tr>
              <th scope="row"><bdi>${shownText(id)}</bdi></th>
              <td class="nowrap"><code>${shownText(uses)}</code></td>
              <td class="nowrap">${status === 'failed' ? markup`<span class="bad">✗ </span>` : null}${status}</td>
              <td>
                <bdi>${shownText(sentence)}</bdi>
                ${reason === undefined ? null : markup`<div class="quiet"><bdi>${shownText(reason)}</bdi></div>`}
              </td>
              <td class="n nowrap">${lasted(startedAt, finishedAt)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The inputs of a run with their values. */
export function inputsView({ inputs = {} }: Pick<ResultsDocument, 'inputs'>): View {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return null;
  return markup`<dl>
    ${entries.map(
      ([name, value]) =>
        markup`<div>
          <dt><bdi>${shownText(name)}</bdi></dt>
          <dd><code>${shownText(String(value))}</code></dd>
        </div>`,
    )}
  </dl>`;
}

/** What ends when, first end first, and what happens then; `from` is when the document was made. */
export function expiryView({ ends, from }: { readonly ends: readonly ResultsEnd[]; readonly from: string }): View {
  if (ends.length === 0) return null;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Expiry">
    <table>
      <thead>
        <tr>
          <th scope="col">ends</th>
          <th scope="col" class="n">in days</th>
          <th scope="col">what</th>
          <th scope="col">then it</th>
        </tr>
      </thead>
      <tbody>
        ${ends.map(({ kind, name, resource, ends: at, consequence }) => {
          const days = Math.floor((Date.parse(at) - Date.parse(from)) / 86_400_000);
          return markup`<tr>
            <th scope="row" class="nowrap">${shownText(at.slice(0, 10))}</th>
            <td class="n">${Number.isFinite(days) ? markup`${days < 0 ? '−' : ''}${count(Math.abs(days))}` : ''}</td>
            <td>${shownText(kind)} <bdi>${shownText(namedAt(name, { resource }))}</bdi></td>
            <td><bdi>${shownText(consequence)}</bdi></td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** What it has cost, as far as that is known. */
export function costView({ cost = [] }: { readonly cost?: readonly ResultsCost[] | undefined }): View {
  if (cost.length === 0) return null;
  return markup`<ul class="plain">
    ${cost.map(({ what, amount, unit }) => markup`<li><bdi>${shownText(what)}</bdi>: ${amount} <bdi>${shownText(unit)}</bdi></li>`)}
  </ul>`;
}
