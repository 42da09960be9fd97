import { expect, it } from 'vitest';
import { cpuOf } from '../cpu-of.ts';
import { limitsCases } from '../../bench/limits-cases.ts';
import { MAX_DIAGNOSTICS } from '../../workflows/document/diagnostics/diagnostics.ts';
import { formatDiagnostics } from '../../workflows/document/diagnostics/format-diagnostics.ts';
import { loadPipeline } from '../../workflows/language/load-pipeline.ts';
import { planPipeline } from '../../workflows/plan/plan-pipeline.ts';
import { planText } from '../../workflows/report/commands/plan-text.ts';
import { stepKinds } from '../../workflows/steps/registry.ts';

/** `npm run bench:limits` measures whole commands. */
const characters = 200_000;
/** How much longer a text may take than a pipeline of the same size that people could write. */
const mostTimes = 5;
const ordinary = limitsCases['steps with every key']?.(characters) ?? '';
let bound: number | undefined;

it.each(Object.keys(limitsCases))(
  'reads, prints and plans %s in time and size that fit the text',
  { timeout: 300_000 },
  (name) => {
    const text = limitsCases[name]?.(characters) ?? '';
    const { diagnostics, counts, printed, plan } = readAll(text);
    expect(diagnostics.length).toBe(Math.min(counts.errors + counts.warnings, MAX_DIAGNOSTICS));
    expect(printed.length).toBeLessThan(MAX_DIAGNOSTICS * 2500);
    expect(plan.length).toBeLessThan(5 * characters);
    bound ??= mostTimes * cpuOf(() => readAll(ordinary));
    expect(cpuOf(() => readAll(text), bound)).toBeLessThan(bound);
  },
);

function readAll(text: string) {
  const options = { path: 'p.yaml', inputs: {}, env: {}, fileKind: () => undefined };
  const { pipeline, diagnostics, counts } = loadPipeline(text, options);
  const printed = formatDiagnostics(diagnostics, { sources: { 'p.yaml': text }, color: false });
  return { diagnostics, counts, printed, plan: pipeline === undefined ? '' : planned(pipeline) };
}

function planned(pipeline: NonNullable<ReturnType<typeof loadPipeline>['pipeline']>): string {
  const nothing = { projects: [], datasets: [], models: [], baseModels: [], evaluations: [], endpoints: [] };
  const facts = { observedAt: '2026-01-01T00:00:00Z', ...nothing, localData: {}, urls: {} };
  const target = 'embedded-emulator';
  return planText(planPipeline({ pipeline, folder: '/', target, env: {}, kinds: stepKinds }, facts));
}
