import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { schemaOfKind } from '../../../schemas/index.ts';
import { isUrl } from '../../document/signed-url.ts';
import { matchesOf, patternOf } from '../../data/match-pattern.ts';
import { ofLocales, timeAt } from '../../engine/observe.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import type { EvaluatedTexts } from '../../evidence/evaluated-set.ts';
import { evaluationIn, type KnownObjects } from '../../evidence/known-objects.ts';
import type { RunSources } from '../../evidence/run-results.ts';
import { shownOutputs, shownSets } from '../../evidence/shown-outputs.ts';
import { entityId } from '../../plan/identity.ts';
import type { Plan } from '../../plan/plan.ts';
import { archiveOf, type Reader, recognisedIn, transcriptIn } from '../../steps/test-set.ts';
import type { Connection } from '../connect/connection.ts';

/** The run whose sources are gathered, as far as this process knows it. */
export interface EndedRun {
  /** Absent where this process has not planned it. */
  readonly plan?: Pick<Plan, 'pipeline' | 'folder'> | undefined;
  /** Absent where this process has no connection to its Speech resources. */
  readonly connection?: Pick<Connection, 'portsOf' | 'resources' | 'addresses' | 'endpoint'> | undefined;
}

type Gathered = Pick<RunSources, 'known' | 'texts' | 'audioOf'>;

/**
 * What the service tells of the objects of a run that has ended, and of the texts of its evaluations; what it does not tell in some
 * minutes is left out, with the reason. Never rejects. Paths of audio are relative to `folder`.
 */
export async function gatherSources(
  record: RunRecord,
  of: EndedRun & {
    readonly folder: string;
    readonly signal: AbortSignal;
    readonly report: (message: string) => void;
  },
): Promise<Gathered> {
  const { plan, connection, folder, report } = of;
  const steps = Object.entries(record.steps);
  const nothing: Gathered = { known: undefined, texts: new Map() };
  if (steps.every(([, step]) => shownOutputs(step).objects.length === 0)) return nothing;
  const measured = steps.flatMap(([step, outcome]) =>
    shownSets(step, outcome).map(({ id, shown }) => ({ step, id, evaluation: shown.text('set.evaluation') ?? '' })),
  );
  const untold = (why: string): Gathered => ({
    known: undefined,
    texts: new Map(measured.map(({ id }) => [id, why] as const)),
  });
  if (connection === undefined)
    return untold('What was recognised was not read: this process has no connection to the Speech resource.');
  const limited = (milliseconds: number): AbortSignal =>
    AbortSignal.any([of.signal, AbortSignal.timeout(milliseconds)]);
  try {
    const known = await objectsOf(connection, limited(objectsMilliseconds));
    const signal = limited(textsMilliseconds);
    const texts = new Map<string, EvaluatedTexts | string>();
    for (const { step, id, evaluation } of measured) {
      const resource = plan?.pipeline.steps.find((one) => one.id === step)?.resource;
      const ports = connection.portsOf(resource === undefined ? {} : { resource });
      texts.set(id, await textsOf(evaluation, { known, reader: { ports, signal, report } }));
    }
    return { known, texts, audioOf: plan && (await audioIn(record, { plan, known, texts, folder })) };
  } catch (error) {
    return untold(`The service has not told what was recognised: ${reasonOf(error)}.`);
  }
}

/** A service that answers lists its objects in seconds. */
const objectsMilliseconds = 60_000;
/** Ten thousand recordings, recognised by two models, are read in about two minutes. */
const textsMilliseconds = 600_000;

async function objectsOf(
  { resources, addresses }: Pick<Connection, 'resources' | 'addresses'>,
  signal: AbortSignal,
): Promise<KnownObjects> {
  const all = await Promise.all(
    resources.map(async (ports) => {
      const { speech } = ports;
      const [models, endpoints, datasets, evaluations] = await Promise.all([
        speech.models.list({ signal }),
        speech.endpoints.list({ signal }),
        speech.datasets.list({ signal }),
        speech.evaluations.list({ signal }),
      ]);
      const locales = [...new Set([...models, ...endpoints, ...evaluations].map(({ locale }) => locale))];
      const filter = locales.length === 0 ? undefined : ofLocales(locales);
      const baseModels = filter === undefined ? [] : await speech.baseModels.list({ filter, signal });
      return { observedAt: timeAt(ports), baseModels, models, endpoints, datasets, evaluations };
    }),
  );
  return {
    observedAt: all[0]?.observedAt ?? '',
    baseModels: all.flatMap(({ baseModels }) => baseModels),
    models: all.flatMap(({ models }) => models),
    endpoints: all.flatMap(({ endpoints }) => endpoints),
    datasets: all.flatMap(({ datasets }) => datasets),
    evaluations: all.flatMap(({ evaluations }) => evaluations),
    ...(resources.length > 1 ? { hosts: hostsOf(all, addresses) } : {}),
  };
}

/** The host of each object; base models are everywhere. */
function hostsOf(
  all: readonly Omit<KnownObjects, 'hosts'>[],
  addresses: readonly string[],
): ReadonlyMap<string, string> {
  return new Map(
    all.flatMap(({ models, endpoints, datasets, evaluations }, index) => {
      const address = addresses[index] ?? '';
      const host = URL.canParse(address) ? new URL(address).host : address;
      return [...models, ...endpoints, ...datasets, ...evaluations].map(({ self }) => [entityId(self), host] as const);
    }),
  );
}

async function textsOf(
  self: string,
  { known, reader }: { readonly known: KnownObjects; readonly reader: Reader },
): Promise<EvaluatedTexts | string> {
  const evaluation = evaluationIn(known, self);
  if (evaluation === undefined) return 'The evaluation is not there any more.';
  try {
    const archive = await archiveOf(evaluation.dataset.self, reader);
    const lines = await transcriptIn(archive, reader);
    const first = await recognisedIn({ evaluation, side: 1 }, reader);
    const second = await recognisedIn({ evaluation, side: 2 }, reader);
    return {
      evaluation,
      references: lines.map(({ file, text }) => ({ id: file, text })),
      recognised: { 1: first, 2: second },
    };
  } catch (error) {
    return `What was recognised could not be read: ${reasonOf(error)}.`;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'the service took too long';
  if (error instanceof Error && error.name === 'AbortError') return 'a person has stopped it';
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

/** Where the audio of the test sets is that steps of the run have uploaded from a folder here. */
async function audioIn(
  record: RunRecord,
  of: Required<Pick<Gathered, 'texts'>> & {
    readonly plan: Pick<Plan, 'pipeline' | 'folder'>;
    readonly known: KnownObjects;
    readonly folder: string;
  },
): Promise<NonNullable<RunSources['audioOf']>> {
  const { plan, texts, folder } = of;
  const places = new Map<string, ReadonlyMap<string, string>>();
  for (const [id, step] of Object.entries(record.steps)) {
    const self = shownOutputs(step).text('object.self');
    const data = plan.pipeline.steps.find((one) => one.id === id);
    if (self === undefined || data === undefined) continue;
    for (const [name, { 'x-type': type }] of Object.entries(schemaOfKind(data.uses)?.properties ?? {})) {
      const value = data.with[name];
      const written = [value].flat().filter((one) => typeof one === 'string');
      if (type !== 'path-or-url' || written.some((one) => isUrl(one) || one.includes('${{'))) continue;
      const files = new Map<string, string>();
      for (const from of written)
        for (const file of await filesAt(from, plan.folder)) files.set(path.basename(file), file);
      const place = (file: string): string => path.relative(folder, file).replaceAll(path.sep, '/');
      places.set(entityId(self), new Map([...files].map(([recording, file]) => [recording, place(file)])));
    }
  }
  return (setId, utterance) => {
    const evaluated = texts.get(setId);
    if (evaluated === undefined || typeof evaluated === 'string') return undefined;
    return places.get(entityId(evaluated.evaluation.dataset.self))?.get(utterance);
  };
}

/** The files in a folder, and those that a pattern finds or that are in folders that it finds; absolute. */
async function filesAt(place: string, folder: string): Promise<readonly string[]> {
  const pattern = patternOf(place, { cwd: folder });
  const found = pattern === undefined ? [place] : matchesOf(pattern, { kind: undefined, cwd: folder });
  const listed = await Promise.all(
    found.map(async (one) => {
      const absolute = path.resolve(folder, one);
      const names = await readdir(absolute).catch(() => undefined);
      return names === undefined ? [absolute] : names.map((name) => path.join(absolute, name));
    }),
  );
  return listed.flat();
}
