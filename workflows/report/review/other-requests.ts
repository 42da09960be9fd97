import { deadText } from '../dead-text.ts';
import type { CommentState, EndpointPlace } from './comment-state.ts';
import { shortName } from './headline.ts';

/** Another open pull request that would change the same endpoints. */
export interface OtherRequest {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  /** Names of endpoints that both would change. */
  readonly endpoints: readonly string[];
}

/** The names of endpoints that both would change. */
export function sharedEndpoints(
  own: readonly EndpointPlace[],
  other: Pick<CommentState, 'endpoints'>,
): readonly string[] {
  const shared = own.filter((one) =>
    other.endpoints.some(({ resource, name }) => resource === one.resource && name === one.name),
  );
  return [...new Set(shared.map(({ name }) => name))];
}

/** One line about it, which {@link withOther} finds again. */
export function otherLine(other: OtherRequest, { numberSign }: { readonly numberSign: '#' | '!' }): string {
  const names = other.endpoints
    .slice(0, 5)
    .map((name) => deadText(shortName(name)))
    .join(', ');
  const title = deadText(shortName(other.title));
  return `${beginOf(other, numberSign)} ${title} would swap ${names}, too: whichever lands second has to plan anew.`;
}

/**
 * The comment of another pull request that is told of this one, or no more, in place of what it was told before; undefined when
 * it says so already, or is no comment that could.
 */
export function withOther(
  body: string,
  other: OtherRequest,
  { numberSign, most }: { readonly numberSign: '#' | '!'; readonly most: number },
): string | undefined {
  const begin = beginOf(other, numberSign);
  const lines = body.replaceAll('\r\n', '\n').split('\n');
  const kept = lines.filter((line) => !line.startsWith(begin));
  const headline = kept.findIndex((line) => line.startsWith('**'));
  if (headline < 0) return undefined;
  const added = other.endpoints.length === 0 ? [] : ['', otherLine(other, { numberSign })];
  const told = [...kept.slice(0, headline + 1), ...added, ...kept.slice(headline + 1)]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
  return told.trimEnd() === lines.join('\n').trimEnd() || told.length > most ? undefined : told;
}

function beginOf({ number, url }: OtherRequest, numberSign: '#' | '!'): string {
  const name = `${numberSign}${number}`;
  const address = URL.parse(url);
  const isLink = address !== null && (address.protocol === 'https:' || address.protocol === 'http:');
  return `> **Also under way:** ${isLink ? `[${name}](<${address.href}>)` : name}`;
}
