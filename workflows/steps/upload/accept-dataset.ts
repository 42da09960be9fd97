import type { UploadWith } from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { type StepContext, StepFailure, type StepOutcome } from '../../engine/step-kind.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import type { Comparison } from '../../plan/url-content.ts';
import { deletionOf } from '../deletion.ts';
import { rejectionsOf } from './rejected-lines.ts';
import { lineCounts } from './uploaded-dataset.ts';

/** The outcome of an upload: fails where the service has rejected more lines than are allowed, and tells every one that it has rejected. */
export async function accept(
  dataset: Dataset,
  result: {
    readonly context: StepContext;
    readonly wanted: UploadWith;
    /** Absolute, or a URL. */
    readonly source: string;
    readonly digest: string;
    readonly action: 'create' | 'reuse' | 'adopt';
    readonly comparison?: Comparison | undefined;
  },
): Promise<StepOutcome> {
  const { context, wanted, source, digest, action, comparison } = result;
  const counts = lineCounts(dataset);
  const lines = counts.accepted + counts.rejected;
  const rejections = counts.rejected === 0 ? [] : await rejectionsOf(dataset, { context, source, wanted });
  const told = rejections.length === 0 ? {} : { rejections: rejections.join('\n') };
  const outputs = { dataset: dataset.self, digest, ...counts, ...told, ...(comparison && { comparison }) };
  const allowed = wanted['max-rejected'];
  if (counts.rejected > 0) context.report(`${counts.rejected} of ${lines} lines rejected`);
  for (const rejection of rejections) context.report(rejection);
  if (lines > 0 && counts.rejected / lines > allowed) {
    const first = rejections.slice(0, mostNamed).map((rejection) => `; ${rejection}`);
    const rest = rejections.length > mostNamed ? `; the log has ${rejections.length - mostNamed} more` : '';
    throw new StepFailure(
      `Correct the data in ${shownSource(wanted.from)}: the service rejected ${counts.rejected} of ${lines} lines, max-rejected allows ${formatRate(allowed)}${first.join('')}${rest}; corrected data make another dataset, and this one stays: ${deletionOf(dataset, context.ports)}`,
      outputs,
    );
  }
  return { kind: action === 'reuse' ? 'reused' : 'done', outputs };
}

/** In the message of a failure: the log and run.json have all. */
const mostNamed = 5;
