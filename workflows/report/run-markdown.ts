import type { RunRecord, StepRecord } from '../engine/run-record.ts';
import { asksPerson } from '../language/pipeline.ts';
import { deadText } from './dead-text.ts';
import { formatSpan, outcomeText } from './run-text.ts';
import { summariseStep } from './summarise-step.ts';

/** The run for a pull request or a wiki, in Markdown: a table of its steps, then who approved what, and what failed. */
export function runMarkdown(record: RunRecord): string {
  const { runId, pipeline, status, startedAt, finishedAt, error } = record;
  const steps = Object.entries(record.steps);
  const rows = steps.map(
    ([id, step]) => `| ${deadText(id)} | ${step.status} | ${timeOf(step)} | ${deadText(outcomeText(step))} |`,
  );
  const approvals = steps.flatMap(([id, step]) => {
    const said = asksPerson(step.uses) ? summariseStep(step) : '';
    return said === '' ? [] : [`- ${deadText(id)}: ${deadText(said)}`];
  });
  const failures = steps.flatMap(([id, step]) =>
    step.status === 'failed' ? [`- ${deadText(id)}: ${deadText(step.error ?? 'failed')}`] : [],
  );
  const ofRun = error === undefined ? [] : [`- ${deadText(error)}`];
  return [
    `# ${deadText(pipeline)}: ${status}`,
    `Run ${deadText(runId)}, started ${startedAt}, ended ${finishedAt}, in ${formatSpan({ startedAt, finishedAt })}.`,
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
