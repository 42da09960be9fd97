import path from 'node:path';
import { appendFile } from 'node:fs/promises';
import { makePrivateFolder, writePrivateFile } from '../../store/private-folder.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { resultsJunit } from '../../report/commands/results-junit.ts';
import { resultsMarkdown } from '../../report/commands/results-markdown.ts';
import { runText } from '../../report/commands/run-text.ts';
import { approvalCommand } from '../../steps/approve.ts';
import type { ExitCode, Io, Session } from '../session.ts';
import { runsFolder } from '../runs-folder.ts';
import { wantsColor } from '../wants-color.ts';
import type { EndedRun } from './gather-sources.ts';
import { evidenceOfRun } from './make-evidence.ts';

/**
 * Ends a command that has seen a run end: `run.json`, `results.json` with all evidence, and its renderings `report.md`, `junit.xml` and `report.html` in
 * the run's folder, the record on stdout, what failed and what to do about it on stderr, and the exit code, which is that of the
 * run also when the folder cannot be written. In a job of GitHub the summary of the job gets `report.md`, too.
 */
export async function leaveRecord(
  record: RunRecord,
  { session, format, ...ended }: EndedRun & { readonly session: Session; readonly format: 'text' | 'json' },
): Promise<void> {
  const { io } = session;
  const json = `${JSON.stringify(record, undefined, 2)}\n`;
  session.exitCode = exitCodeOf(record);
  // The files first: this command leaves them also when no process reads its output.
  const files = await writeRecord(record, { json, io, ended });
  io.stdout.write(format === 'json' ? json : runText(record, { color: wantsColor(io.stdout, io) }));
  io.stderr.write(`${files}\n`);
  explainFailures(record, { io, areTold: isSummarySeen(io, format) });
}

/** Whether who reads stderr sees the summary on stdout as well: both are the same terminal. */
export function isSummarySeen({ stdout, stderr }: Io, format: 'text' | 'json'): boolean {
  return format === 'text' && stdout.isTTY === true && stderr.isTTY === true;
}

/** The exit code of a command that has seen a run end. */
export function exitCodeOf(record: RunRecord): ExitCode {
  if (record.status === 'succeeded') return 0;
  // The run was cancelled, or the world failed: the same run may succeed another time.
  const isWorld = Object.values(record.steps).some((step) => step.failure === 'world');
  return isWorld || record.status === 'cancelled' ? 3 : 1;
}

/** Writes the files, and returns the lines about them. */
async function writeRecord(
  record: RunRecord,
  { json, io, ended }: { readonly json: string; readonly io: Io; readonly ended: EndedRun },
): Promise<string> {
  try {
    const all = runsFolder(io);
    const folder = path.join(all, record.runId);
    for (const made of [path.dirname(all), all, folder]) await makePrivateFolder(made);
    await writePrivateFile(path.join(folder, 'run.json'), json);
    const document = await evidenceOfRun(record, ended, { io, folder });
    const markdown = resultsMarkdown(document);
    await writePrivateFile(path.join(folder, 'results.json'), `${JSON.stringify(document, undefined, 2)}\n`);
    await writePrivateFile(path.join(folder, 'report.md'), markdown);
    await writePrivateFile(path.join(folder, 'junit.xml'), resultsJunit(document));
    // What makes pages takes as long to load as a short command.
    const { reportHtml } = await import('../../report/html/report-html.ts');
    await writePrivateFile(path.join(folder, 'report.html'), reportHtml(document));
    const summary = io.env['GITHUB_STEP_SUMMARY'] ?? '';
    if (summary !== '') await appendFile(path.resolve(io.cwd, summary), `${markdown}\n`);
    const shown = (name: string): string => path.relative(io.cwd, path.join(folder, name));
    return `record: ${shown('run.json')}\nreport: ${shown('report.html')} (in the terminal: speechops report ${record.runId})`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return escapeControls(
      `warning: The run has not left all of run.json, results.json, report.md, junit.xml and report.html here: ${reason}`,
    );
  }
}

function explainFailures(
  record: RunRecord,
  { io, areTold }: { readonly io: Io; /** Those of steps, by the summary. */ readonly areTold: boolean },
): void {
  const say = (text: string): void => io.stderr.write(`${escapeControls(text)}\n`);
  const { runId, status, error, steps } = record;
  if (error !== undefined) say(`error: ${error}`);
  for (const [id, step] of Object.entries(steps))
    if (step.status === 'failed' && !areTold) say(`error: ${id}: ${step.error ?? 'failed'}`);
  if (status === 'succeeded') return;
  const rejected = Object.keys(steps).filter((id) => steps[id]?.outputs['rejectedBy'] !== undefined);
  for (const stepId of rejected) {
    // The person who said no may answer again, and the command names that person.
    const by = [String(steps[stepId]?.outputs['rejectedBy'])];
    say(`When the no is withdrawn: ${approvalCommand({ runId, stepId, by })}`);
  }
  say(`${whenToResume(record, rejected)}: speechops resume ${runId} (what is done already is kept)`);
}

function whenToResume({ steps }: RunRecord, rejected: readonly string[]): string {
  if (rejected.length > 0) return 'Then';
  const hasFailed = Object.values(steps).some(({ status }) => status === 'failed');
  return hasFailed ? 'When the cause is mended' : 'Resume it';
}
