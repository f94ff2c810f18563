/** The text with a capital letter first, as a sentence begins. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Longest piece of API text that is kept for people. */
const TEXT_LIMIT = 300;

/** Whether a body is HTML, which the API never gives: a proxy or a firewall answered in its place. */
export function isWebPage(body: string): boolean {
  return /^\s*<(!doctype|html)\b/i.test(body);
}

/**
 * API text as one line without control characters, terminal escapes, bidi marks or other invisible
 * characters, cut to a length that fits a log line. It may still hold Markdown: whoever renders it escapes it.
 */
export function cleanText(text: string, limit = TEXT_LIMIT): string {
  const line = text
    // Cut before the work as well: the text may have megabytes.
    .slice(0, limit * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
