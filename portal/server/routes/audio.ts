import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { isWav } from '../../../workflows/data/wav-format.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import { type RecordingPlace, Recordings } from '../recordings.ts';

/** The recordings of datasets, whole or in a range, so that a player can seek. */
export function audioRoutes(app: FastifyInstance, context: PortalContext): void {
  const recordings = new Recordings();
  app.get<{ Params: RecordingPlace }>(
    '/api/resources/:resource/datasets/:dataset/audio/:name',
    { schema: { params: Place } },
    async ({ params, headers }, reply) => {
      const { dataset, name } = params;
      const { source, objects } = await resourceIn(context, params.resource);
      const known = objects.datasets.find(({ self }) => entityId(self) === entityId(dataset));
      if (known === undefined) throw new PortalProblem('There is no such dataset any more', { status: 404 });
      // The transcript lies in the archive, too.
      if (!isWav(name))
        throw new PortalProblem(`${name} is no recording: its name ends in something else than .wav`, { status: 404 });
      const audio = await recordings.read(source, { dataset: entityId(known.self), name });
      const range = rangeOf(headers.range, audio.byteLength);
      reply.headers({ 'accept-ranges': 'bytes', 'content-type': 'audio/wav' });
      if (range === undefined) return await reply.send(Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength));
      if (range === 'none')
        return await reply.code(416).header('content-range', `bytes */${audio.byteLength}`).send(Buffer.alloc(0));
      const part = audio.subarray(range.first, range.last + 1);
      return await reply
        .code(206)
        .header('content-range', `bytes ${range.first}-${range.last}/${audio.byteLength}`)
        .send(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    },
  );
}

const Place = Type.Object({
  resource: Type.String({ description: 'The name that addresses have for the Speech resource.' }),
  dataset: Type.String({ description: 'The id of the dataset.' }),
  name: Type.String({ description: 'The name of the recording in the archive.' }),
});

/**
 * The one range of bytes that a header asks for (RFC 9110, section 14.1); `none` when the file has none of it, and undefined when it
 * asks for several, or for what is no range: then the whole is sent.
 */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly first: number; readonly last: number } | 'none' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '')
    return Number(to) === 0 || size === 0 ? 'none' : { first: Math.max(0, size - Number(to)), last: size - 1 };
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return undefined;
  return first >= size ? 'none' : { first, last };
}
