import { expect, it } from 'vitest';
import { limitsCases } from '../../bench/limits-cases.ts';
import { MAX_DIAGNOSTICS } from '../../workflows/language/diagnostics.ts';
import { formatDiagnostics } from '../../workflows/language/format-diagnostics.ts';
import { loadPipeline } from '../../workflows/language/load-pipeline.ts';
import { planPipeline } from '../../workflows/plan/plan-pipeline.ts';
import { planText } from '../../workflows/report/plan-text.ts';
import { stepKinds } from '../../workflows/steps/registry.ts';

/** What is quadratic takes ten times as long here as what is allowed; `npm run bench:limits` measures whole commands. */
const characters = 200_000;

it.each(Object.keys(limitsCases))(
  'reads, prints and plans %s in time and size that fit the text',
  { timeout: 60_000 },
  (name) => {
    const text = limitsCases[name]?.(characters) ?? '';
    const before = process.cpuUsage();
    const { pipeline, diagnostics, counts } = loadPipeline(text, {
      path: 'p.yaml',
      inputs: {},
      env: {},
      fileKind: () => undefined,
    });
    const printed = formatDiagnostics(diagnostics, { sources: { 'p.yaml': text }, color: false });
    const plan = pipeline === undefined ? '' : planned(pipeline);
    const used = process.cpuUsage(before);
    expect(diagnostics.length).toBe(Math.min(counts.errors + counts.warnings, MAX_DIAGNOSTICS));
    expect(printed.length).toBeLessThan(MAX_DIAGNOSTICS * 2500);
    expect(plan.length).toBeLessThan(5 * characters);
    // Five times what the slowest of them takes: 0.5 s.
    expect((used.user + used.system) / 1e6).toBeLessThan(2.5);
  },
);

function planned(pipeline: NonNullable<ReturnType<typeof loadPipeline>['pipeline']>): string {
  const nothing = { projects: [], datasets: [], models: [], baseModels: [], evaluations: [], endpoints: [] };
  const facts = { observedAt: '2026-01-01T00:00:00Z', ...nothing, localData: {} };
  const target = 'embedded-emulator';
  return planText(planPipeline({ pipeline, folder: '/', target, env: {}, kinds: stepKinds }, facts));
}
