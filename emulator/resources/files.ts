import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { dateTime } from '../state/date-time.ts';
import type { EntityFile, WorkedEntity, WorkedName } from '../state/entities.ts';
import type { FilterProperties } from '../protocol/filter.ts';
import { lifetimeIn, signedAddress } from '../protocol/signed-addresses.ts';
import { retryAfter } from './entity-views.ts';
import { listAnswer } from './list-entities.ts';
import { found, notFound } from './worked-entity.ts';

const fileProperties: FilterProperties = { name: 'text', createdDateTime: 'date-time', kind: 'text' };

/** The operations on the files of a collection's objects; `name` is how the API definition's operation ids begin. */
export function fileOperations(
  name: 'Datasets' | 'Models' | 'Evaluations' | 'Transcriptions',
  collection: WorkedName,
): readonly Operation[] {
  const path = `/${collection}/{id}/files`;
  return [
    {
      id: `${name}_ListFiles`,
      method: 'GET',
      path,
      run: async (call) => listFiles(call, collection, await found(call, collection)),
    },
    {
      id: `${name}_GetFile`,
      method: 'GET',
      path: `${path}/{fileId}`,
      run: async (call) => fileAnswer(call, collection, await found(call, collection)),
    },
  ];
}

/** The files of an object, each with an address at which it can be read for a while. */
function listFiles(call: Call, collection: WorkedName, entity: WorkedEntity): Answer {
  const lifetimeMinutes = lifetimeIn(call.resource, call.query.sasLifetimeMinutes);
  const { answer } = listAnswer(call, {
    path: `/${collection}/${entity.id}/files`,
    entities: entity.files,
    view: (file) => fileView(call, { collection, owner: entity.id, file, lifetimeMinutes }),
    properties: fileProperties,
  });
  return { ...answer, headers: retryAfter(call, [entity]) };
}

/** The file of an object that the path names; throws NotFound. */
function fileAnswer(call: Call, collection: WorkedName, entity: WorkedEntity): Answer {
  const lifetimeMinutes = lifetimeIn(call.resource, call.query.sasLifetimeMinutes);
  const file = entity.files.find(({ id }) => id === call.params.fileId?.toLowerCase());
  if (!file) throw notFound();
  return { status: 200, body: fileView(call, { collection, owner: entity.id, file, lifetimeMinutes }) };
}

function fileView(
  call: Call,
  {
    collection,
    owner,
    file,
    lifetimeMinutes,
  }: {
    readonly collection: WorkedName;
    readonly owner: string;
    readonly file: EntityFile;
    readonly lifetimeMinutes: number;
  },
) {
  const { origin, resource } = call;
  return {
    self: addressOf(origin, `/${collection}/${owner}/files/${file.id}`),
    name: file.name,
    kind: file.kind,
    createdDateTime: dateTime(file.createdAt),
    properties: { size: file.size },
    links: { contentUrl: signedAddress(resource, { origin, owner, id: file.id, lifetimeMinutes }) },
  };
}
