import type { Report } from '../schema/diagnostic.ts';
import { isList, isObject, isUnknown, type Value } from '../schema/value.ts';
import { pipelinePrefix } from './_custom-properties.ts';

/** A text that says something: the service leaves an empty one out, so that it would differ for ever. */
export function checkNotEmpty(value: Value, report: Report): void {
  if (typeof value === 'string' && value.trim() === '') report('Write a text or leave the argument out: it is empty');
}

export function checkLocale(value: Value, report: Report): void {
  if (typeof value === 'string' && /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-[a-z]{2,16})?$/i.test(value)) return;
  report(`Write a locale such as en-US or de-DE: it is ${JSON.stringify(value)}`);
}

/** Reports what is not the `self` of an object of this kind, or a list with such in it. */
export function checkReference(
  kind: 'project' | 'dataset' | 'model' | 'base model',
): (value: Value, report: Report) => void {
  const { path, from } = references[kind];
  return (value, report) => {
    for (const one of isList(value) ? value : [value]) {
      if (one === null || isUnknown(one)) continue;
      if (typeof one === 'string' && URL.canParse(one) && path.test(new URL(one).pathname)) continue;
      report(`Give the self of ${from}: it is ${JSON.stringify(one)}`);
    }
  };
}

const references = {
  project: { path: /^\/speechtotext\/projects\/[\w-]+$/, from: 'a customspeech_project' },
  dataset: { path: /^\/speechtotext\/datasets\/[\w-]+$/, from: 'a customspeech_dataset' },
  model: {
    path: /^\/speechtotext\/models\/(base\/)?[\w-]+$/,
    from: 'a customspeech_model or a customspeech_base_model',
  },
  'base model': { path: /^\/speechtotext\/models\/base\/[\w-]+$/, from: 'a customspeech_base_model' },
} as const;

export function checkUrl(value: Value, report: Report): void {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  if (protocol !== 'https:' && protocol !== 'http:') {
    report('Give a URL that the service can fetch: it must begin with https:// or http://');
  }
}

export function checkPercent(value: Value, report: Report): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100) return;
  report(`Give a whole number from 1 to 100: it is ${JSON.stringify(value)}`);
}

/** The service's limits (Speech-to-text REST API 2025-10-15 definition), one entry less, which creation needs for itself. */
export function checkCustomProperties(value: Value, report: Report): void {
  if (!isObject(value)) return;
  const entries = Object.entries(value);
  if (entries.length > 9)
    report(`Leave at most 9 entries, the service takes 10 with the provider's own: there are ${entries.length}`);
  for (const [key, text] of entries) {
    if (key.startsWith(pipelinePrefix))
      report(`Choose another key: those with ${pipelinePrefix} belong to pipelines`, { key });
    if (key.length > 64) report(`Shorten the key to 64 characters: it has ${key.length}`, { key });
    if (typeof text === 'string' && text.length > 256)
      report(`Shorten the value to 256 characters: it has ${text.length}`, { key });
    if (text === null) report('Give a text or leave the entry out: it is null', { key });
  }
}
