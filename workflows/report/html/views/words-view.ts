import type { ResultsSet, ResultsTermCounts } from '../../../../schemas/types.gen.ts';
import { count, rate, unitNames } from './figures.ts';
import { markup, type View } from './markup.ts';
import { fragmentOf } from './selection.ts';
import { shownText } from './shown-text.ts';
import { figuresView } from './table-view.ts';

/** What is confused, missed and made up most often, and how terms fared. */
export function wordsView(set: Pick<ResultsSet, 'id' | 'unit' | 'confusions' | 'missed' | 'inserted' | 'terms'>): View {
  const word = unitNames[set.unit];
  const link = (text: string, kinds: readonly ('S' | 'D' | 'I')[]): View =>
    markup`<a href=${fragmentOf(set.id, { text, kinds })}><bdi>${shownText(text)}</bdi></a>`;
  const other = (times: number | undefined): string => (times === undefined ? '' : count(times));
  const [hasConfusionsOfB, hasMissedOfB, hasInsertedOfB] = [set.confusions, set.missed, set.inserted].map((rows) =>
    rows.some(({ againstCount }) => againstCount !== undefined),
  );
  const times = (hasB: boolean | undefined): readonly string[] => (hasB === true ? ['times by A', 'by B'] : ['times']);
  return markup`<div class="columns">
    ${termsView(set)}
    ${figuresView({
      title: 'Confusion pairs',
      header: ['said', 'recognised', ...times(hasConfusionsOfB)],
      named: 2,
      rows: set.confusions
        .slice(0, most)
        .map((pair) => [
          link(pair.reference, ['S']),
          markup`<bdi>${shownText(pair.hypothesis)}</bdi>`,
          count(pair.count),
          ...(hasConfusionsOfB ? [other(pair.againstCount)] : []),
        ]),
      all: set.confusions.length,
    })}
    ${figuresView({
      title: `Most missed ${word}s`,
      header: [
        word,
        ...times(hasMissedOfB),
        ...['deleted', 'substituted'].map((name) => (hasMissedOfB ? `${name} by A` : name)),
      ],
      rows: set.missed
        .slice(0, most)
        .map((one) => [
          link(one.word, ['S', 'D']),
          count(one.count),
          ...(hasMissedOfB ? [other(one.againstCount)] : []),
          count(one.deleted),
          count(one.substituted),
        ]),
      all: set.missed.length,
    })}
    ${figuresView({
      title: `Most inserted ${word}s`,
      header: [word, ...times(hasInsertedOfB)],
      rows: set.inserted
        .slice(0, most)
        .map((one) => [link(one.word, ['I']), count(one.count), ...(hasInsertedOfB ? [other(one.againstCount)] : [])]),
      all: set.inserted.length,
    })}
  </div>`;
}

const most = 15;

/** Terms, those with most faults first; those never said, which a list may well have, are last. */
function termsView({ id, terms = [] }: Pick<ResultsSet, 'id' | 'terms'>): View {
  const said = ({ hits, misses }: ResultsTermCounts): number => hits + misses;
  const faults = ({ misses, falseAlarms }: ResultsTermCounts): number => misses + falseAlarms;
  const counts = ({ hits, misses, falseAlarms }: ResultsTermCounts): readonly View[] =>
    [hits, misses, falseAlarms].map(count);
  const rateOf = (all: readonly ResultsTermCounts[]): string => {
    const [times, wrong] = [said, faults].map((of) => all.reduce((sum, one) => sum + of(one), 0)) as [number, number];
    return rate(times === 0 ? null : wrong / times);
  };
  const sorted = terms.toSorted((one, other) => faults(other) - faults(one) || said(other) - said(one));
  const ofB = terms.flatMap(({ against }) => against ?? []);
  const unsaid = terms.filter((term) => said(term) === 0).length;
  const names = ['hits', 'misses', 'false alarms'];
  return figuresView({
    title: [
      `Terms: error rate ${rateOf(terms)}`,
      ...(ofB.length === 0 ? [] : [`by B ${rateOf(ofB)}`]),
      ...(unsaid === 0 ? [] : [`${unsaid} of ${terms.length} never said`]),
    ].join(', '),
    header: [
      'term',
      'said',
      ...(ofB.length === 0 ? names : ['A', 'B'].flatMap((by) => names.map((name) => `${name} by ${by}`))),
    ],
    rows: sorted
      .slice(0, mostTerms)
      .map((term) => [
        markup`<a href=${fragmentOf(id, { text: term.name })}><bdi>${shownText(term.name)}</bdi></a>`,
        count(said(term)),
        ...counts(term),
        ...(ofB.length === 0 ? [] : term.against === undefined ? ['', '', ''] : counts(term.against)),
      ]),
    all: terms.length,
  });
}

const mostTerms = 40;
