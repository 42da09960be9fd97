/** A text with a marker behind it that nobody sees. */
export function withMarker(body: string, marker: string, form: MarkerForm = 'comment'): string {
  return `${body}\n\n${hidden(marker, form)}`;
}

/** The text as it was given; undefined where it has no such marker. */
export function withoutMarker(body: string, marker: string, form: MarkerForm = 'comment'): string | undefined {
  const text = body.replaceAll('\r\n', '\n').trimEnd();
  const end = hidden(marker, form);
  return text.endsWith(end) ? text.slice(0, -end.length).trimEnd() : undefined;
}

/** An HTML comment, or the definition of a link that nothing refers to, where tags are shown. */
type MarkerForm = 'comment' | 'definition';

function hidden(marker: string, form: MarkerForm): string {
  if (!/^[A-Za-z0-9-]+$/.test(marker)) throw new Error(`A marker has letters, digits and -, not ${marker}`);
  return form === 'comment' ? `<!-- ${marker} -->` : `[${marker}]: # "hidden"`;
}
