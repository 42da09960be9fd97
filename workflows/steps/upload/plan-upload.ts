import type { UploadWith } from '../../../schemas/types.gen.ts';
import { formatBytes } from '../../document/byte-count.ts';
import { counted } from '../../document/counted.ts';
import { withoutSignature } from '../../document/signed-url.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { dataCheckKey } from '../../plan/data/data-check.ts';
import { shownPlaces, urlOf, whyNotPlaces } from '../../plan/data/data-places.ts';
import { type Facts, type LocalDataFacts } from '../../plan/facts.ts';
import { joinReferences } from '../../plan/identity.ts';
import { localDataKey } from '../../plan/data/local-data.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import {
  decidedAtRunTime,
  type Effect,
  onceFinished,
  type StepPlan,
  type StepPlanInput,
  wouldFail,
} from '../../plan/step-plan.ts';
import { comparedText, signatureAdvice, wasFromUrl, whyNotFetched } from '../../plan/data/url-content.ts';
import { checkedText, whyFaulty } from './check-data.ts';
import { type DatasetPart, datasetParts, digestOfAll } from './dataset-parts.ts';
import { failedAttempts } from './failed-attempts.ts';
import { datasetDigest, findUploaded, lineCounts, sumOfCounts } from './uploaded-dataset.ts';
import { type Way, wayText, wayToSend } from './way-to-send.ts';

const sendingEffects = ['create-project', 'create-dataset', 'upload-content'] as const satisfies readonly Effect[];

export const uploadEffects: readonly Effect[] = [...sendingEffects, 'store-content', 'delete-dataset'];

/** What an upload would do. */
export function planUpload(input: StepPlanInput<UploadWith>, facts: Facts): StepPlan {
  const { with: wanted, waitsFor } = input;
  if (wanted === undefined) {
    return decidedAtRunTime(`upload a dataset ${onceFinished(waitsFor)}`, { effects: uploadEffects });
  }
  const refused = whyNotPlaces(wanted.from);
  if (refused !== undefined) return wouldFail(refused);
  const url = urlOf(wanted.from);
  if (url !== undefined) return planFetch(url, wanted, { input, facts });
  const local = facts.localData[localDataKey({ from: wanted.from, kind: wanted.kind })];
  if (local === undefined) {
    return decidedAtRunTime(`upload ${shownPlaces(wanted.from)}, which cannot be read yet`, { effects: uploadEffects });
  }
  return planSend(wanted, local, { input, facts });
}

interface From {
  readonly input: StepPlanInput<UploadWith>;
  readonly facts: Facts;
}

/** Of what the service fetches. */
function planFetch(url: string, wanted: UploadWith, { input, facts }: From): StepPlan {
  const content = facts.urls[url] ?? {};
  const digest = datasetDigest(wanted, withoutSignature(url));
  const existing = findUploaded(facts.datasets, { digest, content });
  if (existing !== undefined) {
    const { entity, comparison } = existing;
    if (existing.action === 'adopt') return waitFor(entity, { wanted, outputs: { dataset: entity.self, digest } });
    const outputs = { dataset: entity.self, digest, ...lineCounts(entity), ...(comparison && { comparison }) };
    const same = comparison === undefined ? hasContent : comparedText(comparison, content);
    return { action: 'reuse', summary: `${wanted.kind} dataset ${entity.displayName} ${same}`, effects: [], outputs };
  }
  const refused = whyNotFetched(url, facts.observedAt);
  if (refused !== undefined) return wouldFail(signAnew(url, refused));
  const failed = failedAttempts(facts.datasets, { wanted, pipeline: input.pipeline, digest });
  const summary = `upload ${shownSource(url)} as ${wanted.kind} dataset${aboutUrl(url, { facts, digest })}${leftText(failed)}`;
  return { action: 'create', summary, effects: [...sendingEffects, ...deletionOf(failed)], outputs: {} };
}

const hasContent = 'has this content already';

/** Of what is sent from here. */
function planSend(wanted: UploadWith, local: LocalDataFacts, { input, facts }: From): StepPlan {
  const wantedParts = datasetParts(wanted, local, facts);
  const parts = wantedParts.map((part) => ({
    ...part,
    existing: findUploaded(facts.datasets, { digest: part.digest, content: undefined }),
  }));
  const found = parts.flatMap(({ existing }) => existing ?? []);
  if (found.length === parts.length)
    return planFound(found, { wanted, digest: digestOfAll(wanted, local, wantedParts) });
  const { from, kind, locale } = wanted;
  const check = facts.checks?.[dataCheckKey({ from, kind, locale })];
  const faulty = check === undefined ? undefined : whyFaulty(check, wanted);
  if (faulty !== undefined) return wouldFail(faulty);
  const missing = parts.filter(({ existing }) => existing === undefined);
  const ways: Way[] = [];
  for (const { described } of missing) {
    const way = wayToSend(wanted, described);
    if ('fault' in way) return wouldFail(way.fault);
    ways.push(way);
  }
  const failed = failedOf(missing, { wanted, input, facts });
  const isSent = ways.some(({ via }) => via === 'blocks') || found.some(({ action }) => action === 'adopt');
  const isStored = ways.some(({ via }) => via === 'storage');
  const effects: readonly Effect[] = [
    'create-project',
    ...(isStored ? (['store-content'] as const) : []),
    'create-dataset',
    ...(isSent ? (['upload-content'] as const) : []),
    ...deletionOf(failed),
  ];
  const way = ways.find(({ via }) => via === 'storage') ?? ways[0];
  const summary = [
    `upload ${shownPlaces(from)} as ${kind} dataset`,
    parts.length === 1 ? '' : ` in ${parts.length} parts${found.length === 0 ? '' : `, ${missing.length} of them new`}`,
    sizeOf(local),
    way === undefined ? '' : wayText(way),
    check === undefined ? '' : checkedText(check),
    leftText(failed),
  ];
  return { action: 'create', summary: summary.join(''), effects, outputs: {} };
}

/** All of it is there, or under way. */
function planFound(
  found: readonly { readonly action: 'adopt' | 'reuse'; readonly entity: Dataset }[],
  { wanted, digest }: { readonly wanted: UploadWith; readonly digest: string },
): StepPlan {
  const datasets = found.map(({ entity }) => entity);
  const outputs = { dataset: joinReferences(datasets.map(({ self }) => self)), digest };
  const awaited = found.find(({ action }) => action === 'adopt');
  if (awaited !== undefined) return waitFor(awaited.entity, { wanted, outputs });
  const names = datasets.map(({ displayName }) => displayName).join(', ');
  const [name, has] =
    datasets.length === 1 ? [`dataset ${names}`, hasContent] : [`datasets ${names}`, 'have this content already'];
  const summary = `${wanted.kind} ${name} ${has}`;
  return { action: 'reuse', summary, effects: [], outputs: { ...outputs, ...sumOfCounts(datasets) } };
}

function waitFor(
  { displayName, status }: Dataset,
  { wanted, outputs }: { readonly wanted: UploadWith; readonly outputs: StepPlan['outputs'] },
): StepPlan {
  const summary = `wait for ${wanted.kind} dataset ${displayName}, which is ${status}`;
  return { action: 'adopt', summary, effects: ['upload-content'], outputs };
}

/** What earlier attempts to make these datasets have left, each once. */
function failedOf(
  missing: readonly DatasetPart[],
  { wanted, input, facts }: From & { readonly wanted: UploadWith },
): readonly Dataset[] {
  const { pipeline } = input;
  const failed = missing.flatMap(({ name, digest }) =>
    failedAttempts(facts.datasets, { wanted: { ...wanted, name }, pipeline, digest }),
  );
  return [...new Set(failed)];
}

function leftText(failed: readonly Dataset[]): string {
  return failed.length === 0 ? '' : `, and delete ${counted(failed.length, 'failed attempt')}`;
}

function deletionOf(failed: readonly Dataset[]): readonly Effect[] {
  return failed.length === 0 ? [] : ['delete-dataset'];
}

function sizeOf(local: LocalDataFacts): string {
  return `, ${counted(local.files, 'file')}, ${formatBytes(local.bytes)}`;
}

/** Says what to do about a URL that the service cannot fetch, for this reason. */
export function signAnew(url: string, reason: string): string {
  return `Sign ${shownSource(url)} anew: ${reason}`;
}

/** What is to be known of a URL before its content becomes a dataset. */
function aboutUrl(url: string, { facts, digest }: { readonly facts: Facts; readonly digest: string }): string {
  const changed = wasFromUrl(facts.datasets, digest) ? ', its content has changed' : '';
  const advice = signatureAdvice(url);
  return advice === undefined ? changed : `${changed} (${advice})`;
}
