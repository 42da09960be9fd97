import { Command } from 'commander';
import { stepsThatFail, type Plan } from '../../plan/plan.ts';
import { planText } from '../../report/plan-text.ts';
import type { Session } from '../session.ts';
import { openPipeline } from '../pipelines/open-pipeline.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { formatOption, addPipelineOptions, type PipelineOptions } from '../options.ts';
import { wantsColor } from '../wants-color.ts';
import { keepHeapSmall } from '../small-heap.ts';

interface PlanOptions extends PipelineOptions {
  readonly format: 'text' | 'json';
  readonly detailedExitcode?: boolean;
}

/** `speechops plan`: what a run would do now, without doing it. */
export function planCommand(session: Session): Command {
  const { io } = session;
  return addPipelineOptions(new Command('plan'))
    .addOption(formatOption())
    .option(
      '--detailed-exitcode',
      'exit 0 when nothing would change, 1 on an error, 2 when something would or may change',
    )
    .addHelpText('after', '\nExample: speechops plan examples/call-center/pipeline.yaml --emulator')
    .action(async (file: string, options: PlanOptions) => {
      keepHeapSmall();
      if (options.detailedExitcode === true) session.errorExitCode = 1;
      const opened = await withPlace(io, async () => await openPipeline(file, { io, ...options }));
      if (opened === undefined) {
        session.exitCode = 1;
        return;
      }
      try {
        const plan = await opened.plan();
        io.stdout.write(
          options.format === 'json'
            ? `${JSON.stringify(planJson(plan), undefined, 2)}\n`
            : planText(plan, { color: wantsColor(io.stdout, io) }),
        );
        if (stepsThatFail(plan).length > 0) session.exitCode = 1;
        else if (options.detailedExitcode === true && plan.steps.some((step) => step.effects.length > 0))
          session.exitCode = 2;
      } finally {
        await opened.connection.close();
      }
    });
}

function planJson(plan: Plan): object {
  return { pipeline: plan.pipeline.name, steps: plan.steps };
}
