import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { type AccessRules, personIn, refusalOf, withTicket } from './access.ts';
import { serveApp } from './app-files.ts';
import { Changes } from './changes.ts';
import { type PortalContext, PortalProblem } from './portal-context.ts';
import { ResultsOfRuns } from './history/results-of-runs.ts';
import { routes } from './routes/index.ts';
import { sendProblem } from './send-problem.ts';
import { Snapshots } from './snapshots.ts';
import { watchRuns } from './run-watch.ts';
import type { PortalSources } from './sources.ts';
import { watchRepository } from './repository/watch-repository.ts';
import { WorkingTree } from './repository/write-files.ts';

export interface PortalOptions extends Omit<AccessRules, 'sessionKey'> {
  readonly sources: PortalSources;
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Who uses the page, where no proxy names the person. */
  readonly person: string;
  /** The version of the program. */
  readonly program: string;
  /** Where the built page is. */
  readonly appFolder: string;
  /** How old what is known of a Speech resource may be. @default 30 s */
  readonly freshMilliseconds?: number;
  /** How long a request may take to come in. @default 2 min, of a recording on a slow line, too */
  readonly requestMilliseconds?: number;
}

export interface Portal {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the portal on 127.0.0.1 until it is closed. Rejects when the port is in use. */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const { sources, token, readOnly, program, person, trustHeader, requestMilliseconds = 120_000 } = options;
  const app = fastify({
    bodyLimit: mostBytes,
    forceCloseConnections: true,
    // Of the whole request: a stream of changes is an answer.
    requestTimeout: requestMilliseconds,
    http: {
      // Node swaps the two when its headers may take longer than the whole request.
      headersTimeout: Math.min(60_000, requestMilliseconds),
      connectionsCheckingInterval: Math.min(30_000, requestMilliseconds),
    },
    // A number of an address that is too large to be one is infinite: it is to be held against its bounds like others.
    ajv: { customOptions: { strictNumbers: false } },
    // Names of recordings are as long as names of files, and each of their characters may be nine in an address.
    routerOptions: { maxParamLength: 4096 },
  });
  const sessionKey = randomBytes(32).toString('base64url');
  const changes = new Changes();
  const snapshots = new Snapshots(sources.resources, {
    freshMilliseconds: options.freshMilliseconds ?? 30_000,
    onChange: () => changes.tell('objects'),
  });
  const context: PortalContext = {
    sources,
    snapshots,
    results: new ResultsOfRuns(sources.repository.runsFolder),
    changes,
    workingTree: new WorkingTree(sources.repository.root),
    readOnly,
    program,
    personOf: (request) => (trustHeader === undefined ? undefined : personIn(request, trustHeader)) ?? person,
    sessionKey,
    ticketed: (address) => withTicket(address, { token, now: Date.now() }),
  };
  guard(app, { ...options, sessionKey });
  for (const register of routes) register(app, context);
  await serveApp(app, options.appFolder);
  await app.listen({ host: '127.0.0.1', port: options.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const stops = [
    watch(context),
    watchRuns(sources.runs, changes),
    watchRepository(sources.repository, { changes, everyMilliseconds: repositoryMilliseconds }),
  ];
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const stop of stops) stop();
      await app.close();
      if (app.server.listening) await once(app.server, 'close');
    },
  };
}

/** Nothing is kept by browsers, nothing is shown in a frame, and nobody is let in who may not. */
function guard(app: FastifyInstance, rules: AccessRules): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    const refusal = refusalOf(request, rules);
    return refusal === undefined ? undefined : await sendProblem(reply, refusal);
  });
  app.setErrorHandler(async (error: FastifyError, _request, reply) => {
    if (error instanceof PortalProblem) return await sendProblem(reply, { status: error.status, error: error.message });
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
      return await sendProblem(reply, { status: 413, error: 'Send less at once: the portal takes at most 8 MB' });
    const status = error.validation === undefined ? (error.statusCode ?? 502) : 400;
    return await sendProblem(reply, { status, error: error.message });
  });
}

/** While pages are open it looks whether what they show has changed. */
function watch({ changes, snapshots }: PortalContext): () => void {
  const timer = setInterval(() => {
    if (changes.hasListeners) void snapshots.refresh();
  }, lookEveryMilliseconds);
  return () => clearInterval(timer);
}

/** A correction of some thousand transcripts fits in it; recordings of a minute do, too. */
const mostBytes = 8 * 1024 * 1024;
const lookEveryMilliseconds = 2000;
const repositoryMilliseconds = 5000;
