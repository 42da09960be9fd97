import { createHash } from 'node:crypto';
import type {
  PlanDocument,
  SavedCost,
  SavedDataChanges,
  SavedFile,
  SavedPipeline,
  SavedStep,
} from '../../schemas/types.gen.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { shownSource } from '../document/url-secrets.ts';
import { callsOf } from '../plan/calls.ts';
import { writeCanonicalJson } from '../plan/canonical-json.ts';
import { listOfPlaces } from '../plan/data/data-places.ts';
import type { Facts } from '../plan/facts.ts';
import { requestOfKey } from '../plan/data/local-data.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import type { UrlContent } from '../plan/data/url-content.ts';

/** Where a plan comes from, besides the plan itself. */
export interface PlanOrigin {
  /** From when on the days of the plan are counted that are left: ISO date-time. */
  readonly observedAt: string;
  /** The digests of the data of datasets and of the other files and folders that steps read. */
  readonly localData: Facts['localData'];
  readonly urls: Facts['urls'];
  /** How data differ from a revision of the repository, by their keys in `localData`. @default not known */
  readonly changes?: ReadonlyMap<string, SavedDataChanges>;
  /** Absent for a pipeline that is in no file. */
  readonly file?: SavedFile | undefined;
  /** The inputs as they were given. */
  readonly given: Readonly<Record<string, string>>;
  /** Whether the plan was made with what evaluations that are there have recognised. @default false */
  readonly evidence?: boolean;
  /** Absent where nobody says what things cost. */
  readonly cost?: SavedCost | undefined;
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string;
}

/** A plan as it is saved: what a run would do, and what that rests on, without secrets. */
export function savedPipeline(plan: Plan, origin: PlanOrigin): SavedPipeline {
  const { pipeline, target, env, steps } = plan;
  const shown = (text: string): string => origin.mask(shownSource(text));
  const inputs = Object.entries(pipeline.inputs).map(([name, { type, value }]) => {
    return [name, { type, value: typeof value === 'string' ? shown(value) : value }] as const;
  });
  const needsOf = new Map(pipeline.steps.map(({ id, needs }) => [id, needs]));
  const variables = Object.entries(env).map(([name, value]) => [name, shown(value)] as const);
  return {
    name: pipeline.name,
    ...(origin.file === undefined ? {} : { file: origin.file }),
    normalised: digestOf(pipeline as unknown as PlainValue),
    observedAt: origin.observedAt,
    target: typeof target === 'string' ? target : target.endpoint,
    inputs: Object.fromEntries(inputs),
    given: Object.fromEntries(Object.entries(origin.given).filter(([, text]) => shown(text) === text)),
    variables: Object.fromEntries(variables),
    ...(origin.evidence === true ? { evidence: true } : {}),
    data: [
      ...Object.entries(origin.localData).map(([key, { digest }]) => {
        const { from, kind } = requestOfKey(key);
        const paths = listOfPlaces(from).map(shown);
        const changes = origin.changes?.get(key);
        return {
          path: paths.join(', '),
          ...(paths.length === 1 ? {} : { paths }),
          kind,
          digest,
          ...(changes === undefined ? {} : { changes: withoutSecrets(changes, shown) }),
        };
      }),
      ...Object.entries(origin.urls).map(([url, content]) => ({
        path: shown(url),
        kind: 'URL',
        digest: digestOfUrl(content),
      })),
    ],
    ...(origin.cost === undefined ? {} : { cost: origin.cost }),
    steps: steps.map((step) => {
      const needs = needsOf.get(step.id) ?? [];
      return { ...savedStep(step), ...(needs.length === 0 ? {} : { needs }) };
    }),
  };
}

function withoutSecrets(changes: SavedDataChanges, shown: (text: string) => string): SavedDataChanges {
  return { ...changes, examples: changes.examples.map(({ change, text }) => ({ change, text: shown(text) })) };
}

/** The same data have the same MD5; an ETag or a length is what some servers tell alone. */
function digestOfUrl({ md5, etag, bytes }: UrlContent): string {
  return md5 ?? etag ?? (bytes === undefined ? 'unknown' : `${bytes} bytes`);
}

/** A step of a plan, as it is saved. */
export function savedStep(step: PlannedStep): SavedStep {
  const { id, uses, action, summary, effects, deletes, outputs, undecided } = step;
  const { condition, resource, restsOn, endpointChange } = step;
  return {
    id,
    uses,
    action,
    summary,
    effects,
    ...(deletes === undefined ? {} : { deletes }),
    ...(effects.length === 0 ? {} : { calls: callsOf(effects) }),
    outputs: resource === 'embedded-emulator' ? withoutPorts(outputs) : outputs,
    ...(undecided === undefined ? {} : { undecided }),
    ...(resource === undefined ? {} : { resource }),
    ...(restsOn === undefined ? {} : { restsOn }),
    ...(condition === undefined ? {} : { condition }),
    ...(endpointChange === undefined ? {} : { endpointChange }),
  };
}

/** The embedded emulator has another port in each process, and the same objects. */
function withoutPorts(outputs: PlannedStep['outputs']): PlannedStep['outputs'] {
  const named = Object.entries(outputs).map(([name, value]) => {
    return [
      name,
      typeof value === 'string' ? value.replaceAll(embeddedOrigin, '$1http://embedded-emulator/') : value,
    ] as const;
  });
  return Object.fromEntries(named);
}

const embeddedOrigin = /(^|(?<=\d) )http:\/\/(?:127\.0\.0\.1|localhost):\d+\//g;

/** The document `plan.json` of these pipelines. `hash` is their {@link planHash}, `program` a name and version. */
export function planDocument(
  pipelines: readonly SavedPipeline[],
  { program, hash }: { readonly program: string; readonly hash: string },
): PlanDocument {
  return { version, program, hash, pipelines };
}

/**
 * The hash of a plan: SHA-256 in hexadecimal of all that is saved of it, but the time and what rules say of it. The time alone makes no other
 * plan; days that are left are counted from it, so that another time in its place makes the plan stale and nothing else. Rules are asked anew
 * before a plan is done, and an acknowledgement may name the hash.
 */
export function planHash(pipelines: readonly SavedPipeline[]): string {
  const bound = pipelines.map((pipeline) => {
    const { policies: _said, ...rest } = pipeline;
    return { ...rest, observedAt: '' };
  });
  return digestOf(bound as unknown as PlainValue, `speechops plan ${version}\n`);
}

/** The version of the document that this program writes and reads. */
export const version: PlanDocument['version'] = 1;

/** SHA-256 in hexadecimal of the canonical JSON of a value behind a text. */
function digestOf(value: PlainValue, before = ''): string {
  const hash = createHash('sha256').update(before);
  writeCanonicalJson(value, (piece) => hash.update(piece));
  return hash.digest('hex');
}
