import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasTerraform, TerraformWorld } from './terraform.ts';

describe.skipIf(!hasTerraform)('mistakes, with Terraform', { timeout: 300_000 }, () => {
  it('are found by validate, each with the line and argument it is at', async () => {
    await using world = await TerraformWorld.open(`provider "customspeech" {
  endpoint = "ftp://nowhere"
}
resource "customspeech_project" "p" {
  display_name      = " "
  locale            = "english"
  custom_properties = { "speechops-digest" = "mine" }
}
resource "customspeech_dataset" "d" {
  display_name = "D"
  locale       = "en-US"
  kind         = "Text"
  content_url  = "https://example.org/text.txt"
  content_file = "text.txt"
}
resource "customspeech_model" "m" {
  display_name                = "M"
  locale                      = "en-US"
  datasets                    = ["terms"]
  custom_model_weight_percent = 0.5
}
resource "customspeech_endpoint" "e" {
  display_name = "E"
  locale       = "en-US"
  model        = customspeech_project.p.self
  timeouts { create = "soon" }
}
data "customspeech_base_model" "b" {
  locale     = "en-US"
  data_kinds = ["Acoustic", "Sound"]
}
`);
    const { code, output } = await world.run('validate');
    expect(code).toBe(1);
    const found = [
      ...output.matchAll(/Error: (.*)\n[\s\S]*?on main\.tf line (\d+)[\s\S]*?\n\n([\s\S]*?)(?=\n\n?Error|\s*$)/g),
    ];
    const lines = found.map(([, summary, line, detail]) => `${line}: ${summary}: ${detail?.replaceAll(/\s+/g, ' ')}`);
    expect(lines.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).join('\n')).toMatchInlineSnapshot(
      `"2: Check endpoint: It must be the base URL of a Speech resource, such as https://NAME.cognitiveservices.azure.com or http://127.0.0.1:PORT"`,
    );
  });

  it('of the service come with the resource they are about', async () => {
    await using world = await TerraformWorld.open(
      'resource "customspeech_project" "p" {\n  display_name = "P"\n  locale = "tlh-KX"\n}\n',
    );
    const { code, output } = await world.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(output).toMatch(/Error: Cannot create a project\n\n {2}with customspeech_project.p,\n {2}on main.tf line 1/);
    expect(output).toContain('InvalidLocale');
    expect(await world.state()).toEqual({});
  });

  it('a missing file and no content at all are said while planning', async () => {
    const dataset = (content: string): string =>
      `resource "customspeech_dataset" "d" {\n  display_name = "D"\n  locale = "en-US"\n  kind = "Language"\n${content}\n}\n`;
    await using world = await TerraformWorld.open(dataset('  content_file = "nothing.txt"'));
    expect((await world.plan()).output).toMatch(/Check the path .*nothing.txt[\s\S]*line 5[\s\S]*no such file/);
    await world.write(dataset(''));
    expect((await world.plan()).output).toContain('Set content_url or content_file');
  });

  it('a provider whose endpoint is known only after the apply creates, but cannot read', async () => {
    const main = (input: string): string => `
resource "terraform_data" "account" { input = ${input} }
provider "customspeech" {
  endpoint = terraform_data.account.output
}
resource "customspeech_project" "p" {
  display_name = "P"
  locale       = "en-US"
}`;
    await using world = await TerraformWorld.open('');
    await world.write(main(`"${world.emulator.url}"`));
    await world.apply();
    expect(await world.objects('projects')).toHaveLength(1);
    await world.write(main(`"${world.emulator.url}/"`));
    const { code, output } = await world.plan();
    expect(code).toBe(1);
    expect(output).toMatch(/Configure the provider to read this customspeech_project/);
    expect(output.replaceAll(/\s+/g, ' ')).toContain('endpoint will be known only after the apply');
    expect((await world.plan('-refresh=false')).code).toBe(2);
  });

  it('no endpoint and a wrong key say what to set', async () => {
    await using world = await TerraformWorld.open('data "customspeech_models" "all" {}');
    world.env['SPEECHOPS_KEY'] = 'another-key';
    const wrong = await world.plan();
    expect(wrong.output).toContain('Cannot list models');
    expect(wrong.output).toContain('401');
    expect(wrong.output).not.toContain('another-key');
    world.env['SPEECHOPS_ENDPOINT'] = '';
    expect((await world.plan()).output).toContain('Set endpoint, or SPEECHOPS_ENDPOINT');
  });

  it('a model that an endpoint serves is not deleted, and the endpoint is named', async () => {
    await using world = await TerraformWorld.open(`
resource "customspeech_dataset" "d" {
  display_name = "D"
  locale       = "en-US"
  kind         = "Language"
  content_file = "terms.txt"
}
resource "customspeech_model" "m" {
  display_name = "M"
  locale       = "en-US"
  datasets     = [customspeech_dataset.d.self]
}`);
    await writeFile(path.join(world.folder, 'terms.txt'), 'some words\n');
    await world.apply();
    const [model] = await world.objects('models');
    const endpoint = { displayName: 'Captions', locale: 'en-US', model: { self: model?.self } };
    await world.request('POST', '/speechtotext/endpoints?api-version=2025-10-15', endpoint);
    const { code, output } = await world.run('destroy', '-auto-approve');
    expect(code).toBe(1);
    expect(output).toContain('Change or delete the endpoint Captions first');
    expect(await world.state()).toHaveProperty(['customspeech_model.m']);
    expect(await world.objects('models')).toHaveLength(1);
  });

  it('an object that the service fails is kept as tainted, with the reason', async () => {
    await using world = await TerraformWorld.open(
      'resource "customspeech_endpoint" "e" {\n  display_name = "E"\n  locale = "en-US"\n}\n',
    );
    await world.faults({ operation: 'Endpoints_Create', kind: 'entity-failed', message: 'No capacity.', count: 1 });
    const { code, output } = await world.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(output).toContain('No capacity.');
    expect(await world.state()).toMatchObject({ 'customspeech_endpoint.e': { status: 'Failed', tainted: true } });
    await world.apply();
    expect(await world.objects('endpoints')).toMatchObject([{ status: 'Succeeded' }]);
  });

  it('what takes longer than its timeout is kept, and the timeout is named', async () => {
    await using world = await TerraformWorld.open(
      'resource "customspeech_endpoint" "e" {\n  display_name = "E"\n  locale = "en-US"\n  timeouts { create = "1s" }\n}\n',
      { speed: 1 },
    );
    const { code, output } = await world.run('apply', '-auto-approve');
    expect(code).toBe(1);
    expect(output).toContain('Raise timeouts.create');
    expect(await world.state()).toMatchObject({ 'customspeech_endpoint.e': { tainted: true } });
  });
});
