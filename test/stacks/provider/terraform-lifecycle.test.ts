import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasTerraform, TerraformWorld } from './terraform.ts';

const everything = `
resource "customspeech_project" "calls" {
  display_name      = "Calls"
  locale            = "en-us"
  custom_properties = { team = "speech" }
}

resource "customspeech_dataset" "terms" {
  display_name = "Terms"
  locale       = "en-US"
  kind         = "Language"
  content_file = "terms.txt"
  project      = customspeech_project.calls.self
}

data "customspeech_base_model" "newest" {
  locale     = "en-US"
  data_kinds = ["Language"]
}

resource "customspeech_model" "calls" {
  display_name = "Calls"
  locale       = "en-US"
  base_model   = data.customspeech_base_model.newest.self
  datasets     = [customspeech_dataset.terms.self]
  # Unknown at plan, but its beginning is not.
  description  = "of project \${customspeech_project.calls.id}"
  lifecycle { create_before_destroy = true }
}

resource "customspeech_endpoint" "calls" {
  display_name = "Calls"
  locale       = "en-US"
  project      = customspeech_project.calls.self
  model        = customspeech_model.calls.self
  timeouts { create = "10m" }
}
`;

const project = (body: string): string => `resource "customspeech_project" "p" {\n${body}\n}\n`;

async function open(main: string, options?: { readonly speed?: number }): Promise<TerraformWorld> {
  const world = await TerraformWorld.open(main, options);
  await writeTerms(world);
  return world;
}

async function writeTerms({ folder }: TerraformWorld): Promise<void> {
  await writeFile(path.join(folder, 'terms.txt'), 'swap the model\nmeasure the error rate\n');
}

describe.skipIf(!hasTerraform)('the provider with Terraform', { timeout: 300_000 }, () => {
  it('creates objects that depend on each other, has nothing to do afterwards and leaves nothing', async () => {
    await using world = await TerraformWorld.openInstalled(everything);
    await writeTerms(world);
    await world.apply();
    const [endpoint] = await world.objects('endpoints');
    const [model] = await world.objects('models');
    const [dataset] = await world.objects('datasets');
    expect(endpoint).toMatchObject({ displayName: 'Calls', status: 'Succeeded', model: { self: model?.self } });
    expect(model).toMatchObject({ status: 'Succeeded', datasets: [{ self: dataset?.self }] });
    const state = await world.state();
    expect(state['customspeech_endpoint.calls']).toMatchObject({
      self: endpoint?.self,
      status: 'Succeeded',
      web_socket_url: expect.stringMatching(/^ws:.*cid=/),
    });
    expect(state['customspeech_dataset.terms']).toMatchObject({ accepted_line_count: 2, rejected_line_count: 0 });
    expect(state['customspeech_model.calls']).toMatchObject({ expires_date_time: expect.stringMatching(/^\d{4}-/) });
    expect(await world.plan()).toMatchObject({ code: 0 });
    await world.must('destroy', '-auto-approve');
    for (const collection of ['projects', 'datasets', 'models', 'endpoints']) {
      expect(await world.objects(collection)).toEqual([]);
    }
  });

  it('updates in place what may change, and takes away what is left out', async () => {
    await using world = await open(
      project(
        'display_name = "One"\nlocale = "en-US"\ndescription = "first"\ncustom_properties = { a = "1", b = "2" }',
      ),
    );
    await world.apply();
    const [before] = await world.objects('projects');
    await world.write(project('display_name = "Two"\nlocale = "EN-us"\ncustom_properties = { b = "3", c = "4" }'));
    expect(await world.apply()).toContain('0 added, 1 changed, 0 destroyed');
    const [after] = await world.objects('projects');
    expect(after?.self).toBe(before?.self);
    expect(after).toMatchObject({ displayName: 'Two', customProperties: { b: '3', c: '4' } });
    expect(after).not.toHaveProperty('description');
    expect(after?.customProperties).not.toHaveProperty('a');
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('makes another object for another locale', async () => {
    await using world = await open(project('display_name = "P"\nlocale = "en-US"'));
    await world.apply();
    const [before] = await world.objects('projects');
    await world.write(project('display_name = "P"\nlocale = "de-DE"'));
    const plan = await world.plan();
    expect(plan.output).toMatch(/locale\s+= "en-US" -> "de-DE" # forces replacement/);
    await world.apply();
    const after = await world.objects('projects');
    expect(after).toMatchObject([{ locale: 'de-DE' }]);
    expect(after[0]?.self).not.toBe(before?.self);
  });

  it('refuses another locale for an endpoint, which is never made anew, before anything is changed', async () => {
    const endpoint = (locale: string): string => `
resource "customspeech_endpoint" "e" {
  display_name = "E"
  locale       = ${locale}
}
`;
    await using world = await open(endpoint('"en-US"'));
    await world.apply();
    const [before] = await world.objects('endpoints');
    const german = project('display_name = "P"\nlocale = "de-DE"');
    for (const locale of ['"de-DE"', 'customspeech_project.p.id == "" ? "de-DE" : "fr-FR"']) {
      await world.write(endpoint(locale) + german);
      const { code, output } = await world.plan();
      expect(code).toBe(1);
      expect(output).toContain('Write another customspeech_endpoint for another locale');
      expect(output.replaceAll(/\s*\n[\s│]*/g, ' ')).toContain(
        'the quota depend that Microsoft raises for an endpoint',
      );
    }
    await world.write(endpoint('"en-us"'));
    expect(await world.plan()).toMatchObject({ code: 0 });
    expect(await world.objects('endpoints')).toEqual([before]);
  });

  it('deploys another model on the same endpoint', async () => {
    const endpoint = (which: number): string => `
data "customspeech_base_model" "newest" { locale = "en-US" }
data "customspeech_base_model" "trainable" {
  locale     = "en-US"
  data_kinds = ["Language"]
}
resource "customspeech_dataset" "terms" {
  display_name = "Terms"
  locale       = "en-US"
  kind         = "Language"
  content_file = "terms.txt"
}
resource "customspeech_model" "m" {
  display_name = "M"
  locale       = "en-US"
  datasets     = [customspeech_dataset.terms.self]
}
resource "customspeech_endpoint" "e" {
  display_name = "E"
  locale       = "en-US"
  model        = ${which === 1 ? 'data.customspeech_base_model.newest.self' : 'customspeech_model.m.self'}
}`;
    await using world = await open(endpoint(1));
    await world.apply();
    const [before] = await world.objects('endpoints');
    await world.write(endpoint(2));
    expect(await world.apply()).toContain('0 added, 1 changed, 0 destroyed');
    const [after] = await world.objects('endpoints');
    const [model] = await world.objects('models');
    expect(after).toMatchObject({ self: before?.self, status: 'Succeeded', model: { self: model?.self } });
  });

  it('uploads other content as another dataset, and leaves it when only the path differs', async () => {
    const dataset = (file: string): string => `resource "customspeech_dataset" "d" {
  display_name = "D"
  locale       = "en-US"
  kind         = "Language"
  content_file = "${file}"
}`;
    await using world = await open(dataset('terms.txt'));
    await world.apply();
    await world.write(dataset('./terms.txt'));
    expect((await world.plan()).output).toContain('0 to add, 1 to change, 0 to destroy');
    await world.apply();
    await writeFile(path.join(world.folder, 'terms.txt'), 'something else\n');
    expect((await world.plan()).output).toMatch(/content_digest\s+= "\w+" -> "\w+" # forces replacement/);
    await world.apply();
    expect(await world.objects('datasets')).toHaveLength(1);
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('shows what was changed or deleted by hand, and mends it', async () => {
    await using world = await open(everything);
    await world.apply();
    const [changed] = await world.objects('projects');
    await world.request('PATCH', changed?.self ?? '', { displayName: 'By hand' });
    const plan = await world.plan();
    expect(plan.code).toBe(2);
    expect(plan.output).toMatch(/display_name\s+= "By hand" -> "Calls"/);
    expect(plan.output).toContain('0 to add, 1 to change, 0 to destroy');
    const [endpoint] = await world.objects('endpoints');
    await world.request('DELETE', endpoint?.self ?? '');
    expect((await world.plan()).output).toContain('1 to add, 1 to change, 0 to destroy');
    await world.apply();
    expect(await world.objects('projects')).toMatchObject([{ displayName: 'Calls' }]);
    expect(await world.objects('endpoints')).toHaveLength(1);
  });

  it('leaves the entries of pipelines and of people alone', async () => {
    await using world = await open(project('display_name = "P"\nlocale = "en-US"\ncustom_properties = { team = "x" }'));
    await world.apply();
    const [before] = await world.objects('projects');
    const theirs = { 'speechops-digest': 'abc', note: 'by hand' };
    await world.request('PATCH', before?.self ?? '', { customProperties: theirs });
    expect(await world.plan()).toMatchObject({ code: 0 });
    await world.write(project('display_name = "P"\nlocale = "en-US"\ncustom_properties = { team = "y" }'));
    await world.apply();
    await world.write(project('display_name = "P"\nlocale = "en-US"'));
    await world.apply();
    const [after] = await world.objects('projects');
    expect(after?.customProperties).toMatchObject(theirs);
    expect(after?.customProperties).not.toHaveProperty('team');
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('keeps the secret of a content_url out of everything that is printed', async () => {
    // Terraform has the provider's log in its own where it starts the provider.
    await using world = await TerraformWorld.openInstalled('');
    const storage = createServer((_request, response) => response.end('good morning\n')).listen(0, '127.0.0.1');
    onTestFinished(() => void storage.close());
    await once(storage, 'listening');
    const { port } = storage.address() as AddressInfo;
    const config = (signature: string): string => `resource "customspeech_dataset" "d" {
  display_name = "D"
  locale       = "en-US"
  kind         = "Language"
  content_url  = "http://127.0.0.1:${port}/text.txt?sig=${signature}"
}`;
    await world.write(config('secret-one'));
    world.env['TF_LOG'] = 'trace';
    world.env['TF_LOG_PATH'] = path.join(world.folder, 'log.txt');
    const first = await world.run('apply', '-auto-approve');
    expect(first.output).toContain('(sensitive value)');
    expect(first.output).not.toContain('secret-one');
    await world.write(config('secret-two'));
    const second = await world.plan('-refresh=false');
    expect(second.output).not.toContain('secret-');
    expect(second.output).not.toContain('must be replaced');
    const log = await readFile(world.env['TF_LOG_PATH'], 'utf8');
    expect(log).toContain('/speechtotext/datasets');
    expect(log).not.toContain('secret-');
    expect(log).not.toContain(world.emulator.key);
  });
});
