import path from 'node:path';
import { askUrl } from '../../../workflows/data/ask-url.ts';
import { createLocalData } from '../../../workflows/data/local-data.ts';
import { withoutSignature } from '../../../workflows/document/signed-url.ts';
import { compareContent, readContentMark, writeContentMark } from '../../../workflows/plan/data/url-content.ts';
import { DiagnosticError, errorDiagnostic } from '../schema/diagnostic.ts';
import { isUnknown, textOf, unknown, type Value } from '../schema/value.ts';
import { checkNotEmpty, checkUrl } from './_checks.ts';
import { workedAttributes } from './_entity-attributes.ts';
import { entityResource } from './_entity-resource.ts';

export const datasetKinds = [
  'Acoustic',
  'AudioFiles',
  'Language',
  'LanguageMarkdown',
  'Pronunciation',
  'OutputFormatting',
];

/** `customspeech_dataset`: data to train or test with, fetched by the service or uploaded from a local file. */
export const dataset = entityResource({
  collection: 'datasets',
  noun: 'dataset',
  description:
    'Data to train or test models with, from a URL or a local file. Content never changes once it is there: other content makes another dataset.',
  timeoutSeconds: { create: 4 * 3600, update: 3600, delete: 3600 },
  attributes: {
    ...workedAttributes('dataset'),
    kind: {
      type: 'string',
      presence: 'required',
      member: 'kind',
      replaces: true,
      oneOf: datasetKinds,
      description: `What the data are: ${datasetKinds.join(', ')}`,
    },
    content_url: {
      type: 'string',
      presence: 'optional-computed',
      member: 'contentUrl',
      sensitive: true,
      // Without one the object was imported or came from a file, whose digest tells; there is nothing to compare with.
      replaces: ({ prior }) => prior !== null,
      // The service need not tell the URL.
      isSame: (one, other) => other === null || unsigned(one) === unsigned(other),
      check: checkUrl,
      description:
        'Where the service fetches the content: public, with a shared access signature, or a blob that the identity of the Speech resource may read. Another signature alone changes nothing, any other difference makes another dataset; so does content that has changed behind the same URL, where its server tells (see content_mark)',
      whenLeftOut: 'content_file',
    },
    content_file: {
      type: 'string',
      presence: 'optional',
      check: checkNotEmpty,
      description:
        'Local content instead of content_url: a text file, or for audio a .zip or a folder of WAV files with trans.txt. A relative path begins in the folder that Terraform runs in, with CDKTF that of the stack. Another path to the same content changes nothing',
      whenLeftOut: 'content_url',
    },
    content_digest: {
      type: 'string',
      presence: 'computed',
      stable: true,
      // Without one the object was imported, and there is nothing to compare with.
      replaces: ({ prior }) => prior !== null,
      description: 'SHA-256 of what content_file holds, over names and contents',
    },
    content_mark: {
      type: 'string',
      presence: 'computed',
      stable: true,
      // Without one the server told nothing, or the object was imported, and there is nothing to compare with.
      replaces: ({ prior }) => prior !== null,
      description:
        'What the server of content_url told of the content when the dataset was planned, to a HEAD request of the machine that runs Terraform: MD5, else ETag, else length are compared. Empty when it told nothing; then changed content is not noticed',
    },
    text_normalization_kind: {
      type: 'string',
      presence: 'optional',
      default: 'Default',
      member: 'properties.textNormalizationKind',
      replaces: true,
      oneOf: ['Default', 'None'],
      description: 'Default normalises transcripts (2 to 3 becomes two to three), None leaves them as they are',
    },
    accepted_line_count: {
      type: 'number',
      presence: 'computed',
      stable: true,
      member: 'properties.acceptedLineCount',
      description: 'Lines that the service took',
    },
    rejected_line_count: {
      type: 'number',
      presence: 'computed',
      stable: true,
      member: 'properties.rejectedLineCount',
      description: 'Lines that the service did not take',
    },
    duration_milliseconds: {
      type: 'number',
      presence: 'computed',
      stable: true,
      member: 'properties.durationMilliseconds',
      description: 'Length of the audio, 0 for text',
    },
  },

  validate(config, report) {
    const { content_url: url = null, content_file: file = null } = config;
    if (typeof url === 'string' && typeof file === 'string') {
      report('Keep content_url or content_file: content comes from one of them, both are given', {
        name: 'content_file',
      });
    }
  },

  async plan(planned, { config, prior }) {
    const { content_url: url = null, content_file: file = null, kind = null } = config;
    if (file === null) {
      if (url === null && prior === undefined) {
        throw new DiagnosticError([
          errorDiagnostic('Set content_url or content_file: the dataset would have no content'),
        ]);
      }
      return {
        ...planned,
        content_digest: url === null ? (prior?.['content_digest'] ?? null) : null,
        content_mark: await markOf(url, prior),
      };
    }
    // What is unknown may turn out to be null, so the other one stays as it is configured.
    const isFile = typeof file === 'string' && url === null;
    return {
      ...planned,
      ...(isFile ? { content_url: null } : {}),
      content_digest: await digestOf(file, kind),
      content_mark: typeof file === 'string' ? null : unknown,
    };
  },

  async afterCreate({ self }, planned, { client, signal }) {
    const file = textOf(planned, 'content_file');
    const kind = textOf(planned, 'kind');
    if (file === undefined || kind === undefined) return;
    if ((await digestOf(file, kind)) !== planned['content_digest'] && !isUnknown(planned['content_digest'] ?? null)) {
      throw new Error(`Plan again: the content of ${file} has changed since the plan`);
    }
    await client.speech.datasets.uploadContent(self, localData().content(path.resolve(file), kind), { signal });
  },
});

/** Terraform reads every file that the user who started it may read: no folder is out of bounds. A resource is one dataset, so the provider divides no data. */
function localData() {
  return createLocalData({
    roots: [path.parse(process.cwd()).root],
    limits: { bytes: Infinity, files: Infinity },
  });
}

async function digestOf(file: Value, kind: Value): Promise<Value> {
  if (typeof file !== 'string' || typeof kind !== 'string') return unknown;
  try {
    const { digest, parts = [] } = await localData().describe(path.resolve(file), kind);
    if (parts.length > 0)
      throw new Error(
        `Name one of the ${parts.length} parts of ${file}: a resource is one dataset, and an upload step of a pipeline makes all`,
      );
    return digest;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new DiagnosticError([errorDiagnostic(problem, [{ name: 'content_file' }])]);
  }
}

/** The mark of the dataset that there is, unless the content behind its URL has changed since. */
async function markOf(url: Value, prior: Readonly<Record<string, Value>> | undefined): Promise<Value> {
  const then = prior?.['content_mark'] ?? null;
  if (typeof url !== 'string') return url === null ? then : unknown;
  const isSame = prior !== undefined && unsigned(prior['content_url'] ?? null) === unsigned(url);
  if (isSame && typeof then !== 'string') return null;
  const now = await askUrl(url);
  if (isSame && typeof then === 'string' && compareContent(readContentMark(then), now) !== 'changed') return then;
  return writeContentMark(now) ?? null;
}

/** A signature changes from time to time; every other parameter may select the content. */
function unsigned(url: Value): Value {
  return typeof url === 'string' ? withoutSignature(url) : url;
}
