import { describe, expect, it } from 'vitest';
import { type JsonSchema, stepSchemas } from '../../../schemas/index.ts';
import { evidencePlaces, shownOutputs } from '../../../workflows/evidence/shown-outputs.ts';

describe('the outputs that are shown', () => {
  it.each(Object.entries(stepSchemas))('of %s have a place in results.json that exists', (_, schema) => {
    const outputs = Object.values((schema as JsonSchema).$defs?.['outputs']?.properties ?? {});
    const places = outputs.flatMap(({ 'x-evidence': place }) => place ?? []);
    expect(places.filter((place) => !(evidencePlaces as readonly string[]).includes(place))).toEqual([]);
    expect(places.length).toBeGreaterThan(0);
  });

  it('are read by their place and with their type', () => {
    const outputs = { endpoint: 'https://speech/endpoints/e', model: '', heard: false, probeFailures: 2 };
    const shown = shownOutputs({ uses: 'swap', outputs });
    expect(shown.text('swap.endpoint')).toBe('https://speech/endpoints/e');
    expect(shown.text('swap.model')).toBe(undefined);
    expect(shown.flag('swap.heard')).toBe(false);
    expect([shown.number('swap.failures'), shown.text('swap.failures')]).toEqual([2, undefined]);
    expect(shown.objects).toEqual([{ type: 'endpoint', self: 'https://speech/endpoints/e' }]);
  });

  it('are none of a kind that another version knows', () => {
    expect(shownOutputs({ uses: 'toString', outputs: { endpoint: 'x' } }).objects).toEqual([]);
  });
});
