import { isLoopback, placeOfEndpoint } from '../../document/base-url.ts';
import { type AzureCloud, cloudOf } from '../../speech/azure-cloud.ts';
import { isSpeechHost, type SpeechCredential } from '../../speech/credential.ts';
import { entraCredential } from '../../speech/entra-credential.ts';
import { type Io, UsageError } from '../session.ts';

/**
 * The credential of the environment for the Speech resources of a run: SPEECHOPS_KEY, or Microsoft Entra ID. Refuses to
 * send either where it does not belong: `named` are the resources that the pipeline's file names, by base URL or resource id,
 * and a file may come from any person who can propose a change. A service that gets a key can use it, so the key goes only
 * where the environment says. Azure's Speech service alone can use a token.
 */
export async function credentialFor(
  endpoints: readonly string[],
  { env, named }: { readonly env: Io['env']; readonly named: readonly string[] },
): Promise<SpeechCredential> {
  const own = env['SPEECHOPS_ENDPOINT'] ?? '';
  const stranger = named.find((url) => !mayBeNamed(new URL(url)) && placeOfEndpoint(url) !== placeOfEndpoint(own));
  if (stranger !== undefined) {
    throw new UsageError(
      `Set SPEECHOPS_ENDPOINT to ${stranger} as well: \`resource\` names a host that is not one of Azure's Speech service (NAME.cognitiveservices.azure.com, REGION.api.cognitive.microsoft.com), and a credential is sent to such a host only when the environment names it too`,
    );
  }
  const key = env['SPEECHOPS_KEY'];
  if (key === undefined || key === '') return await entraCredential(onlyCloudOf(endpoints), env);
  const places = new Map(endpoints.map((endpoint) => [placeOfEndpoint(endpoint), endpoint]));
  if (places.size > 1) {
    throw new UsageError(
      `Unset SPEECHOPS_KEY and sign in through Entra ID (az login, a managed identity): a key belongs to one Speech resource, and the pipeline works on ${[...places.values()].join(', ')}`,
    );
  }
  const [only] = named;
  if (only !== undefined && own === '') {
    throw new UsageError(
      `Set SPEECHOPS_ENDPOINT to ${only} as well, or unset SPEECHOPS_KEY to sign in through Entra ID: a key is not sent to a resource that the pipeline alone names`,
    );
  }
  if (only !== undefined && placeOfEndpoint(own) !== placeOfEndpoint(only)) {
    throw new UsageError(
      `Unset SPEECHOPS_ENDPOINT when SPEECHOPS_KEY is the key of ${only}, or unset SPEECHOPS_KEY to sign in through Entra ID: \`resource\` wins over SPEECHOPS_ENDPOINT, and the key is not sent to another resource than ${own}`,
    );
  }
  return { key };
}

/** An identity is of one cloud, and of no other. */
function onlyCloudOf(endpoints: readonly string[]): AzureCloud {
  const [first, other] = new Set(endpoints.map((endpoint) => cloudOf([endpoint])));
  if (first === undefined || other === undefined) return first ?? cloudOf([]);
  throw new UsageError(
    `Write a pipeline for each Azure cloud: one run signs in to one of them, and this one works on ${endpoints.join(', ')}`,
  );
}

function mayBeNamed(url: URL): boolean {
  return isLoopback(url) || isSpeechHost(url);
}
