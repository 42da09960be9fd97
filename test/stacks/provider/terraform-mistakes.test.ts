import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasTerraform, TerraformWorld } from './terraform.ts';

describe.skipIf(!hasTerraform)('mistakes, with Terraform', { timeout: 300_000 }, () => {
  it('are found by validate, each with the line and argument it is at', async () => {
    await using world = await TerraformWorld.open(`resource "customspeech_project" "p" {
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
  model        = "http://127.0.0.1:1/speechtotext/datasets/41dbf782-7d4c-4acb-ba62-998c340c10d8"
  timeouts { create = "soon" }
}
data "customspeech_base_model" "b" {
  locale     = "en-US"
  data_kinds = ["Acoustic", "Sound"]
}
`);
    expect(await mistakes(world)).toMatchInlineSnapshot(`
      "2: display_name      = " "
        Write a text or leave the argument out: It is empty
      3: locale            = "english"
        Write a locale such as en-US or de-DE: It is "english"
      4: custom_properties = { "speechops-digest" = "mine" }
        Choose another key: Those with speechops- belong to pipelines
      9: kind         = "Text"
        Choose one of Acoustic, AudioFiles, Language, LanguageMarkdown, Pronunciation, OutputFormatting: It is "Text"
      11: content_file = "text.txt"
        Keep content_url or content_file: Content comes from one of them, both are given
      16: datasets                    = ["terms"]
        Give the self of a customspeech_dataset: It is "terms"
      17: custom_model_weight_percent = 0.5
        Give a whole number from 1 to 100: It is 0.5
      22: model        = "http://127.0.0.1:1/speechtotext/datasets/41dbf782-7d4c-4acb-ba62-998c340c10d8"
        Give the self of a customspeech_model or a customspeech_base_model: It is "http://127.0.0.1:1/speechtotext/datasets/41dbf782-7d4c-4acb-ba62-998c340c10d8"
      23: timeouts { create = "soon" }
        Write a duration such as 90s, 30m or 1h30m, at most 24d: It is "soon"
      27: data_kinds = ["Acoustic", "Sound"]
        Choose one of Acoustic, AudioFiles, Language, LanguageMarkdown, Pronunciation, OutputFormatting: It is "Sound""
    `);
    await world.write(
      'provider "customspeech" {\n  endpoint = "ftp://nowhere"\n  tenant_id = "Our tenant"\n}\ndata "customspeech_models" "all" {}\n',
    );
    expect(await mistakes(world)).toMatchInlineSnapshot(`
      "2: endpoint = "ftp://nowhere"
        Check endpoint: It must be the base URL of a Speech resource, such as https://NAME.cognitiveservices.azure.com or http://127.0.0.1:PORT
      3: tenant_id = "Our tenant"
        Give the id or the domain of a tenant: It is "Our tenant""
    `);
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

  it('no endpoint, no key and a wrong one say what to set', async () => {
    await using world = await TerraformWorld.open('data "customspeech_models" "all" {}');
    world.env['SPEECHOPS_KEY'] = 'another-key';
    const wrong = await world.plan();
    expect(wrong.output).toContain('Cannot list models');
    expect(wrong.output).toContain('401');
    expect(wrong.output).not.toContain('another-key');
    world.env['SPEECHOPS_KEY'] = '';
    expect((await world.plan()).output.replaceAll(/\s+/g, ' ')).toMatch(
      /Set key for http.* Entra ID token is sent over https only/,
    );
    world.env['SPEECHOPS_ENDPOINT'] = '';
    expect((await world.plan()).output).toMatch(/Set endpoint, or SPEECHOPS_ENDPOINT[^]*write\s+`custom-speech: \{\}`/);
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
    expect(output.replaceAll(/[\s│]+/g, ' ')).toContain(
      '; where it is replaced, write lifecycle { create_before_destroy = true } into its customspeech_model',
    );
    expect(await world.state()).toHaveProperty(['customspeech_model.m']);
    expect(await world.objects('models')).toHaveLength(1);
  });

  it('a model that an endpoint serves is replaced with the cure that the refusal names', async () => {
    const main = (lifecycle: string): string => `
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
  ${lifecycle}
}
resource "customspeech_endpoint" "e" {
  display_name = "E"
  locale       = "en-US"
  model        = customspeech_model.m.self
}`;
    await using world = await TerraformWorld.open(main(''));
    await writeFile(path.join(world.folder, 'terms.txt'), 'some words\n');
    await world.apply();
    await writeFile(path.join(world.folder, 'terms.txt'), 'other words\n');
    const refused = await world.run('apply', '-auto-approve');
    expect(refused.code).toBe(1);
    const [, cure = ''] =
      /(lifecycle \{ create_before_destroy = true \})/.exec(refused.output.replaceAll(/[\s│]+/g, ' ')) ?? [];
    await world.write(main(cure));
    await world.apply();
    expect(await world.objects('models')).toHaveLength(1);
    expect(await world.objects('endpoints')).toMatchObject([{ displayName: 'E', status: 'Succeeded' }]);
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

/** Line, address, source and message of everything that validate finds. */
async function mistakes(world: TerraformWorld): Promise<string> {
  const { code, output } = await world.run('validate', '-json');
  expect(code).toBe(1);
  const { diagnostics } = JSON.parse(output) as { readonly diagnostics: readonly Mistake[] };
  return diagnostics
    .toSorted((a, b) => a.range.start.line - b.range.start.line)
    .map(
      ({ range, snippet, summary, detail }) => `${range.start.line}: ${snippet.code.trim()}\n  ${summary}: ${detail}`,
    )
    .join('\n');
}

interface Mistake {
  readonly summary: string;
  readonly detail: string;
  readonly range: { readonly start: { readonly line: number } };
  readonly snippet: { readonly code: string };
}
