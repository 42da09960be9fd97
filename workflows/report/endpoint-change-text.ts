import type { SavedPipeline, SavedStep } from '../../schemas/types.gen.ts';

/**
 * What endpoints would serve, a line each: `endpoint ward: Wards 1 (until 2027-10-15) -> Wards 2 (until 2028-10-15); a rollback gives back Wards 1`.
 * Where the endpoints are of several Speech resources, each line says of which: `endpoint ward at contoso-eastus.cognitiveservices.azure.com: …`.
 * `quoted` makes what strangers call things fit to be shown.
 */
export function endpointChangeLines(
  { steps }: Pick<SavedPipeline, 'steps'>,
  { quoted = (text) => text }: { readonly quoted?: (text: string) => string } = {},
): readonly string[] {
  const changing = steps.filter(({ endpointChange }) => endpointChange !== undefined);
  const isOfSeveral = new Set(changing.map(({ resource }) => resource)).size > 1;
  return steps.flatMap((step) => (step.endpointChange === undefined ? [] : [lineOf(step, step.endpointChange)]));

  function lineOf({ action, resource = '' }: SavedStep, change: NonNullable<SavedStep['endpointChange']>): string {
    const { endpoint, before, beforeEnds, after, afterEnds, rollback } = change;
    const then = after === undefined ? 'what the run decides' : named(after, afterEnds);
    const now = before === undefined ? '' : `${named(before, beforeEnds)} -> `;
    const may = action === 'at-run-time' && after !== undefined ? ', if the run decides so' : '';
    const back =
      rollback === undefined ? 'there is no model to go back to' : `a rollback gives back ${quoted(rollback)}`;
    const at = isOfSeveral ? ` at ${hostOf(resource)}` : '';
    return `endpoint ${quoted(endpoint)}${at}: ${now}${then}${may}; ${back}`;
  }

  function named(model: string, ends: string | undefined): string {
    return ends === undefined ? quoted(model) : `${quoted(model)} (until ${ends})`;
  }
}

/** What people call a Speech resource beside others. */
export function hostOf(resource: string): string {
  return URL.canParse(resource) ? new URL(resource).host : resource;
}
