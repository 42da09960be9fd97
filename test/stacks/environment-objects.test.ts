import { expect, it } from 'vitest';
import { environmentObjects } from '../../stacks/environment-objects.ts';

it('gives the Custom Speech objects of each environment, inherited ones too, by the names that people see', () => {
  const text = `name: calls
environments:
  dev:
    location: westeurope
    custom-speech:
      projects: { ward: { name: Ward, locale: en-US, description: Ours } }
      endpoints:
        calls: { locale: en-US, project: ward }
  prod:
    extends: dev
    account: { custom-subdomain: contoso }
    custom-speech:
      endpoints: { calls: { content-logging: true } }
  bare: { location: westeurope }
`;
  const { environments, counts } = environmentObjects(text, { path: 'environment.yaml' });
  const projects = [{ name: 'Ward', locale: 'en-US', description: 'Ours' }];
  expect(counts.errors).toBe(0);
  expect(environments).toEqual([
    {
      name: 'dev',
      subdomain: 'calls-dev',
      projects,
      endpoints: [{ name: 'calls', locale: 'en-US', project: 'Ward', contentLogging: false }],
    },
    {
      name: 'prod',
      subdomain: 'contoso',
      projects,
      endpoints: [{ name: 'calls', locale: 'en-US', project: 'Ward', contentLogging: true }],
    },
    { name: 'bare', subdomain: 'calls-bare', projects: [], endpoints: [] },
  ]);
});

it('tells what is wrong', () => {
  const { environments, diagnostics } = environmentObjects('name: calls\nenvironments: { dev: { place: x } }\n', {
    path: 'environment.yaml',
  });
  expect(environments).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toContain('unknown-key');
});
