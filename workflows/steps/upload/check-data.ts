import type { UploadWith } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import { type StepContext, StepFailure } from '../../engine/step-kind.ts';
import { placesAsArguments, shownPlaces } from '../../plan/data/data-places.ts';
import { type DataCheck, isTooFaulty, type Tolerance } from '../../plan/data/data-check.ts';

/** Refuses data that the service would refuse, before a dataset is made that stays; what it would take, but for some lines, is told. */
export async function checkHere(
  wanted: UploadWith,
  { folder, context }: { readonly folder: string; readonly context: StepContext },
): Promise<void> {
  if (wanted.check === 'off') return;
  const { kind, locale, from } = wanted;
  const check = await context.ports.data.check({ from, folder, kind, locale });
  const faulty = whyFaulty(check, wanted);
  if (faulty !== undefined) throw new StepFailure(faulty);
  for (const told of check.told.slice(0, mostReported)) context.report(told);
  const left = check.told.length - mostReported;
  if (left > 0) context.report(`and ${left} more: speechops data check ${placesAsArguments(from)}`);
}

/** Why the step would fail with such data, and what to do; undefined when it would not. */
export function whyFaulty(check: DataCheck, wanted: UploadWith): string | undefined {
  if (!isTooFaulty(check, toleranceOf(wanted))) return undefined;
  const isRejected = isTooFaulty({ ...check, isUntrue: false }, toleranceOf(wanted));
  const fate = check.isRefused
    ? 'the service would refuse them'
    : !isRejected
      ? 'what is measured with the test sets would not be true'
      : `the service would reject ${check.rejected} of ${counted(check.lines, 'line')}, max-rejected allows ${formatRate(wanted['max-rejected'])}`;
  const told = check.told.slice(0, mostTold);
  const left = check.told.length - told.length;
  const rest = left > 0 ? `; more with \`speechops data check ${placesAsArguments(wanted.from)}\`` : '';
  return `Correct the data in ${shownPlaces(wanted.from)}: ${fate}: ${told.join('; ')}${rest}`;
}

/** What of faulty data the step uploads all the same. */
export function toleranceOf(wanted: UploadWith): Tolerance {
  return {
    faults: wanted.check === 'fail' ? 'fail' : 'warn',
    maxRejected: wanted['max-rejected'],
    allowsLeak: wanted['allow-leak'] !== undefined,
  };
}

const mostTold = 5;
const mostReported = 20;

/** What is found in data that are uploaded all the same: what keeps lines out with the first of it, and of the rest how much. */
export function checkedText({ rejected, lines, warnings, told }: DataCheck): string {
  const [first = ''] = told;
  const left = rejected === 0 ? '' : `, ${rejected} of ${counted(lines, 'line')} would be rejected (${first})`;
  return warnings === 0 ? left : `${left}, ${counted(warnings, 'warning')} (see speechops data check)`;
}
