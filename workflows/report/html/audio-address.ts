/**
 * The address of an utterance's audio for a page: a file beside the document, or somewhere on the web. Undefined for any other
 * scheme, which a page does not load.
 */
export function audioAddress(audio: string): string | undefined {
  if (/^https?:\/\//i.test(audio)) return URL.parse(audio)?.href;
  if (/^[a-z][a-z\d+.-]*:/i.test(audio) || /^[\\/]{2}/.test(audio)) return undefined;
  const path = audio.split(/[\\/]/).map((part) => encodeURIComponent(part.toWellFormed()));
  return path.join('/');
}
