import { readFileSync } from 'node:fs';
import path from 'node:path';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

const ALERT_SIGN =
  '<svg viewBox="0 0 16 16" width="16" height="16"><path d="M4.6 1h6.8L15 4.6v6.8L11.4 15H4.6L1 11.4V4.6z" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M7.3 4h1.4v5H7.3zm0 6.4h1.4v1.5H7.3z" fill="currentColor"/></svg>';

/** A job summary as a page, in the manner of the run's page on GitHub. */
export function renderPage(title: string, markdown: string): string {
  const style = readFileSync(path.join(import.meta.dirname, 'page.css'), 'utf8');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>
${style}</style>
<section>
<header>${title}</header>
<article>
${renderMarkdown(markdown)}</article>
</section>
<script>document.documentElement.dataset.height = String(Math.ceil(document.body.getBoundingClientRect().height));</script>
</html>
`;
}

/** GitHub's flavour: tables, bare addresses that become links, alerts. HTML stays, as it does there. */
function renderMarkdown(markdown: string): string {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  return html.replaceAll(
    /<blockquote>\n<p>\[!([A-Z]+)\]\n([\s\S]*?)<\/blockquote>/g,
    (_, kind: string, body: string) =>
      `<div class="alert ${kind.toLowerCase()}"><p class="kind">${ALERT_SIGN} ${kind[0]}${kind.slice(1).toLowerCase()}</p><p>${body}</div>`,
  );
}
