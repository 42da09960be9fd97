/** The parts of the resource id of a Cognitive Services account, or undefined when the text is none. */
export function parseAccountId(
  id: string,
): { readonly subscriptionId: string; readonly resourceGroup: string; readonly name: string } | undefined {
  const found = accountIdForm.exec(id.trim());
  const { subscriptionId, resourceGroup, name } = found?.groups ?? {};
  if (subscriptionId === undefined || resourceGroup === undefined || name === undefined) return undefined;
  return { subscriptionId, resourceGroup, name };
}

const accountIdForm =
  /^\/subscriptions\/(?<subscriptionId>[\da-f-]{36})\/resourceGroups\/(?<resourceGroup>[^/]+)\/providers\/Microsoft\.CognitiveServices\/accounts\/(?<name>[^/]+)\/?$/i;
