import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as grpc from '@grpc/grpc-js';
import { builtProvider } from '../../../../stacks/provider/build-provider.ts';
import { type Certificate, createCertificate } from '../../../../stacks/provider/plugin/certificate.ts';
import { protocolDefinition } from '../../../../stacks/provider/plugin/protocol.ts';

/** What every Terraform gives to a plugin that it starts. */
export const magicCookie = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';

type Call<Answer> = (request: object, done: (error: grpc.ServiceError | null, answer: Answer) => void) => void;

/** The provider as Terraform starts it, with a client that speaks to it as Terraform does. */
export class PluginProcess implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly clientCertificate: Certificate;
  /** The fields of the handshake line. */
  readonly handshake: readonly string[];
  readonly #clients: grpc.Client[] = [];
  #output = '';
  #log = '';

  private constructor(child: ChildProcess, clientCertificate: Certificate, handshake: readonly string[]) {
    this.process = child;
    this.clientCertificate = clientCertificate;
    this.handshake = handshake;
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<PluginProcess> {
    const certificate = await createCertificate();
    const child = spawn(process.execPath, [await builtProvider()], {
      env: {
        PATH: process.env['PATH'],
        TF_PLUGIN_MAGIC_COOKIE: magicCookie,
        PLUGIN_PROTOCOL_VERSIONS: '5,6',
        PLUGIN_CLIENT_CERT: certificate.certificate.toString(),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [line] = (await once(child.stdout?.setEncoding('utf8') ?? child, 'data')) as [string];
    const plugin = new PluginProcess(child, certificate, line.trimEnd().split('|'));
    plugin.#output = line;
    child.stdout?.on('data', (text: string) => (plugin.#output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (plugin.#log += text));
    return plugin;
  }

  get socket(): string {
    return this.handshake[3] ?? '';
  }

  /** Everything on standard output. */
  get output(): string {
    return this.#output;
  }

  /** Everything on standard error. */
  get log(): string {
    return this.#log;
  }

  /** Calls a method of a service. Fails with a gRPC status. */
  async call<Answer = Readonly<Record<string, unknown>>>(
    method: string,
    request: object = {},
    { service = 'tfplugin6.Provider', secured = true } = {},
  ): Promise<Answer> {
    const client = this.#client(service, secured);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = (client as unknown as Readonly<Record<string, Call<Answer>>>)[method];
    if (call === undefined) throw new Error(`${service} has no method ${method}`);
    call.call(client, request, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
    return await promise;
  }

  /** Asks for a method that the protocol of this provider does not have. */
  async callUnknown(method: string): Promise<never> {
    const client = this.#client('tfplugin6.Provider', true);
    const { promise, reject } = Promise.withResolvers<never>();
    const bytes = (value: Buffer): Buffer => value;
    client.makeUnaryRequest(`/tfplugin6.Provider/${method}`, bytes, bytes, Buffer.alloc(0), (error) => reject(error));
    return await promise;
  }

  /** A client that trusts the certificate of the handshake and shows the one that the process was given. */
  #client(service: string, secured: boolean): grpc.Client {
    const { key, certificate } = this.clientCertificate;
    const authority = pem(this.handshake[5] ?? '');
    const isPlain = this.handshake[5] === '';
    const credentials = isPlain
      ? grpc.credentials.createInsecure()
      : secured
        ? grpc.credentials.createSsl(authority, key, certificate)
        : grpc.credentials.createSsl(authority);
    const definition = protocolDefinition()[service] as grpc.ServiceDefinition;
    const Client = grpc.makeClientConstructor(definition, service);
    const client = new Client(`unix:${this.socket}`, credentials, { 'grpc.ssl_target_name_override': 'localhost' });
    this.#clients.push(client);
    return client;
  }

  /** Its exit code when it has ended, null when a signal did it. */
  async ended(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    // It removes its socket.
    this.process.kill('SIGTERM');
    await this.ended();
  }
}

/** The handshake leaves the padding out. */
function pem(unpadded: string): Buffer {
  const base64 = Buffer.from(unpadded, 'base64').toString('base64');
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
}
