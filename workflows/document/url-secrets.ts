/** An expression in a text, as the source of a regular expression; one that is not closed is none. */
export const expressionPattern = String.raw`\$\{\{(?:(?!\$\{\{|\}\})[^])*\}\}`;

/**
 * URLs of data as they may be shown and kept: without user, query and fragment, which give access to them. Other text stays. A
 * text that begins with a URL is one as a whole. In other texts a URL ends at its quote or, since white space may belong to it,
 * is taken to go on to the end of the line: words there lose what looks like a query.
 */
export function shownSource(text: string): string {
  const [, scheme, behind] = /^(\s*https?:[/\\]{2,})(.*)$/is.exec(text) ?? [];
  const known = scheme === undefined || behind === undefined ? text : scheme + hideInUrl(behind, drop);
  return hideInText(known, drop);
}

/** The same for a line of a document, in which every character stays in its column. */
export function hideInUrls(line: string): string {
  return hideInText(line, (literal) => literal.replaceAll(/[^@?#]/g, '*'));
}

/** What is shown in place of a part that gives access. What is to be evaluated yet is no secret, and is no such part. */
type Hide = (literal: string, part: { readonly isBeforeExpression: boolean }) => string;

function drop(literal: string, { isBeforeExpression }: { readonly isBeforeExpression: boolean }): string {
  return isBeforeExpression && /^[?#&]/.test(literal) ? literal.slice(0, 1) : '';
}

function hideInText(text: string, hide: Hide): string {
  return text.replaceAll(urls, (_, scheme: string, behind: string, offset: number) => {
    const quote = text[offset - 1] ?? '';
    const end = /["'`]/.test(quote) ? behind.indexOf(quote) : -1;
    const isQuoted = end >= 0;
    const url = isQuoted ? hideInUrl(behind.slice(0, end), hide) : '';
    return (
      scheme + url + hideInWords(isQuoted ? behind.slice(end) : hideUser(behind, { until: /[^\s/?#\\]/, hide }), hide)
    );
  });
}

/** A URL behind its scheme, of which nothing else is part. */
function hideInUrl(url: string, hide: Hide): string {
  const named = hideUser(url, { until: /[^/?#\\]/, hide });
  const place = placeOf(named);
  return place + hideLiterals(named.slice(place.length), hide);
}

/** Words of which the first are a URL behind its scheme and user. */
function hideInWords(words: string, hide: Hide): string {
  const place = placeOf(words);
  return (
    place +
    words.slice(place.length).replaceAll(accessInWords, (access) => {
      let end = access.length;
      while (/["'`<>()[\]{},;:.]/.test(access[end - 1] ?? '') && !access.endsWith('}}', end)) end -= 1;
      return hideLiterals(access.slice(0, end), hide) + access.slice(end);
    })
  );
}

function hideUser(url: string, { until, hide }: { readonly until: RegExp; readonly hide: Hide }): string {
  const [authority = ''] = new RegExp(`^(?:${expressionPattern}|${until.source})*`).exec(url) ?? [];
  const end = authority.lastIndexOf('@') + 1;
  return hideLiterals(url.slice(0, end), hide) + url.slice(end);
}

function placeOf(url: string): string {
  return place.exec(url)?.[0] ?? '';
}

function hideLiterals(secret: string, hide: Hide): string {
  return secret.replaceAll(
    literalsAndExpressions,
    (_, literal: string, expression: string) => hide(literal, { isBeforeExpression: expression !== '' }) + expression,
  );
}

/** Each URL with what follows it, up to the next one or the end of the line. */
const urls = /(https?:[/\\]{2,})((?:(?!https?:[/\\]{2})[^\r\n])*)/gi;
const place = new RegExp(`^(?:${expressionPattern}|[^?#])*`);
const accessInWords = new RegExp(`(?:[?#&]|\\bsig=)(?:${expressionPattern}|\\S)+`, 'gi');
const literalsAndExpressions = new RegExp(`((?:(?!${expressionPattern})[^])*)(${expressionPattern}|$)`, 'g');
