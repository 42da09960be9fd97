import type { UploadWith } from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import { type StepContext, StepFailure, type StepOutcome } from '../../engine/step-kind.ts';
import { shownPlaces } from '../../plan/data/data-places.ts';
import { joinReferences } from '../../plan/identity.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import type { Comparison } from '../../plan/data/url-content.ts';
import { deletionOf } from '../deletion.ts';
import type { Ensured } from '../ensure.ts';
import { rejectionsOf } from './rejected-lines.ts';
import { lineCounts, sumOfCounts } from './uploaded-dataset.ts';

/** A dataset that an upload has made or found, and the part of the data that it holds. */
export interface Uploaded {
  readonly dataset: Dataset;
  /** From 0. */
  readonly part: number;
  readonly action: Ensured['action'];
  readonly comparison?: Comparison;
}

/** The outcome of an upload: fails where the service has rejected more lines than are allowed, and tells every one that it has rejected. */
export async function accept(
  uploaded: readonly Uploaded[],
  result: {
    readonly context: StepContext;
    readonly wanted: UploadWith;
    readonly folder: string;
    /** Of the dataset, or of all parts together. */
    readonly digest: string;
  },
): Promise<StepOutcome> {
  const { context, wanted, folder, digest } = result;
  const counts = sumOfCounts(uploaded.map(({ dataset }) => dataset));
  const lines = counts.accepted + counts.rejected;
  const rejections: string[] = [];
  for (const { dataset, part } of uploaded)
    if (lineCounts(dataset).rejected > 0)
      rejections.push(...(await rejectionsOf(dataset, { context, folder, wanted, part })));
  const told = rejections.length === 0 ? {} : { rejections: rejections.join('\n') };
  const comparison = uploaded.find((one) => one.comparison !== undefined)?.comparison;
  const dataset = joinReferences(uploaded.map((one) => one.dataset.self));
  const outputs = { dataset, digest, ...counts, ...told, ...(comparison && { comparison }) };
  const allowed = wanted['max-rejected'];
  if (counts.rejected > 0) context.report(`${counts.rejected} of ${lines} lines rejected`);
  for (const rejection of rejections) context.report(rejection);
  if (lines > 0 && counts.rejected / lines > allowed) {
    const first = rejections.slice(0, mostNamed).map((rejection) => `; ${rejection}`);
    const rest = rejections.length > mostNamed ? `; the log has ${rejections.length - mostNamed} more` : '';
    const deletions = uploaded.map((one) => deletionOf(one.dataset, context.ports));
    const stays = deletions.length === 1 ? 'this one stays' : 'these stay';
    throw new StepFailure(
      `Correct the data in ${shownPlaces(wanted.from)}: the service rejected ${counts.rejected} of ${lines} lines, max-rejected allows ${formatRate(allowed)}${first.join('')}${rest}; corrected data make another dataset, and ${stays}: ${deletions.join('; ')}`,
      outputs,
    );
  }
  return { kind: uploaded.every(({ action }) => action === 'reuse') ? 'reused' : 'done', outputs };
}

/** In the message of a failure: the log and run.json have all. */
const mostNamed = 5;
