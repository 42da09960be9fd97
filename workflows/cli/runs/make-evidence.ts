import type { ResultsDocument, RunDocument } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { planResults, recordOfPlan } from '../../evidence/plan-results.ts';
import { runResults, type RunSources } from '../../evidence/run-results.ts';
import type { Plan } from '../../plan/plan.ts';
import { summariseStep } from '../../report/summarise-step.ts';
import { madeHere } from '../made-here.ts';
import type { Io } from '../session.ts';
import { type EndedRun, gatherSources } from './gather-sources.ts';
import { redactDocument } from './redact-document.ts';

interface Where {
  readonly io: Io;
  /** The folder that the document will be in. */
  readonly folder: string;
}

/** The evidence of a run that has ended, without secrets. */
export async function evidenceOfRun(record: RunDocument, ended: EndedRun, where: Where): Promise<ResultsDocument> {
  return withoutSecrets(runResults(record, await sourcesOf(record, ended, where)), where);
}

/** The evidence of a plan that was made at this time and of which nothing has run, without secrets. */
export async function evidenceOfPlan(
  plan: Plan,
  of: Pick<EndedRun, 'connection'> & { /** ISO date-time. */ readonly plannedAt: string },
  where: Where,
): Promise<ResultsDocument> {
  const record = recordOfPlan(plan, of);
  const { connection } = of;
  return withoutSecrets(planResults(plan, record, await sourcesOf(record, { plan, connection }, where)), where);
}

async function sourcesOf(
  record: RunDocument,
  { plan, connection }: EndedRun,
  { io, folder }: Where,
): Promise<RunSources> {
  const report = (message: string): void => io.stderr.write(`${escapeControls(message)}\n`);
  const sources = await gatherSources(record, { plan, connection, folder, signal: io.signal, report });
  const made = await madeHere({ cwd: plan?.folder ?? io.cwd, env: io.env });
  const inputs = Object.entries(plan?.pipeline.inputs ?? {}).map(([name, { value }]) => [name, value] as const);
  return {
    ...sources,
    made: connection === undefined ? made : { ...made, resource: connection.endpoint },
    inputs: Object.fromEntries(inputs),
    summaryOf: summariseStep,
  };
}

function withoutSecrets(document: ResultsDocument, { io }: Where): ResultsDocument {
  return redactDocument(document, (text) => io.secretMask?.mask(text) ?? text);
}
