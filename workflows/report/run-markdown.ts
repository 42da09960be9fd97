import type { RunRecord, StepRecord } from '../engine/run-record.ts';
import { escapeControls } from '../language/quote-name.ts';
import { formatSpan, outcomeText } from './run-text.ts';
import { approvalText } from './summarise-outputs.ts';

/** The run for a pull request or a wiki, in Markdown: a table of its steps, then who approved what, and what failed. */
export function runMarkdown(record: RunRecord): string {
  const { runId, pipeline, status, startedAt, finishedAt, error } = record;
  const steps = Object.entries(record.steps);
  const rows = steps.map(
    ([id, step]) => `| ${plain(id)} | ${step.status} | ${timeOf(step)} | ${plain(outcomeText(step))} |`,
  );
  const approvals = steps.flatMap(([id, step]) => {
    const said = approvalText(step.outputs);
    return said === undefined ? [] : [`- ${plain(id)}: ${plain(said)}`];
  });
  const failures = steps.flatMap(([id, step]) =>
    step.status === 'failed' ? [`- ${plain(id)}: ${plain(step.error ?? 'failed')}`] : [],
  );
  const ofRun = error === undefined ? [] : [`- ${plain(error)}`];
  return [
    `# ${plain(pipeline)}: ${status}`,
    `Run ${plain(runId)}, started ${startedAt}, ended ${finishedAt}, in ${formatSpan({ startedAt, finishedAt })}.`,
    ['| step | status | time | outcome |', '|---|---|---|---|', ...rows].join('\n'),
    ...section('Approvals', approvals),
    ...section('Failures', [...ofRun, ...failures]),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join('\n')];
}

function timeOf({ status, startedAt, finishedAt }: StepRecord): string {
  if (status === 'skipped' || startedAt === undefined || finishedAt === undefined) return '';
  return formatSpan({ startedAt, finishedAt });
}

/** Text that Markdown shows as it is, on one line. */
function plain(text: string): string {
  return escapeControls(text.replaceAll(/\s+/g, ' ')).replaceAll(/[\\`*_[\]<>|#~&]/g, String.raw`\$&`);
}
