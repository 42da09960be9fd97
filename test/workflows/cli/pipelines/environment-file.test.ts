import { describe, expect, it } from 'vitest';
import { environmentsOf, type FoundEnvironment } from '../../../../workflows/cli/pipelines/environment-file.ts';

function environment(name: string, subdomain: string): FoundEnvironment {
  return { name, subdomain, file: 'environment.yaml', projects: [], endpoints: [] };
}

const dev = environment('dev', 'calls-dev');
const prod = environment('prod', 'Calls');
const atProd = 'https://calls.cognitiveservices.azure.com';
const atTest = 'https://calls-test.cognitiveservices.azure.com';

function namesOf(
  resources: readonly string[],
  of: { readonly environments: readonly FoundEnvironment[]; readonly named?: string },
): readonly (readonly [string, string])[] {
  return [...environmentsOf(resources, { named: undefined, ...of })].map(([resource, { name }]) => [resource, name]);
}

describe('environmentsOf', () => {
  it('takes the environment whose account has the subdomain of the resource', () => {
    expect(namesOf([atProd, atTest], { environments: [dev, prod] })).toEqual([[atProd, 'prod']]);
  });

  it('takes the only one of one resource, or the one that is named', () => {
    expect(namesOf(['embedded-emulator'], { environments: [dev] })).toEqual([['embedded-emulator', 'dev']]);
    expect(namesOf([atTest], { environments: [dev, prod], named: 'dev' })).toEqual([[atTest, 'dev']]);
    expect(namesOf([atTest], { environments: [] })).toEqual([]);
  });

  it('asks which one is meant', () => {
    expect(() => namesOf([atTest], { environments: [dev, prod] })).toThrow(
      `Say with --environment which one is of ${atTest}: there is dev, prod`,
    );
    expect(() => namesOf([atTest], { environments: [dev], named: 'prod' })).toThrow('there is dev');
  });
});
