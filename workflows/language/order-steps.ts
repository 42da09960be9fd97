import type { CheckedStep } from './checks/check-steps.ts';
import type { Findings } from '../document/diagnostics/diagnostics.ts';

/**
 * The ids of the steps in layers, each as early as its needs allow and in the order of the document; undefined when steps
 * wait for each other. Takes time in proportion to the steps and their needs.
 */
export function orderSteps(
  steps: readonly CheckedStep[],
  findings: Findings,
): readonly (readonly string[])[] | undefined {
  const depths = depthsOf(steps);
  if (depths.size < steps.length) {
    reportCycles(
      steps.filter(({ id }) => !depths.has(id)),
      findings,
    );
    return undefined;
  }
  const layers: string[][] = [];
  for (const { id } of steps) (layers[depths.get(id) ?? 0] ??= []).push(id);
  return layers;
}

/** How many steps must come before each, along the longest way. Steps in or behind a cycle have no depth. */
function depthsOf(steps: readonly CheckedStep[]): ReadonlyMap<string, number> {
  const numbers = new Map(steps.map(({ id }, number) => [id, number]));
  const needed = steps.map(({ needs }) => Array.from(needs.keys(), (id) => numbers.get(id)));
  const open = Int32Array.from(needed, ({ length }) => length);
  const dependents = dependentsOf(needed);
  const depths = new Map<string, number>();
  let ready = [...open.keys()].filter((number) => open[number] === 0);
  for (let depth = 0; ready.length > 0; depth += 1) {
    const next: number[] = [];
    for (const number of ready) {
      depths.set(steps[number]?.id ?? '', depth);
      for (const dependent of dependents(number)) {
        open[dependent]! -= 1;
        if (open[dependent] === 0) next.push(dependent);
      }
    }
    ready = next;
  }
  return depths;
}

/** For a number those that need it, without a list of its own for each of thousands. A need that is none of them counts for nobody. */
function dependentsOf(needed: readonly (readonly (number | undefined)[])[]): (number: number) => Int32Array {
  const ends = new Int32Array(needed.length + 1);
  for (const needs of needed) for (const need of needs) if (need !== undefined) ends[need + 1]! += 1;
  for (let number = 1; number < ends.length; number += 1) ends[number]! += ends[number - 1]!;
  const starts = ends.slice();
  const list = new Int32Array(ends.at(-1) ?? 0);
  for (const [dependent, needs] of needed.entries())
    for (const need of needs) if (need !== undefined) list[starts[need]!++] = dependent;
  return (number) => list.subarray(ends[number], ends[number + 1]);
}

/** Walks from need to need until a step comes again: that is a cycle. Each step is in at most one that is told. */
function reportCycles(steps: readonly CheckedStep[], findings: Findings): void {
  const stuck = new Map(steps.map((step) => [step.id, step]));
  const visited = new Set<string>();
  for (const start of steps) {
    const path: CheckedStep[] = [];
    const places = new Map<string, number>();
    let step: CheckedStep | undefined = start;
    while (step !== undefined && !visited.has(step.id)) {
      visited.add(step.id);
      places.set(step.id, path.length);
      path.push(step);
      const next: string | undefined = [...step.needs.keys()].find((need) => stuck.has(need));
      step = next === undefined ? undefined : stuck.get(next);
    }
    const from = step && places.get(step.id);
    if (step !== undefined && from !== undefined) reportCycle(path.slice(from), findings);
  }
}

function reportCycle(cycle: readonly CheckedStep[], findings: Findings): void {
  const ids = cycle.map(({ id }) => id);
  const [first] = cycle;
  const at = first?.needs.get(ids[1] ?? ids[0] ?? '');
  if (at !== undefined) findings.report('step-cycle', at, { steps: [...ids, ids[0] ?? ''] });
}
