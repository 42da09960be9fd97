import { Command, Option } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import type { PlanDocument } from '../../../schemas/types.gen.ts';
import { quoteWord } from '../../document/quote-name.ts';
import { stepsThatFail, type Plan } from '../../plan/plan.ts';
import { planMarkdown } from '../../report/plan-markdown.ts';
import { planText, type SavedPlanNotice, savedPlanText } from '../../report/plan-text.ts';
import { stopsPlan } from '../../review/judge-plan.ts';
import { planDocument } from '../../review/saved-plan.ts';
import type { Io, Session } from '../session.ts';
import { openPipeline, type ReviewedPlan } from '../pipelines/open-pipeline.ts';
import { withPlace } from '../runs/borrow-place.ts';
import type { ReviewOptions } from '../pipelines/review-files.ts';
import { addPipelineOptions, addReviewOptions, type PipelineOptions } from '../options.ts';
import { wantsColor } from '../wants-color.ts';
import { keepHeapSmall } from '../small-heap.ts';
import { replaceOutput } from '../write-output.ts';

interface PlanOptions extends PipelineOptions, ReviewOptions {
  readonly format: 'text' | 'json' | 'markdown';
  readonly out?: string;
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
      '--detailed-exitcode',
      'exit 0 when nothing would change, 1 on an error, 2 when something would or may change',
    )
    .addHelpText(
      'after',
      `
Examples:
  speechops plan examples/call-center/pipeline.yaml --emulator
  speechops plan pipelines/*.yaml --out plan.json --format markdown >> "$GITHUB_STEP_SUMMARY"`,
    )
    .action(async (files: readonly string[], options: PlanOptions) => {
      keepHeapSmall();
      if (options.detailedExitcode === true) session.errorExitCode = 1;
      const reviewed = await reviewAll([...new Set(files)], { io, options });
      if (reviewed === undefined) {
        session.exitCode = 1;
        return;
      }
      const plans = reviewed.map(({ plan }) => plan);
      const document = planDocument(
        reviewed.map(({ saved }) => saved),
        { program: `speechops ${packageFile.version}` },
      );
      const json = `${JSON.stringify(document, undefined, 2)}\n`;
      if (options.out !== undefined) await replaceOutput(json, { file: options.out, cwd: io.cwd });
      io.stdout.write(options.format === 'json' ? json : shown(reviewed, { document, options, io }));
      if (reviewed.some((one) => !mayBeDone(one))) session.exitCode = 1;
      else if (options.detailedExitcode === true && plans.some(mayChange)) session.exitCode = 2;
    });
}

/** Whether no step would fail for whose sake the run cannot succeed, and no rule forbids it. */
function mayBeDone({ plan, saved }: ReviewedPlan): boolean {
  return stepsThatFail(plan).length === 0 && !(saved.policies ?? []).some(stopsPlan);
}

function mayChange({ steps }: Plan): boolean {
  return steps.some(({ effects }) => effects.length > 0);
}

/** The plans of all files; undefined when a pipeline has faults, which are printed for each. */
async function reviewAll(
  files: readonly string[],
  { io, options }: { readonly io: Io; readonly options: PlanOptions },
): Promise<readonly ReviewedPlan[] | undefined> {
  const reviewed: ReviewedPlan[] = [];
  for (const file of files) {
    const opened = await withPlace(io, async () => await openPipeline(file, { io, ...options, reviewed: options }));
    if (opened === undefined) continue;
    try {
      reviewed.push(await opened.review());
    } finally {
      await opened.connection.close();
    }
  }
  return reviewed.length === files.length ? reviewed : undefined;
}

function shown(
  reviewed: readonly ReviewedPlan[],
  of: { readonly document: PlanDocument; readonly options: PlanOptions; readonly io: Io },
): string {
  const { document, options, io } = of;
  const { hash } = document;
  const plans = reviewed.map(({ plan }) => plan);
  const saved = options.out === undefined ? undefined : noticeOf(reviewed, { document, options, file: options.out });
  const reviews = document.pipelines;
  if (options.format === 'markdown') return planMarkdown(plans, { hash, saved, reviews });
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
  const { allowEnv = [], settings } = options;
  const words = [
    '--plan',
    file,
    ...allowEnv.flatMap((name) => ['--allow-env', name]),
    ...(settings === undefined ? [] : ['--settings', settings]),
  ];
  const commandOf = (named: readonly string[]): string =>
    ['speechops', 'run', ...[...named, ...words].map(quoteWord)].join(' ');
  const isSeveral = document.pipelines.length > 1;
  const commands = document.pipelines.flatMap(({ file: pipeline }, index) =>
    pipeline === undefined || !mayBeDone(reviewed[index]!) ? [] : [commandOf(isSeveral ? [pipeline.path] : [])],
  );
  return { hash: document.hash, file, commands };
}
