import { createHash } from 'node:crypto';
import type { PlanDocument, ResultsDocument, SavedPipeline } from '../../../schemas/types.gen.ts';

/** What a comment remembers from one writing to the next, hidden in its first line. */
export interface CommentState {
  /** Which of the comments of a pull request it is. */
  readonly environment: string;
  readonly planHash: string;
  /** When the plan was made: ISO 8601, UTC. */
  readonly plannedAt: string;
  readonly commit?: string | undefined;
  /** As plain text. */
  readonly headline: string;
  /** Endpoints that would or may get another model. */
  readonly endpoints: readonly EndpointPlace[];
  /** What the plan rested on when the comment was made. */
  readonly base: PlanBase;
  /** What it said before, newest first. */
  readonly history: readonly EarlierHeadline[];
}

export interface EndpointPlace {
  /** Base URL of its Speech resource. */
  readonly resource: string;
  readonly name: string;
}

export type EarlierHeadline = Pick<CommentState, 'planHash' | 'plannedAt' | 'commit' | 'headline'>;

/** What a plan takes from elsewhere, each by a name for people. */
export interface PlanBase {
  /** Of the pipelines and of the files and folders that they read: what a pull request changes. */
  readonly own: string;
  /** What URLs tell of their content. */
  readonly urls: Readonly<Record<string, string>>;
  /** What steps take from the Speech resource: "the base model is" and the like. */
  readonly models: Readonly<Record<string, string>>;
  /** Test sets as the model in use was measured on them. */
  readonly sets: Readonly<Record<string, MeasuredBase>>;
}

export interface MeasuredBase {
  readonly model: string;
  readonly words: number;
  readonly errors: number;
}

/** Whether a comment may have HTML comments in it, and else hides its state in the definition of a link that nothing refers to. */
export type StateForm = 'comment' | 'definition';

/** The state as one line that is not shown, whatever is in it; of a large one the less important parts are left out. */
export function hideState(state: CommentState, form: StateForm): string {
  const encoded = boundedForms(state)
    .map((bounded) => toBase64(JSON.stringify(bounded)))
    .find(({ length }) => length <= longestState);
  const shown = `${mark}${encoded ?? ''}`;
  return form === 'comment' ? `<!-- ${shown} -->` : `[speechops]: # "${shown}"`;
}

/** From all that is remembered to the least. */
function boundedForms(state: CommentState): readonly CommentState[] {
  const { base, history, endpoints } = state;
  const kept = { ...state, history: history.slice(0, mostEarlier) };
  const little = { ...kept, history: history.slice(0, 2), base: { ...base, urls: {}, sets: {} } };
  const least = { ...little, history: [], base: { ...base, urls: {}, sets: {}, models: {} } };
  return [kept, little, least, { ...least, endpoints: endpoints.slice(0, 5) }, { ...least, endpoints: [] }];
}

/** The state of a comment; undefined when it is none of this program, or of a version that it does not know. */
export function findState(body: string): CommentState | undefined {
  const [, encoded = ''] =
    /^(?:<!-- |\[speechops\]: # ")speechops-comment-1 ([\w-]+)(?: -->|")/.exec(body.trimStart()) ?? [];
  const value = encoded === '' ? undefined : parsed(fromBase64(encoded));
  return isState(value) ? value : undefined;
}

/** What a plan rests on, and how the models in use were measured. */
export function baseOf(plan: PlanDocument, results: ResultsDocument | undefined): PlanBase {
  const { pipelines } = plan;
  const named = ({ name }: SavedPipeline, what: string): string => (pipelines.length > 1 ? `${name}, ${what}` : what);
  const data = pipelines.map((one) =>
    one.data.filter(({ kind }) => kind !== 'URL').map((each) => [each.path, each.digest]),
  );
  const own = createHash('sha256').update(JSON.stringify([pipelines.map(({ normalised }) => normalised), data]));
  return {
    own: own.digest('hex').slice(0, 32),
    urls: entries(
      pipelines.flatMap((one) =>
        one.data.filter(({ kind }) => kind === 'URL').map(({ path, digest }) => [path, digest] as const),
      ),
    ),
    models: entries(
      pipelines.flatMap((pipeline) =>
        pipeline.steps.flatMap(({ id, restsOn = {} }) =>
          Object.entries(restsOn).map(([what, is]) => [named(pipeline, `step ${id}: ${what}`), is] as const),
        ),
      ),
    ),
    sets: Object.fromEntries(
      (results?.sets ?? []).slice(0, mostEntries).flatMap(({ id, against, againstRate }) => {
        const { words, errors } = againstRate ?? {};
        return against === undefined || words === undefined || errors === undefined
          ? []
          : [[short(id), { model: short(against), words, errors }] as const];
      }),
    ),
  };
}

const mark = 'speechops-comment-1 ';
/** Earlier headlines that are kept. */
const mostEarlier = 10;
const mostEntries = 60;
/** Characters of the hidden line: a comment is for people. */
const longestState = 12_000;
const longest = 120;

function entries(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.slice(0, mostEntries).map(([name, value]) => [short(name), short(value)]));
}

function short(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function toBase64(text: string): string {
  return Buffer.from(text.toWellFormed(), 'utf8').toString('base64url');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Anybody who may edit the comment may have written it. */
function isState(value: unknown): value is CommentState {
  if (!isObject(value)) return false;
  const { environment, planHash, plannedAt, headline, commit, endpoints, base, history } = value;
  return (
    [environment, planHash, plannedAt, headline].every(isText) &&
    (commit === undefined || isText(commit)) &&
    Array.isArray(endpoints) &&
    endpoints.every((one) => isObject(one) && isText(one['resource']) && isText(one['name'])) &&
    Array.isArray(history) &&
    history.every((one) => isObject(one) && [one['planHash'], one['plannedAt'], one['headline']].every(isText)) &&
    isObject(base) &&
    isText(base['own']) &&
    ['urls', 'models'].every((part) => isObject(base[part]) && Object.values(base[part]).every(isText)) &&
    isObject(base['sets']) &&
    Object.values(base['sets']).every(
      (one) =>
        isObject(one) && isText(one['model']) && typeof one['words'] === 'number' && typeof one['errors'] === 'number',
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
