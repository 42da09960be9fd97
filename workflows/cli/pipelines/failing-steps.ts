import { createFindings, type Diagnostic, type Span } from '../../document/diagnostics/diagnostics.ts';
import { scalarText, valueAt, writtenSteps } from '../../document/yaml/plain-value.ts';
import { readDocument } from '../../document/yaml/read-document.ts';
import { type Plan, stepsThatFail } from '../../plan/plan.ts';
import type { Io } from '../session.ts';
import { openPipelineFile } from './open-pipeline.ts';
import type { LoadedFile } from './pipeline-file.ts';

/**
 * The steps of a pipeline without faults of which its Speech resource says now that they would fail, each as a diagnostic at its
 * id: an error where no run is begun for its sake, else a warning. Rejects when the resource does not answer, as planning does.
 */
export async function failingSteps(
  file: string,
  { loaded, io, emulator }: { readonly loaded: LoadedFile; readonly io: Io; readonly emulator: boolean },
): Promise<readonly Diagnostic[]> {
  const { pipeline, folder, file: planned, env, text } = loaded;
  if (pipeline === undefined) return [];
  const opened = await openPipelineFile({ pipeline, folder, file: planned, env }, { io, emulator });
  const plan = await opened.plan().finally(async () => await opened.connection.close());
  return diagnosticsOf(plan, { path: file, text });
}

function diagnosticsOf(plan: Plan, of: { readonly path: string; readonly text: string }): readonly Diagnostic[] {
  const text = of.text.startsWith('\uFEFF') ? of.text.slice(1) : of.text;
  const findings = createFindings(of.path, text);
  const ids = idsIn(text);
  const inTheWay = new Set(stepsThatFail(plan).map(({ id }) => id));
  for (const { id, action, summary } of plan.steps) {
    if (action !== 'fail') continue;
    // The copies of a step for the combinations of a matrix have ids that begin with its own.
    const [, at = { start: 0, end: 0 }] = ids.find(([own]) => id === own || id.startsWith(`${own}-`)) ?? [];
    const severity = inTheWay.has(id) ? 'error' : 'warning';
    findings.add(at, { code: 'would-fail', severity, message: `The step \`${id}\` would fail: ${summary}` });
  }
  return findings.diagnostics();
}

/** The ids of steps with their places, the longest first. */
function idsIn(text: string): readonly (readonly [string, Span])[] {
  const document = readDocument(text, createFindings('', text));
  if (document?.kind !== 'map') return [];
  const ids = writtenSteps(document).flatMap(({ node }) => {
    const written = node.kind === 'map' ? valueAt(node, 'id') : undefined;
    const id = scalarText(written);
    return written === undefined || id === undefined ? [] : [[id, written] as const];
  });
  return ids.toSorted(([one], [other]) => other.length - one.length);
}
