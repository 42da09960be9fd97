import { rate } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Release } from '../../../api/deployment.ts';
import { dayText, momentView } from '../../parts/said.ts';

interface Props {
  /** The newest first. */
  readonly history: readonly Release[];
  /** When it was looked. */
  readonly now: string;
  readonly endpoint: string;
  /** The address of the resource. */
  readonly base: string;
}

/** What an endpoint has served since when, drawn on a line of time, and the same as a list. */
export function releasesView(props: Props): View {
  const { history, base } = props;
  if (history.length === 0)
    return markup`<p class="quiet">Nothing tells what it has served: neither a release file of the repository nor the results of a run on this machine.</p>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Releases, drawn">${timelineView(props)}</div>
    <ol class="releases">
      ${history.map(
        ({ at, model, copyOf, proof, run, commit, recorded, measured }, index) =>
          markup`<li key=${`${at} ${index}`} class=${proof === 'taken back' ? 'back' : undefined}>
            <div><strong><bdi>${shownText(model)}</bdi></strong> ${momentView(at, { by: 'service' })}${index === 0 ? markup` <span class="chip">newest</span>` : null}</div>
            ${copyOf === undefined ? null : markup`<div class="quiet">a copy of <bdi>${shownText(copyOf.model)}</bdi>${copyOf.resource === undefined ? null : markup` of <bdi>${shownText(copyOf.resource)}</bdi>`}</div>`}
            <div>
              ${proof === undefined ? null : markup`<span class=${tones[proof]}>${proofs[proof]}</span>`}
              ${measured === undefined ? null : markup` ${rate(measured.rate)} on <bdi>${shownText(measured.dataset)}</bdi>`}
            </div>
            <div class="quiet">
              ${run === undefined ? null : markup`run <a href=${`${base}/runs/${encodeURIComponent(run)}`}>${shownText(run)}</a>`}
              ${commit === undefined ? null : markup` of commit <code title=${shownText(commit)}>${shownText(commit.slice(0, 8))}</code>`}
              ${recordedView(recorded)}
            </div>
          </li>`,
      )}
    </ol>`;
}

function recordedView(recorded: Release['recorded']): View {
  if (recorded === undefined) return null;
  const { commit, author = '', subject = '' } = recorded;
  if (commit === undefined) return '; its release file is not committed yet';
  return markup`; recorded by <code title=${shownText(commit)}>${shownText(commit.slice(0, 8))}</code> <bdi>${shownText(subject)}</bdi>, <bdi>${shownText(author)}</bdi>`;
}

type ProofOfRelease = NonNullable<Release['proof']>;

const proofs: Readonly<Record<ProofOfRelease, string>> = {
  proved: '✓ proved',
  unheard: 'unheard',
  unproved: '✗ unproved',
  'taken back': '✗ another model was tried and taken back',
};

const tones: Readonly<Record<ProofOfRelease, string>> = {
  proved: 'good',
  unheard: 'busy',
  unproved: 'bad',
  'taken back': 'bad',
};

const width = 900;
const height = 84;
const box = { left: 10, right: width - 60, y: 40 };

function timelineView({ history, now, endpoint }: Props): View {
  const timed = history
    .toReversed()
    .map((release) => ({ release, time: Date.parse(release.at) }))
    .filter(({ time }) => Number.isFinite(time));
  const first = timed[0]?.time ?? 0;
  const last = timed.reduce((latest, { time }) => Math.max(latest, time), Date.parse(now));
  // Releases of one moment, as of tests on one day, still stand apart.
  const x = (time: number): number =>
    Math.round((box.left + ((time - first) / Math.max(last - first, 1)) * (box.right - box.left)) * 10) / 10;
  return markup`<svg class="timeline wide" width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img"
    aria-label=${shownText(`What ${endpoint} has served, from ${dayText(history.at(-1)?.at ?? '')} to ${dayText(now)}`)}>
    ${timed.map(({ release, time }, index) => {
      const [from, until] = [x(time), x(timed[index + 1]?.time ?? last)];
      const letters = Math.floor((until - from - 10) / 7);
      return markup`<g key=${index}>
        <line class=${`served ${index % 2 === 0 ? 'even' : 'odd'}`} x1=${from} x2=${until} y1=${box.y} y2=${box.y} />
        ${letters < 4 ? null : markup`<text class="said" x=${from + 4} y=${box.y - 14}>${shortened(shownText(release.model), letters)}</text>`}
      </g>`;
    })}
    ${timed.map(({ release, time }, index) => markup`<g key=${`mark ${index}`}>${markView(release, x(time))}</g>`)}
    <line class="moment" x1=${x(last)} x2=${x(last)} y1=${box.y - 12} y2=${box.y + 12} />
    <text x=${x(last) + 4} y=${box.y + 4}>now</text>
    <text x=${box.left} y=${height - 8}>${dayText(timed[0]?.release.at ?? '')}</text>
    <text x=${box.right} y=${height - 8} text-anchor="end">${dayText(now)}</text>
  </svg>`;
}

/** A filled circle where the model was heard, a hollow one where that is not known, a cross where one was taken back or not proved. */
function markView({ proof, model, at }: Release, x: number): View {
  const title = markup`<title>${shownText(`${model}, ${at}`)}</title>`;
  if (proof === 'taken back' || proof === 'unproved')
    return markup`<path class="failed" d=${`M${x - 5} ${box.y - 5}l10 10m0-10l-10 10`}>${title}</path>`;
  return markup`<circle class=${proof === 'proved' ? 'new' : 'old'} cx=${x} cy=${box.y} r="6">${title}</circle>`;
}

function shortened(name: string, most: number): string {
  const letters = [...name];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : name;
}
