import { formatRate } from '../document/rates.ts';
import type { PlainValue } from '../document/plain-value.ts';

/** The outputs of a step that a person wants to see, in a few words; empty when there are none of them. */
export function summariseOutputs(outputs: Readonly<Record<string, PlainValue>>): string {
  const parts: string[] = [];
  const { accepted, rejected, wer, words, againstWer, better, probes, probeFailures, probeRepeats, rolledBack } =
    outputs;
  if (typeof accepted === 'number')
    parts.push(
      `${accepted} ${accepted === 1 ? 'line' : 'lines'} accepted${rejected === 0 ? '' : `, ${String(rejected)} rejected`}`,
    );
  if (typeof wer === 'number')
    parts.push(`WER ${formatRate(wer)}${typeof words === 'number' ? ` over ${words} words` : ''}`);
  if (typeof againstWer === 'number')
    parts.push(`against ${formatRate(againstWer)}: ${better === true ? 'better' : 'not better'}`);
  if (typeof probes === 'number' && probes > 0)
    parts.push(`${probes} recognitions of smoke audio, ${String(probeFailures)} failed`);
  if (typeof probeRepeats === 'number' && probeRepeats > 0) parts.push(`${probeRepeats} repeated without an answer`);
  if (rolledBack === true) parts.push('rolled back');
  const approval = approvalText(outputs);
  if (approval !== undefined) parts.push(approval);
  return parts.join(', ');
}

/** What a person decided in a step, and when and why; undefined when it has no decision. */
export function approvalText(outputs: Readonly<Record<string, PlainValue>>): string | undefined {
  const { approvedBy, approvedAt, rejectedBy, rejectedAt, comment } = outputs;
  const said = comment === undefined ? '' : `: ${String(comment)}`;
  if (typeof approvedBy === 'string') return `approved by ${approvedBy} at ${String(approvedAt)}${said}`;
  if (typeof rejectedBy === 'string') return `rejected by ${rejectedBy} at ${String(rejectedAt)}${said}`;
  return undefined;
}
