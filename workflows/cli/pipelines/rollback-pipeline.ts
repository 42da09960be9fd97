import { nearestName } from '../../document/nearest-name.ts';
import { quoteName } from '../../document/quote-name.ts';
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
 * goes before it. Undefined when the pipeline has faults, which are printed. `step` is the id of one of several swaps, as a plan shows it. Throws a
 * {@link UsageError} when the pipeline does not swap this endpoint, or more than once.
 */
export async function swapInFile(
  file: string,
  options: PipelineOptions & {
    readonly io: Io;
    readonly endpoint: string;
    readonly locale?: string | undefined;
    readonly step?: string | undefined;
  },
): Promise<SwapOf | undefined> {
  const { io, endpoint, locale, step: wanted } = options;
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
  const here = swaps.filter((one) => locale === undefined || localeOf(one).toLowerCase() === locale.toLowerCase());
  const found = here.filter(({ id }) => wanted === undefined || id === wanted);
  const [step, ...more] = found;
  const ids = here.map(({ id }) => id);
  if (here.length === 0)
    throw new UsageError(
      `Name an endpoint that ${file} swaps: it has no swap of ${endpoint}${locale === undefined ? '' : ` for ${locale}`}`,
    );
  if (step === undefined) {
    const near = nearestName(wanted ?? '', ids);
    const meant = near === undefined ? '' : `; did you mean ${quoteName(near)}?`;
    throw new UsageError(
      `Name with --step a step of ${file} that swaps ${endpoint}: ${ids.join(', ')}, and not ${quoteName(wanted ?? '')}${meant}`,
    );
  }
  if (more.length > 0) {
    const isByLocale = new Set(found.map((one) => localeOf(one).toLowerCase())).size === found.length;
    throw new UsageError(
      `Say which one with ${isByLocale ? '--locale or --step' : '--step'}: ${file} swaps ${endpoint} in ${ids.join(', ')}`,
    );
  }
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
