import { describe, expect, it } from 'vitest';
import { endpoint as resource } from '../../../../stacks/provider/resources/endpoint.ts';
import type { CustomSpeechClient } from '../../../../stacks/provider/resources/customspeech-client.ts';
import { finishPlan, planChange } from '../../../../stacks/provider/schema/plan-change.ts';
import { objectOf } from '../../../../stacks/provider/schema/schema.ts';
import type { ObjectValue } from '../../../../stacks/provider/schema/value.ts';
import { waitForEntity } from '../../../../workflows/engine/retries/wait-for-entity.ts';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';

const root = 'https://calls.cognitiveservices.azure.com/speechtotext';
const base = { self: `${root}/models/base/00000000-0000-4000-8000-000000000001` };
const [before, began, ended] = ['2026-11-01T10:00:00Z', '2026-11-02T10:00:00Z', '2026-11-02T10:05:00Z'] as const;

const old: Endpoint = {
  self: `${root}/endpoints/00000000-0000-4000-8000-000000000002`,
  displayName: 'E',
  locale: 'en-US',
  createdDateTime: before,
  lastActionDateTime: before,
  status: 'Succeeded',
  model: base,
  properties: { loggingEnabled: false },
};
const failed: Endpoint = {
  ...old,
  status: 'Failed',
  properties: { loggingEnabled: false, error: { code: 'E', message: 'No capacity.' } },
};
const changed: Endpoint = { ...old, properties: { loggingEnabled: true } };

/** Updates an endpoint of a service that answers the update and then shows these readings, the last of them for ever. */
async function update(
  given: ObjectValue,
  service: { readonly prior?: Endpoint; readonly answer: Endpoint; readonly readings: readonly Endpoint[] },
): Promise<ObjectValue> {
  const { prior: shown = old, answer } = service;
  const readings = [...service.readings];
  const endpoints: Partial<CustomSpeechClient['speech']['endpoints']> = {
    get: async () => shown,
    update: async () => answer,
    async wait(_, options) {
      const read = async () => ({ entity: readings.length > 1 ? readings.shift() : readings[0] });
      const sleep = async () => await new Promise<void>((resolve) => setTimeout(resolve, 1));
      const entity = await waitForEntity(read, { ...options, pollMilliseconds: 1, sleep });
      return entity ?? shown;
    },
  };
  const speech = { endpoints, models: { get: async () => undefined } };
  const client = {
    speech,
    retryDelayMilliseconds: 1,
    retryPatienceMilliseconds: 1000,
    staleMilliseconds: 50,
  } as unknown as CustomSpeechClient;
  const signal = new AbortController().signal;
  const context = { client, signal, keep: () => undefined };
  const config = { display_name: 'E', locale: 'en-US' };
  const state = { ...objectOf(resource.schema, { ...config, self: old.self }), content_logging_enabled: false };
  const prior = await resource.read(state, { client, signal, isImported: false });
  const configured = objectOf(resource.schema, { ...config, ...given });
  const { planned } = finishPlan(resource.schema, {
    planned: planChange(resource.schema, { prior, config: configured }),
    prior,
  });
  return await resource.update({ prior: prior ?? {}, planned }, context);
}

describe('an endpoint that still shows its state before the update', () => {
  const answers: readonly (readonly [string, Endpoint])[] = [
    ['as it is now', { ...changed, status: 'NotStarted', lastActionDateTime: began }],
    ['as it was', old],
  ];

  it.each(answers)('is read again until it has what was asked for, when the update shows it %s', async (_, answer) => {
    const running: Endpoint = { ...old, status: 'Running', lastActionDateTime: began };
    const readings = [old, old, running, { ...changed, lastActionDateTime: ended }];
    const state = await update({ content_logging_enabled: true }, { answer, readings });
    expect(state).toMatchObject({ content_logging_enabled: true, last_action_date_time: ended });
  });

  it('has not failed again because it had failed before', async () => {
    const answer: Endpoint = { ...changed, status: 'NotStarted', lastActionDateTime: began };
    const readings = [failed, answer, { ...changed, lastActionDateTime: ended }];
    const state = await update({ content_logging_enabled: true }, { prior: failed, answer, readings });
    expect(state).toMatchObject({ content_logging_enabled: true, status: 'Succeeded' });
  });

  it('has failed when the failure is a new one', async () => {
    const answer: Endpoint = { ...old, status: 'NotStarted', lastActionDateTime: began };
    const readings = [failed, { ...failed, lastActionDateTime: ended }];
    await expect(update({ content_logging_enabled: true }, { answer, readings })).rejects.toThrow('No capacity.');
  });
});

describe('a service that does not say when it changed something', () => {
  it('is believed as soon as all is there', async () => {
    const readings = [old, changed];
    const state = await update({ content_logging_enabled: true }, { answer: old, readings });
    expect(state).toMatchObject({ content_logging_enabled: true, last_action_date_time: before });
  });

  it('is not waited for without end, and what it did not change is named', async () => {
    const wanted = { content_logging_enabled: true };
    await expect(update(wanted, { answer: old, readings: [old] })).rejects.toThrow(
      'Check the endpoint E: the service took the change and did not make it (content_logging_enabled)',
    );
    await expect(update(wanted, { answer: failed, readings: [failed] })).rejects.toThrow('No capacity.');
  });
});
