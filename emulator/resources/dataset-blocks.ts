import { type Answer, type Call, type Operation, streamOf } from '../protocol/call.ts';
import { TooLarge } from '../state/content-folder.ts';
import type { Block, Dataset } from '../state/entities.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { uploadName } from '../work/recognition-models.ts';
import { invalid } from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { startWork } from '../work/settle.ts';
import { takesBlocks } from './datasets.ts';
import { found } from './worked-entity.ts';

const longestBlock = 8 * 1024 ** 2;
const longestBlockId = 64;
/** Base64 may hold slashes, so that a block lies under the hexadecimal form of its id. */
const blockPrefix = 'block-';

/** Uploading a dataset in pieces: put blocks, commit a list of them, and the import begins. */
export const datasetBlockOperations: readonly Operation[] = [
  { id: 'Datasets_GetBlocks', method: 'GET', path: '/datasets/{id}/blocks', run: getBlocks },
  { id: 'Datasets_UploadBlock', method: 'PUT', path: '/datasets/{id}/blocks', run: uploadBlock },
  { id: 'Datasets_CommitBlocks', method: 'POST', path: '/datasets/{id}/blocks:commit', run: commitBlocks },
];

async function getBlocks(call: Call): Promise<Answer> {
  const dataset = await found(call, 'datasets');
  const uncommittedBlocks = await blocksOf(call, dataset);
  return { status: 200, body: { committedBlocks: dataset.committedBlocks ?? [], uncommittedBlocks } };
}

async function uploadBlock(call: Call): Promise<Answer> {
  const dataset = await waitingDataset(call);
  const bytes = idBytes(call.query.blockid);
  const other = (await blocksOf(call, dataset)).find(({ name }) => idBytes(name).length !== bytes.length);
  if (other) throw invalidBlockId(`All block ids must have the same length; another one is '${other.name}'.`);
  const stream = streamOf(call);
  if (!stream) throw serviceError('InvalidRequest', { message: 'The request has no body.', inner: 'EmptyRequest' });
  const name = `${blockPrefix}${bytes.toString('hex')}`;
  const part = `incoming-${name}`;
  try {
    // A block whose upload breaks off must not stand for a whole one.
    await call.resource.contents.writeStream(dataset.id, { name: part, stream, maximumBytes: longestBlock });
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    throw invalid('body', `A block must not be larger than ${longestBlock} bytes.`);
  }
  await call.resource.contents.rename(dataset.id, { from: part, to: name });
  return { status: 201 };
}

async function commitBlocks(call: Call): Promise<Answer> {
  const { resource } = call;
  const dataset = await waitingDataset(call);
  const available = new Map((await blocksOf(call, dataset)).map((block) => [block.name, block]));
  const committed = wantedBlocks(call.body, available);
  const maximumBytes = resource.quotas.fileBytes[dataset.kind];
  if (committed.reduce((sum, block) => sum + block.size, 0) > maximumBytes) {
    throw invalid(
      'body',
      `The content of a dataset of kind ${dataset.kind} must not be larger than ${maximumBytes} bytes.`,
    );
  }
  const names = committed.map(({ name }) => storedName(name));
  await resource.contents.concatenate(dataset.id, { from: names, to: uploadName });
  const current = resource.store.get('datasets', dataset.id);
  if (!current || !takesBlocks(current)) throw alreadyCommitted();
  const started = {
    ...current,
    committedBlocks: committed,
    ...beginLifecycle('import', { now: resource.clock.now() }),
  };
  resource.store.put('datasets', started);
  await resource.saved();
  for (const block of available.keys()) await resource.contents.remove(dataset.id, storedName(block));
  startWork(resource, 'datasets', started);
  return { status: 200 };
}

async function waitingDataset(call: Call): Promise<Dataset> {
  const dataset = await found(call, 'datasets');
  if (takesBlocks(dataset)) return dataset;
  throw alreadyCommitted();
}

function alreadyCommitted(): Error {
  return serviceError('Conflict', {
    message: 'The dataset takes no blocks: its content came with contentUrl or was committed already.',
    inner: 'InvalidPrerequisite',
  });
}

async function blocksOf(call: Call, dataset: Dataset): Promise<Block[]> {
  if (!takesBlocks(dataset)) return [];
  const files = await call.resource.contents.list(dataset.id, blockPrefix);
  return files.map(({ name, size }) => ({
    name: Buffer.from(name.slice(blockPrefix.length), 'hex').toString('base64'),
    size,
  }));
}

function storedName(blockId: string): string {
  return `${blockPrefix}${Buffer.from(blockId, 'base64').toString('hex')}`;
}

function idBytes(blockId: string | undefined): Buffer {
  // A plus that was not escaped arrives as a blank.
  const text = (blockId ?? '').replaceAll(' ', '+');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > 0 && bytes.length <= longestBlockId && bytes.toString('base64') === text) return bytes;
  throw invalidBlockId(`It must be the base64 form of 1 to ${longestBlockId} bytes.`);
}

function invalidBlockId(reason: string): Error {
  return serviceError('InvalidRequest', {
    message: `The value of blockid is not valid. ${reason}`,
    inner: 'InvalidParameterValue',
    target: 'blockid',
  });
}

/** Before the first commit there is no committed block, so that `Latest` and `Uncommitted` mean the same. */
function wantedBlocks(body: unknown, available: ReadonlyMap<string, Block>): readonly Block[] {
  if (!Array.isArray(body) || body.length === 0) throw invalid('body', 'It must be a list of at least one block.');
  return body.map((entry: unknown, index) => {
    const { kind, id } = (entry ?? {}) as { readonly kind?: unknown; readonly id?: unknown };
    if (kind !== 'Latest' && kind !== 'Committed' && kind !== 'Uncommitted') {
      throw invalid(`[${index}].kind`, 'It must be one of Committed, Uncommitted, Latest.');
    }
    const block = typeof id === 'string' && kind !== 'Committed' ? available.get(id) : undefined;
    if (block) return block;
    throw invalid(
      `[${index}].id`,
      `There is no ${kind === 'Latest' ? '' : `${kind.toLowerCase()} `}block with this id.`,
    );
  });
}
