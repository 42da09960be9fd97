import { openHost } from '../../../workflows/hosts/host-of.ts';
import { type Answer, type Received, startStandIn } from './stand-in.ts';

export const token = 'pat0123456789abcdefghij';

export function comment(id: number, content: string, author: string) {
  return { id, content, commentType: 'text', author: { id: author } };
}

interface Thread {
  readonly id: number;
  readonly isDeleted?: boolean;
  readonly threadContext: object | null;
  readonly comments: readonly object[];
}

interface Item {
  readonly id: number;
  readonly fields: Record<string, unknown>;
}

interface Body {
  readonly content: string;
  readonly comments: readonly { readonly content: string }[];
  readonly query: string;
}

/**
 * As much of Azure DevOps as comments need, by https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads and
 * https://learn.microsoft.com/rest/api/azure/devops/wit/, with the states of the process Basic.
 */
export async function startAzureDevOps() {
  const threads: Thread[] = [];
  const items: Item[] = [];
  const git = '/acme/Call%20Center/_apis/git/repositories/wards';
  const work = '/acme/Call%20Center/_apis/wit';
  const values = (value: readonly object[]): Answer => ({ body: { count: value.length, value } });
  const answer = (request: Received): Answer => {
    const { method, path, query, headers } = request;
    const body = request.body as Body;
    if (headers.authorization !== `Basic ${Buffer.from(`:${token}`).toString('base64')}`) return { status: 401 };
    if (!query.has('api-version')) return { status: 400, body: { message: 'No api-version was supplied' } };
    if (path === '/acme/_apis/connectionData') return { body: { authenticatedUser: { id: 'me' } } };
    if (path === `${git}/pullRequests/22/threads` && method === 'GET') return values(threads);
    if (path === `${git}/pullRequests/22/threads` && method === 'POST') {
      const thread = {
        threadContext: null,
        ...body,
        id: 9,
        comments: [comment(1, body.comments[0]?.content ?? '', 'me')],
      };
      threads.push(thread);
      return { body: thread };
    }
    if (path === `${git}/pullRequests/22/threads/9/comments/1` && method === 'PATCH' && threads.length > 0)
      return { body: Object.assign(threads[0]?.comments[0] ?? {}, body) };
    if (path === `${git}/pullrequests` && method === 'POST') {
      const { title, sourceRefName, targetRefName } = request.body as Readonly<Record<string, string>>;
      if (targetRefName !== 'refs/heads/main')
        return { status: 400, body: { message: 'TF401398: The pull request cannot be activated.' } };
      return { status: 201, body: { pullRequestId: 23, title, sourceRefName } };
    }
    if (path === `${git}/pullrequests`)
      return values(
        [22, 21, 20].slice(0, Number(query.get('$top'))).map((pullRequestId) => {
          return { pullRequestId, title: 'Change', sourceRefName: 'refs/heads/branch' };
        }),
      );
    if (path === `${work}/wiql`) {
      const [, tag = ''] = /\[System\.Tags\] CONTAINS '([^']+)'/.exec(body.query) ?? [];
      return { body: { workItems: items.filter(({ fields }) => String(fields['System.Tags']).includes(tag)) } };
    }
    if (path === `${work}/workitems`) return values(items);
    if (path === `${work}/workitemtypes/Task/states`)
      return values([
        { name: 'To Do', category: 'Proposed' },
        { name: 'Done', category: 'Completed' },
      ]);
    const isPatch = headers['content-type'] === 'application/json-patch+json';
    if (path === `${work}/workitems/$Task` && isPatch) {
      items.push({ id: 5, fields: { 'System.State': 'To Do', 'System.CreatedBy': { id: 'me' } } });
      return { body: patched(items[0], request.body) };
    }
    if (path === `${work}/workitems/5` && isPatch) return { body: patched(items[0], request.body) };
    if (path === `${work}/workItems/5/comments`) return { status: 201, body: { id: 1 } };
    return { status: 404, body: { message: 'TF401180: The requested pull request was not found.' } };
  };
  const server = await startStandIn(answer);
  const place = {
    kind: 'azure-devops',
    apiUrl: `${server.origin}/acme`,
    repository: 'Call Center/wards',
    token,
  } as const;
  return { server, threads, items, host: openHost(place, { retryDelayMilliseconds: 1 }) };
}

function patched(item: Item | undefined, changes: unknown): object {
  for (const { path, value } of changes as readonly { readonly path: string; readonly value: unknown }[])
    if (path.startsWith('/fields/')) Object.assign(item?.fields ?? {}, { [path.slice('/fields/'.length)]: value });
  return { ...item };
}
