import { describe, expect, it } from 'vitest';
import type { DriftFinding } from '../../../schemas/types.gen.ts';
import type { BaseModel } from '../../../workflows/plan/speech-entities.ts';
import { stackDrift } from '../../../workflows/review/stack-drift.ts';
import { hasTerraform, TerraformWorld } from './terraform.ts';

const main = `
resource "customspeech_project" "calls" {
  display_name = "Calls"
  locale       = "en-US"
}

data "customspeech_base_model" "newest" {
  locale     = "en-US"
  data_kinds = ["Language"]
}

resource "customspeech_endpoint" "ward" {
  display_name = "ward"
  locale       = "en-US"
  model        = data.customspeech_base_model.newest.self
  lifecycle { ignore_changes = [model] }
}
`;

function told(found: readonly DriftFinding[] | string): unknown {
  return typeof found === 'string' ? found : found.map(({ level, object, there }) => [level, object.name, there]);
}

describe.skipIf(!hasTerraform)('drift of a stack', { timeout: 300_000 }, () => {
  it('is read out of what Terraform prints, in either form, and a swap is none', async () => {
    await using world = await TerraformWorld.open(main);
    await world.apply();
    const [project] = await world.objects('projects');
    const [endpoint] = await world.objects('endpoints');
    const others = await world.objects('models/base', "locale eq 'en-US'");
    const other = others.find(({ self, properties }) => {
      const { features, deprecationDates } = properties as BaseModel['properties'] & object;
      const isOver = (deprecationDates?.transcriptionDateTime ?? '9') < new Date().toISOString();
      return self !== endpoint?.model?.self && features?.supportsEndpoints === true && !isOver;
    });
    await world.request('PATCH', project?.self ?? '', { displayName: 'Station' });
    await world.request('PATCH', endpoint?.self ?? '', { model: { self: other?.self } });
    await world.must('plan', '-refresh-only', '-input=false', '-out=plan.bin');
    const { output } = await world.run('show', '-json', 'plan.bin');
    expect(told(stackDrift(output, { file: 'plan.json' }))).toEqual([
      ['drift', 'customspeech_project.calls', 'another display_name'],
    ]);
    const lines = await world.run('plan', '-refresh-only', '-input=false', '-json');
    expect(told(stackDrift(lines.output, { file: 'plan.json' }))).toEqual(
      expect.arrayContaining([['drift', 'customspeech_project.calls', expect.stringContaining('something else')]]),
    );
  });
});
