import { loadPipeline } from '../../language/load-pipeline.ts';
import type { Pipeline, PipelineStep } from '../../language/pipeline.ts';
import { type Io, UsageError } from '../session.ts';
import type { PipelineOptions } from '../options.ts';
import { parseInputs, readPipelineFile, type PipelineFile } from './pipeline-file.ts';
import { allowedVariables } from './variables.ts';

/** A swap of an endpoint, whose model is still to be chosen. */
export interface SwapOf {
  /** The pipeline of this swap alone. */
  readonly pipeline: Pipeline;
  readonly folder: string;
  readonly env: PipelineFile['env'];
}

/** What a person says of the proof, where no pipeline does. */
export interface Proof {
  readonly audio?: string | undefined;
  readonly maxWer?: string | undefined;
}

/**
 * The swap of an endpoint as a pipeline has it: its proof, its resource, its locale and the concurrency group of the pipeline, without what
 * goes before it. Undefined when the pipeline has faults, which are printed. Throws a {@link UsageError} when it does not swap this endpoint, or more than once.
 */
export async function swapInFile(
  file: string,
  options: PipelineOptions & { readonly io: Io; readonly endpoint: string; readonly locale?: string | undefined },
): Promise<SwapOf | undefined> {
  const { io, endpoint, locale } = options;
  const allowed = await allowedVariables(options, { io, files: [file] });
  const inputs = parseInputs(options.input ?? []);
  const read = await readPipelineFile(file, { io, inputs, allowedVariables: allowed });
  if (read === undefined) return undefined;
  const { pipeline, folder, env } = read;
  const localeOf = (step: PipelineStep): string => step.locale ?? pipeline.locale;
  const swaps = pipeline.steps.filter(
    ({ uses, with: settings, takesBack }) =>
      uses === 'swap' && settings['endpoint'] === endpoint && takesBack === undefined,
  );
  const found = swaps.filter((step) => locale === undefined || localeOf(step).toLowerCase() === locale.toLowerCase());
  const [step, ...more] = found;
  if (step === undefined)
    throw new UsageError(
      `Name an endpoint that ${file} swaps: it has no swap of ${endpoint}${locale === undefined ? '' : ` for ${locale}`}`,
    );
  if (more.length > 0)
    throw new UsageError(
      `Say which one with --locale: ${file} swaps ${endpoint} in ${found.map(({ id }) => id).join(', ')}`,
    );
  const { strategy: _strategy, timeoutSeconds: _timeout, ...rest } = pipeline;
  const { resource = pipeline.resource } = step;
  const ofStep = { ...rest, locale: localeOf(step), ...(resource === undefined ? {} : { resource }) };
  return { pipeline: aloneIn(ofStep, step), folder, env };
}

/** The swap of an endpoint without a pipeline, in the current folder. */
export function swapByHand(
  endpoint: string,
  { io, locale, proof }: { readonly io: Io; readonly locale: string; readonly proof: Proof },
): SwapOf {
  const { audio, maxWer } = proof;
  const verify =
    audio === undefined ? {} : { verify: { audio, ...(maxWer === undefined ? {} : { 'max-wer': maxWer }) } };
  // JSON is YAML, and reading it as a pipeline applies the defaults and finds what is wrong with the proof.
  const document = {
    name: nameOf(endpoint),
    locale,
    steps: [{ id: 'back', uses: 'swap', with: { endpoint, model: 'base', ...verify } }],
  };
  const { pipeline, diagnostics } = loadPipeline(JSON.stringify(document), { path: 'rollback', inputs: {} });
  const [step] = pipeline?.steps ?? [];
  if (pipeline === undefined || step === undefined)
    throw new UsageError(diagnostics.map(({ message }) => message).join('; '));
  return { pipeline: aloneIn(pipeline, step), folder: io.cwd, env: {} };
}

/** The same swap with this model. A model that ends soon is good enough to go back to. */
export function swapTo(
  { pipeline }: SwapOf,
  to: { readonly endpoint: string; readonly model: string; readonly locale: string },
): Pipeline {
  const { endpoint, model, locale } = to;
  const steps = pipeline.steps.map((step) => ({
    ...step,
    with: { ...step.with, endpoint, model, create: false, 'min-days-left': 0 },
  }));
  return { ...pipeline, locale, name: nameOf(endpoint), steps };
}

function aloneIn(pipeline: Pipeline, { if: _if, combination, ...step }: PipelineStep): Pipeline {
  const alone = { ...step, needs: [], ...(combination === undefined ? {} : { combination }) };
  return { ...pipeline, steps: [alone], layers: [[alone.id]] };
}

function nameOf(endpoint: string): string {
  return `rollback ${endpoint}`.slice(0, 128);
}
