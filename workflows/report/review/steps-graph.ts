import type { SavedStep } from '../../../schemas/types.gen.ts';
import { beginningOf } from '../../document/beginning-of.ts';

/** The steps and what they wait for, with their actions, as a Mermaid flowchart; undefined where there are too many to look at, or only one. */
export function stepsGraph(steps: readonly SavedStep[]): string | undefined {
  if (steps.length < 2 || steps.length > mostSteps) return undefined;
  const places = new Map(steps.map(({ id }, index) => [id, `s${index}`]));
  const nodes = steps.map(
    ({ id, action }, index) =>
      `  s${index}["${label(id)}<br/>${words[action] ?? action}"]:::${looks[action] ?? 'still'}`,
  );
  const edges = steps.flatMap(({ needs = [] }, index) =>
    needs.flatMap((need) => (places.has(need) ? [`  ${places.get(need)} --> s${index}`] : [])),
  );
  return [
    '```mermaid',
    'flowchart LR',
    ...nodes,
    ...edges,
    '  classDef change stroke-width:3px',
    '  classDef open stroke-dasharray:4',
    '  classDef fault stroke:#d1242f,stroke-width:3px',
    '  classDef still opacity:0.6',
    '```',
  ].join('\n');
}

const mostSteps = 60;
const words: Readonly<Record<string, string>> = { 'at-run-time': 'at run time', fail: 'would fail' };
const looks: Readonly<Record<string, string>> = {
  create: 'change',
  update: 'change',
  delete: 'change',
  'at-run-time': 'open',
  adopt: 'open',
  fail: 'fault',
};

/** Letters and digits of any script alone: what else a name has could be syntax. */
function label(id: string): string {
  const plain = id.normalize('NFC').replaceAll(/[^\p{L}\p{N} ._-]/gu, '_');
  return plain.length > 40 ? `${beginningOf(plain, 39)}…` : plain;
}
