import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasTerraform, TerraformWorld } from './terraform.ts';

describe.skipIf(!hasTerraform)('import, with Terraform', { timeout: 300_000 }, () => {
  it('takes over an object that was taken out of the state', async () => {
    await using world = await TerraformWorld.open(
      'resource "customspeech_project" "p" {\n  display_name = "P"\n  locale = "en-US"\n  custom_properties = { team = "x" }\n}\n',
    );
    await world.apply();
    const [project] = await world.objects('projects');
    await world.must('state', 'rm', 'customspeech_project.p');
    await world.must('import', 'customspeech_project.p', idOf(project?.self));
    expect(await world.plan()).toMatchObject({ code: 0 });
    await world.must('state', 'rm', 'customspeech_project.p');
    await world.must('import', 'customspeech_project.p', project?.self ?? '');
    expect(await world.plan()).toMatchObject({ code: 0 });
    await world.must('destroy', '-auto-approve');
    expect(await world.objects('projects')).toEqual([]);
  });

  it('says what it takes, and that an object does not exist', async () => {
    await using world = await TerraformWorld.open(
      'resource "customspeech_project" "p" {\n  display_name = "P"\n  locale = "en-US"\n}\n',
    );
    const wrong = await world.run('import', 'customspeech_project.p', 'P');
    expect(wrong.output).toContain('Import with the id of the project');
    const gone = await world.run('import', 'customspeech_project.p', '01234567-0123-0123-0123-0123456789ab');
    expect(gone.output).toContain('Cannot import non-existent remote object');
  });

  it('writes configuration for import blocks that then changes nothing', async () => {
    await using world = await TerraformWorld.open(`
resource "customspeech_project" "calls" {
  display_name = "Calls"
  locale       = "en-US"
}
resource "customspeech_dataset" "terms" {
  display_name      = "Terms"
  locale            = "en-US"
  kind              = "Language"
  content_file      = "terms.txt"
  project           = customspeech_project.calls.self
  custom_properties = { team = "x" }
}
resource "customspeech_model" "calls" {
  display_name                = "Calls"
  locale                      = "en-US"
  datasets                    = [customspeech_dataset.terms.self]
  custom_model_weight_percent = 40
}
resource "customspeech_endpoint" "calls" {
  display_name = "Calls"
  locale       = "en-US"
  description  = "Live calls"
  model        = customspeech_model.calls.self
}`);
    await writeFile(path.join(world.folder, 'terms.txt'), 'some words\n');
    await world.apply();
    const before = await Promise.all(kinds.map(async (kind) => await world.objects(`${kind}s`)));
    const blocks = kinds.map((kind, index) => {
      return `import {\n  to = customspeech_${kind}.again\n  id = "${idOf(before[index]?.[0]?.self)}"\n}\n`;
    });
    await world.must(
      'state',
      'rm',
      ...kinds.map((kind) => `customspeech_${kind}.${kind === 'dataset' ? 'terms' : 'calls'}`),
    );
    await world.write(blocks.join('\n'));
    await world.must('plan', '-generate-config-out=generated.tf', '-input=false');
    const generated = await readFile(path.join(world.folder, 'generated.tf'), 'utf8');
    expect(generated).toContain('custom_model_weight_percent = 40');
    expect(await world.apply()).toContain('4 imported, 0 added, 0 changed, 0 destroyed');
    expect(await Promise.all(kinds.map(async (kind) => await world.objects(`${kind}s`)))).toEqual(before);
    expect(await world.plan()).toMatchObject({ code: 0 });
  });
});

const kinds = ['project', 'dataset', 'model', 'endpoint'] as const;

function idOf(self: string | undefined): string {
  return new URL(self ?? '').pathname.split('/').at(-1) ?? '';
}
