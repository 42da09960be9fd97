import { openHost } from '../../../workflows/hosts/host-of.ts';
import { type Answer, type Received, startStandIn } from './stand-in.ts';

export const token = 'ATCTT3xFfGN0123456789';

export const forbidden = {
  type: 'error',
  error: { message: 'Your credentials lack one or more required privilege scopes.' },
};

interface Comment {
  readonly id: number;
  content: { readonly raw: string };
  readonly user: { readonly uuid: string };
  readonly deleted?: boolean;
  readonly inline?: object;
}

/** As much of Bitbucket Cloud as comments need, by https://developer.atlassian.com/cloud/bitbucket/rest/. Pages have two items. */
export async function startBitbucket() {
  const comments: Comment[] = [];
  const issues: { id: number; content: { raw: string }; state: string }[] = [];
  const user = { isTold: true };
  const root = '/2.0/repositories/acme/wards';
  const me = { uuid: '{me}' };
  let last = 100;
  const paged = (items: readonly object[], { query, path }: Received, origin: string): Answer => {
    const number = Number(query.get('page') ?? 1);
    const hasNext = number * 2 < items.length;
    const next = new URLSearchParams(query);
    next.set('page', String(number + 1));
    return {
      body: {
        values: items.slice((number - 1) * 2, number * 2),
        pagelen: 2,
        ...(hasNext ? { next: `${origin}${path}?${next}` } : {}),
      },
    };
  };
  const answer = (request: Received, origin: string): Answer => {
    const { method, path, query, headers } = request;
    const body = request.body as Omit<(typeof issues)[number], 'id'>;
    if (headers.authorization !== `Bearer ${token}`) return { status: 401 };
    if (path === '/2.0/user') return user.isTold ? { body: me } : { status: 403, body: forbidden };
    const ofComments = `${root}/pullrequests/2/comments`;
    if (path === ofComments && method === 'GET') return paged(comments, request, origin);
    if (path === ofComments && method === 'POST') {
      const comment = { id: (last += 1), content: body.content, user: me };
      comments.push(comment);
      return { status: 201, body: comment };
    }
    const comment = comments.find(({ id }) => path === `${ofComments}/${id}`);
    if (comment !== undefined && method === 'PUT') return { body: Object.assign(comment, { content: body.content }) };
    if (path === `${root}/pullrequests` && method === 'POST') {
      const { title, source, destination } = request.body as {
        readonly title: string;
        readonly source: object;
        readonly destination: { readonly branch: { readonly name: string } };
      };
      if (destination.branch.name !== 'main')
        return { status: 400, body: { type: 'error', error: { message: 'destination' } } };
      const links = { html: { href: 'https://bitbucket.org/acme/wards/3' } };
      return { status: 201, body: { id: 3, title, links, source } };
    }
    if (path === `${root}/pullrequests` && query.get('state') === 'OPEN') {
      const links = { html: { href: 'https://bitbucket.org/acme/wards/2' } };
      return paged([{ id: 2, title: 'Change', links, source: { branch: { name: 'branch' } } }], request, origin);
    }
    if (path === `${root}/issues` && method === 'GET') {
      const [, asked = ''] = /^content\.raw ~ "([^"]+)"$/.exec(query.get('q') ?? '') ?? [];
      return paged(
        issues.filter(({ content }) => content.raw.includes(asked)),
        request,
        origin,
      );
    }
    if (path === `${root}/issues` && method === 'POST') {
      const issue = { id: (last += 1), reporter: me, ...body, state: 'new' };
      issues.push(issue);
      return { status: 201, body: issue };
    }
    const issue = issues.find(({ id }) => path === `${root}/issues/${id}`);
    if (issue !== undefined && method === 'PUT') return { body: Object.assign(issue, body) };
    return { status: 404, body: { type: 'error', error: { message: 'Not found' } } };
  };
  const server = await startStandIn(answer);
  const place = { kind: 'bitbucket', apiUrl: `${server.origin}/2.0`, repository: 'acme/wards', token } as const;
  return { server, comments, user, host: openHost(place, { retryDelayMilliseconds: 1 }) };
}
