import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import type { PlanDocument, ResultsDocument } from '../../../schemas/types.gen.ts';
import { escapeControls, quoteWord } from '../../document/quote-name.ts';
import { stepsThatFail, type Plan } from '../../plan/plan.ts';
import { planText, type SavedPlanNotice, savedPlanText } from '../../report/commands/plan-text.ts';
import { stopsPlan } from '../../review/judge-plan.ts';
import { planDocument, planHash } from '../../review/saved-plan.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import type { BaseRevision } from '../pipelines/changes-since.ts';
import { lockFileName } from '../pipelines/locks/lock-file-name.ts';
import { openPipeline, type OpenPipeline, type ReviewedPlan } from '../pipelines/open-pipeline.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { mailsLack } from '../runs/mail-host.ts';
import type { ReviewOptions } from '../pipelines/review-files.ts';
import { addPipelineOptions, addReviewOptions, type PipelineOptions } from '../options.ts';
import { wantsColor } from '../wants-color.ts';
import { compileLess, keepHeapSmall } from '../small-heap.ts';
import { replaceOutput } from '../write-output.ts';

interface PlanOptions extends PipelineOptions, ReviewOptions {
  readonly format: 'text' | 'json' | 'markdown';
  readonly out?: string;
  readonly evidence?: boolean;
  readonly results?: string;
  readonly base?: string;
  readonly evaluate?: boolean;
  readonly detailedExitcode?: boolean;
}

/** `speechops plan`: what runs would do now, without doing it; kept in a file, to be done later as it is. */
export function planCommand(session: Session): Command {
  const { io } = session;
  return addReviewOptions(addPipelineOptions(new Command('plan').argument('<files...>', 'the pipelines, YAML files')))
    .addOption(
      new Option('--format <format>', 'how the plan is printed').choices(['text', 'json', 'markdown']).default('text'),
    )
    .option('--out <file>', 'keep the plan in this file, which speechops run --plan does as it is, or refuses')
    .option(
      '--evidence',
      'read also what evaluations that are there have recognised: the plan says intervals, and decides what depends on them',
    )
    .option('--base <revision>', 'say how the data differ from those of a branch or commit, as origin/main')
    .option('--results <file>', 'leave that evidence in this file, for speechops report and comment')
    .option(
      '--evaluate',
      'measure first what the plan would decide by, with trainings and without a swap, in a project of its own that is removed; needs --results',
    )
    .option(
      '--detailed-exitcode',
      'exit 0 when nothing would change, 1 on an error, 2 when something would or may change',
    )
    .addHelpText(
      'after',
      `
Examples:
  speechops plan examples/call-center/pipeline.yaml --emulator
  speechops plan pipelines/*.yaml --out plan.json --format markdown >> "$GITHUB_STEP_SUMMARY"
  speechops plan pipelines/calls.yaml --out plan.json --results results.json`,
    )
    .action(async (files: readonly string[], options: PlanOptions) => {
      keepHeapSmall();
      // What was recognised is aligned and compared, maybe for long.
      if (options.evidence !== true && options.results === undefined) compileLess();
      const named = [...new Set(files)];
      if (options.results !== undefined && named.length > 1)
        throw new UsageError(
          'Plan one pipeline at a time with --results: the evidence of each is a document of its own',
        );
      if (options.evaluate === true && options.results === undefined)
        throw new UsageError('Say with --results where --evaluate is to leave what it has measured');
      const each = await reviewAll(named, { session, options });
      if (each === undefined) {
        session.exitCode = 1;
        return;
      }
      // What people see, and acknowledge, is the hash of all.
      const [only, ...others] = each;
      const all = (others.length === 0 ? only?.plan.hash : undefined) ?? planHash(each.map(({ saved }) => saved));
      const reviewed = each.map((one) => ({ ...one, saved: one.judge(all) }));
      const plans = reviewed.map(({ plan }) => plan);
      const document = planDocument(
        reviewed.map(({ saved }) => saved),
        { program: `speechops ${packageFile.version}`, hash: all },
      );
      const json = (): string => `${JSON.stringify(document, undefined, 2)}\n`;
      if (options.out !== undefined) await replaceOutput(json(), { file: options.out, cwd: io.cwd });
      io.stdout.write(options.format === 'json' ? json() : await shown(reviewed, { document, options, io }));
      if (reviewed.some((one) => !mayBeDone(one))) session.exitCode = 1;
      else if (session.exitCode === 0 && options.detailedExitcode === true && plans.some(mayChange))
        session.exitCode = 2;
    });
}

/** Whether no step would fail for whose sake the run cannot succeed, and no rule forbids it. */
function mayBeDone({ plan, saved }: ReviewedPlan): boolean {
  return stepsThatFail(plan).length === 0 && !(saved.policies ?? []).some(stopsPlan);
}

/** Whether nothing but variables of the environment is in the way, which a job that plans may not have. */
function mayBeTried({ plan, saved }: ReviewedPlan): boolean {
  return stepsThatFail(plan).every(({ unset }) => unset !== undefined) && !(saved.policies ?? []).some(stopsPlan);
}

function mayChange({ steps }: Plan): boolean {
  return steps.some(({ effects }) => effects.length > 0);
}

/** The plans of all files; undefined when a pipeline has faults, which are printed for each. */
async function reviewAll(
  files: readonly string[],
  { session, options }: { readonly session: Session; readonly options: PlanOptions },
): Promise<readonly ReviewedPlan[] | undefined> {
  const { io } = session;
  const reviewed: ReviewedPlan[] = [];
  for (const file of files) {
    const opened = await withPlace(io, async () => await openPipeline(file, { io, ...options, reviewed: options }));
    if (opened === undefined) continue;
    try {
      const { results, evidence = results !== undefined } = options;
      const base = options.base === undefined ? undefined : await baseOf(options.base, { file, io });
      const review = await opened.review({ evidence, base });
      reviewed.push(review);
      const mails = mailsLack(review.plan, { io, anyOfThem: true });
      if (mails !== undefined) io.stderr.write(`${escapeControls(`warning: ${mails}`)}\n`);
      const isRead = await tellStaleLock(review, { connection: opened.connection, io });
      // With --detailed-exitcode 2 means that something would change.
      if (!isRead) session.exitCode = options.detailedExitcode === true ? 1 : 2;
      if (results === undefined) continue;
      if (options.evaluate !== true || mayBeTried(review))
        await leaveEvidence(review, { file: results, session, opened, options });
      else io.stderr.write('Nothing was measured: this plan may not be done\n');
    } finally {
      await opened.connection.close();
    }
  }
  return reviewed.length === files.length ? reviewed : undefined;
}

/**
 * Says where the lock file beside a pipeline, if there is one, is not what is seen now; false where it has faults, which are said beside the
 * plan, since that does not rest on it.
 */
async function tellStaleLock(
  { observed }: ReviewedPlan,
  { connection, io }: { readonly connection: OpenPipeline['connection']; readonly io: Io },
): Promise<boolean> {
  const { folder } = observed.source;
  if (!existsSync(path.join(folder, lockFileName))) return true;
  const { readLock, renewLock } = await import('../pipelines/locks/datasets-lock.ts');
  try {
    for (const change of renewLock(await readLock(folder), { ...observed, connection }).changes)
      io.stderr.write(`${escapeControls(`note: ${lockFileName} is out of date: ${change}`)}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`${escapeControls(`error: ${error.message}`)}\n`);
    return false;
  }
}

/** The revision that data are held against. What compares them, and what makes evidence and documents, is loaded where it is asked for. */
async function baseOf(name: string, { file, io }: { readonly file: string; readonly io: Io }): Promise<BaseRevision> {
  const { openBase } = await import('../pipelines/changes-since.ts');
  return await openBase(name, { folder: path.dirname(path.resolve(io.cwd, file)) });
}

/** Leaves what evaluations that are there have measured, or what a trial measures now: one that fails gives the command its exit code. */
async function leaveEvidence(
  { plan, saved }: ReviewedPlan,
  of: {
    readonly file: string;
    readonly session: Session;
    readonly opened: OpenPipeline;
    readonly options: PlanOptions;
  },
): Promise<void> {
  const { file, session, opened, options } = of;
  const { io } = session;
  const { connection, secrets } = opened;
  const folder = path.dirname(path.resolve(io.cwd, file));
  const keep = async (results: ResultsDocument): Promise<void> =>
    await replaceOutput(`${JSON.stringify(results, undefined, 2)}\n`, { file, cwd: io.cwd });
  if (options.evaluate !== true) {
    const { evidenceOfPlan } = await import('../runs/make-evidence.ts');
    await keep(await evidenceOfPlan(plan, { connection, plannedAt: saved.observedAt }, { io, folder }));
    return;
  }
  const { tryPlan } = await import('../runs/try-plan.ts');
  session.exitCode = await tryPlan(plan, { io, connection, secrets, folder, keep });
}

async function shown(
  reviewed: readonly ReviewedPlan[],
  of: { readonly document: PlanDocument; readonly options: PlanOptions; readonly io: Io },
): Promise<string> {
  const { document, options, io } = of;
  const { hash } = document;
  const plans = reviewed.map(({ plan }) => plan);
  const saved = options.out === undefined ? undefined : noticeOf(reviewed, { document, options, file: options.out });
  const reviews = document.pipelines;
  if (options.format === 'markdown') {
    const { planMarkdown } = await import('../../report/commands/plan-markdown.ts');
    return planMarkdown(plans, { hash, saved, reviews });
  }
  const color = wantsColor(io.stdout, io);
  const texts = plans.map((plan, index) => planText(plan, { color, review: reviews[index] }));
  return [...texts, ...(saved === undefined ? [] : [savedPlanText(saved)])].join('\n');
}

/** What was saved, with the commands that do it: those of a plan that cannot succeed are none. */
function noticeOf(
  reviewed: readonly ReviewedPlan[],
  of: { readonly document: PlanDocument; readonly options: PlanOptions; readonly file: string },
): SavedPlanNotice {
  const { document, options, file } = of;
  const { allowEnv = [], settings, policies, prices } = options;
  const words = [
    '--plan',
    file,
    ...allowEnv.flatMap((name) => ['--allow-env', name]),
    ...(settings === undefined ? [] : ['--settings', settings]),
    ...(policies === undefined ? [] : ['--policies', policies]),
    ...(prices === undefined ? [] : ['--prices', prices]),
  ];
  const commandOf = (named: readonly string[]): string =>
    ['speechops', 'run', ...[...named, ...words].map(quoteWord)].join(' ');
  const isSeveral = document.pipelines.length > 1;
  const commands = document.pipelines.flatMap(({ file: pipeline }, index) =>
    pipeline === undefined || !mayBeDone(reviewed[index]!) ? [] : [commandOf(isSeveral ? [pipeline.path] : [])],
  );
  return { hash: document.hash, file, commands };
}
