import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { challengeAll } from './callbacks/challenge.ts';
import { notifyOf } from './callbacks/notify.ts';
import { settleInTime } from './callbacks/settle-in-time.ts';
import { accountId, defaultAccount, type AccountState } from './state/account.ts';
import { resourceManager } from './arm/resource-manager.ts';
import { isHostPlace, refusalOfCaller } from './server/caller-check.ts';
import { checkedSpeed, VirtualClock } from './state/clock.ts';
import { openContentFolder } from './state/content-folder.ts';
import { controlApi } from './server/control-api.ts';
import { controlPlane } from './server/control-plane.ts';
import { lockData } from './state/data-lock.ts';
import { EntityStore } from './state/entity-store.ts';
import { fileReading } from './server/file-reading.ts';
import { modelArrival } from './server/model-arrival.ts';
import { learnAllAudio } from './work/known-audio.ts';
import { isLoopbackName } from './protocol/loopback.ts';
import { realtimeRecognition } from './realtime/realtime-recognition.ts';
import { recognitionLimits, type RecognitionLimits } from './realtime/recognition-limits.ts';
import type { Certificate } from './server/certificate.ts';
import { issueToken, signIn } from './sign-in/sign-in-routes.ts';
import { tenantId, TokenAuthority, type TrustedIssuer } from './state/token-authority.ts';
import type { BaseModelReleases } from './state/base-model-releases.ts';
import type { Sku } from './state/limits/quotas.ts';
import type { Redeployment } from './state/redeployment.ts';
import { serviceError } from './protocol/service-error.ts';
import { resumeWorks } from './work/settle.ts';
import { shortAudio } from './server/short-audio.ts';
import { textToSpeech } from './server/text-to-speech.ts';
import { SpeechResource } from './state/speech-resource.ts';
import { readState, StateFile, type StoredState } from './state/state-file.ts';

export { DataInUseError } from './state/data-lock.ts';

export interface EmulatorOptions {
  /** @default 0, which takes any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /**
   * Whether a host that other machines can reach is taken. The emulator is not made for that, and answers them only under
   * `allowedHosts`. @default false
   */
  readonly allowRemote?: boolean;
  /**
   * What requests may name as their host beside a loopback name with the port that is listened on: NAME or NAME:PORT, as where
   * a port is forwarded. Without a port it is the one that is listened on. @default none
   */
  readonly allowedHosts?: readonly string[];
  /** Whether downloads and callbacks may go to other hosts of private networks. @default false */
  readonly allowPrivate?: boolean;
  /** Virtual seconds per real second. @default 1, or where the data directory stood */
  readonly speed?: number;
  /** Where everything is kept over restarts. @default nothing is kept */
  readonly dataDirectory?: string;
  /** @default a random one */
  readonly key?: string;
  /** What Azure Resource Manager of the emulator takes as bearer token. @default a random one */
  readonly managementToken?: string;
  /** @default 'S0' */
  readonly sku?: Sku;
  /**
   * How often a base model of each locale is released: in February and August, or in May and November as well. @default 'half-yearly'
   */
  readonly baseModels?: BaseModelReleases;
  /** What the resource is as an Azure account; its resource id is made of it. @default an S0 account `emulator` */
  readonly account?: Partial<Omit<AccountState, 'sku'>>;
  /** Folders of WAV files with a trans.txt: what is said in audio that comes in no dataset. */
  readonly audioDirectories?: readonly string[];
  /**
   * How an endpoint looks while its model is changed: `Running` with the previous model, `Running` with the wanted one, or
   * `Succeeded` with the wanted one at once. The previous one serves meanwhile. @default 'at-once', as Microsoft documents it
   */
  readonly redeployment?: Redeployment;
  /** What answers on an endpoint that is not there: the base model, as in Azure, or an error (400, close 1007). @default 'base' */
  readonly unknownCid?: 'base' | 'strict';
  /**
   * How far evaluations of the same differ: so large a share of words, 0..1, is heard anew in each, and misheard as often on the average.
   * Recognition by endpoints has none. @default 0
   */
  readonly recognitionNoise?: number;
  /** Limits of recognition other than the service's, for trying out what clients do about them. */
  readonly recognitionLimits?: Partial<RecognitionLimits>;
  /** Serves HTTPS and WSS, with a certificate that is made at the start. @default false */
  readonly tls?: boolean;
  /** An authority beside the emulator's own whose tokens are taken. @default none */
  readonly trustedIssuer?: TrustedIssuer;
  /** Gets a line for everything a person should know. @default nothing is logged */
  readonly log?: (line: string) => void;
}

export interface Emulator {
  /** Base address: what a client takes as the endpoint of the Speech resource. */
  readonly url: string;
  readonly key: string;
  /** What its Azure Resource Manager takes as bearer token. */
  readonly managementToken: string;
  /** Azure resource id of the account, to be asked for at the same address. */
  readonly resourceId: string;
  /** The tenant of Entra ID in which clients sign in, at the same address. */
  readonly tenantId: string;
  /** What clients have to trust, PEM, where it serves HTTPS. */
  readonly certificate: string | undefined;
  /** Ends connections, keeps what is to be kept and removes what is not. */
  close(): Promise<void>;
}

/**
 * A local Speech resource that answers on loopback: Speech-to-text REST API 2025-10-15, REST short audio, recognition over
 * WebSocket, text-to-speech, and the control API under `/_emulator`. Throws when the address cannot be taken (`EADDRINUSE`) or the data cannot be read.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, audioDirectories = [] } = options;
  if (!isLoopbackName(host) && options.allowRemote !== true) {
    throw new Error(`Cannot listen on ${host}: only loopback addresses are allowed (127.0.0.1, ::1, localhost)`);
  }
  const { allowedHosts = [] } = options;
  const wrongHost = allowedHosts.find((place) => !isHostPlace(place));
  if (wrongHost !== undefined) {
    throw new Error(`Cannot allow the host ${JSON.stringify(wrongHost)}: it must be NAME or NAME:PORT`);
  }
  const unlock = options.dataDirectory === undefined ? undefined : await lockData(options.dataDirectory);
  const { resource, stateFile } = await openResource(options).catch(async (error: unknown) => {
    await unlock?.();
    throw error;
  });
  const certificate = options.tls === true ? await certificateFor(allowedHosts) : undefined;
  const app = createApp(allowedHosts, certificate);
  await app.register(controlPlane(resource), { prefix: '/speechtotext' });
  await app.register(resourceManager(resource), { prefix: '/subscriptions' });
  await app.register(shortAudio(resource));
  await app.register(textToSpeech(resource));
  realtimeRecognition(app, resource, { allowedHosts, limits: { ...recognitionLimits, ...options.recognitionLimits } });
  await app.register(fileReading(resource));
  await app.register(modelArrival(resource));
  await app.register(signIn(resource));
  await app.register(issueToken(resource));
  await app.register(controlApi(resource, audioDirectories), { prefix: '/_emulator' });
  const settling = settleInTime(resource);
  const close = async (): Promise<void> => {
    await app.close();
    await settling.stop();
    await resource.callbacks.close();
    await stateFile?.close();
    await resource.close();
    await unlock?.();
  };
  try {
    await learnAllAudio(resource, audioDirectories);
    resumeWorks(resource);
    await app.listen({ host, port });
    challengeAll(resource);
  } catch (error) {
    await close();
    throw error;
  }
  const { key, managementToken } = resource.settings;
  return {
    url: addressOf(app, { host, scheme: certificate === undefined ? 'http' : 'https' }),
    key,
    managementToken,
    resourceId: accountId(resource.account),
    tenantId,
    certificate: certificate?.certificate,
    close,
  };
}

async function certificateFor(hosts: readonly string[]): Promise<Certificate> {
  // A large package, and most clients do without it.
  const { makeCertificate } = await import('./server/certificate.ts');
  return await makeCertificate(hosts);
}

function createApp(allowedHosts: readonly string[], certificate: Certificate | undefined): FastifyInstance {
  const app = Fastify({
    ...(certificate === undefined ? {} : { https: { key: certificate.key, cert: certificate.certificate } }),
    forceCloseConnections: true,
    routerOptions: {
      maxParamLength: 300,
      // Of a parameter that is given more than once the last one counts.
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
    // Such a request goes past all hooks.
    frameworkErrors: (_error, request, reply) => {
      const { status, body } =
        refusalOfCaller(request.raw, allowedHosts) ??
        serviceError('InvalidRequest', { message: 'The address of the request is not valid.' });
      void (reply as FastifyReply).code(status).send(body);
    },
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ error: { code: '404', message: 'Resource not found' } }),
  );
  // Before all other hooks and all routes, those for paths that there are not included.
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalOfCaller(request.raw, allowedHosts);
    return refusal === undefined ? undefined : reply.code(refusal.status).send(refusal.body);
  });
  return app;
}

async function openResource(
  options: EmulatorOptions,
): Promise<{ readonly resource: SpeechResource; readonly stateFile: StateFile | undefined }> {
  const { dataDirectory } = options;
  const path = dataDirectory === undefined ? undefined : join(dataDirectory, 'state.json');
  const stored = path === undefined ? undefined : await readState(path);
  const resource: SpeechResource = new SpeechResource({
    settings: {
      key: options.key ?? randomSecret(),
      managementToken: options.managementToken ?? randomSecret(),
      allowPrivate: options.allowPrivate ?? false,
      sku: options.sku ?? 'S0',
      baseModels: options.baseModels ?? 'half-yearly',
      recognitionNoise: options.recognitionNoise ?? 0,
      unknownCid: options.unknownCid ?? 'base',
      log: options.log ?? (() => undefined),
    },
    authority: new TokenAuthority(options.trustedIssuer),
    redeployment: options.redeployment ?? 'at-once',
    account: { ...defaultAccount, ...options.account, sku: options.sku ?? 'S0' },
    clock: clockOf(stored, options),
    store: new EntityStore(stored?.collections ?? {}, (change) => {
      stateFile?.changed();
      if (change !== undefined) notifyOf(resource, change);
    }),
    contents: await openContentFolder(dataDirectory),
    saved: async () => stateFile?.flush(),
  });
  const stateFile =
    path === undefined
      ? undefined
      : new StateFile(path, {
          state: () => ({ version: 1, clock: resource.clock.state(), collections: resource.store.toStored() }),
          failed: (error) =>
            resource.settings.log(`Cannot keep the data in ${path}: ${error instanceof Error ? error.message : error}`),
        });
  return { resource, stateFile };
}

function addressOf(
  app: FastifyInstance,
  { host, scheme }: { readonly host: string; readonly scheme: 'http' | 'https' },
): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Goes on where the stored one stood; throws an Error when that is no place for a clock. */
function clockOf(stored: StoredState | undefined, { speed, dataDirectory }: EmulatorOptions): VirtualClock {
  const own = speed === undefined ? {} : { speed: checkedSpeed(speed) };
  try {
    return new VirtualClock({ ...stored?.clock, ...own });
  } catch (error) {
    throw new Error(
      `Move ${dataDirectory} away to start with an empty resource: its state.json cannot be used. ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}
