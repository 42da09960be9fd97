import type { EntityFile, FileKind } from './entities.ts';
import type { SpeechResource } from './speech-resource.ts';
import { stableUuid } from './stable-uuid.ts';

/** Writes a file of an object and answers how it is to be listed. The same name gives the same id when it is repeated. */
export async function writeEntityFile(
  resource: SpeechResource,
  owner: string,
  file: { readonly name: string; readonly kind: FileKind; readonly content: string },
): Promise<EntityFile> {
  const id = stableUuid(`file ${owner}/${file.name}`);
  const size = await resource.contents.write(owner, { name: id, content: file.content });
  return { id, name: file.name, kind: file.kind, createdAt: resource.clock.now(), size, storedAs: id };
}
