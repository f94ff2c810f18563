import { type ActionResult } from './action.ts';

/** The annotations of a step as `kind: title`, in their order. */
export function titlesOf(result: ActionResult): string[] {
  return result.annotations.map(({ kind, title }) => `${kind}: ${title}`);
}

/** The text of the annotations with this title. */
export function textOf(result: ActionResult, title: string): string {
  return result.annotations
    .filter((annotation) => annotation.title === title)
    .map(({ text }) => text)
    .join('\n');
}
