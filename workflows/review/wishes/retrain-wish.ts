import { dump } from 'js-yaml';
import { releaseFileName } from '../../document/release-file.ts';
import { entryAt, valueAt } from '../../document/yaml/plain-value.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { entityId } from '../../plan/identity.ts';
import { newestBaseModel, sameModel } from '../../plan/models.ts';
import type { CustomModel } from '../../plan/speech-entities.ts';
import { hasOwnLines, replaced, withoutEntry } from './edit-text.ts';
import { copiesOf, type SourceStep, sourceSteps } from './source-pipeline.ts';
import { whereDeclared } from './where-declared.ts';
import type { RefusedWish, WishedChange, WishWorld } from './wish.ts';

/**
 * A model trained anew, on the newest base model: what makes a model another one is its base model, its data and its settings, so that
 * without a newer base model there is nothing to train.
 */
export function retrainWish(model: CustomModel, world: WishWorld): WishedChange | RefusedWish {
  const { seen, pipelines } = world;
  const name = shownSource(model.displayName);
  const data = (model.datasets ?? []).map(({ self }) =>
    seen.datasets.find((one) => entityId(one.self) === entityId(self)),
  );
  const kinds = [...new Set(data.flatMap((one) => one?.kind ?? []))];
  const newest = newestBaseModel({ ...seen, locale: model.locale }, { trainWith: kinds });
  if (newest === undefined)
    return {
      refused: `Wait for a base model of ${model.locale} that can be trained with ${kinds.join(', ')}: there is none`,
    };
  if (sameModel(newest.self, model.baseModel?.self))
    return {
      refused: `Change its data or its settings first: ${name} was trained on the newest base model, and the same data on the same base model are the same model`,
    };
  const title = `Train ${name} on ${shownSource(newest.displayName)}`;
  const [made] = whereDeclared({ kind: 'model', entity: model }, pipelines).filter(({ role }) => role === 'makes');
  const source = pipelines.find(({ file }) => file === made?.file);
  const step = source && sourceSteps(source).find(({ id }) => id === made?.step);
  if (source !== undefined && step !== undefined) {
    if (copiesOf(step, source) > 1)
      return { refused: `Change ${source.file} by hand: a matrix makes several models of ${step.id}` };
    const after = onBaseModel(source.text, { step, base: newest.displayName });
    if (after === undefined)
      return {
        refused: `Change ${source.file} by hand: a condition of ${step.id} stands on one line with something else`,
      };
    return {
      title,
      files: [{ file: source.file, before: source.text, after }],
      notes: [`Without its conditions ${step.id} trains once, and finds the model ever after.`],
      step: step.id,
      run: source.file,
    };
  }
  const gone = (model.datasets ?? []).filter((_, index) => data[index] === undefined);
  if (gone.length > 0)
    return {
      refused: `Write a pipeline with its data: ${gone.length} of the datasets of ${name} are not in the resource any more`,
    };
  const slug = releaseFileName(model.displayName).replace(/\.yaml$/, '');
  const file = `pipelines/train-${slug}.yaml`;
  const pipeline = {
    name: `train ${slug}`,
    locale: model.locale,
    ...(world.resource === undefined ? {} : { resource: world.resource }),
    concurrency: `train-${slug}`,
    steps: [
      {
        id: 'retrain',
        uses: 'train',
        with: {
          name,
          datasets: (model.datasets ?? []).map(({ self }) => entityId(self)),
          'base-model': newest.displayName,
        },
      },
    ],
  };
  return {
    title,
    files: [
      {
        file,
        before: world.textOf(file),
        after: `# Trains ${JSON.stringify(name)} on a newer base model.\n${dump(pipeline, { lineWidth: -1, noRefs: true })}`,
      },
    ],
    notes: ['No pipeline makes this model: this one trains it from the datasets that are there, and swaps nothing.'],
    run: file,
  };
}

/** The text of a pipeline whose step trains on this base model, without conditions; undefined where one has no lines of its own. */
function onBaseModel(
  text: string,
  { step, base }: { readonly step: SourceStep; readonly base: string },
): string | undefined {
  const settings = valueAt(step.node, 'with');
  const map = settings?.kind === 'map' ? settings : undefined;
  const written = map && entryAt(map, 'base-model');
  const name = JSON.stringify(base);
  const conditions = [
    ...step.node.entries.filter(({ key }) => key === 'if'),
    ...(map?.entries ?? []).filter(({ key }) => conditionKeys.has(key)),
  ];
  if (conditions.some(({ keySpan }) => !hasOwnLines(text, keySpan))) return undefined;
  const first = map?.entries.find(({ key }) => !conditionKeys.has(key));
  const edits = [
    ...conditions.map(({ keySpan, value }) => ({
      at: keySpan.start,
      edit: (now: string) => withoutEntry(now, { start: keySpan.start, end: value.end }),
    })),
    ...(written === undefined
      ? first === undefined
        ? []
        : [
            {
              at: first.keySpan.start,
              edit: (now: string) =>
                replaced(
                  now,
                  { start: first.keySpan.start, end: first.keySpan.start },
                  `base-model: ${name}${hasOwnLines(text, first.keySpan) ? `\n${' '.repeat(columnOf(text, first.keySpan.start))}` : ', '}`,
                ),
            },
          ]
      : [{ at: written.value.start, edit: (now: string) => replaced(now, written.value, name) }]),
  ];
  // From the end on, so that what stands before keeps its place.
  return edits.toSorted((one, other) => other.at - one.at).reduce((now, { edit }) => edit(now), text);
}

const conditionKeys = new Set([
  'if-wer-above',
  'if-wer-above-by',
  'measured-by',
  'measured-at-least',
  'measured-at-most',
  'if-expiring-within',
  'if-newer-base',
  'in-use',
]);

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
