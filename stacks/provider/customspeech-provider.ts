import { cloudOf } from '../../workflows/speech/azure-cloud.ts';
import { entraCredential } from '../../workflows/speech/entra-credential.ts';
import { requestPatienceMilliseconds } from '../../workflows/engine/retries/repeat-pauses.ts';
import { createSpeechClient, type SpeechClientOptions } from '../../workflows/speech/speech-client.ts';
import { isLoopback, parseEndpoint, placeOfEndpoint } from '../../workflows/document/base-url.ts';
import type { Log } from './plugin/log.ts';
import { baseModel } from './resources/base-model.ts';
import type { CustomSpeechClient } from './resources/customspeech-client.ts';
import { dataset } from './resources/dataset.ts';
import { endpoint } from './resources/endpoint.ts';
import { endpoints } from './resources/endpoints.ts';
import { model } from './resources/model.ts';
import { models } from './resources/models.ts';
import { project } from './resources/project.ts';
import { DiagnosticError, errorDiagnostic } from './schema/diagnostic.ts';
import type { ProviderDefinition } from './schema/resource.ts';
import { type ObjectValue, textOf } from './schema/value.ts';

/** The provider `customspeech`: the objects of one Speech resource. `env` fills in what the configuration leaves out. */
export function customspeechProvider(env: NodeJS.ProcessEnv): ProviderDefinition<CustomSpeechClient> {
  return {
    schema: {
      version: 0,
      description: 'The Custom Speech objects of one Azure Speech resource.',
      attributes: {
        endpoint: {
          type: 'string',
          presence: 'optional',
          description:
            'Base URL of the Speech resource: https://NAME.cognitiveservices.azure.com, which Entra ID needs, a regional one, or http://127.0.0.1:PORT of an emulator. It may be an attribute of an account that the same configuration makes',
          whenLeftOut: 'SPEECHOPS_ENDPOINT',
          check(value, report) {
            const problem = endpointProblem(value);
            if (problem !== undefined) report(problem);
          },
        },
        key: {
          type: 'string',
          presence: 'optional',
          sensitive: true,
          description:
            'A key of the Speech resource; with an empty one Entra ID signs in (DefaultAzureCredential), whatever the environment says',
          whenLeftOut:
            'SPEECHOPS_KEY, unless SPEECHOPS_ENDPOINT names another resource than endpoint, or else Entra ID signs in',
        },
        tenant_id: {
          type: 'string',
          presence: 'optional',
          check(value, report) {
            if (!isTenant(String(value)))
              report(`Give the id or the domain of a tenant: it is ${JSON.stringify(value)}`);
          },
          description: 'Id or domain of the Entra tenant to sign in to',
          whenLeftOut: 'AZURE_TENANT_ID or else ARM_TENANT_ID, and without either the one that is signed in to',
        },
      },
    },
    resources: {
      customspeech_project: project,
      customspeech_dataset: dataset,
      customspeech_model: model,
      customspeech_endpoint: endpoint,
    },
    dataSources: {
      customspeech_base_model: baseModel,
      customspeech_models: models,
      customspeech_endpoints: endpoints,
    },
    configure: async (config, { log }) => await connect(config, { env, log }),
  };
}

async function connect(
  config: ObjectValue,
  { env, log }: { readonly env: NodeJS.ProcessEnv; readonly log: Log },
): Promise<CustomSpeechClient> {
  const address = textOf(config, 'endpoint') ?? env['SPEECHOPS_ENDPOINT'] ?? '';
  const problem = address === '' ? noEndpoint : endpointProblem(address);
  if (problem !== undefined) throw atArgument('endpoint', problem);
  const key = textOf(config, 'key') ?? keyFor(address, env);
  const isLocal = isLoopback(parseEndpoint(address));
  // A service on this machine is asked more often than one that many share.
  const retryDelayMilliseconds = isLocal ? 100 : 800;
  const speech = {
    endpoint: address,
    userAgent: 'speechops-terraform',
    retryDelayMilliseconds,
    ...(isLocal ? { pollFloorMilliseconds: 200 } : {}),
    // Many objects change at a time, and the service limits the rate of requests.
    patienceMilliseconds: 2 * requestPatienceMilliseconds,
    observer: { afterAttempt: (line) => log('debug', 'request', { ...line }) },
    settings: {
      ...(textOf(config, 'endpoint') === undefined
        ? { endpoint: 'SPEECHOPS_ENDPOINT' }
        : { endpoint: 'endpoint of the provider', ifGone: forgetObjects }),
      key: textOf(config, 'key') === undefined ? 'SPEECHOPS_KEY' : 'key of the provider',
    },
  } satisfies Omit<SpeechClientOptions, 'credential'>;
  try {
    const credential =
      key === '' ? await entraCredential(cloudOf([address]), env, { tenantId: tenantFor(config, env) }) : { key };
    const staleMilliseconds = isLocal ? 2000 : 30_000;
    const retryPatienceMilliseconds = isLocal ? 5000 : requestPatienceMilliseconds;
    const pace = { retryDelayMilliseconds, retryPatienceMilliseconds, staleMilliseconds };
    return { speech: createSpeechClient({ ...speech, credential }), ...pace };
  } catch (error) {
    throw atArgument('key', named(error));
  }
}

/** Without its section environment.yaml brings no provider along, and Terraform has one without settings delete the objects. */
const noEndpoint =
  'Set endpoint, or SPEECHOPS_ENDPOINT: it names no Speech resource. Where `custom-speech` was taken out of environment.yaml, write `custom-speech: {}` until its objects are deleted';

/** Terraform cannot read what was deleted together with its host, and so never finds out that it is gone. */
const forgetObjects = 'if the resource was deleted, have Terraform forget its objects: terraform state rm ADDRESS';

/** SPEECHOPS_KEY, unless SPEECHOPS_ENDPOINT says that it is the key of another resource. */
function keyFor(address: string, { SPEECHOPS_ENDPOINT: own = '', SPEECHOPS_KEY: key = '' }: NodeJS.ProcessEnv): string {
  return own === '' || placeOfEndpoint(own) === placeOfEndpoint(address) ? key : '';
}

function tenantFor(
  config: ObjectValue,
  { AZURE_TENANT_ID: own, ARM_TENANT_ID: azurerm }: NodeJS.ProcessEnv,
): string | undefined {
  return textOf(config, 'tenant_id') ?? (own || azurerm);
}

/** As the credential itself checks it. */
function isTenant(text: string): boolean {
  return /^[\da-z.-]+$/i.test(text);
}

function endpointProblem(value: unknown): string | undefined {
  try {
    parseEndpoint(String(value));
    return undefined;
  } catch (error) {
    return named(error);
  }
}

/** What the client says, with the names that the settings have here. */
function named(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll('SPEECHOPS_ENDPOINT', 'endpoint').replaceAll('SPEECHOPS_KEY', 'key');
}

function atArgument(name: string, problem: string): DiagnosticError {
  return new DiagnosticError([errorDiagnostic(problem, [{ name }])]);
}
