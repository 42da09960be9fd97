/** Takes secrets out of text before anybody sees it. */
export interface Redactor {
  /** The text on one line, without secrets, control characters and URL queries, and of readable length. */
  redact(text: string): string;
  /** From now on this value is taken out wherever it stands. */
  learn(secret: string): void;
}

/**
 * A redactor that knows no secret yet. Besides those it learns it takes out what secrets look like in Azure: queries of
 * URLs (a shared access signature is one), user information of URLs, bearer tokens and JSON Web Tokens. A service, a
 * proxy or a library may put any of them into a message.
 */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    redact(text) {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, mask);
      clean = redactForms(clean)
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim();
      return clean.length > longestText ? `${clean.slice(0, longestText)}…` : clean;
    },
    learn(secret) {
      // Replacing very short values would make text unreadable, and no key or token is that short.
      if (secret.length < 6) return;
      secrets.add(secret).add(encodeURIComponent(secret));
      for (const oldest of secrets) if (secrets.size > mostSecrets) secrets.delete(oldest);
    },
  };
}

/** The text as it is, without what secrets look like in Azure: for whoever shows control characters and length himself. */
export function redactForms(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

const mask = '***';
const longestText = 500;
/** Tokens are renewed about once an hour; the last few are enough. */
const mostSecrets = 16;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/)[^\s/?#@]+@/g, `$1${mask}@`],
  // Of whole URLs and of paths alone.
  [/(\/[^\s?"'<>]*)\?[^\s"'<>]+/g, `$1?${mask}`],
  [
    /((?:%[0-9a-f]{2}|(?<![a-z]))(?:sig|signature|subscription-key|access_token|api-key)(?:=|%3d))[^\s&"'<>]+/gi,
    `$1${mask}`,
  ],
  [/\b(bearer|basic|sharedkey)\s+[\w.~+/=:%-]{16,}/gi, `$1 ${mask}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask],
];
