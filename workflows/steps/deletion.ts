import type { Ports } from '../engine/ports.ts';

/** How a person deletes an object that a step has left behind, as the end of a sentence: `delete it with: az rest …`. */
export function deletionOf(
  { self }: { readonly self: string },
  { isEmbedded = false }: Pick<Ports, 'isEmbedded'>,
): string {
  // Its key and its port are other ones in each process.
  if (isEmbedded) return 'delete it with the folder .speechops/emulator, which has all of the embedded emulator';
  const url = self.replaceAll("'", '%27');
  // The emulator takes no token of Entra ID.
  return url.startsWith('https:')
    ? `delete it with: az rest --method delete --resource https://cognitiveservices.azure.com --url '${url}'`
    : `delete it with: curl -X DELETE -H "Ocp-Apim-Subscription-Key: $SPEECHOPS_KEY" '${url}'`;
}
