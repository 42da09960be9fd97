import { createHash } from 'node:crypto';
import type { PlanDocument, ResultsDocument, SavedPipeline } from '../../../schemas/types.gen.ts';
import { beginningOf } from '../../document/beginning-of.ts';

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

/** From all that is remembered to the least, each as {@link isState} takes it. */
function boundedForms(state: CommentState): readonly CommentState[] {
  const { base, endpoints } = state;
  const kept = {
    ...state,
    ...boundedHeadline(state),
    environment: short(state.environment),
    endpoints: endpoints
      .slice(0, mostEndpoints)
      .map(({ resource, name }) => ({ resource: short(resource), name: short(name) })),
    base: { ...base, own: short(base.own) },
    history: state.history.slice(0, mostEarlier).map(boundedHeadline),
  };
  const little = { ...kept, history: kept.history.slice(0, 2), base: { ...kept.base, urls: {}, sets: {} } };
  const least = { ...little, history: [], base: { ...little.base, models: {} } };
  return [kept, little, least, { ...least, endpoints: kept.endpoints.slice(0, 5) }, { ...least, endpoints: [] }];
}

function boundedHeadline({ planHash, plannedAt, commit, headline }: EarlierHeadline): EarlierHeadline {
  return {
    planHash: short(planHash),
    plannedAt: short(plannedAt),
    ...(commit === undefined ? {} : { commit: short(commit) }),
    headline: short(headline, longestHeadline),
  };
}

/** Whether a comment is one of this program, whatever somebody has made of what it remembers. */
export function isMarked(body: string): boolean {
  return /^(?:<!-- |\[speechops\]: # ")speechops-comment-1(?![\w-])/.test(body.trimStart());
}

/**
 * The state of a comment; undefined when it is none of this program, of a version that it does not know, or when the state is not of the
 * form and size that {@link hideState} gives it.
 */
export function findState(body: string): CommentState | undefined {
  const [, encoded = ''] =
    /^(?:<!-- |\[speechops\]: # ")speechops-comment-1 ([\w-]+)(?: -->|")/.exec(body.trimStart()) ?? [];
  const value = encoded === '' || encoded.length > longestState ? undefined : parsed(fromBase64(encoded));
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
const longestHeadline = 500;
const mostEndpoints = 30;

function entries(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.slice(0, mostEntries).map(([name, value]) => [short(name), short(value)]));
}

function short(text: string, most = longest): string {
  return text.length > most ? `${beginningOf(text, most - 1)}…` : text;
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

type Check = (value: unknown) => boolean;

/** Anybody who may edit the comment may have written it. */
function isState(value: unknown): value is CommentState {
  return isStateForm(value);
}

const isShort = textOf(longest);
const headlineForm = { planHash: isShort, plannedAt: isShort, headline: textOf(longestHeadline) };
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isStateForm = objectOf(
  {
    ...headlineForm,
    environment: isShort,
    endpoints: listOf(objectOf({ resource: isShort, name: isShort }), mostEndpoints),
    base: objectOf({
      own: isShort,
      urls: entriesOf(isShort),
      models: entriesOf(isShort),
      sets: entriesOf(objectOf({ model: isShort, words: isCount, errors: isCount })),
    }),
    history: listOf(objectOf(headlineForm, { commit: isShort }), mostEarlier),
  },
  { commit: isShort },
);

/** With these members, and no others than these. */
function objectOf(needed: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check {
  const checks = new Map(Object.entries({ ...needed, ...optional }));
  return (value) =>
    isObject(value) &&
    Object.keys(needed).every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, member]) => checks.get(key)?.(member) === true);
}

function entriesOf(isValue: Check): Check {
  return (value) => {
    if (!isObject(value)) return false;
    const found = Object.entries(value);
    return found.length <= mostEntries && found.every(([key, member]) => isShort(key) && isValue(member));
  };
}

function listOf(isItem: Check, most: number): Check {
  return (value) => Array.isArray(value) && value.length <= most && value.every(isItem);
}

function textOf(most: number): Check {
  return (value) => typeof value === 'string' && value.length <= most;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
