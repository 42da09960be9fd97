import { describe, expect, it } from 'vitest';
import type { PlannedStep } from '../../../workflows/plan/plan.ts';
import { lackingOfTrial, trialOf } from '../../../workflows/plan/trial.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { written } from '../engine/run-plan.ts';

function trial(text: string): readonly string[] | undefined {
  return trialOf(written(`locale: en-US\n${text}`), { id: '1', kinds: stepKinds })?.pipeline.steps.map(({ id }) => id);
}

const upload = '  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n';
const measure =
  '  - { id: known, uses: evaluate, with: { dataset: 1f6b2c9e-6a0d-4b7e-9b53-6a3fd1c0e2aa, model: base } }\n';
const live = '  - { id: live, uses: swap, with: { endpoint: ward, create: true, model: base } }\n';
const after =
  '  - { id: after, uses: evaluate, needs: [live], with: { dataset: 1f6b2c9e-6a0d-4b7e-9b53-6a3fd1c0e2aa, model: base } }\n';

describe('the trial of a plan', () => {
  it('has the steps that change no endpoint and ask nobody, and need no such step', () => {
    expect(trial(`steps:\n${upload}${measure}${live}${after}`)).toEqual(['text', 'known']);
    const ask = '  - { id: ask, uses: approve, with: { message: Pay? } }\n';
    const paid =
      '  - { id: paid, uses: evaluate, needs: [ask], with: { dataset: 1f6b2c9e-6a0d-4b7e-9b53-6a3fd1c0e2aa, model: base } }\n';
    expect(trial(`steps:\n${measure}${ask}${paid}`)).toEqual(['known']);
    expect(trial(`steps:\n${measure}finally:\n${measure.replace('known', 'last')}`)).toEqual(['known']);
  });

  it('tells nobody, also not of an approval that it does not ask for', () => {
    const notice = 'notify: { teams: "https://a.example/teams" }\n';
    const ask = '  - { id: ask, uses: approve, needs: [known], with: { message: Live? } }\n';
    const tell =
      '  - { id: tell, uses: notify, needs: [known], with: { message: Better, webhook: "https://a.example" } }\n';
    expect(trial(`${notice}steps:\n${measure}${ask}${tell}`)).toEqual(['known']);
  });

  it('measures also what is done once people were told, in the same order', () => {
    const tell = (id: string, more: string): string =>
      `  - { id: ${id}, uses: notify, ${more}, with: { message: Paid, webhook: "https://a.example" } }\n`;
    const told = `${tell('first', 'needs: [text]')}${tell('second', 'needs: [first]')}`;
    const measureAfter = (need: string): string => measure.replace('known,', `known, needs: [${need}],`);
    const plan = written(`locale: en-US\nsteps:\n${upload}${told}${measureAfter('second')}`);
    const { pipeline } = trialOf(plan, { id: '1', kinds: stepKinds })!;
    expect(pipeline.steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['text', []],
      ['known', ['text']],
    ]);
    expect(pipeline.layers).toEqual([['text'], ['known']]);
    for (const untried of [
      `${tell('gate', 'if: 1 > 2')}${measureAfter('gate')}`,
      `${live}${tell('late', 'needs: [live]')}${measureAfter('late')}`,
      `${tell('read', 'name: x')}${measureAfter('read').replace('uses', "if: steps.read.outputs.told == 'webhook', uses")}`,
    ])
      expect(trial(`steps:\n${untried}`)).toBeUndefined();
  });

  it('leaves out what lacks variables, and what needs that', () => {
    const needing = measure.replace('known,', 'needing, needs: [text],');
    const plan = written(`locale: en-US\nsteps:\n${upload}${measure}${needing}${live}`);
    const lacking = (id: string, unset?: readonly string[]): PlannedStep => ({
      id,
      name: id,
      uses: 'upload',
      action: 'fail',
      summary: 'Set WORDS',
      effects: [],
      outputs: {},
      ...(unset && { unset }),
    });
    const planned = { ...plan, steps: [lacking('text', ['WORDS']), lacking('known'), lacking('live', ['WORDS'])] };
    const of = trialOf(planned, { id: '1', kinds: stepKinds });
    expect(of?.pipeline.steps.map(({ id }) => id)).toEqual(['known']);
    expect(lackingOfTrial(planned, stepKinds).map(({ id }) => id)).toEqual(['text']);
  });

  it('is none where nothing is measured', () => {
    expect(trial(`steps:\n${upload}${live}${after}`)).toBeUndefined();
  });

  it('has a project of its own, waits for no other run, and keeps the layers of its steps', () => {
    const plan = written(
      `locale: en-US\nproject: Wards\nconcurrency: ward\nsteps:\n${upload}${live}${measure}${after}`,
    );
    const { pipeline } = trialOf(plan, { id: '2026-7f3a', kinds: stepKinds })!;
    expect(pipeline).toMatchObject({ project: 'Wards, trial 2026-7f3a', layers: [['text', 'known']] });
    expect(pipeline.concurrency).toBeUndefined();
  });
});
