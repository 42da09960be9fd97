import { describe, expect, it } from 'vitest';
import { pathOf, startClient } from './client.ts';

const project = { displayName: 'Call center', locale: 'en-US' };

describe('projects', () => {
  it('are created with a Location and links that carry the API version', async () => {
    const client = await startClient();
    const answer = await client.post('/projects', { ...project, foundryProjectName: 'foundry', description: 'calls' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(answer.body.self);
    expect(answer.body.self).toMatch(/\/speechtotext\/projects\/[0-9a-f-]{36}\?api-version=2025-10-15$/);
    expect(answer.body).toMatchObject({ ...project, foundryProjectName: 'foundry', description: 'calls' });
    expect(answer.body.links.datasets).toBe(answer.body.self.replace('?', '/datasets?'));
    expect(answer.body).not.toHaveProperty('status');
    expect((await client.get(answer.body.self)).body).toEqual(answer.body);
  });

  it.each([
    [{ locale: 'en-US' }, 'displayName', 'InvalidPayload'],
    [{ displayName: 'x' }, 'locale', 'InvalidPayload'],
    [{ displayName: 'x', locale: 'tlh-QO' }, 'locale', 'InvalidLocale'],
    [{ ...project, customProperties: { a: 1 } }, 'customProperties', 'InvalidPayload'],
    [{ ...project, customProperties: { ['k'.repeat(65)]: 'v' } }, 'customProperties', 'InvalidPayload'],
    [{ ...project, customProperties: { k: 'v'.repeat(257) } }, 'customProperties', 'InvalidPayload'],
    [{ ...project, customProperties: entries(11) }, 'customProperties', 'InvalidPayload'],
  ])('refuses %j', async (body, target, code) => {
    const client = await startClient();
    const answer = await client.post('/projects', body);
    expect(answer).toMatchObject({ status: 400, body: { target, innerError: { code, target } } });
  });

  it('take custom properties up to the limits', async () => {
    const client = await startClient();
    const customProperties = { ...entries(9), ['k'.repeat(64)]: 'v'.repeat(256) };
    expect(await client.create('/projects', { ...project, customProperties })).toMatchObject({ customProperties });
  });

  it.each(['application/json', 'application/merge-patch+json'])('are patched with %s', async (type) => {
    const client = await startClient();
    const { self } = await client.create('/projects', {
      ...project,
      description: 'old',
      customProperties: { a: '1', b: '2' },
    });
    const change = { displayName: 'New', description: null, customProperties: { a: null, c: '3' } };
    const answer = await client.patch(self, change, { headers: { 'content-type': type } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ displayName: 'New', locale: 'en-US', customProperties: { b: '2', c: '3' } });
    expect(answer.body).not.toHaveProperty('description');
    expect((await client.get(self)).body).toEqual(answer.body);
  });

  it('keep their locale', async () => {
    const client = await startClient();
    const { self } = await client.create('/projects', project);
    const answer = await client.patch(self, { locale: 'de-DE' });
    expect(answer).toMatchObject({ status: 400, body: { innerError: { code: 'UnsupportedDelta' } } });
  });

  it('leave what they held when they are deleted, and can be deleted again', async () => {
    const client = await startClient();
    const { self } = await client.create('/projects', project);
    const dataset = await client.create('/datasets', { ...project, kind: 'Language', project: { self } });
    expect(dataset.project.self).toBe(self);
    expect((await client.get(`${pathOf(self)}/datasets`)).body.values).toHaveLength(1);
    expect((await client.delete(self)).status).toBe(204);
    expect((await client.delete(self)).status).toBe(204);
    expect((await client.get(self)).status).toBe(404);
    expect((await client.get(dataset.self)).body).not.toHaveProperty('project');
  });

  it('hold objects of their locale only', async () => {
    const client = await startClient();
    const { self } = await client.create('/projects', project);
    const german = { displayName: 'x', locale: 'de-DE', kind: 'Language', project: { self } };
    expect(await client.post('/datasets', german)).toMatchObject({
      status: 400,
      body: { innerError: { code: 'InvalidLocale' } },
    });
    const nowhere = { ...german, project: { self: self.replace(/[0-9a-f]{12}\?/, '000000000000?') } };
    const answer = await client.post('/datasets', nowhere);
    expect(answer.body.message).toBe('The value of project.self does not reference an entity.');
  });

  it('list their children of every kind', async () => {
    const client = await startClient();
    const { self } = await client.create('/projects', project);
    for (const kind of ['datasets', 'models', 'evaluations', 'endpoints']) {
      expect((await client.get(`${pathOf(self)}/${kind}`)).body).toEqual({ values: [] });
      expect((await client.get(`/projects/00000000-0000-0000-0000-000000000000/${kind}`)).status).toBe(404);
    }
  });
});

describe('lists', () => {
  it('are paged by links that are followed as they are', async () => {
    const client = await startClient();
    for (let index = 0; index < 5; index++) await client.create('/projects', { ...project, displayName: `P${index}` });
    const names: string[] = [];
    let link: string | undefined = '/projects?top=2';
    const pages: number[] = [];
    while (link !== undefined) {
      const { body } = await client.get(link);
      names.push(...body.values.map((value: { displayName: string }) => value.displayName));
      pages.push(body.values.length);
      link = body['@nextLink'];
      if (link !== undefined) expect(link).toMatch(/api-version=2025-10-15$/);
    }
    expect(names).toEqual(['P0', 'P1', 'P2', 'P3', 'P4']);
    expect(pages).toEqual([2, 2, 1]);
    expect((await client.get('/projects', { query: { skip: 3 } })).body.values).toHaveLength(2);
  });

  it('hold 100 objects a page unless told otherwise', async () => {
    const client = await startClient();
    for (let index = 0; index < 101; index++) {
      if (index % 90 === 0) await client.advance(11);
      await client.create('/projects', project);
    }
    const first = (await client.get('/projects')).body;
    expect(first.values).toHaveLength(100);
    expect((await client.get(first['@nextLink'])).body.values).toHaveLength(1);
  });

  it.each([
    ['skip', '-1'],
    ['top', '0'],
    ['top', 'many'],
  ])('refuse %s=%s', async (name, value) => {
    const client = await startClient();
    const answer = await client.get('/projects', { query: { [name]: value } });
    expect(answer).toMatchObject({ status: 400, body: { innerError: { code: 'UnsupportedPagination' } } });
  });

  it('keep the filter from page to page', async () => {
    const client = await startClient();
    for (const locale of ['en-US', 'de-DE', 'en-US', 'en-US']) await client.create('/projects', { ...project, locale });
    const first = (
      await client.get('/projects', { query: { top: 2, filter: "locale eq 'en-US' and displayName ne 'x'" } })
    ).body;
    const second = (await client.get(first['@nextLink'])).body;
    expect([...first.values, ...second.values].map(({ locale }) => locale)).toEqual(['en-US', 'en-US', 'en-US']);
  });
});

function entries(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));
}
