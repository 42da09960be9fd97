import { describe, expect, it } from 'vitest';
import { madeObjects, type ListedObjects } from '../../../../workflows/plan/made-objects.ts';
import { madeObjectsText } from '../../../../workflows/report/commands/made-objects-text.ts';

const digest = (letter: string): string => letter.repeat(64);

function entity(id: string, more: { readonly status?: string; readonly properties?: Record<string, string> } = {}) {
  const { status = 'Succeeded', properties = { 'speechops-digest': digest('a'), 'speechops-pipeline': 'ward' } } = more;
  return {
    self: `https://speech/speechtotext/models/${id}`,
    displayName: `name of ${id}`,
    locale: 'en-US',
    createdDateTime: `2026-01-02T03:04:0${id.at(-1)}Z`,
    lastActionDateTime: '2026-01-02T03:04:05Z',
    status,
    customProperties: properties,
  };
}

const none: ListedObjects = { project: [], dataset: [], model: [], evaluation: [], endpoint: [] };

function text(listed: Partial<ListedObjects>, planned: Parameters<typeof madeObjects>[1]['planned'] = []): string {
  return madeObjectsText([{ resource: 'https://speech', pipelines: madeObjects({ ...none, ...listed }, { planned }) }]);
}

describe('what pipelines have made, as text', () => {
  it('is told by resource and pipeline, with the steps that use it', () => {
    const { status: _, ...project } = entity('p1', { properties: { 'speechops-pipeline': 'calls' } });
    const swapped = { 'speechops-pipeline': 'ward', 'speechops-swap': 'proved m2' };
    const listed = { project: [project], model: [entity('m2')], endpoint: [entity('e3', { properties: swapped })] };
    expect(text(listed, [{ id: 'retrain', outputs: { model: 'https://speech/speechtotext/models/m2' } }])).toBe(
      `https://speech
  calls
    project  name of p1    2026-01-02T03:04:01Z  no digest  <- a step of a pipeline with this project
  ward
    model     name of m2  Succeeded  2026-01-02T03:04:02Z  digest aaaaaaaaaaaa  <- step retrain
    endpoint  name of e3  Succeeded  2026-01-02T03:04:03Z  proved m2  <- a swap of the endpoint of this name
`,
    );
  });

  it('says of what nothing finds again why: it has failed, has no digest, or is there twice', () => {
    const failed = entity('f1', { status: 'Failed' });
    const unnamed = entity('u2', { properties: { 'speechops-pipeline': 'ward' } });
    const lines = text({ model: [failed, unnamed, entity('m4'), entity('m3', { status: 'Running' })] }).split('\n');
    expect(lines.map((line) => line.split('<- ')[1]).filter((note) => note !== undefined)).toEqual([
      'no step: it has failed',
      'no step: it has no digest',
      'a train with the same data, base model and weight',
      'no step: m4 is the same, and is used',
    ]);
  });

  it('says of a canary which endpoint it is of, and what removes it', () => {
    const canary = (id: string, of: string) =>
      entity(id, { properties: { 'speechops-pipeline': 'ward', 'speechops-canary': of } });
    const served = entity('e1', { properties: { 'speechops-pipeline': 'ward' } });
    const lines = text({ endpoint: [served, canary('c2', 'e1'), canary('c3', 'gone')] }).split('\n');
    expect(lines.map((line) => line.split('<- ')[1]).filter((note) => note !== undefined)).toEqual([
      'a swap of the endpoint of this name',
      'no step: it is a canary: the run that made it removes it, or the next swap of endpoint name of e1',
      'no step: it is the canary of an endpoint that is gone: delete it',
    ]);
  });

  it('leaves out what others have made, and says so of a resource that has nothing else', () => {
    expect(text({ model: [entity('m1', { properties: { by: 'hand' } })] })).toBe(
      'https://speech: nothing that a pipeline has made\n',
    );
  });

  it('shows nothing that gives access to data, and nothing that steers a terminal', () => {
    const secret = 'https://ann:hush@blob/calls.zip?sig=hush\u001B[2J';
    const properties = { 'speechops-digest': secret, 'speechops-pipeline': secret, 'speechops-swap': secret };
    const listed = { ...none, endpoint: [{ ...entity('e1', { properties }), displayName: secret }] };
    const shown = text(listed) + JSON.stringify(madeObjects(listed, { planned: [] }));
    expect(shown).toContain('https://blob/calls.zip');
    expect(shown).not.toContain('hush');
    expect(shown).not.toContain('\u001B');
  });
});
