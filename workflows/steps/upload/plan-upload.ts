import type { UploadWith } from '../../../schemas/types.gen.ts';
import { formatBytes } from '../../document/byte-count.ts';
import { counted } from '../../document/counted.ts';
import { isUrl, withoutSignature } from '../../document/signed-url.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { dataCheckKey } from '../../plan/data-check.ts';
import { type Facts, type LocalDataFacts } from '../../plan/facts.ts';
import { localDataKey } from '../../plan/local-data.ts';
import {
  decidedAtRunTime,
  type Effect,
  onceFinished,
  type StepPlan,
  type StepPlanInput,
  wouldFail,
} from '../../plan/step-plan.ts';
import { comparedText, signatureAdvice, wasFromUrl, whyNotFetched } from '../../plan/url-content.ts';
import { checkedText, whyFaulty } from './check-data.ts';
import { failedAttempts } from './failed-attempts.ts';
import { datasetDigest, findUploaded, lineCounts } from './uploaded-dataset.ts';
import { wayText, wayToSend } from './way-to-send.ts';

const sendingEffects = ['create-project', 'create-dataset', 'upload-content'] as const satisfies readonly Effect[];

export const uploadEffects: readonly Effect[] = [...sendingEffects, 'store-content', 'delete-dataset'];

/** What an upload would do. */
export function planUpload({ with: wanted, waitsFor, pipeline }: StepPlanInput<UploadWith>, facts: Facts): StepPlan {
  if (wanted === undefined) {
    return decidedAtRunTime(`upload a dataset ${onceFinished(waitsFor)}`, { effects: uploadEffects });
  }
  const { from, kind } = wanted;
  const content = isUrl(from) ? (facts.urls[from] ?? {}) : undefined;
  const local = facts.localData[localDataKey({ path: from, kind })];
  const identity = content === undefined ? local?.digest : withoutSignature(from);
  if (identity === undefined) {
    return decidedAtRunTime(`upload ${shownSource(from)}, which cannot be read yet`, { effects: uploadEffects });
  }
  const digest = datasetDigest(wanted, identity);
  const existing = findUploaded(facts.datasets, { digest, content });
  if (existing === undefined) {
    const refused = content === undefined ? undefined : whyNotFetched(from, facts.observedAt);
    if (refused !== undefined) return wouldFail(signAnew(from, refused));
    const check =
      content === undefined ? facts.checks?.[dataCheckKey({ path: from, kind, locale: wanted.locale })] : undefined;
    const faulty = check === undefined ? undefined : whyFaulty(check, wanted);
    if (faulty !== undefined) return wouldFail(faulty);
    const way: ReturnType<typeof wayToSend> = local === undefined ? { via: 'blocks' } : wayToSend(wanted, local);
    if ('fault' in way) return wouldFail(way.fault);
    const failed = failedAttempts(facts.datasets, { wanted, pipeline, digest });
    const effects: readonly Effect[] = [
      ...(way.via === 'blocks' ? sendingEffects : (['create-project', 'store-content', 'create-dataset'] as const)),
      ...(failed.length === 0 ? [] : (['delete-dataset'] as const)),
    ];
    const left = failed.length === 0 ? '' : `, and delete ${counted(failed.length, 'failed attempt')}`;
    const what = `upload ${shownSource(from)} as ${kind} dataset`;
    const details =
      content === undefined
        ? sizeOf(local) + wayText(way) + (check === undefined ? '' : checkedText(check))
        : aboutUrl(from, { facts, digest });
    return { action: 'create', summary: what + details + left, effects, outputs: {} };
  }
  const { action, entity, comparison } = existing;
  if (action === 'adopt') {
    const summary = `wait for ${kind} dataset ${entity.displayName}, which is ${entity.status}`;
    return { action, summary, effects: ['upload-content'], outputs: { dataset: entity.self, digest } };
  }
  const outputs = { dataset: entity.self, digest, ...lineCounts(entity), ...(comparison && { comparison }) };
  const same =
    content === undefined || comparison === undefined ? 'has this content already' : comparedText(comparison, content);
  return { action, summary: `${kind} dataset ${entity.displayName} ${same}`, effects: [], outputs };
}

function sizeOf(local: LocalDataFacts | undefined): string {
  if (local === undefined) return '';
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
