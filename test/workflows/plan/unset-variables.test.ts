import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline } from '../../../workflows/language/pipeline.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import { type PlanSource, stepsThatFail } from '../../../workflows/plan/plan.ts';
import { fakeModel } from '../steps/fake-world.ts';
import { pipeline, source, facts } from './retraining-pipeline.ts';

const localData = { 'Language:text.txt': { digest: 'b', files: 1, bytes: 100 } };

describe('planPipeline where a variable is not set', () => {
  it('says what to set where a setting is nothing without it, also while the rest of the step waits', () => {
    const written = (tell: string): Pipeline =>
      loadPipeline(
        `name: p
locale: en-US
env: { ADDRESS: {}, WORD: {}, HIDDEN: { secret: true } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: tell, uses: notify, needs: [text], ${tell} }
`,
        { path: 'p.yaml', inputs: {}, env: {} },
      ).pipeline ?? pipeline;
    const planned = (tell: string, env: PlanSource['env'] = {}): unknown => {
      const [, told] = planPipeline({ ...source, pipeline: written(tell), env }, facts({ localData })).steps;
      return [told?.action, told?.summary];
    };
    const message = 'message: "${{ steps.text.outputs.accepted }} ${{ env.WORD }}"';
    const teams = `with: { ${message}, teams: "\${{ env.ADDRESS }}" }`;
    const lacking = expect.stringMatching(/^Set ADDRESS and WORD in the environment of the run: without that `teams` /);
    expect(planned(teams)).toEqual(['fail', lacking]);
    expect(planned(`if: steps.text.outputs.accepted > 5, ${teams}`)).toEqual(['fail', lacking]);
    expect(planned(`if: env.WORD == 'yes', ${teams}`)).toEqual(['skip', expect.anything()]);
    expect(planned(`if: steps.text.outputs.accepted > 5 && env.ADDRESS != '', ${teams}`)).toEqual([
      'at-run-time',
      expect.anything(),
    ]);
    expect(planned(`continue-on-error: true, ${teams}`)).toEqual(['at-run-time', expect.anything()]);
    expect(planned(teams, { ADDRESS: 'https://a.example' })).toEqual(['at-run-time', expect.anything()]);
    const instead = `with: { ${message}, teams: "\${{ env.ADDRESS || 'https://a.example' }}" }`;
    expect(planned(instead)).toEqual(['at-run-time', expect.anything()]);
  });

  it('says of a deletion that it spares what a step uses of which that is not known without a variable', () => {
    const tidy = `name: p
locale: en-US
env: { HIDDEN: { secret: true } }
steps:
  - { id: tidy, uses: prune, with: { older-than: 1s, all: true } }
  - { id: words, uses: upload, with: { kind: Language, from: "\${{ env.HIDDEN }}" } }
`;
    const { pipeline: tidying = pipeline } = loadPipeline(tidy, { path: 'p.yaml', inputs: {}, env: {} });
    const old = fakeModel('old', { createdDateTime: '2020-01-01T00:00:00Z' });
    const summaryWith = (env: PlanSource['env']): string | undefined =>
      planPipeline({ ...source, pipeline: tidying, env }, { ...facts(), models: [old] }).steps[0]?.summary;
    const deletion = expect.stringMatching(/^delete model old [^,]*, unused\)/) as string;
    const unless = ', but nothing that words will use, which is not known without HIDDEN';
    expect(summaryWith({})).toEqual(deletion);
    expect(summaryWith({})?.endsWith(unless)).toBe(true);
    expect(summaryWith({ HIDDEN: 'https://a.example/x' })).toEqual(deletion);
    expect(summaryWith({ HIDDEN: 'https://a.example/x' })).not.toContain(unless);
  });

  it('names the variables for want of which alone a step would fail; without a secret no run is begun', () => {
    const written = (tell: string): Pipeline =>
      loadPipeline(
        `name: p
locale: en-US
env: { ADDRESS: {}, HIDDEN: { secret: true } }
steps: [{ id: tell, uses: notify, ${tell} }]
`,
        { path: 'p.yaml', inputs: {}, env: {} },
      ).pipeline ?? pipeline;
    const planned = (tell: string, env: PlanSource['env'] = {}): unknown => {
      const plan = planPipeline({ ...source, pipeline: written(tell), env }, facts());
      return [plan.steps[0]?.unset, stepsThatFail(plan).map(({ id }) => id)];
    };
    const hidden = 'with: { message: Done, teams: "${{ env.HIDDEN }}" }';
    expect(planned('with: { message: Done, teams: "${{ env.ADDRESS }}" }')).toEqual([['ADDRESS'], ['tell']]);
    expect(planned(hidden)).toEqual([['HIDDEN'], ['tell']]);
    expect(planned(`continue-on-error: true, ${hidden}`)).toEqual([['HIDDEN'], ['tell']]);
    expect(planned(`if: 1 > 2, ${hidden}`)).toEqual([undefined, []]);
    expect(planned(hidden, { HIDDEN: 'https://a.example/x' })).toEqual([undefined, []]);
  });
});
