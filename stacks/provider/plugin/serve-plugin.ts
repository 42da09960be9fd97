import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as grpc from '@grpc/grpc-js';
import type { ProviderDefinition } from '../schema/resource.ts';
import { type Certificate, createCertificate } from './certificate.ts';
import { createLog } from './log.ts';
import { protocolDefinition } from './protocol.ts';
import { providerService } from './provider-service.ts';

export interface PluginOptions {
  /** `reattach` as the only argument serves without TLS for a Terraform that is told where (TF_REATTACH_PROVIDERS). */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** How this provider is named in `required_providers`: host/namespace/type. */
  readonly source: string;
}

/** Terraform gives this value to every plugin that it starts. It keeps people from starting one by accident. */
const magicCookie = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';

/**
 * Serves a provider to the Terraform that started this process, as HashiCorp's go-plugin does it: a handshake line on standard
 * output, gRPC with mutual TLS on a socket in a folder of its own. Ends the process when Terraform asks for it or is gone.
 */
export async function servePlugin<Client>(provider: ProviderDefinition<Client>, options: PluginOptions): Promise<void> {
  const { env, args } = options;
  const isReattached = args.length === 1 && args[0] === '--reattach';
  if (!isReattached && env['TF_PLUGIN_MAGIC_COOKIE'] !== magicCookie) {
    process.stderr.write(
      `Run terraform in a folder whose configuration requires ${options.source}: this is a Terraform provider, Terraform starts it by itself (or start it with --reattach)\n`,
    );
    process.exitCode = 1;
    return;
  }
  const folder = await mkdtemp(path.join(env['PLUGIN_UNIX_SOCKET_DIR'] ?? tmpdir(), 'customspeech-'));
  const socket = path.join(folder, 'provider.sock');
  const clientCertificate = isReattached ? undefined : env['PLUGIN_CLIENT_CERT'];
  const certificate =
    clientCertificate === undefined || clientCertificate === '' ? undefined : await createCertificate();
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const output = new Set<grpc.ServerWritableStream<object, object>>();
  const end = endingOnce(server, { folder, output });
  addServices(server, { provider, env, end, output });
  await promisedBind(server, `unix:${socket}`, credentials(certificate, clientCertificate));
  process.on('SIGTERM', end);
  if (isReattached) {
    process.on('SIGINT', end);
    process.stdout.write(`${reattachVariable(options.source, socket)}\n`);
    return;
  }
  // Ctrl-C reaches every process of the terminal; Terraform decides what it means and says so by StopProvider.
  process.on('SIGINT', () => undefined);
  endWithParent(end);
  process.stdout.write(`1|6|unix|${socket}|grpc|${certificate?.handshake ?? ''}\n`);
}

function addServices<Client>(
  server: grpc.Server,
  options: {
    readonly provider: ProviderDefinition<Client>;
    readonly env: NodeJS.ProcessEnv;
    readonly end: () => void;
    readonly output: Set<grpc.ServerWritableStream<object, object>>;
  },
): void {
  const definition = protocolDefinition();
  const log = createLog(options.env, (line) => void process.stderr.write(line));
  const add = (name: string, implementation: grpc.UntypedServiceImplementation): void => {
    server.addService(definition[name] as grpc.ServiceDefinition, implementation);
  };
  add('tfplugin6.Provider', providerService(options.provider, { log }));
  add('grpc.health.v1.Health', {
    check: ((_call, callback) => callback(null, { status: serving })) satisfies grpc.handleUnaryCall<object, object>,
  });
  add('plugin.GRPCController', {
    shutdown: ((_call, callback) => {
      callback(null, {});
      options.end();
    }) satisfies grpc.handleUnaryCall<object, object>,
  });
  add('plugin.GRPCStdio', {
    // Nothing is printed, but the stream stays open as long as the plugin lives.
    streamStdio: ((call) => void options.output.add(call)) satisfies grpc.handleServerStreamingCall<object, object>,
  });
}

const serving = 1;

function credentials(
  certificate: Certificate | undefined,
  clientCertificate: string | undefined,
): grpc.ServerCredentials {
  if (certificate === undefined || clientCertificate === undefined) return grpc.ServerCredentials.createInsecure();
  const pair = { private_key: certificate.key, cert_chain: certificate.certificate };
  return grpc.ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true);
}

function promisedBind(server: grpc.Server, address: string, secured: grpc.ServerCredentials): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.bindAsync(address, secured, (error) => (error === null ? resolve() : reject(error)));
  return promise;
}

/** Ends the process after the answers that are on their way, and leaves no socket behind. */
function endingOnce(
  server: grpc.Server,
  { folder, output }: { readonly folder: string; readonly output: ReadonlySet<{ end(): void }> },
): () => void {
  let isEnding = false;
  return () => {
    if (isEnding) return;
    isEnding = true;
    const leave = (): void => {
      void rm(folder, { recursive: true, force: true }).finally(() => process.exit(0));
    };
    setTimeout(leave, longestEndMilliseconds);
    for (const stream of output) stream.end();
    server.tryShutdown(leave);
  };
}

/** go-plugin kills a plugin that has not ended two seconds after it was asked to. */
const longestEndMilliseconds = 500;
const parentCheckMilliseconds = 1000;

/** A Terraform that is killed cannot ask its plugins to end; whoever inherits this process is not it. */
function endWithParent(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, parentCheckMilliseconds).unref();
}

function reattachVariable(source: string, socket: string): string {
  const config = {
    [source]: {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: process.pid,
      Test: true,
      Addr: { Network: 'unix', String: socket },
    },
  };
  return `TF_REATTACH_PROVIDERS='${JSON.stringify(config)}'`;
}
