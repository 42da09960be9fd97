/** URLs of data as they may be shown and kept: without user, query and fragment, which give access to them. Other text stays. */
export function shownSource(text: string): string {
  return text.replaceAll(urlParts, (_, scheme: string, _user, place: string) => scheme + place);
}

/** The same for a line of a document, in which every character stays in its column. */
export function hideInUrls(line: string): string {
  const hide = (text = ''): string => text.replaceAll(/[^@?#]/g, '*');
  return line.replaceAll(
    urlParts,
    (_, scheme: string, user: string | undefined, place: string, access: string | undefined) =>
      scheme + hide(user) + place + hide(access),
  );
}

/** What is to be evaluated yet is no secret. */
const urlParts =
  /(https?:\/\/)([^\s/?#@"'<>]*@)?((?:(?!\$\{\{)[^\s?#"'<>])*)([?#](?!\$\{\{)(?:(?!\$\{\{)[^\s"'<>])*)?/gi;
