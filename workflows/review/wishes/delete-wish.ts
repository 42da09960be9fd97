import type { Span } from '../../document/diagnostics/diagnostics.ts';
import { isTemplate } from '../../document/yaml/plain-value.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { entityId } from '../../plan/identity.ts';
import type { Entity } from '../../plan/speech-entities.ts';
import { withoutItem } from './edit-text.ts';
import { copiesOf, sourceSteps } from './source-pipeline.ts';
import type { KnownObject } from './known-object.ts';
import { whereDeclared } from './where-declared.ts';
import type { RefusedWish, WishedChange, WishWorld } from './wish.ts';

/** The files without what makes an object, where nothing that is there needs it. */
export function deleteWish(object: KnownObject, world: WishWorld): WishedChange | RefusedWish {
  const name = shownSource(object.entity.displayName);
  if (object.kind === 'base-model') return { refused: `${name} is the service's own: no file makes it` };
  const users = usersOf(object, world);
  if (users.length > 0) return { refused: `Change what uses ${name} first: ${users.join(', ')}` };
  const declared = whereDeclared(object, world.pipelines);
  const named = declared.filter(({ role }) => role === 'names');
  if (named.length > 0)
    return {
      refused: `Change what names ${name} first: ${named.map(({ step, file }) => `${step} in ${file}`).join(', ')}`,
    };
  const made = declared.filter(({ role }) => role === 'makes');
  if (made.length === 0)
    return {
      refused: `No file makes ${name}, so that no change of a file takes it away: delete it in the Speech resource`,
    };
  const readers = made.flatMap(({ step, file }) => readersOf(step, { file, world }));
  if (readers.length > 0)
    return { refused: `Change what reads the step that makes ${name} first: ${readers.join(', ')}` };
  const files = Map.groupBy(made, ({ file }) => file);
  const changed = [...files].flatMap(([file, steps]) => {
    const source = world.pipelines.find((one) => one.file === file);
    if (source === undefined) return [];
    const gone = sourceSteps(source).filter(({ id }) => steps.some(({ step }) => step === id));
    if (gone.some((step) => !isItem(source.text, step) || copiesOf(step, source) > 1)) return [];
    const after = gone
      .toSorted((a, b) => b.start - a.start)
      .reduce((text, step) => withoutItem(text, step), source.text);
    return [{ file, before: source.text, after }];
  });
  if (changed.length < files.size)
    return {
      refused: `Take it out by hand: a step that makes ${name} stands on one line with others, or a matrix makes more of it`,
    };
  return {
    title: `Remove ${name} from the files`,
    files: changed,
    notes: [`The ${object.kind} itself stays in the Speech resource until somebody deletes it there: no step deletes.`],
  };
}

/** What is there and needs the object, in words. */
function usersOf({ kind, entity: { self } }: KnownObject, { seen }: WishWorld): readonly string[] {
  const id = entityId(self);
  const is = (reference: { readonly self: string } | undefined): boolean =>
    reference !== undefined && entityId(reference.self) === id;
  const said = (what: string, all: readonly Entity[]): readonly string[] =>
    all.map(({ displayName }) => `${what} ${shownSource(displayName)}`);
  if (kind === 'dataset')
    return said(
      'model',
      seen.models.filter(({ datasets = [] }) => datasets.some(is)),
    );
  if (kind === 'model')
    return said(
      'endpoint',
      seen.endpoints.filter(({ model }) => is(model)),
    );
  if (kind !== 'project') return [];
  return said(
    'endpoint',
    seen.endpoints.filter(({ project }) => is(project)),
  );
}

/** The steps that read the outputs of a step, or need it. */
function readersOf(
  step: string,
  { file, world }: { readonly file: string; readonly world: WishWorld },
): readonly string[] {
  const source = world.pipelines.find((one) => one.file === file);
  const steps = source?.pipeline.steps ?? [];
  const isRead = (text: string): boolean => isTemplate(text) && new RegExp(`\\bsteps\\.${step}\\b(?!-)`).test(text);
  return steps
    .filter(
      ({ id, needs, with: settings, if: condition = '' }) =>
        id !== step && (needs.includes(step) || isRead(JSON.stringify(settings)) || isRead(condition)),
    )
    .map(({ id }) => `${id} in ${file}`);
}

/** Whether a step is an item of a block list, with its own lines. */
function isItem(text: string, { start, end }: Span): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const [after = ''] = /^.*/.exec(text.slice(end)) ?? [];
  return /^ *- *$/.test(before) && /^[ \t\r]*(#.*)?$/.test(after);
}
