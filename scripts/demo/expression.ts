/** What expressions can see, such as `{ job: { status }, steps: { deploy: { outcome } } }`. */
export type Contexts = Readonly<Record<string, unknown>>;

/**
 * Evaluates the `${{ }}` in a text. Only what the stories need: a path, or a path compared with a text. Missing
 * values are empty, as in a runner.
 */
export function evaluate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (whole, expression: string) => {
    const [, path, operator, literal] = /^([\w.-]+)(?:\s*(==|!=)\s*'([^']*)')?$/.exec(expression) ?? [];
    if (path === undefined) throw new Error(`the demo cannot evaluate ${whole}`);
    const value = lookUp(path, contexts);
    if (operator === undefined) return value;
    return String((value === literal) === (operator === '=='));
  });
}

function lookUp(path: string, contexts: Contexts): string {
  let value: unknown = contexts;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
