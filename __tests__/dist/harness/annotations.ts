import { type Ended } from './action.ts';

/** The annotations of a step as `kind: title`, in their order. */
export function titlesOf(ended: Ended): string[] {
  return ended.annotations.map(({ kind, title }) => `${kind}: ${title}`);
}

/** The text of the annotations with this title. */
export function textOf(ended: Ended, title: string): string {
  return ended.annotations
    .filter((annotation) => annotation.title === title)
    .map(({ text }) => text)
    .join('\n');
}
