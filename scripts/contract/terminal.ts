import { createInterface } from 'node:readline/promises';

const warning = (name: string): readonly string[] => [
  '',
  `THE SERVER "${name}" WILL BE OVERWRITTEN.`,
  'It is stopped, started and restarted, and restored twice from a snapshot that is taken in a few minutes: everything',
  'written to it after that is gone, and so may be the server if something goes wrong. Use none that anybody needs.',
  'What the run creates is deleted at its end. It takes 30 minutes to two hours.',
  '',
];

/** Warns, and asks for the server's name; one that was given on the command line takes the place of typing it. */
export async function askName(
  name: string,
  given: string | null,
  print: (line: string) => void,
): Promise<boolean> {
  for (const line of warning(name)) print(line);
  if (given !== null) return given === name;
  if (!process.stdin.isTTY) {
    print('There is no terminal to type the name at: give it with --yes-destroy.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question('Type the name of the server to go on: ')) === name;
  } catch {
    // Ctrl-C at the question.
    return false;
  } finally {
    terminal.close();
  }
}
