import { describe, expect, it } from 'vitest';
import { loadPipeline, type LoadedPipeline } from '../../../../workflows/language/load-pipeline.ts';

function load(schedule: string, inputs = 'max-rejected: { type: rate, default: 5% }'): LoadedPipeline {
  const text = `name: nightly
locale: en-US
schedule:
${schedule}
inputs:
  ${inputs}
steps:
  - id: text
    uses: upload
    with: { kind: Language, from: text.txt, max-rejected: "\${{ inputs.max-rejected }}" }
`;
  return loadPipeline(text, { path: 'p.yaml' });
}

function found(loaded: LoadedPipeline): readonly string[] {
  return loaded.diagnostics.map(({ code, line, column }) => `${line}:${column} ${code}`);
}

describe('schedule', () => {
  it('has its defaults applied, and values of inputs as they would be given', () => {
    const { schedule } = load(`  - { cron: ' 0 3 * * 1 ', name: weekly, inputs: { max-rejected: 0.12 } }
  - { cron: '0 5 * * *', name: daily, time-zone: Europe/Berlin, missed: skip }`);
    expect(schedule).toEqual({
      pipeline: 'nightly',
      entries: [
        { name: 'weekly', cron: '0 3 * * 1', timeZone: 'UTC', missed: 'once', inputs: { 'max-rejected': '0.12' } },
        { name: 'daily', cron: '0 5 * * *', timeZone: 'Europe/Berlin', missed: 'skip', inputs: {} },
      ],
    });
  });

  it('is not part of the pipeline, which a run keeps', () => {
    const loaded = loadPipeline(
      "name: a\nlocale: en-US\nschedule: [{ cron: '0 3 * * 1' }]\nsteps: [{ id: ok, uses: approve, with: { message: Go? } }]\n",
      { path: 'p.yaml', inputs: {} },
    );
    expect(loaded.pipeline).toMatchObject({ name: 'a' });
    expect(loaded.pipeline).not.toHaveProperty('schedule');
  });

  it('is there although an input has no value yet, if each entry gives one', () => {
    const loaded = load("  - { cron: '0 3 * * 1', inputs: { max-rejected: 3% } }", 'max-rejected: { type: rate }');
    expect([loaded.pipeline, loaded.schedule?.entries.length, found(loaded)]).toEqual([undefined, 1, []]);
  });

  it('is empty when nothing starts by itself', () => {
    const text = 'name: a\nlocale: en-US\nsteps: [{ id: ok, uses: approve, with: { message: Go? } }]\n';
    expect(loadPipeline(text, { path: 'p.yaml' }).schedule).toEqual({ pipeline: 'a', entries: [] });
  });

  it.each([
    ["  - { cron: '0 3 * * 1', inputs: { max-rejcted: 3% } }", ['4:36 unknown-input']],
    ["  - { cron: '0 3 * * 1', inputs: { max-rejected: 3 } }", ['4:50 invalid-input-value']],
    ["  - { cron: '0 3 * * 1', inputs: { max-rejected: } }", ['4:36 missing-value']],
    ["  - { cron: '0 3 * * 1', inputs: [max-rejected] }", ['4:26 wrong-type']],
    ["  - { cron: '0 3 * * 1', missed: twice }", ['4:34 not-allowed-value']],
    ["  - { cron: '0 3 * * 1', timezone: UTC }", ['4:26 unknown-key']],
    ["  - { cron: '0 3 * * 1', name: 7th }", ['4:32 invalid-name']],
    ["  - { cron: '${{ inputs.max-rejected }}' }", ['4:13 expression-not-allowed']],
    ['  - { time-zone: UTC }', ['4:7 missing-key']],
    ['  - { cron: 3 }', ['4:13 wrong-type']],
    ["  - { cron: '' }", ['4:13 missing-value']],
    ['  - cron: @daily', ['4:11 yaml-syntax']],
    ['  - cron: "@daily"', ['4:11 invalid-cron']],
    ['  []', ['3:1 missing-value']],
  ])('reports what is wrong in %s', (schedule, expected) => {
    const loaded = load(schedule);
    expect(found(loaded)).toEqual(expected);
    expect(loaded.schedule).toBeUndefined();
  });

  it.each(['* 3 * * *', '*/15 * * * *'])('asks for quotes around %s', (cron) => {
    expect(load(`  - cron: ${cron}`).diagnostics.map(({ hint }) => hint)).toEqual([
      'Put a text that begins with `*` into quotes',
    ]);
  });

  it('proposes what a nickname stands for', () => {
    expect(load("  - cron: '@daily'").diagnostics[0]?.hint).toBe('Did you mean `0 0 * * *`?');
  });
});
