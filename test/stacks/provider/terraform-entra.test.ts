import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCertificate } from '../../../stacks/provider/plugin/certificate.ts';
import { hasTerraform, TerraformWorld } from './terraform.ts';

const project = `resource "customspeech_project" "ward" {
  display_name = "Ward"
  locale       = "en-US"
}
`;

describe.skipIf(!hasTerraform)('the provider without a key, with Terraform', { timeout: 300_000 }, () => {
  it('signs in with the identity of the machine, and shows the service its token alone', async () => {
    await using world = await TerraformWorld.open(project);
    const tokens = await signIn();
    const service = await secured(world);
    try {
      Object.assign(world.env, {
        SPEECHOPS_ENDPOINT: service.origin,
        SPEECHOPS_KEY: '',
        NODE_EXTRA_CA_CERTS: service.certificateFile,
        IDENTITY_ENDPOINT: `${tokens.origin}/token`,
        IDENTITY_HEADER: 'of-this-machine',
      });
      await world.apply();
      expect(await world.objects('projects')).toMatchObject([{ displayName: 'Ward' }]);
      expect(await world.plan()).toMatchObject({ code: 0 });
      expect(new Set(tokens.asked)).toEqual(new Set(['of-this-machine https://cognitiveservices.azure.com']));
      expect(service.asked.length).toBeGreaterThan(1);
      for (const headers of service.asked) {
        expect(headers.authorization).toBe('Bearer a-token');
        expect(headers).not.toHaveProperty('ocp-apim-subscription-key');
      }
    } finally {
      await Promise.all([tokens, service].map(({ server }) => closed(server)));
    }
  });
});

/** Gives tokens as the managed identity of a machine in Azure does. */
async function signIn(): Promise<{ readonly server: Server; readonly origin: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(`${request.headers['x-identity-header']} ${searchParams.get('resource')?.replace(/\/$/, '')}`);
    const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ access_token: 'a-token', expires_on, token_type: 'Bearer', resource: 'r' }));
  });
  return { server, origin: `http://127.0.0.1:${await portOf(server)}`, asked };
}

/** The world's Speech resource over TLS, for whoever shows a token. */
async function secured({ emulator, folder }: TerraformWorld): Promise<{
  readonly server: Server;
  readonly origin: string;
  readonly certificateFile: string;
  readonly asked: IncomingHttpHeaders[];
}> {
  const { certificate, key } = await createCertificate();
  const certificateFile = path.join(folder, 'service.pem');
  await writeFile(certificateFile, certificate);
  const asked: IncomingHttpHeaders[] = [];
  let origin = '';
  const server = createTlsServer({ cert: certificate, key }, (request, response) => {
    void (async () => {
      const { method = 'GET', headers } = request;
      asked.push(headers);
      const body = (await text(request)).replaceAll(origin, emulator.url);
      const answer = await fetch(`${emulator.url}${request.url}`, {
        method,
        headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': headers['content-type'] ?? '' },
        ...(body === '' ? {} : { body }),
      });
      response.statusCode = answer.status;
      response.setHeader('Content-Type', answer.headers.get('content-type') ?? 'application/json');
      response.end((await answer.text()).replaceAll(emulator.url, origin));
    })();
  });
  origin = `https://localhost:${await portOf(server)}`;
  return { server, origin, certificateFile, asked };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
