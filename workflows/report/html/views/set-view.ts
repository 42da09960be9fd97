import type { ResultsSet } from '../../../../schemas/types.gen.ts';
import { comparisonView, decisionView } from './comparison-view.ts';
import { diffLegend } from './diff-view.ts';
import { count, counted, rateNames } from './figures.ts';
import { histogramView } from './histogram-view.ts';
import { markup, type View } from './markup.ts';
import { listUtterances, type ListedUtterance } from './listed-utterance.ts';
import { ratesView } from './rates-view.ts';
import { scatterView } from './scatter-view.ts';
import { fragmentOf, select } from './selection.ts';
import { shownText } from './shown-text.ts';
import { utterancesView } from './utterances-view.ts';
import { wordsView } from './words-view.ts';

/** A test set as one model recognised it, or two: rates, what chance explains, slices, words, and so many of the worst utterances. */
export function setView({
  set,
  name,
  worst,
}: {
  readonly set: ResultsSet;
  /** What the page calls it. */
  readonly name: string;
  readonly worst: number;
}): View {
  const {
    rate,
    againstRate,
    comparison,
    decision,
    unit,
    bound,
    regressionBound,
    model,
    against = '',
    passed,
    sentence,
  } = set;
  const utterances = listUtterances(set.utterances);
  return markup`<section class="set">
    <h2><bdi>${shownText(name)}</bdi></h2>
    <p class="quiet">
      ${rateNames[unit]}, ${rulesOf(set)}${bound === undefined ? '' : '; the dashed line is the bound'}
    </p>
    ${set.incomplete === undefined ? null : markup`<p>${shownText(set.incomplete)}</p>`}
    ${noiseView(set)}
    ${ratesView({
      label: 'model',
      unit,
      bound,
      rows: [
        {
          name: model,
          mark: againstRate === undefined ? undefined : 'A',
          rate,
          bound,
          regressionBound,
          passed,
          sentence,
        },
        ...(againstRate === undefined ? [] : [{ name: against, mark: 'B' as const, rate: againstRate }]),
      ],
    })}
    ${comparison === undefined ? null : comparisonView({ comparison, model, against })}
    ${decision === undefined ? null : decisionView(decision)}
    ${slicesView(set)}
    ${wordsView(set)}
    ${utterances.length === 0 ? null : utterancesPart({ set, utterances, worst })}
  </section>`;
}

/** What the rates were counted by: rates of other rules cannot be compared with them. */
function rulesOf({ profile, profileVersion, rules, mergeCompounds }: ResultsSet): View {
  const own = rules === undefined ? '' : `, rules ${shownText(rules)}`;
  return markup`profile <code>${shownText(profile)} ${profileVersion}</code>${own}${mergeCompounds === true ? ', compounds merged' : ''}`;
}

/** How far evaluations of the set differ, with the way to the utterances. */
function noiseView({ id, noise, utterances }: ResultsSet): View {
  if (noise === undefined) return null;
  const isMarked = utterances.some(({ unstable }) => unstable === true);
  return markup`<p>
    Noise: ${shownText(noise.sentence)}${isMarked ? markup` (<a href=${fragmentOf(id, { unstable: true })}>show them</a>)` : null}
  </p>`;
}

/** A table for each field that the set was cut by. */
function slicesView({ slices, unit }: ResultsSet): View {
  const fields = [...new Set(slices.map(({ by }) => by))];
  return fields.map((field) => {
    const all = slices.filter(({ by }) => by === field);
    return markup`<h3>
        By <bdi>${shownText(field)}</bdi>${all.length > mostSlices ? ` (${mostSlices} of ${count(all.length)})` : ''}
      </h3>
      ${ratesView({
        label: shownText(field),
        unit,
        rows: all.slice(0, mostSlices).map(({ value, ...slice }) => ({ ...slice, name: value ?? '(none)' })),
      })}`;
  });
}

/** More groups than a person compares are cut: a field may have another value in each utterance. */
const mostSlices = 50;

function utterancesPart({
  set,
  utterances,
  worst,
}: {
  readonly set: ResultsSet;
  readonly utterances: readonly ListedUtterance[];
  readonly worst: number;
}): View {
  const wrong = select(utterances, {}).filter(({ errors, againstErrors = 0 }) => errors + againstErrors > 0);
  const shown = wrong.slice(0, worst);
  const hasAgainst = set.against !== undefined && utterances.some(({ againstErrors }) => againstErrors !== undefined);
  return markup`${hasAgainst ? markup`<h3>Utterance by utterance</h3><div class="columns">${scatterView({ set: set.id, utterances })}${histogramView({ set: set.id, utterances })}</div>` : null}
    <h3>Worst utterances</h3>
    ${hasAgainst ? markup`<p class="quiet"><small>A</small> <bdi>${shownText(set.model)}</bdi>, <small>B</small> <bdi>${shownText(set.against ?? '')}</bdi></p>` : null}
    ${diffLegend()}
    <div class="explorer">
      <p class="quiet">
        ${count(shown.length)} of ${counted(utterances.length, 'utterance')}, ${count(wrong.length)} with errors
      </p>
      ${utterancesView({ set, utterances: shown })}
    </div>`;
}
