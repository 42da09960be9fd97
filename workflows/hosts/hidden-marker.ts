/** A text with a marker behind it that nobody sees. */
export function withMarker(body: string, marker: string): string {
  return `${body}\n\n${hidden(marker)}`;
}

/** The text as it was given; undefined where it has no such marker. */
export function withoutMarker(body: string, marker: string): string | undefined {
  const text = body.replaceAll('\r\n', '\n').trimEnd();
  return text.endsWith(hidden(marker)) ? text.slice(0, -hidden(marker).length).trimEnd() : undefined;
}

function hidden(marker: string): string {
  if (!/^[A-Za-z0-9-]+$/.test(marker)) throw new Error(`A marker has letters, digits and -, not ${marker}`);
  return `<!-- ${marker} -->`;
}
