import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lifecycleSchema } from '../../../../schemas/documents.ts';
import { Client, startClient } from '../../../emulator/client.ts';
import { callMain, type Called } from '../call-main.ts';

const day = 86_400;
let client: Client;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-lifecycle-'));
  client = await startClient();
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

async function lifecycle(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: client.emulator.key };
  return await callMain(['lifecycle', ...args], { cwd: folder, env });
}

/** An endpoint `calls` with a model of its own. */
async function serveModel(name = 'Ward'): Promise<{ readonly until: string }> {
  const text = await client.text(['Give ten milligrams of apixaban.']);
  const model = await client.model([text], { displayName: name });
  const created = await client.create('/endpoints', {
    displayName: 'calls',
    locale: 'en-US',
    model: { self: model.self },
  });
  await client.finished(created.self);
  return { until: model.properties.deprecationDates.transcriptionDateTime };
}

describe('speechops lifecycle', () => {
  it('passes while nothing in use ends, and fails when it ends within the bound, by the clock of the service', async () => {
    const { until } = await serveModel();
    const { code, stdout } = await lifecycle();
    expect(stdout).toMatch(/^STATE +DAYS +ENDS +USED +WHAT +NAME/);
    expect(stdout).toMatch(/^lasting +\d+ +\S+ +yes +endpoint +calls +en-US +Ward/m);
    expect(stdout).toContain('Nothing in use on http://127.0.0.1');
    expect(code).toBe(0);
    // A hundred days before the end: outside the default of 90 days, inside 101.
    const now = Date.parse((await client.control('GET', '/clock')).body.now);
    await client.advance((Date.parse(until) - now) / 1000 - 100 * day);
    expect((await lifecycle()).stdout).toMatch(/^lasting +(100|99) +\S+ +yes +endpoint +calls/m);
    const soon = await lifecycle('--within', '101d');
    expect(soon.stdout).toMatch(
      /^ends soon +(100|99) +\S+ +yes +endpoint +calls .*answers with the newest base model, \d+/m,
    );
    expect(soon.code).toBe(1);
    await client.advance(101 * day);
    const over = await lifecycle('--within', '1d');
    expect(over.stdout).toMatch(/^expired +-\d +\S+ +yes +custom model +Ward/m);
    expect(over.stdout).toMatch(/^2 in use on \S+ end within 1 day, 2 of them have ended, seen on \d{4}-\d\d-\d\d/m);
    expect(over.code).toBe(1);
  });

  it('prints JSON as its schema says, and a table in Markdown in which names are but text', async () => {
    await serveModel('Ward | `@all` \u001B[31m ::error::');
    const ajv = new Ajv2020({ strict: false });
    const { stdout, code } = await lifecycle('--format', 'json');
    const validate = ajv.compile(lifecycleSchema);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
    expect(JSON.parse(stdout)).toMatchObject({ withinDays: 90, objects: { length: 3 } });
    expect(code).toBe(0);
    const { stdout: markdown } = await lifecycle('--format', 'markdown');
    expect(markdown).toContain('| state | days | ends | used | what | name |');
    expect(markdown).not.toContain('\u001B');
    expect(markdown).toContain('&#x7C;');
    expect((await lifecycle()).stdout).not.toContain('\u001B');
  });

  it('says that there is nothing, and what is wrong with its options', async () => {
    expect(await lifecycle()).toMatchObject({
      code: 0,
      stdout: `${client.emulator.url} has no endpoint and no custom model\n`,
    });
    const { code, stderr } = await lifecycle('--within', '90 days');
    expect(stderr).toContain('Allowed is a duration such as 90d or 12h, did you mean 90d?');
    expect(code).toBe(2);
    const without = await callMain(['lifecycle'], { cwd: folder });
    expect(without.stderr).toContain('Set SPEECHOPS_ENDPOINT');
    expect(without.code).toBe(2);
    const twice = await lifecycle('--emulator', '--resource', client.emulator.resourceId);
    expect(twice.stderr).toContain('Say once which Speech resource');
    expect(twice.code).toBe(2);
  });

  it('looks at the resources that a pipeline names, and at the embedded emulator', async () => {
    await serveModel();
    const steps =
      'steps: [{ id: measure, uses: evaluate, with: { dataset: 5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11, model: base } }]';
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      `name: p\nlocale: en-US\nresource: ${client.emulator.url}\n${steps}\n`,
    );
    const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: client.emulator.key };
    const named = await callMain(['lifecycle', 'pipeline.yaml', '--format', 'json'], { cwd: folder, env });
    expect(named.stderr).toBe('');
    expect(JSON.parse(named.stdout).objects[0]).toMatchObject({ resource: client.emulator.url });
    await writeFile(path.join(folder, 'pipeline.yaml'), 'name: p\n');
    expect(await callMain(['lifecycle', 'pipeline.yaml'], { cwd: folder, env })).toMatchObject({ code: 1, stdout: '' });
    const embedded = await callMain(['lifecycle', '--emulator'], { cwd: folder });
    expect(embedded.stdout).toBe('the embedded emulator has no endpoint and no custom model\n');
  });

  it('takes the inputs that a pipeline cannot do without', async () => {
    await serveModel();
    const lines = [
      'name: p',
      'locale: en-US',
      'inputs: { west: { type: string } }',
      'resource: "${{ inputs.west }}"',
      'steps: [{ id: ok, uses: approve, with: { message: ok } }]',
    ];
    await writeFile(path.join(folder, 'pipeline.yaml'), `${lines.join('\n')}\n`);
    const without = await lifecycle('pipeline.yaml');
    expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('`--input west=text`')]);
    const { code, stdout } = await lifecycle('pipeline.yaml', '--input', `west=${client.emulator.url}`);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/endpoint +calls +en-US/)]);
  });

  it('is coloured on a terminal', async () => {
    await serveModel();
    await client.advance(3 * 365 * day);
    const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: client.emulator.key };
    const { stdout } = await callMain(['lifecycle'], { cwd: folder, env, onTerminal: true });
    expect(stdout).toContain('\u001B[31mexpired');
  });
});
