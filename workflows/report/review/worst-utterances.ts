import type { ResultsRecognised, ResultsSet } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { deadText } from '../dead-text.ts';
import { diffParts } from '../html/views/diff-parts.ts';
import { listUtterances, type ListedUtterance } from '../html/views/listed-utterance.ts';
import { fragmentOf, select } from '../html/views/selection.ts';
import { shortName } from './headline.ts';
import { beginningOf } from '../../document/beginning-of.ts';

/** The utterances in which the model made most errors, each with its difference to what was said, and the other model's. */
export function worstUtterances(
  set: ResultsSet,
  {
    reportUrl,
    most,
  }: { /** Of `report.html`, where they are played. */ readonly reportUrl: string | undefined; readonly most: number },
): readonly string[] {
  return select(listUtterances(set.utterances), { order: 'worst' })
    .filter(({ errors }) => errors > 0)
    .slice(0, most)
    .map((utterance) => textOf(utterance, { set, reportUrl }));
}

function textOf(
  { id, reference, recognised, against, errors, againstErrors, audio }: ListedUtterance,
  { set, reportUrl }: { readonly set: ResultsSet; readonly reportUrl: string | undefined },
): string {
  const link =
    reportUrl === undefined
      ? ''
      : ` ([${audio === undefined ? 'show' : 'play'}](<${reportUrl}${fragmentOf(set.id, { id })}>))`;
  const other = againstErrors === undefined ? '' : `, the other model ${againstErrors}`;
  const diff = (by: string, heard: ResultsRecognised): string =>
    `  - ${deadText(shortName(by)) || 'model'}: ${deadText(written(heard, { reference, unit: set.unit })) || 'nothing'}`;
  return [
    `- ${deadText(shortName(id)) || 'utterance'}: ${counted(errors, 'error')}${other}${link}`,
    diff(set.model, recognised),
    ...(against === undefined ? [] : [diff(set.against ?? '', against)]),
  ].join('\n');
}

/** On one line, as `git diff --word-diff` has it: `[-said-]{+recognised+}`. */
function written(
  recognised: ResultsRecognised,
  { reference, unit }: { readonly reference: string; readonly unit: ResultsSet['unit'] },
): string {
  const text = diffParts({ reference, recognised }, unit)
    .map((part) => {
      switch (part.kind) {
        case 'deleted':
          return `[-${part.said}-]`;
        case 'inserted':
          return `{+${part.heard}+}`;
        case 'substituted':
          return `[-${part.said}-]{+${part.heard}+}`;
        default:
          return part.text;
      }
    })
    .join(unit === 'char' ? '' : ' ');
  return text.length > longestDiff ? `${beginningOf(text, longestDiff)}…` : text;
}

const longestDiff = 600;
