import { h, type VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useMemo, useRef } from 'preact/hooks';
import type { ResultsRate, ResultsRecognised, ResultsSet, ResultsTerm } from '../../../../schemas/types.gen.ts';
import { comparisonView } from '../../../../workflows/report/html/views/comparison-view.ts';
import { rateNames } from '../../../../workflows/report/html/views/figures.ts';
import { histogramView } from '../../../../workflows/report/html/views/histogram-view.ts';
import { type ListedUtterance, listUtterances } from '../../../../workflows/report/html/views/listed-utterance.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { type RatedRow, ratesView } from '../../../../workflows/report/html/views/rates-view.ts';
import { scatterView } from '../../../../workflows/report/html/views/scatter-view.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { wordsView } from '../../../../workflows/report/html/views/words-view.ts';
import type { Corrected, EvaluationRuns, Measured } from '../../../api/testing.ts';
import { AsCode } from '../../parts/as-code.ts';
import { momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { CorrectionsPart } from './corrections-part.ts';
import { useCorrections } from './corrections.ts';
import { ModelChoice } from './model-choice.ts';
import { UtterancesPart } from './utterances-part.ts';

interface Place {
  readonly resource: string;
  readonly evaluation: string;
  readonly readOnly: boolean;
}

/** A test set as two to four models recognised it. */
export function MeasuredPage(place: Place): VNode | View {
  const { query } = useLocation();
  const address = `resources/${place.resource}/evaluations/${encodeURIComponent(place.evaluation)}`;
  const models = useMemo(
    () => Object.fromEntries(Object.entries(query).filter(([name]) => ['with', 'a', 'b', 'by'].includes(name))),
    [JSON.stringify(query)],
  );
  const asked = new URLSearchParams(models);
  const { value, problem, again } = useAnswer<Measured>(`${address}${asked.size === 0 ? '' : `?${asked}`}`);
  const { value: known } = useAnswer<EvaluationRuns>('evaluation-runs');
  // While other models are compared, those of before stay.
  const before = useRef<Measured | undefined>(undefined);
  if (value !== undefined) before.current = value;
  const measured = value ?? (problem === undefined ? before.current : undefined);
  const back = markup`<p class="back"><a href=${`/${place.resource}/testing`}>All evaluations</a></p>`;
  if (measured === undefined)
    return markup`${back}${
      problem === undefined
        ? waitingView('Reading what the models recognised; of thousands of recordings that takes a minute or two …')
        : problemView(problem, { again })
    }`;
  const run = known?.runs.find((one) => one.evaluation === place.evaluation);
  return markup`${back}${h(MeasuredSet, { ...place, address, models, measured, run, again })}`;
}

function MeasuredSet({
  resource,
  evaluation,
  readOnly,
  address,
  models,
  measured,
  run,
  again,
}: Place & {
  readonly address: string;
  readonly models: Readonly<Record<string, string>>;
  readonly measured: Measured;
  readonly run: EvaluationRuns['runs'][number] | undefined;
  readonly again: () => void;
}): VNode | View {
  const dataset = `${resource} ${measured.dataset.id}`;
  const correcting = useCorrections({ dataset, address, models });
  const set = useMemo(() => withTerms(measured, run), [measured, run]);
  const utterances = useMemo(() => listed(measured, set, correcting.corrected), [measured, set, correcting.corrected]);
  const uncorrected = useMemo(() => listed(measured, set, undefined), [measured, set]);
  const { model, against, comparison, unit } = set;
  const rows = measured.models.map(({ name, rate }, index): RatedRow => ({
    name,
    rate: rate as ResultsRate,
    mark: measured.models.length === 1 ? undefined : (['A', 'B', 'C', 'D'] as const)[index],
  }));
  return markup`<div class="measured">
    <div class="figures">
      <h1><bdi>${shownText(measured.name)}</bdi></h1>
      <p class="quiet"><bdi>${shownText(measured.dataset.name)}</bdi>, ${shownText(measured.locale)}, ${momentView(measured.createdAt, { by: 'service' })};
        ${' '}${rateNames[unit]}, profile <code>${shownText(set.profile)} ${set.profileVersion}</code></p>
      ${measured.leftOut === undefined ? null : markup`<p>${measured.leftOut}</p>`}
      ${h(ModelChoice, { measured })}
      ${ratesView({ label: 'model', unit, rows, bound: set.bound })}
      ${comparison === undefined || against === undefined ? null : comparisonView({ comparison, model, against })}
      ${h(CorrectionsPart, { correcting, resource, evaluation, transcripts: measured.transcripts, readOnly, again })}
      <div class="columns">
        ${against === undefined ? null : scatterView({ set: set.id, utterances })}
        ${histogramView({ set: set.id, utterances })}
      </div>
      ${
        set.slices.length === 0
          ? null
          : markup`<h2>By <bdi>${shownText(measured.cut ?? '')}</bdi></h2>${ratesView({
              label: shownText(measured.cut ?? ''),
              unit,
              rows: set.slices.map(({ value, ...slice }) => ({ ...slice, name: value ?? '(none)' })),
            })}`
      }
      ${wordsView(set)}
      <h2>Downloads</h2>
      <ul class="plain downloads">
        ${measured.downloads.map(({ name, address: file }) => markup`<li key=${name}><a href=${file} download=${name}>${name}</a></li>`)}
      </ul>
      ${h(AsCode, { resource, kind: 'evaluation', id: evaluation })}
    </div>
    ${h(UtterancesPart, { set, utterances, uncorrected, measured, correcting })}
  </div>`;
}

/** With the bound and the terms of the run that judged the same models by it. */
function withTerms({ set, models }: Measured, run: EvaluationRuns['runs'][number] | undefined): ResultsSet {
  const measured = set as ResultsSet;
  const [a, b] = models;
  if (run === undefined || run.model !== a?.id || (run.against !== undefined && run.against !== b?.id)) return measured;
  return {
    ...measured,
    ...(run.bound === undefined ? {} : { bound: run.bound }),
    ...(run.terms === undefined ? {} : { terms: run.terms as readonly ResultsTerm[] }),
  };
}

function listed(measured: Measured, set: ResultsSet, corrected: Corrected | undefined): readonly ListedUtterance[] {
  // That of other models says nothing about these.
  const isOfThese = corrected?.models.every(({ id }, index) => id === measured.models[index]?.id) === true;
  const anew = new Map(isOfThese ? corrected.utterances.map((one) => [one.id, one]) : []);
  const others = measured.others as readonly (readonly ResultsRecognised[])[];
  const texts = set.utterances.map((utterance) => {
    const { reference, sides } = anew.get(utterance.id) ?? {};
    if (reference === undefined || sides === undefined) return utterance;
    const [recognised = utterance.recognised, against] = sides as readonly ResultsRecognised[];
    return { ...utterance, reference, recognised, ...(against && { against }) };
  });
  return listUtterances(texts).map((utterance, index) => {
    const sides = anew.get(utterance.id)?.sides.slice(2) as readonly ResultsRecognised[] | undefined;
    return {
      ...utterance,
      uncertainty: measured.uncertainty[index] ?? 0,
      others: sides ?? others.flatMap((side) => side[index] ?? []),
    };
  });
}
