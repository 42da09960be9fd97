import type { ResultsComparison, ResultsDecision } from '../../../../schemas/types.gen.ts';
import { chance, counted, points, rate } from './figures.ts';
import { markup, type View } from './markup.ts';
import { shownText } from './shown-text.ts';

/** What the step decided about the model, which chance alone does not. */
export function decisionView({ better, sentence }: ResultsDecision): View {
  return markup`<p>
    <strong class=${better ? 'good' : undefined}>${better ? 'Accepted' : 'Refused'}:</strong> <bdi>${shownText(sentence)}</bdi>
  </p>`;
}

/** Whether chance explains the difference of two models: in a sentence, drawn, and with the figures. */
export function comparisonView({
  comparison,
  model,
  against,
}: {
  readonly comparison: ResultsComparison;
  readonly model: string;
  readonly against: string;
}): View {
  const { delta, deltaLow, deltaHigh, probabilityOfImprovement, pValue, together, matchedPairsPValue, seed, verdict } =
    comparison;
  const [one, other] = [markup`<bdi>${shownText(model)}</bdi>`, markup`<bdi>${shownText(against)}</bdi>`];
  const said = {
    better: markup`<strong>${one} is better than ${other}</strong>, and not by chance.`,
    worse: markup`<strong>${one} is worse than ${other}</strong>, and not by chance.`,
    'no difference': markup`<strong>Chance explains the difference</strong> between ${one} and ${other}.`,
    'too few': markup`<strong>Too few utterances or words</strong> to tell ${one} from ${other}.`,
  }[verdict];
  const difference = `${points(delta)} points${deltaLow === undefined || deltaHigh === undefined ? '' : `, 95 % interval ${points(deltaLow)} to ${points(deltaHigh)}`}`;
  const tests = [
    `better in ${rate(probabilityOfImprovement)} of the draws`,
    `p ${chance(pValue)} (permutation${together === undefined ? '' : `, adjusted by Holm for ${counted(together, 'test')} together`})${matchedPairsPValue === undefined ? '' : `, ${chance(matchedPairsPValue)} (MAPSSWE)`}`,
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ];
  return markup`<div class="comparison">
    <p>${said}</p>
    ${deltaLow === undefined || deltaHigh === undefined ? null : deltaView({ delta, deltaLow, deltaHigh })}
    <p class="quiet">${difference}</p>
    <details class="quiet"><summary>How that is tested</summary><p>${tests.join('; ')}</p></details>
  </div>`;
}

const width = 420;

/** The difference with its interval; the line in the middle is none. */
function deltaView({
  delta,
  deltaLow,
  deltaHigh,
}: {
  readonly delta: number;
  readonly deltaLow: number;
  readonly deltaHigh: number;
}): View {
  const largest = Math.max(Math.abs(deltaLow), Math.abs(deltaHigh), Math.abs(delta), 0.001) * 1.1;
  const at = (value: number): number => Math.round((width / 2) * (1 + value / largest) * 10) / 10;
  const label = `Difference ${points(delta)} points, 95 % interval ${points(deltaLow)} to ${points(deltaHigh)}`;
  return markup`<svg width=${width} height="44" viewBox=${`0 0 ${width} 44`} role="img" aria-label=${label}>
    <line class="grid" x1="0" x2=${width} y1="18" y2="18" />
    <line class="zero" x1=${at(0)} x2=${at(0)} y1="4" y2="30" />
    <g class="a">
      <path d=${`M${at(deltaLow)} 18H${at(deltaHigh)}M${at(deltaLow)} 13v10M${at(deltaHigh)} 13v10`} />
      <circle cx=${at(delta)} cy="18" r="4.5" />
    </g>
    <text x="0" y="41">fewer errors</text>
    <text x=${at(0)} y="41" text-anchor="middle">no difference</text>
    <text x=${width} y="41" text-anchor="end">more errors</text>
  </svg>`;
}
